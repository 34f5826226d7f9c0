import { Admissions } from './admissions.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { cutInOf } from '../../continuation.ts';
import { AppError } from '../../errors.ts';
import type { Guard } from '../../guard.ts';
import type { ModelRequest, ProviderAdapter } from '../../model.ts';
import { RawRecorder } from '../../raw-text.ts';
import { hasMarksOf, type ModelFamily } from '../../reasoning/families.ts';
import type { SplitterOptions } from '@thinkglass/splitter';
import type { StreamPart } from '../../stream-part.ts';
import type { RunCommand } from '../store/run-commands.ts';
import type { Store } from '../store/store.ts';
import { StoreHealth } from '../store/store-health.ts';
import type { GenerationFacts } from '../telemetry/generation-facts.ts';
import type { TokenCounter } from '../tokenizer/token-counter.ts';
import { Checkpointer, type CheckpointTail } from './checkpointer.ts';
import type { AbortReason } from './ending.ts';
import { type GenerationRecord, generate } from './generate.ts';
import { HealthCheck, type HealthContext } from './health.ts';
import { type Beginning, thinkingEndedInStream } from './intake.ts';
import type { Cursor, RunLog, RunWriter } from './run-log.ts';

/** One generation to run: what to ask, of whom. Its question is stored already. */
export interface RunInput {
  generationId: string;
  conversationId: string;
  ownerId: string;
  adapter: ProviderAdapter;
  request: Omit<ModelRequest, 'signal'>;
  splitter: SplitterOptions;
  /** The family by whose marks its text is split, where nobody has said its own. */
  family?: ModelFamily | undefined;
  /** The answer's beginning, where it is gone on with. */
  begun?: Beginning;
  /** Where it ends by itself. */
  guard?: Guard | undefined;
  /** What its health is judged by; absent: it is not. */
  health?: HealthContext;
  /** An event of the model's stream is a token, as an earlier answer has shown. */
  eventsAreTokens?: boolean;
  /** Said at the beginning, such as a system prompt that was moved. */
  notices: Extract<StreamPart, { type: 'notice' }>['notice'][];
  /** Called with what was learnt about how the model writes. */
  onDone?: (record: GenerationRecord) => void;
}

interface Running {
  input: RunInput;
  abort: AbortController;
  log: RunWriter;
  checkpoints: CheckpointTail;
  /** The model's exact text. */
  raw: RawRecorder;
  /** Monotonic ms since it was queued. */
  now: () => number;
  /** Has its server end the thinking in mid-stream; absent where that cannot be. */
  endThinking?: () => Promise<boolean>;
  /** Whether the server did, since it was told to; absent before. */
  thinkingEnded?: Promise<boolean>;
  /** It is over; stored too, unless that has to be waited for. */
  over: PromiseWithResolvers<void>;
  done: Promise<void>;
}

/** What was lost at the end of a process. */
export interface LostText {
  /** Those whose end could not be stored. */
  generations: number;
  /** UTF-16 units of their text that no checkpoint has. */
  characters: number;
}

/** What was assumed of how a model writes, where its text shows that it mattered. */
function assumptionOf({ family }: RunInput, raw: RawRecorder): RunInput['notices'] {
  if (!family || !raw.pieces().some(({ text }) => hasMarksOf(family, text))) return [];
  return [{ code: 'split-assumed', facts: { family: family.label } }];
}

/** At the end of the process, a store that is away is waited for so long; less than an orderly end may take (docs/limits.md). */
const lastSaveMs = 10_000;
/** A store that does not answer for so long is not waited for by whoever has stopped a generation. */
const promptSaveMs = 2_000;

/**
 * The runs of this process: generations that go on whether anybody listens or not. Each ends in exactly one finished
 * row, whatever happens to it.
 */
export class Runs {
  readonly #store: Store;
  readonly #log: RunLog;
  readonly #health: StoreHealth;
  readonly #wait: (ms: number) => Promise<unknown>;
  readonly #onEnd: (facts: GenerationFacts) => void;
  readonly #counter: TokenCounter | undefined;
  readonly #running = new Map<string, Running>();
  readonly admissions = new Admissions();
  readonly #checkpoints: Checkpointer;
  /** Aborted when the process begins to end, and when it waits for the store no longer. */
  readonly #drain = new AbortController();
  readonly #outOfTime = new AbortController();
  readonly #lost: LostText = { generations: 0, characters: 0 };

  /**
   * @param options.instanceId whose lease is renewed with what is written.
   * @param options.health told whether what is written can be saved.
   * @param options.wait resolves after so many ms.
   * @param options.onEnd told of each generation when it is over.
   * @param options.counter counts tokens that a provider does not report; without it they are estimated.
   */
  constructor(
    store: Store,
    log: RunLog,
    options: {
      instanceId?: string;
      health?: StoreHealth;
      wait?: (ms: number) => Promise<unknown>;
      onEnd?: (facts: GenerationFacts) => void;
      counter?: TokenCounter;
    } = {},
  ) {
    this.#store = store;
    this.#log = log;
    this.#health = options.health ?? new StoreHealth();
    // Somebody else has settled it (this process was taken for dead): what they wrote stands.
    this.#checkpoints = new Checkpointer(store, this.#health, {
      ...(options.instanceId !== undefined && { instanceId: options.instanceId }),
      onEnded: (id, how) =>
        this.#running.get(id)?.abort.abort((how === 'deleted' ? how : 'interrupted') satisfies AbortReason),
    });
    this.#wait = options.wait ?? delay;
    this.#onEnd = options.onEnd ?? (() => {});
    this.#counter = options.counter;
  }

  get count(): number {
    return this.#running.size;
  }

  /** Whether a generation of this owner runs here, by the generation's or the conversation's id; known without the store. */
  isRunOf(ownerId: string, id: string): boolean {
    for (const { input } of this.#running.values()) {
      if (input.ownerId === ownerId && (input.generationId === id || input.conversationId === id)) return true;
    }
    return false;
  }

  /** Ids of the generations that run here: all of them, or those at a provider. */
  ids(providerId?: string): string[] {
    return [...this.#running.values()]
      .filter(({ input }) => providerId === undefined || input.request.model.providerId === providerId)
      .map(({ input }) => input.generationId);
  }

  /** Resolves when a generation that runs here is over and stored; at once for any other. */
  whenDone(generationId: string): Promise<void> {
    return this.#running.get(generationId)?.done ?? Promise.resolve();
  }

  /** Whether nothing new is taken. */
  get isClosed(): boolean {
    return this.admissions.isClosed || this.isDraining;
  }

  get isDraining(): boolean {
    return this.#drain.signal.aborted;
  }

  /** Takes nothing new from now on; resolves when what runs has come to its own end and is stored. */
  async finishAll(): Promise<void> {
    await this.admissions.close();
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /**
   * Stores a question and starts its generations (`work`) while so many places are kept for them, so that a burst of
   * questions is not admitted before the first of them counts. `work` is told what the store is to hold the person to.
   * @throws AppError when the server is stopping or too much runs already; then nothing is stored.
   */
  async withPlaces<T>(ownerId: string, count: number, work: (mostRunning?: number) => Promise<T>): Promise<T> {
    if (this.isClosed) throw new AppError('unavailable', 'The server is stopping. Try again in a moment.');
    const own = [...this.#running.values()].filter((r) => r.input.ownerId === ownerId).length;
    return this.admissions.during(ownerId, { count, running: { own, all: this.#running.size } }, work);
  }

  /**
   * Starts generations of one conversation together.
   * @returns the cursor from which a reader of the conversation misses nothing of them.
   */
  async start(inputs: readonly [RunInput, ...RunInput[]]): Promise<Cursor | undefined> {
    for (const input of inputs) this.#begin(input);
    return this.#log.cursorBefore(
      inputs[0].conversationId,
      inputs.map((input) => input.generationId),
    );
  }

  #begin(input: RunInput): void {
    const { generationId, conversationId } = input;
    const queued = performance.now();
    const now = () => Math.round(performance.now() - queued);
    const raw = new RawRecorder();
    const log = this.#log.begin({
      generationId,
      conversationId,
      now,
      obey: (command) => this.#obey(generationId, command),
      written: () => raw.pieces(),
    });
    const checkpoints = this.#checkpoints.begin(generationId, { raw, place: () => log.place });
    const running: Running = {
      input,
      abort: new AbortController(),
      log,
      checkpoints,
      raw,
      now,
      over: Promise.withResolvers(),
      done: Promise.resolve(),
    };
    this.#running.set(generationId, running);
    // Its question was on its way to the disk when the server began to stop.
    if (this.isDraining) running.abort.abort('interrupted' satisfies AbortReason);
    running.done = this.#run(running)
      // Our own mistake: it must not reach those who wait for the end, nor keep readers waiting.
      .catch((error: unknown) => console.error(`run: generation ${generationId} broke off`, error))
      .finally(() => {
        this.#running.delete(generationId);
        checkpoints.end();
        log.leave();
        running.over.resolve();
      });
  }

  /**
   * Ends a generation that runs here; its partial text is kept. Resolves when it is stored, or when it is over and the store
   * is away. Unknown ids do nothing.
   */
  async stop(generationId: string, reason: AbortReason = 'stopped'): Promise<void> {
    const running = this.#running.get(generationId);
    if (!running) return;
    if (!running.abort.signal.aborted) running.abort.abort(reason);
    await running.over.promise;
  }

  #obey(generationId: string, command: RunCommand): Promise<void> {
    if (command === 'answer-now') return this.#answerNow(generationId);
    return this.stop(generationId, command === 'delete' ? 'deleted' : 'stopped');
  }

  /**
   * Has a generation's thinking ended in mid-stream, where its server takes a word for that; it is not over then. Ends it
   * elsewhere, so that it can be gone on with. One that answers already is left alone where it could have been told.
   */
  async #answerNow(generationId: string): Promise<void> {
    const running = this.#running.get(generationId);
    if (!running) return;
    const { endThinking } = running;
    if (!endThinking) return this.stop(generationId);
    if (cutInOf(running.log.state.segments) === 'answer') return;
    // A server that does not know the thinking as such (it comes between tags) says that it ended it, and goes on.
    const isKnown = running.raw.pieces().findLast(({ text }) => text.trim() !== '')?.field === 'reasoning';
    if (!isKnown) return this.stop(generationId);
    running.thinkingEnded ??= endThinking().catch(() => false);
    if (!(await running.thinkingEnded)) await this.stop(generationId);
  }

  /**
   * For the end of the process: takes nothing new, marks what runs as interrupted, with all its text. Answers what could not
   * be saved, and says it in the log.
   */
  async shutDown(): Promise<LostText> {
    this.#drain.abort();
    setTimeout(() => this.#outOfTime.abort(), lastSaveMs).unref();
    const running = [...this.#running.values()];
    for (const { abort } of running) if (!abort.signal.aborted) abort.abort('interrupted' satisfies AbortReason);
    await Promise.all(running.map(({ done }) => done));
    await unlessAborted(this.#checkpoints.close(), this.#outOfTime.signal);
    await this.#log.close();
    const { generations, characters } = this.#lost;
    if (generations > 0) {
      console.error(
        `run: ${generations} answer(s) could not be saved before the end: ${characters} characters of text are lost`,
      );
    }
    return { generations, characters };
  }

  async #run(running: Running): Promise<void> {
    const { input, log, raw, now } = running;
    const queuedAt = Date.now();
    const health = input.health && new HealthCheck(input.health);
    const emit = (parts: StreamPart[]) => {
      running.checkpoints.add(parts);
      log.append(parts);
      for (const part of parts) if (part.type === 'state') health?.enter(part.phase, () => log.state.segments);
    };
    emit(input.notices.map((notice) => ({ type: 'notice', notice })));
    const record = await generate({
      adapter: input.adapter,
      request: { ...input.request, signal: running.abort.signal },
      splitter: input.splitter,
      ...givenTo(input),
      ...(input.eventsAreTokens && { eventsAreTokens: true }),
      now,
      ...(this.#counter && { counter: this.#counter }),
      emit,
      heard: (field, text) => raw.add(field, text),
      onSteerable(endThinking) {
        running.endThinking = endThinking;
      },
    });
    const late = (await running.thinkingEnded) && !record.state.notices.includes(thinkingEndedInStream);
    const added = [...(late ? [thinkingEndedInStream] : []), ...assumptionOf(input, raw)];
    emit(added.map((notice) => ({ type: 'notice', notice })));
    record.state = { ...record.state, notices: [...input.notices, ...record.state.notices, ...added] };
    const measured = await health?.finish({
      segments: record.state.segments,
      finish: record.finish,
      pieces: raw.pieces(),
      splitter: input.splitter,
    });
    if (measured) record.state = { ...record.state, health: measured };
    const isSaved = await this.#save(running, record);
    if (isSaved) log.append([finishOf(record)]);
    else log.leave(); // its end is another one than ours, or not yet known
    input.onDone?.(record);
    this.#onEnd(factsOf(input, record, queuedAt));
  }

  /**
   * Writes the finished message and row. A store that is away is waited for, however long: the text is still here.
   * @returns false when it is not there as we know it: somebody else has settled it, or the server ends without a store.
   */
  async #save(running: Running, record: GenerationRecord): Promise<boolean> {
    const { checkpoints } = running;
    checkpoints.clear();
    if (this.#health.trouble) this.#keepWaiting(running, record);
    const late = setTimeout(() => this.#keepWaiting(running, record), promptSaveMs);
    try {
      for (let attempt = 0; ; attempt++) {
        const isSaved = await this.#write(running, record);
        if (isSaved !== undefined) return isSaved;
        if (this.#outOfTime.signal.aborted || (this.isDraining && attempt >= 3)) break;
        this.#keepWaiting(running, record);
        const rest = this.#wait(Math.min(5000, 200 * 2 ** attempt));
        await (this.isDraining ? rest : unlessAborted(rest, this.#drain.signal));
      }
    } finally {
      clearTimeout(late);
    }
    this.#lost.generations++;
    this.#lost.characters += checkpoints.unsavedCharacters;
    return false;
  }

  /** The store is away: whoever reads it is told that it is over, and whoever has stopped it is not kept. */
  #keepWaiting({ log, now, over }: Running, { state }: GenerationRecord): void {
    if (log.state.phase === 'saving') return;
    log.append([{ type: 'state', phase: 'saving', times: state.times, at: now() }]);
    over.resolve();
  }

  /** Undefined when the store did not take it, or not in time. */
  async #write({ input, raw }: Running, record: GenerationRecord): Promise<boolean | undefined> {
    const { state, finish } = record;
    const write = () =>
      this.#store.generations.finish(input.generationId, {
        parts: state.segments.filter((s) => s.text !== ''),
        raw: raw.pieces(),
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
    try {
      const writing = this.#health.watch(`end of ${input.generationId}`, write);
      return await unlessAborted(writing, this.#outOfTime.signal);
    } catch {
      return undefined; // the store's health has told it
    }
  }
}

/** What `work` comes to, or undefined as soon as a signal is aborted. Leaves nothing behind at the signal. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve(undefined);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** What is said of a generation only where it is so. */
function givenTo({ begun, guard }: RunInput): Pick<RunInput, 'begun' | 'guard'> {
  return { ...(begun && { begun }), ...(guard && { guard }) };
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
