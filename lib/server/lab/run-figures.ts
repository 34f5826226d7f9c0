import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { measureSetting, type SettingFigures } from '../../lab/figures.ts';
import type { StoredRun } from '../store/lab-runs.ts';
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

  /** @param isActive its samples are being asked: figures may be some seconds old then. */
  async of(run: StoredRun, { isActive }: { isActive: boolean }): Promise<FiguresNow> {
    const made = this.#made.get(run.id) ?? (await this.#stored(run.id));
    if (made && made.figures.length === run.settings.length) {
      const isFresh = Date.now() - made.at < Math.max(freshMs, made.tookMs * 10);
      if (made.version === run.version || (isActive && isFresh)) return made;
    }
    const making = this.#making.get(run.id) ?? this.#make(run);
    this.#making.set(run.id, making);
    try {
      return await making;
    } finally {
      this.#making.delete(run.id);
    }
  }

  forget(runId: string): void {
    this.#made.delete(runId);
  }

  async #stored(runId: string): Promise<Made | undefined> {
    const stored = await this.#store.labRuns.findFigures(runId);
    return stored && { ...stored, tookMs: 0 };
  }

  /** Setting by setting; large ones in a thread, so that nobody waits for them. */
  async #make(run: StoredRun): Promise<Made> {
    const began = performance.now();
    const at = Date.now();
    const figures: SettingFigures[] = [];
    const thread = new FiguresThread();
    try {
      for (const { index } of run.settings) {
        const rows = await this.#store.labSamples.listJudged(run.id, index);
        const samples = rows.map(({ question, ...sample }) => ({ ...sample, questionId: String(question) }));
        figures.push(await thread.measure({ samples, seed: run.plan.seed }));
      }
    } finally {
      await thread.close();
    }
    const made = { figures, at, version: run.version, tookMs: performance.now() - began };
    this.#made.delete(run.id);
    this.#made.set(run.id, made);
    const [oldest] = this.#made.keys();
    if (this.#made.size > mostKept && oldest !== undefined) this.#made.delete(oldest);
    await this.#store.labRuns.saveFigures(run.id, { figures, version: run.version, at });
    return made;
  }
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
      return measureSetting(request.samples, { seed: request.seed });
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
