import { type Cache, type Column, Network } from './network.ts';
import { chooseToken, type Choosing, createDice, type Likelihood, likelihoods } from './sampling.ts';

/** What is decoded, and how. */
export interface DecodingOptions extends Choosing {
  /** What is read before the first token is chosen: question and, behind it, any beginning of an answer. */
  prompt: readonly number[];
  /** The same seed chooses the same tokens. */
  seed: number;
  /** At most so many tokens; as many as there is room for when absent. The token that ends a text counts. */
  maxTokens?: number;
  /** So many tokens of thought at most: then the thought is closed and the answer opened for it. */
  thoughtLimit?: number;
  /** With each token how likely it was, and so many others; absent: not told. */
  top?: number;
  /** Its first tokens, which are not chosen: to be told how likely they were. */
  given?: readonly number[];
}

/** One token that has been decoded. */
export interface Decoded {
  token: number;
  /** It was put there, not chosen. */
  isForced: boolean;
  likelihood?: Likelihood & { top: Likelihood[] };
}

export type DecodingEnd = 'stop' | 'length';

/** Where a thought begins and ends, in a model's tokens. */
interface Tags {
  open: number | undefined;
  close: number | undefined;
  /** What closes a thought and opens the answer. */
  closing: number[];
}

/** Reads a model from the bytes of its GGUF file. @throws GgufError */
export function loadModel(file: Uint8Array): Network {
  return new Network(file);
}

/** One text that a model writes, token by token; `step` drives it, alone or with others of its model. */
export class Decoding {
  readonly network: Network;
  readonly options: DecodingOptions;
  /** What has been decoded. The token that ends a text is the last of them, if it ended so. */
  readonly tokens: number[] = [];
  /** How it ended; undefined while it runs. */
  end: DecodingEnd | undefined;
  /** Tokens inside the thought, its tags left out. */
  thoughtTokens = 0;
  readonly cache: Cache;
  /** To be read next. */
  unread: number[];
  readonly #dice: () => number;
  readonly #tags: Tags;
  #isThinking: boolean;
  #forced: number[];

  /** @throws RangeError when the prompt is empty or leaves no room for a token */
  constructor(network: Network, options: DecodingOptions) {
    const { prompt, maxTokens = Number.POSITIVE_INFINITY } = options;
    const { context } = network.shape;
    if (prompt.length === 0 || prompt.length >= context) {
      throw new RangeError(`A prompt of ${prompt.length} tokens does not fit a window of ${context}.`);
    }
    this.network = network;
    this.options = options;
    this.unread = [...prompt];
    this.cache = network.open(prompt.length + maxTokens);
    this.#dice = createDice(options.seed);
    this.#tags = tagsOf(network);
    this.#isThinking = isOpen(prompt, this.#tags);
    this.#forced = [...(options.given ?? [])];
    this.#watchThought();
  }

  /** Whether its last token stands inside a thought. */
  get isThinking(): boolean {
    return this.#isThinking;
  }

  /** Closes the thought, if it is in one, and opens the answer: with the next tokens. */
  endThinking(): void {
    if (this.#isThinking && this.#forced.length === 0) this.#forced = [...this.#tags.closing];
  }

  /** Takes what the network says may follow, and goes on by one token. */
  take(logits: Float32Array): Decoded {
    const { vocabulary, shape } = this.network;
    for (const token of vocabulary.unused) logits[token] = Number.NEGATIVE_INFINITY;
    const forced = this.#forced.shift();
    const token = forced ?? chooseToken(logits, this.options, this.#dice);
    this.tokens.push(token);
    this.unread = [token];
    if (token === this.#tags.close) this.#isThinking = false;
    else if (this.#isThinking) this.thoughtTokens += 1;
    if (token === this.#tags.open) this.#isThinking = true;
    this.#watchThought();
    const { top, maxTokens = Number.POSITIVE_INFINITY } = this.options;
    if (token === vocabulary.end) this.end = 'stop';
    else if (this.tokens.length >= maxTokens || this.cache.length + 1 >= shape.context) this.end = 'length';
    if (this.end) this.close();
    return {
      token,
      isForced: forced !== undefined,
      ...(top !== undefined && { likelihood: likelihoods(logits, token, top) }),
    };
  }

  /** Gives its memory back; it does not go on. */
  close(): void {
    this.end ??= 'length';
    this.network.close(this.cache);
  }

  #watchThought(): void {
    const { thoughtLimit } = this.options;
    if (thoughtLimit !== undefined && this.thoughtTokens >= thoughtLimit) this.endThinking();
  }
}

/**
 * Takes each of these texts of one model one token further; those that have ended are left as they are. Together they take
 * less time than one after the other, and what each says is the same.
 * @returns for each text that went on, what came
 */
export function step(decodings: readonly Decoding[]): Map<Decoding, Decoded> {
  const going = decodings.filter(({ end }) => end === undefined);
  const [first] = going;
  if (!first) return new Map();
  const columns = going.flatMap(({ cache, unread }): Column[] =>
    unread.map((token, at) => ({ cache, token, asks: at === unread.length - 1 })),
  );
  const logits = first.network.read(columns);
  return new Map(going.map((decoding, at) => [decoding, decoding.take(logits[at] ?? new Float32Array())]));
}

/** Decodes all of these to their ends, `atOnce` together. For a thread of its own: it does not pause. */
export function decodeAll(network: Network, texts: readonly DecodingOptions[], atOnce = 16): Decoding[] {
  const turns = decodeInTurns(network, texts, atOnce);
  for (;;) {
    const turn = turns.next();
    if (turn.done) return turn.value;
  }
}

/** Decodes all of these as `decodeAll` does, and pauses after each token. */
export function* decodeInTurns(
  network: Network,
  texts: readonly DecodingOptions[],
  atOnce: number,
): Generator<void, Decoding[]> {
  const done: Decoding[] = [];
  let running: Decoding[] = [];
  while (done.length < texts.length || running.length > 0) {
    while (running.length < atOnce && done.length < texts.length) {
      const options = texts[done.length];
      if (!options) break;
      const decoding = new Decoding(network, options);
      done.push(decoding);
      running.push(decoding);
    }
    step(running);
    running = running.filter(({ end }) => end === undefined);
    yield;
  }
  return done;
}

function tagsOf({ vocabulary }: Network): Tags {
  const [open, close, answer] = ['<think>', '</think>', '<answer>'].map((tag) => vocabulary.find(tag));
  return { open, close, closing: [close, answer].filter((token) => token !== undefined) };
}

function isOpen(prompt: readonly number[], { open, close }: Tags): boolean {
  if (open === undefined) return false;
  return prompt.lastIndexOf(open) > (close === undefined ? -1 : prompt.lastIndexOf(close));
}
