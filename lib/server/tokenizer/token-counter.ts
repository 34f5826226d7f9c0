import { Worker } from 'node:worker_threads';
import type { VocabularyId } from '../../model.ts';
import { cutForCounting, lastExactCut } from './paragraphs.ts';
import type { TokenRequest, TokenResponse, TokenWorkerData } from './token-worker.ts';
import { findTokenizerFiles } from './vocabularies.ts';

/** A worker that nobody has needed for so long gives its memory back. */
const restAfterMs = 10 * 60_000;
/** A growing text is counted in pieces of at least this length, in UTF-16 units. */
const shortestPiece = 4096;

interface Waiting {
  resolve: (tokens: number) => void;
  reject: (error: Error) => void;
}

/**
 * Counts tokens with a model's own vocabulary, in a thread that starts on first need: the event loop never stalls, and
 * each vocabulary (about 150 MB) is held once however many count.
 */
export class TokenCounter {
  readonly #files: () => TokenWorkerData;
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  /** Why it cannot count, once that is known to last. */
  #broken: Error | undefined;

  /** @param files where the tokenizer lies; looked for on first need. */
  constructor(files: () => TokenWorkerData = findTokenizerFiles) {
    this.#files = files;
  }

  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  /** The number of tokens of a text, without any that mark its beginning or end; undefined when it cannot be counted. */
  async count(vocabulary: VocabularyId, text: string): Promise<number | undefined> {
    try {
      let tokens = 0;
      // One after the other, so that a long text does not hold up the short ones of others.
      for (const piece of cutForCounting(text)) tokens += await this.#ask(vocabulary, piece);
      return tokens;
    } catch {
      return undefined; // told in the log where it happened
    }
  }

  /** Loads a vocabulary that will be needed soon; the first count then does not wait for it. */
  warm(vocabulary: VocabularyId): void {
    this.#ask(vocabulary, '').catch(() => undefined); // told in the log where it happened
  }

  /** A count that follows a text as it grows. */
  follow(vocabulary: VocabularyId): GrowingCount {
    return new GrowingCount((text) => this.count(vocabulary, text));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end(new Error('The server is stopping.'));
  }

  #ask(vocabulary: VocabularyId, text: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const worker = this.#start();
      if (!worker) {
        reject(this.#broken ?? new Error('The server is stopping.'));
        return;
      }
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, vocabulary, text } satisfies TokenRequest);
    });
  }

  #start(): Worker | undefined {
    clearTimeout(this.#rest);
    if (this.#closed || this.#broken) return undefined;
    if (this.#worker) return this.#worker;
    let workerData: TokenWorkerData;
    try {
      workerData = this.#files();
    } catch (error) {
      this.#broken = new Error('The vocabularies are not installed.', { cause: error });
      console.error('tokenizer: tokens are estimated from now on;', String(error));
      return undefined;
    }
    const worker = new Worker(new URL('./token-worker.ts', import.meta.url), { workerData });
    worker.unref();
    worker.on('message', (response: TokenResponse) => this.#answered(response));
    worker.on('error', (error) => {
      console.error('tokenizer: its thread died;', String(error));
      if (this.#worker === worker) void this.#end(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker = worker;
    return worker;
  }

  #answered(response: TokenResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if ('tokens' in response) {
      waiting?.resolve(response.tokens);
    } else {
      console.error('tokenizer: could not count;', response.error);
      waiting?.reject(new Error(response.error));
    }
    if (this.#waiting.size > 0) return;
    this.#worker?.unref();
    this.#rest = setTimeout(() => void this.#end(new Error('The tokenizer rests.')), restAfterMs);
    this.#rest.unref();
  }

  async #end(reason: Error): Promise<void> {
    clearTimeout(this.#rest);
    const worker = this.#worker;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
    await worker?.terminate();
  }
}

/**
 * Tokens of a text that grows: exact up to a line break some way back, at once; exact for all of it at the end.
 */
export class GrowingCount {
  readonly #count: (text: string) => Promise<number | undefined>;
  /** Not yet handed to the tokenizer. */
  #tail = '';
  /** How much of the tail is known to hold no cut. */
  #searched = 0;
  #tokens = 0;
  #characters = 0;
  #failed = false;
  /** What has been handed over is counted in its order, so that `counted` is always a beginning of the text. */
  #under: Promise<void> = Promise.resolve();

  constructor(count: (text: string) => Promise<number | undefined>) {
    this.#count = count;
  }

  push(text: string): void {
    this.#tail += text;
    if (this.#tail.length < shortestPiece) return;
    const cut = lastExactCut(this.#tail, this.#searched);
    // What follows a line break at the very end is not known yet.
    this.#searched = Math.max(0, this.#tail.length - 1);
    if (cut <= 0) return;
    this.#hand(this.#tail.slice(0, cut));
    this.#tail = this.#tail.slice(cut);
    this.#searched = 0;
  }

  /** How much of the text is counted already, and its tokens. */
  get counted(): { tokens: number; characters: number } {
    if (this.#failed) return { tokens: 0, characters: 0 };
    return { tokens: this.#tokens, characters: this.#characters };
  }

  /** The tokens of all of it; undefined when it cannot be counted. Nothing may be pushed afterwards. */
  async finish(): Promise<number | undefined> {
    this.#hand(this.#tail);
    this.#tail = '';
    await this.#under;
    return this.#failed ? undefined : this.#tokens;
  }

  #hand(text: string): void {
    if (text === '') return;
    const counting = this.#count(text);
    this.#under = this.#under.then(async () => {
      const tokens = await counting;
      if (tokens === undefined) this.#failed = true;
      this.#tokens += tokens ?? 0;
      this.#characters += text.length;
    });
  }
}
