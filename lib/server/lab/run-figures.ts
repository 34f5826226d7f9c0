import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type JudgedSample, measureSetting, type SettingFigures } from '../../lab/figures.ts';
import { type VoteWeight, voteWeights } from '../../lab/votes.ts';
import type { StoredRun } from '../store/lab-runs.ts';
import type { JudgedRow } from '../store/lab-samples.ts';
import type { Store } from '../store/store.ts';
import type { FiguresRequest } from './figures-worker.ts';

/** While a run goes on, its figures are made anew no sooner than this, nor in more than a tenth of the time. */
const freshMs = 3_000;

export interface FiguresNow {
  figures: readonly SettingFigures[];
  /** Epoch ms. */
  at: number;
}

interface Made extends FiguresNow {
  version: number;
  tookMs: number;
}

/** Figures of runs, made when somebody looks and kept in the store, so that the next look is a read. */
export class RunFigures {
  readonly #store: Store;
  readonly #made = new Map<string, Made>();
  readonly #making = new Map<string, Promise<Made>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * @param options.isActive its samples are being asked: figures may be some seconds old then
   * @param options.weight by what its votes are weighed; figures of weighed votes are not kept in the store
   */
  async of(
    run: StoredRun,
    { isActive, weight = 'equal' }: { isActive: boolean; weight?: VoteWeight },
  ): Promise<FiguresNow> {
    const key = keyOf(run.id, weight);
    const made = this.#made.get(key) ?? (weight === 'equal' ? await this.#stored(run.id) : undefined);
    if (made && made.figures.length === run.settings.length) {
      const isFresh = Date.now() - made.at < Math.max(freshMs, made.tookMs * 10);
      if (made.version === run.version || (isActive && isFresh)) return made;
    }
    const making = this.#making.get(key) ?? this.#make(run, weight);
    this.#making.set(key, making);
    try {
      return await making;
    } finally {
      this.#making.delete(key);
    }
  }

  forget(runId: string): void {
    for (const weight of voteWeights) this.#made.delete(keyOf(runId, weight));
  }

  async #stored(runId: string): Promise<Made | undefined> {
    const stored = await this.#store.labRuns.findFigures(runId);
    return stored && { ...stored, tookMs: 0 };
  }

  async #make(run: StoredRun, weight: VoteWeight): Promise<Made> {
    const began = performance.now();
    const at = Date.now();
    const figures = await measureSettings(run.settings, {
      seed: run.plan.seed,
      weight,
      judgedOf: (setting) => this.#store.labSamples.listJudged(run.id, setting),
    });
    const made = { figures, at, version: run.version, tookMs: performance.now() - began };
    const key = keyOf(run.id, weight);
    this.#made.delete(key);
    this.#made.set(key, made);
    const [oldest] = this.#made.keys();
    if (this.#made.size > mostKept && oldest !== undefined) this.#made.delete(oldest);
    if (weight === 'equal') await this.#store.labRuns.saveFigures(run.id, { figures, version: run.version, at });
    return made;
  }
}

function keyOf(runId: string, weight: VoteWeight): string {
  return `${runId} ${weight}`;
}

/** The figures of all points, one after another; large ones in a thread, so that nobody waits for them. */
export async function measureSettings(
  settings: readonly { index: number }[],
  options: {
    seed: number;
    weight: VoteWeight;
    /** All samples of a point, in the order of the plan. */
    judgedOf: (setting: number) => Promise<JudgedRow[]>;
  },
): Promise<SettingFigures[]> {
  const { seed, weight, judgedOf } = options;
  const figures: SettingFigures[] = [];
  const thread = new FiguresThread();
  try {
    for (const { index } of settings) {
      const samples = (await judgedOf(index)).map(
        ({ question, ...sample }): JudgedSample => ({ ...sample, questionId: String(question) }),
      );
      figures.push(await thread.measure({ samples, seed, weight }));
    }
  } finally {
    await thread.close();
  }
  return figures;
}

const mostKept = 50;
/** So many samples are measured in a few milliseconds. */
const mostAtOnce = 1_000;

/** Measures settings one after another, in a thread that is there while it is needed. */
class FiguresThread {
  #worker: Worker | undefined;

  async measure(request: FiguresRequest): Promise<SettingFigures> {
    if (request.samples.length <= mostAtOnce) {
      await turn();
      return measureSetting(request.samples, request);
    }
    this.#worker ??= new Worker(new URL('./figures-worker.ts', import.meta.url), { name: 'figures' });
    const worker = this.#worker;
    worker.postMessage(request);
    const [figures] = (await once(worker, 'message')) as [SettingFigures]; // it answers nothing else; `once` rejects at an error
    return figures;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
