import type { TokenLikelihood } from '../../../model.ts';
import { Decoding, type DecodingOptions, loadModel, step } from './engine.ts';
import type { Network } from './network.ts';
import type { Likelihood } from './sampling.ts';
import { StopWatch } from './stop-watch.ts';

/** A text to be written by a model. */
export interface Call extends Omit<DecodingOptions, 'prompt' | 'given'> {
  /** Path of the model's file. */
  file: string;
  /** What is read first, as text. */
  prompt: string;
  /** What it is to write, as text, and nothing else: to be told how likely that was. */
  given?: string;
  stop: readonly string[];
  /** Tokens a second, so that it can be read along; as fast as it goes when absent. */
  pace?: number;
}

/** A token as it is told: its text and, where that was asked for, how likely it and others were. */
export interface ToldToken {
  text: string;
  likelihood?: TokenLikelihood;
}

/** What a text's writing tells, in this order: that it began, tokens, how it ended. */
export type DeskEvent =
  | { type: 'begun'; promptTokens: number }
  | { type: 'tokens'; tokens: ToldToken[] }
  | { type: 'done'; end: 'stop' | 'length'; usage: DeskUsage }
  | { type: 'failed'; why: 'busy' | 'too-long' | 'empty' | 'unreadable'; message: string };

export interface DeskUsage {
  promptTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  promptMs: number;
  writeMs: number;
}

interface Job {
  call: Call;
  tell: (event: DeskEvent) => void;
  decoding: Decoding;
  watch: StopWatch;
  told: ToldToken[];
  toldAt: number;
  /** When its next token is due, in ms. */
  dueAt: number;
  startedAt: number;
  firstAt?: number;
}

/** So many texts are written at once; so many more wait. */
const mostAtOnce = 16;
const mostWaiting = 64;
/** So many models are kept in memory. */
const mostModels = 4;
/** After this at the latest the desk listens again, and tells what has come. */
const sliceMs = 8;
const tellEveryMs = 12;

/** Writes the texts of several models at once, fairly: each turn takes every text that is due one token further. */
export class Desk {
  readonly #readFile: (path: string) => Uint8Array;
  readonly #models = new Map<string, Network>();
  readonly #jobs = new Map<number, Job>();
  readonly #waiting = new Map<number, { call: Call; tell: Job['tell'] }>();
  #timer: NodeJS.Timeout | undefined;
  #isTurning = false;

  constructor(readFile: (path: string) => Uint8Array) {
    this.#readFile = readFile;
  }

  take(id: number, call: Call, tell: Job['tell']): void {
    if (this.#jobs.size < mostAtOnce) this.#start(id, call, tell);
    else if (this.#waiting.size < mostWaiting) this.#waiting.set(id, { call, tell });
    else tell({ type: 'failed', why: 'busy', message: 'Too many texts are being written.' });
  }

  /** Nobody listens any more. */
  drop(id: number): void {
    this.#waiting.delete(id);
    this.#jobs.get(id)?.decoding.close();
    this.#jobs.delete(id);
    this.#fill();
  }

  endThinking(id: number): void {
    this.#jobs.get(id)?.decoding.endThinking();
  }

  #start(id: number, call: Call, tell: Job['tell']): void {
    const startedAt = performance.now();
    let decoding: Decoding;
    try {
      const network = this.#load(call.file);
      const prompt = network.vocabulary.encode(call.prompt);
      if (prompt.length === 0) {
        tell({ type: 'failed', why: 'empty', message: 'The prompt holds none of the model’s words.' });
        return;
      }
      const { given: text, ...options } = call;
      const given = text === undefined ? undefined : network.vocabulary.encode(text);
      const only = given && { given, maxTokens: given.length };
      decoding = new Decoding(network, { ...options, prompt, ...only });
    } catch (error) {
      const why = error instanceof RangeError ? 'too-long' : 'unreadable';
      tell({ type: 'failed', why, message: error instanceof Error ? error.message : String(error) });
      return;
    }
    tell({ type: 'begun', promptTokens: decoding.options.prompt.length });
    const watch = new StopWatch(call.stop);
    this.#jobs.set(id, { call, tell, decoding, watch, told: [], toldAt: 0, dueAt: startedAt, startedAt });
    this.#wake(0);
  }

  /** A model, read at its first use; the one that was used longest ago makes room. */
  #load(file: string): Network {
    const network = this.#models.get(file) ?? loadModel(this.#readFile(file));
    this.#models.delete(file);
    this.#models.set(file, network);
    const inUse = new Set([...this.#jobs.values()].map(({ call }) => call.file));
    for (const other of this.#models.keys()) {
      if (this.#models.size <= mostModels) break;
      if (other !== file && !inUse.has(other)) this.#models.delete(other);
    }
    return network;
  }

  #fill(): void {
    for (const [id, { call, tell }] of this.#waiting) {
      if (this.#jobs.size >= mostAtOnce) return;
      this.#waiting.delete(id);
      this.#start(id, call, tell);
    }
  }

  #wake(afterMs: number): void {
    if (this.#isTurning) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#turn(), afterMs);
  }

  #turn(): void {
    this.#isTurning = true;
    const until = performance.now() + sliceMs;
    let now = performance.now();
    while (now < until) {
      const due = [...this.#jobs].filter(([, { dueAt }]) => dueAt <= now);
      if (due.length === 0) break;
      for (const group of Map.groupBy(due, ([, { decoding }]) => decoding.network).values()) this.#step(group);
      now = performance.now();
    }
    this.#isTurning = false;
    this.#fill();
    const next = Math.min(...[...this.#jobs.values()].map(({ dueAt }) => dueAt));
    if (Number.isFinite(next)) this.#wake(Math.max(0, next - performance.now()));
  }

  #step(group: readonly [number, Job][]): void {
    const decoded = step(group.map(([, { decoding }]) => decoding));
    const now = performance.now();
    for (const [id, job] of group) {
      const came = decoded.get(job.decoding);
      if (!came) continue;
      job.firstAt ??= now;
      const { vocabulary } = job.decoding.network;
      const { text, isStopped } = job.watch.push(vocabulary.write(came.token));
      const likelihood = came.likelihood && toldLikelihood(came.likelihood, (token) => vocabulary.show(token));
      if (text !== '' || likelihood) job.told.push({ text, ...(likelihood && { likelihood }) });
      // A turn that came late is made up for, but not one of long ago.
      if (job.call.pace) job.dueAt = Math.max(job.dueAt, now - 250) + 1000 / job.call.pace;
      const isOver = isStopped || job.decoding.end !== undefined;
      if (isOver && !isStopped) job.told.push({ text: job.watch.end() });
      if (isOver || job.call.pace || now - job.toldAt >= tellEveryMs) tellTokens(job, now);
      if (isOver) this.#finish(id, job, isStopped ? 'stop' : (job.decoding.end ?? 'stop'), now);
    }
  }

  #finish(id: number, job: Job, end: 'stop' | 'length', now: number): void {
    const { decoding, startedAt, firstAt = now } = job;
    if (decoding.end === undefined) decoding.close();
    this.#jobs.delete(id);
    job.tell({
      type: 'done',
      end,
      usage: {
        promptTokens: decoding.options.prompt.length,
        outputTokens: decoding.tokens.length,
        reasoningTokens: decoding.thoughtTokens,
        promptMs: firstAt - startedAt,
        writeMs: now - firstAt,
      },
    });
  }
}

function tellTokens(job: Job, now: number): void {
  const tokens = job.told.filter(({ text, likelihood }) => text !== '' || likelihood);
  job.told = [];
  job.toldAt = now;
  if (tokens.length > 0) job.tell({ type: 'tokens', tokens });
}

function toldLikelihood(
  { top, ...chosen }: Likelihood & { top: Likelihood[] },
  show: (token: number) => string,
): TokenLikelihood {
  const tell = ({ token, logprob }: Likelihood) => ({ text: show(token), logprob });
  return { ...tell(chosen), top: top.map(tell) };
}
