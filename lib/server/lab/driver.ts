import { AppError } from '../../errors.ts';
import type { Ceiling, LabSetting, RunPause, RunState } from '../../lab/run.ts';
import type { ModelSource } from '../generation/ask.ts';
import type { Runs } from '../generation/run.ts';
import type { StoredRun } from '../store/lab-runs.ts';
import type { SampleSums, WaitingSample } from '../store/lab-samples.ts';
import type { Store } from '../store/store.ts';
import type { SampleAsker } from './ask-sample.ts';
import type { SampleCalls } from './judge-sample.ts';
import type { Lanes } from './lanes.ts';
import { RunSupplies } from './run-supplies.ts';
import { type Settled, settleSample, settleUnasked } from './settle-sample.ts';

/** Samples are looked up so many at a time. */
const atOnce = 256;

interface Parts {
  store: Store;
  runs: Runs;
  models: ModelSource;
  asker: SampleAsker;
  lanes: Lanes;
}

/** A sample under way; `over` once what came of it is stored. */
interface Call {
  generationId: string | undefined;
  abort: AbortController;
  over: PromiseWithResolvers<void>;
}

/** Asks the samples of one run, until nothing is left, somebody ends it, or something stands in its way. */
export class Driver {
  readonly #parts: Parts;
  #run: StoredRun;
  #sums: SampleSums;
  #queue: WaitingSample[] = [];
  /** Under way, with the generation that runs now. */
  readonly #active = new Map<number, Call>();
  #timer: NodeJS.Timeout | undefined;
  #pumping = false;
  #again = false;
  #failures = 0;
  #countedFrom = performance.now();
  readonly #supplies: RunSupplies;
  readonly #over = Promise.withResolvers<void>();
  #isOver = false;
  #isClosing = false;
  #isStopping = false;

  constructor(parts: Parts, run: StoredRun, sums: SampleSums) {
    this.#parts = parts;
    this.#run = run;
    this.#sums = sums;
    this.#supplies = new RunSupplies(parts, run);
  }

  get runId(): string {
    return this.#run.id;
  }

  get active(): number {
    return this.#active.size;
  }

  /** Resolves when it asks no more. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Ms since its run's time was last written down. */
  get unwrittenMs(): number {
    return performance.now() - this.#countedFrom;
  }

  isAsking(generationId: string): boolean {
    return [...this.#active.values()].some((active) => active.generationId === generationId);
  }

  /** Whether samples of this provider could be asked, if it had a place for them. */
  hasWaiting(providerId: string): boolean {
    const settings = this.#run.settings.filter((one) => one.settings.model.providerId === providerId);
    return this.#queue.some(({ setting }) => settings.some(({ index }) => index === setting));
  }

  /** Something changed: a place became free, or somebody changed the run. */
  poke(): void {
    if (this.#pumping) this.#again = true;
    else void this.#pumpSafely();
  }

  /** Reads the run again, and does what it says. */
  async sync(): Promise<void> {
    const run = await this.#parts.store.labRuns.find(this.#run.ownerId, this.#run.id);
    if (!run || run.state === 'stopped' || run.instanceId !== this.#run.instanceId) {
      this.#isStopping = true; // a place that becomes free meanwhile starts nothing
      await this.#stopCalls();
      return this.#end();
    }
    this.#run = run;
    this.#queue = [];
    this.poke();
  }

  /** The process ends: what is under way is ended by `Runs`, and planned again by whoever takes the run. */
  close(): void {
    this.#isClosing = true;
    this.#end();
  }

  async #stopCalls(): Promise<void> {
    const active = [...this.#active.values()];
    for (const { abort } of active) abort.abort();
    await Promise.all(active.map(({ generationId }) => generationId && this.#parts.runs.stop(generationId)));
    await Promise.all(active.map(({ over }) => over.promise));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#over.resolve();
  }

  async #pumpSafely(): Promise<void> {
    this.#pumping = true;
    try {
      do {
        this.#again = false;
        await this.#pump();
      } while (this.#again && !this.#isOver);
    } catch (error) {
      // A store that is away is asked again; everything else that comes here is a mistake of ours, and no reason to spin.
      if (!(error instanceof AppError)) console.error(`lab: run ${this.#run.id}`, error);
      this.#wakeIn(2_000);
    } finally {
      this.#pumping = false;
    }
  }

  #wakeIn(ms: number): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.poke(), Math.min(ms, 60_000));
    this.#timer.unref();
  }

  async #pump(): Promise<void> {
    if (this.#isOver || this.#isClosing) return;
    const { state } = this.#run;
    if (state === 'pausing') return this.#pauseWhenIdle(this.#run.pause ?? { because: 'person' });
    const reached = ceilingReached(this.#run.plan.ceiling, this.#sums, this.#run.activeMs + this.unwrittenMs);
    if (reached) return this.#pauseWhenIdle({ because: 'ceiling', of: reached });
    for (let refills = 0; !this.#isOver && !this.#isStopping; ) {
      const started = this.#startSome();
      if (this.#queue.length > 0 || (started === 0 && refills > 0)) return;
      // one that ended while it was looked up may have left something to ask: whoever ended pokes
      const wasIdle = this.#active.size === 0;
      const next = await this.#refill();
      refills++;
      if (this.#queue.length > 0) continue;
      if (next !== undefined) return this.#wakeIn(Math.max(10, next - Date.now()));
      if (wasIdle) await this.#finish();
      return;
    }
  }

  /** Starts what has a place now. */
  #startSome(): number {
    let started = 0;
    let wake = Number.POSITIVE_INFINITY;
    const blocked = new Set<string>();
    const rest: WaitingSample[] = [];
    for (const [i, waiting] of this.#queue.entries()) {
      const setting = this.#run.settings.find(({ index }) => index === waiting.setting);
      const providerId = setting?.settings.model.providerId ?? '';
      if (setting && !blocked.has(providerId) && this.#parts.lanes.take(providerId, performance.now())) {
        started++;
        void this.#askOne(waiting, setting, providerId);
        if (ceilingReached(this.#run.plan.ceiling, this.#sums, this.#run.activeMs + this.unwrittenMs)) {
          rest.push(...this.#queue.slice(i + 1));
          break;
        }
        continue;
      }
      if (setting && !setting.dropped) {
        rest.push(waiting);
        blocked.add(providerId);
        wake = Math.min(wake, this.#parts.lanes.until(providerId) - performance.now());
      }
    }
    this.#queue = rest;
    if (rest.length > 0 && wake > 0 && Number.isFinite(wake)) this.#wakeIn(wake + 5);
    return started;
  }

  #listNext(pilotOnly: boolean, limit: number) {
    const sources = sourcesOf(this.#run.settings);
    return this.#parts.store.labSamples.listNext(this.#run.id, { limit, at: Date.now(), pilotOnly, sources });
  }

  /** Looks up what is next. @returns epoch ms at which something may be asked again, where nothing may now */
  async #refill(): Promise<number | undefined> {
    const { samples, nextAt } = await this.#listNext(this.#run.state === 'piloting', atOnce);
    this.#queue = samples.filter(({ number }) => !this.#active.has(number));
    return nextAt;
  }

  async #finish(): Promise<void> {
    if (this.#run.state === 'piloting') await this.#rest({ because: 'piloted' });
    else await this.#leave('done', null);
  }

  async #pauseWhenIdle(pause: RunPause): Promise<void> {
    this.#queue = [];
    if (this.#active.size > 0) return;
    await this.#rest(pause);
  }

  /** Pauses, unless what was under way was the last: then there is nothing to go on with, and the run is done. */
  async #rest(pause: RunPause): Promise<void> {
    const { samples, nextAt } = await this.#listNext(false, 1);
    if (samples.length === 0 && nextAt === undefined) await this.#leave('done', null);
    else await this.#leave('paused', pause);
  }

  /** Gives the run up in this state, unless somebody has changed it meanwhile. */
  async #leave(state: RunState, pause: RunPause | null): Promise<void> {
    const { ownerId, id } = this.#run;
    const at = Date.now();
    const change = { state, pause, instanceId: null, activeMs: this.#takeMs(), at };
    const from: RunState[] = ['piloting', 'running', 'pausing'];
    await this.#parts.store.labRuns.change(ownerId, id, { ...change, from });
    this.#end();
  }

  /** A run that cannot go on now: nothing new is asked, and it is paused once the calls under way are over. */
  async #obstruct(pause: RunPause): Promise<void> {
    if (this.#run.state === 'pausing') return;
    this.#run = { ...this.#run, state: 'pausing', pause };
    this.#queue = [];
    await this.#parts.store.labRuns.change(this.#run.ownerId, this.#run.id, {
      state: 'pausing',
      pause,
      at: Date.now(),
      from: ['piloting', 'running'],
    });
  }

  #takeMs(): number {
    const ms = this.unwrittenMs;
    this.#countedFrom = performance.now();
    return ms;
  }

  /** Writes down how long it has run. */
  async keepTime(): Promise<void> {
    const activeMs = this.#takeMs();
    this.#run = { ...this.#run, activeMs: this.#run.activeMs + activeMs };
    await this.#parts.store.labRuns.change(this.#run.ownerId, this.#run.id, { activeMs, at: Date.now() });
  }

  async #askOne(waiting: WaitingSample, setting: LabSetting, providerId: string): Promise<void> {
    const { lanes } = this.#parts;
    const began = performance.now();
    const call: Call = { generationId: undefined, abort: new AbortController(), over: Promise.withResolvers() };
    this.#active.set(waiting.number, call);
    let settled: Settled = {};
    try {
      settled = await this.#settle(waiting, setting, call);
      await this.#follow(settled);
    } catch (thrown) {
      console.error(`lab: sample ${waiting.number} of ${this.#run.id}`, thrown);
    } finally {
      this.#active.delete(waiting.number);
      call.over.resolve();
      if (settled.lane) lanes.end(providerId, { ...settled.lane, began }, performance.now());
      else lanes.giveBack(providerId);
      this.poke();
      lanes.freed();
    }
  }

  async #settle(waiting: WaitingSample, setting: LabSetting, call: Call): Promise<Settled> {
    const { store, asker } = this.#parts;
    const run = this.#run;
    try {
      return await settleSample(
        { store, asker, supplies: this.#supplies },
        {
          run,
          setting,
          waiting,
          failuresSoFar: () => this.#failures,
          onCall: (id) => {
            call.generationId = id;
          },
          signal: call.abort.signal,
          isClosing: () => this.#isClosing,
        },
      );
    } catch (error) {
      return this.#isClosing ? {} : settleUnasked({ store }, error, { run, setting, waiting });
    }
  }

  /** Does what a sample's end means for its run. */
  async #follow({ asked, isFailure, pause, againAt }: Settled): Promise<void> {
    if (isFailure !== undefined) this.#failures = isFailure ? this.#failures + 1 : 0;
    if (asked) addSpending(this.#sums, asked);
    if (pause) await this.#obstruct(pause);
    else if (againAt !== undefined) this.#wakeIn(againAt - Date.now());
  }
}

function addSpending(sums: SampleSums, { calls }: SampleCalls): void {
  for (const { usage, finish } of calls) {
    sums.promptTokens += usage?.promptTokens ?? 0;
    sums.thinkingTokens += usage?.reasoningTokens ?? 0;
    sums.answerTokens += usage?.answerTokens ?? 0;
    sums.cost += finish?.cost ?? 0;
  }
}

/** By setting that replays thoughts, the setting whose thoughts they are. */
export function sourcesOf(settings: readonly LabSetting[]): Map<number, number> {
  return new Map(
    settings.flatMap(({ index, model, step }) => {
      const source = settings.find((one) => one.model === model && one.step.way === 'as-is');
      return step.way === 'prefix' && source ? [[index, source.index] as const] : [];
    }),
  );
}

/** Which bound a run has come to. */
export function ceilingReached(ceiling: Ceiling, sums: SampleSums, activeMs: number): keyof Ceiling | undefined {
  const tokens = sums.promptTokens + sums.thinkingTokens + sums.answerTokens;
  if (ceiling.cost !== undefined && sums.cost >= ceiling.cost) return 'cost';
  if (ceiling.tokens !== undefined && tokens >= ceiling.tokens) return 'tokens';
  if (ceiling.minutes !== undefined && activeMs >= ceiling.minutes * 60_000) return 'minutes';
  return undefined;
}
