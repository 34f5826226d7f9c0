import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import type { ModelRequest, ProviderAdapter } from '../../model.ts';
import { type RawPiece, RawRecorder } from '../../raw-text.ts';
import type { SplitterOptions } from '@thinkglass/splitter';
import { mergeStreamParts, type StreamPart } from '../../stream-part.ts';
import type { Checkpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/store.ts';
import type { GenerationFacts } from '../telemetry/generation-facts.ts';
import type { TokenCounter } from '../tokenizer/token-counter.ts';
import type { AbortReason } from './ending.ts';
import { type GenerationRecord, generate } from './generate.ts';
import { HealthCheck, type HealthContext } from './health.ts';
import type { Beginning } from './intake.ts';
import { LogHub } from './log.ts';

/** One generation to run: what to ask, of whom. Its question is stored already. */
export interface RunInput {
  generationId: string;
  conversationId: string;
  ownerId: string;
  adapter: ProviderAdapter;
  request: Omit<ModelRequest, 'signal'>;
  splitter: SplitterOptions;
  /** The answer's beginning, where it is gone on with. */
  begun?: Beginning;
  /** What its health is judged by; absent: it is not. */
  health?: HealthContext;
  /** Said at the beginning, such as a system prompt that was moved. */
  notices: Extract<StreamPart, { type: 'notice' }>['notice'][];
  /** Called with what was learnt about how the model writes. */
  onDone?: (record: GenerationRecord) => void;
}

interface Running {
  input: RunInput;
  abort: AbortController;
  /** Parts that no checkpoint has yet. */
  pending: StreamPart[];
  /** The model's exact text. */
  raw: RawRecorder;
  checkpointSeq: number;
  /** A checkpoint that the store has not acknowledged yet. */
  unsaved: Checkpoint | undefined;
  done: Promise<void>;
}

/** Text is on the disk at the latest this long after it came; the promise is twice a second. */
const checkpointEveryMs = 400;

/** Generations that one person, and all together, may have running. */
const maxRunningPerOwner = 600;
const maxRunning = 2000;

/**
 * The runs of this process: generations that go on whether anybody listens or not. Each ends in exactly one finished
 * row, whatever happens to it.
 */
export class Runs {
  readonly logs = new LogHub();
  readonly #store: Store;
  readonly #wait: (ms: number) => Promise<unknown>;
  readonly #onEnd: (facts: GenerationFacts) => void;
  readonly #counter: TokenCounter | undefined;
  readonly #running = new Map<string, Running>();
  /** Places taken by questions on their way to the disk. */
  readonly #admitted = new Map<string, number>();
  #ticking: Promise<void> | undefined;
  #draining = false;

  /**
   * @param options.wait resolves after so many ms.
   * @param options.onEnd told of each generation when it is over.
   * @param options.counter counts tokens that a provider does not report; without it they are estimated.
   */
  constructor(
    store: Store,
    options: {
      wait?: (ms: number) => Promise<unknown>;
      onEnd?: (facts: GenerationFacts) => void;
      counter?: TokenCounter;
    } = {},
  ) {
    this.#store = store;
    this.#wait = options.wait ?? delay;
    this.#onEnd = options.onEnd ?? (() => {});
    this.#counter = options.counter;
  }

  get count(): number {
    return this.#running.size;
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  has(generationId: string): boolean {
    return this.#running.has(generationId);
  }

  /** What the model of a generation that runs here has written so far, exactly. */
  rawOf(generationId: string): RawPiece[] | undefined {
    return this.#running.get(generationId)?.raw.pieces();
  }

  /**
   * Stores a question and starts its generations (`work`) while so many places are kept for them, so that a burst of
   * questions is not admitted before the first of them counts.
   * @throws AppError when the server is stopping or too much runs already; then nothing is stored.
   */
  async withPlaces<T>(ownerId: string, count: number, work: () => Promise<T>): Promise<T> {
    if (this.#draining) throw new AppError('unavailable', 'The server is stopping. Try again in a moment.');
    const running = [...this.#running.values()].filter((r) => r.input.ownerId === ownerId).length;
    const own = running + (this.#admitted.get(ownerId) ?? 0);
    if (own + count > maxRunningPerOwner) {
      throw new AppError('too_many_requests', `${own} answers are being written already; wait for one or stop one.`, {
        retryAfterSeconds: 5,
      });
    }
    const admitted = [...this.#admitted.values()].reduce((sum, places) => sum + places, 0);
    if (this.#running.size + admitted + count > maxRunning) {
      throw new AppError('too_many_requests', 'The server is at its limit. Try again in a moment.', {
        retryAfterSeconds: 10,
      });
    }
    this.#admitMore(ownerId, count);
    try {
      return await work();
    } finally {
      this.#admitMore(ownerId, -count);
    }
  }

  #admitMore(ownerId: string, count: number): void {
    const places = (this.#admitted.get(ownerId) ?? 0) + count;
    if (places > 0) this.#admitted.set(ownerId, places);
    else this.#admitted.delete(ownerId);
  }

  /**
   * Starts generations of one conversation together.
   * @returns the cursor from which a reader of the conversation's log misses nothing of them.
   */
  start(inputs: readonly [RunInput, ...RunInput[]]): string {
    const log = this.logs.open(inputs[0].conversationId);
    const cursor = log.cursor;
    for (const input of inputs) {
      const queued = performance.now();
      const now = () => Math.round(performance.now() - queued);
      log.add(input.generationId, now);
      const running: Running = {
        input,
        abort: new AbortController(),
        pending: [],
        raw: new RawRecorder(),
        checkpointSeq: 0,
        unsaved: undefined,
        done: Promise.resolve(),
      };
      this.#running.set(input.generationId, running);
      // Its question was on its way to the disk when the server began to stop.
      if (this.#draining) running.abort.abort('interrupted' satisfies AbortReason);
      running.done = this.#run(running, now)
        .catch((error: unknown) => {
          // Our own mistake: it must not reach those who wait for the end, nor keep readers waiting.
          console.error(`run: generation ${input.generationId} broke off`, error);
          log.remove(input.generationId);
        })
        .finally(() => {
          this.#running.delete(input.generationId);
          this.logs.release(input.conversationId);
        });
    }
    this.#ticking ??= this.#tick();
    return cursor;
  }

  /** Ends a generation that runs here; its partial text is kept. Resolves when it is stored. Unknown ids do nothing. */
  async stop(generationId: string, reason: AbortReason = 'stopped'): Promise<void> {
    const running = this.#running.get(generationId);
    if (!running) return;
    if (!running.abort.signal.aborted) running.abort.abort(reason);
    await running.done;
  }

  /** Ends all generations of a conversation that is being deleted, and its readers. */
  async drop(conversationId: string): Promise<void> {
    const own = [...this.#running.values()].filter((r) => r.input.conversationId === conversationId);
    await Promise.all(own.map((r) => this.stop(r.input.generationId, 'deleted')));
    this.logs.drop(conversationId);
  }

  /** For the end of the process: takes nothing new, marks what runs as interrupted, with all its text. */
  async shutDown(): Promise<void> {
    this.#draining = true;
    await Promise.all([...this.#running.keys()].map((id) => this.stop(id, 'interrupted')));
    await this.#ticking;
    this.logs.closeAll();
  }

  async #run(running: Running, now: () => number): Promise<void> {
    const { input } = running;
    const queuedAt = Date.now();
    const log = this.logs.open(input.conversationId);
    const health = input.health && new HealthCheck(input.health);
    const emit = (parts: StreamPart[]) => {
      for (const part of parts) running.pending.push(part); // too many for a spread when all came at once
      log.append(input.generationId, parts);
      for (const part of parts) {
        if (part.type === 'state') health?.enter(part.phase, () => log.stateOf(input.generationId)?.segments ?? []);
      }
    };
    emit(input.notices.map((notice) => ({ type: 'notice', notice })));
    const record = await generate({
      adapter: input.adapter,
      request: { ...input.request, signal: running.abort.signal },
      splitter: input.splitter,
      ...(input.begun && { begun: input.begun }),
      now,
      ...(this.#counter && { counter: this.#counter }),
      emit,
      heard: (field, text) => running.raw.add(field, text),
    });
    record.state = { ...record.state, notices: [...input.notices, ...record.state.notices] };
    const measured = await health?.finish({
      segments: record.state.segments,
      finish: record.finish,
      pieces: running.raw.pieces(),
      splitter: input.splitter,
    });
    if (measured) record.state = { ...record.state, health: measured };
    const isSaved = await this.#save(running, record);
    if (isSaved) log.append(input.generationId, [finishOf(record)]);
    else log.remove(input.generationId); // its end is another one than ours, or not yet known
    input.onDone?.(record);
    this.#onEnd(factsOf(input, record, queuedAt));
  }

  /**
   * Writes the finished message and row. A store that is away is waited for, however long: the text is still here.
   * @returns false when it is not there as we know it: somebody else has settled it, or the server ends without a store.
   */
  async #save(running: Running, record: GenerationRecord): Promise<boolean> {
    const { state, finish } = record;
    running.pending = [];
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#store.generations.finish(running.input.generationId, {
          parts: state.segments.filter((s) => s.text !== ''),
          raw: running.raw.pieces(),
          finish,
          times: state.times,
          notices: state.notices,
          ...(state.usage && { usage: state.usage }),
          ...(record.usageRaw !== undefined && { usageRaw: record.usageRaw }),
          ...(state.error && { error: state.error }),
          ...(record.request && { request: record.request }),
          ...(state.health && { health: state.health }),
          ...(record.timeline && { timeline: record.timeline }),
        });
      } catch (error) {
        const giveUp = this.#draining && attempt >= 3;
        console.error(`run: could not store generation ${running.input.generationId}`, giveUp ? error : String(error));
        if (giveUp) return false;
        await this.#wait(Math.min(5000, 200 * 2 ** attempt));
      }
    }
  }

  /** Checkpoints all running generations together, while there are any. */
  async #tick(): Promise<void> {
    while (this.#running.size > 0) {
      await delay(checkpointEveryMs);
      await this.#checkpoint();
    }
    this.#ticking = undefined;
  }

  async #checkpoint(): Promise<void> {
    for (const running of this.#running.values()) {
      if (running.unsaved || running.pending.length === 0) continue;
      running.unsaved = {
        generationId: running.input.generationId,
        seq: running.checkpointSeq++,
        parts: mergeStreamParts(running.pending),
        raw: running.raw.takeTail(),
      };
      running.pending = [];
    }
    const batch = [...this.#running.values()].filter((r) => r.unsaved);
    if (batch.length === 0) return;
    try {
      const { ended } = await this.#store.checkpoints.append(batch.flatMap((r) => r.unsaved ?? []));
      for (const running of batch) running.unsaved = undefined;
      // Somebody else has settled these (this process was taken for dead): what they wrote stands.
      for (const id of ended) this.#running.get(id)?.abort.abort('interrupted' satisfies AbortReason);
    } catch (error) {
      // Tried again as it is, under its number: if it did arrive before the connection broke, the store knows it.
      console.error('run: a checkpoint failed and will be tried again', String(error));
    }
  }
}

function factsOf(input: RunInput, record: GenerationRecord, queuedAt: number): GenerationFacts {
  const { model, sampling, completion } = input.request;
  const { state, finish, request } = record;
  return {
    id: input.generationId,
    conversationId: input.conversationId,
    providerId: model.providerId,
    ...(request && URL.canParse(request.url) && { host: new URL(request.url).host }),
    modelId: model.id,
    operation: completion ? 'text_completion' : 'chat',
    recording: model.recording,
    sampling,
    queuedAt,
    times: state.times,
    ...(state.usage && { usage: state.usage }),
    finish,
    ...(state.error && { errorKind: state.error.kind }),
  };
}

function finishOf({ state, finish }: GenerationRecord): StreamPart {
  return { type: 'finish', finish, times: state.times, ...(state.health && { health: state.health }) };
}
