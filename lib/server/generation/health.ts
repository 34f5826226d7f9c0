import { Worker } from 'node:worker_threads';
import type { Health } from '../../health.ts';
import type { PromptTemplateId } from '../../model.ts';
import { judgeFormat } from '../../reasoning/format.ts';
import type { SplitterOptions } from '@thinkglass/splitter';
import type { RawPiece } from '../../raw-text.ts';
import { type Finish, type Phase, type Segment, textOfKind } from '../../stream-part.ts';
import type { HealthRequest } from './health-worker.ts';
import type { Thought, ThoughtHealth } from './measure-thought.ts';
import { withinEndWait } from './end-wait.ts';

/** What an answer's health is judged by, known before it is asked for. */
export interface HealthContext {
  question: string;
  template: PromptTemplateId;
  /** Whether this model is known to think where it can be seen. */
  thinks: boolean;
}

/** What is known at the end of it. */
export interface EndedAnswer {
  segments: readonly Segment[];
  finish: Finish;
  /** The model's exact text. */
  pieces: readonly RawPiece[];
  splitter: SplitterOptions;
}

/**
 * The health of one answer. The thought is measured in a thread of its own, and from the moment the answer begins, so
 * that it is known when the answer ends: nobody waits for it.
 */
export class HealthCheck {
  readonly #context: HealthContext;
  readonly #meter: ThoughtMeter;
  #early: { thinking: string; health: Promise<ThoughtHealth | undefined> } | undefined;

  constructor(context: HealthContext, meter: ThoughtMeter = sharedMeter) {
    this.#context = context;
    this.#meter = meter;
  }

  /** To be told of each phase. A thought that goes on after the answer has begun is measured again at the end. */
  enter(phase: Phase, segments: () => readonly Segment[]): void {
    if (phase === 'thinking') this.#meter.warm();
    if (phase !== 'answering') return;
    const thinking = textOfKind(segments(), 'reasoning');
    if (thinking !== '') this.#early = { thinking, health: this.#measure(thinking) };
  }

  /** Never throws; undefined when there is nothing to say, or not in time. */
  async finish(ended: EndedAnswer): Promise<Health | undefined> {
    const { segments, finish, pieces, splitter } = ended;
    // The server is stopping; it has no time for this.
    if (finish.outcome === 'interrupted') return undefined;
    const { template, thinks } = this.#context;
    const thinking = textOfKind(segments, 'reasoning');
    const early = this.#early?.thinking === thinking ? this.#early.health : undefined;
    const thought = thinking === '' ? undefined : await withinEndWait(early ?? this.#measure(thinking));
    const format = judgeFormat({
      segments,
      content: pieces.map(({ field, text }) => (field === 'content' ? text : '')).join(''),
      hasField: pieces.some(({ field, text }) => field === 'reasoning' && text.trim() !== ''),
      outcome: finish.outcome,
      template,
      isExpected: thinks,
      splitter,
    });
    return thought || format ? { ...(format && { format }), ...thought } : undefined;
  }

  #measure(thinking: string): Promise<ThoughtHealth | undefined> {
    return this.#meter.measure({ question: this.#context.question, thinking });
  }
}

/** The thread holds a library's data (about 80 MB), so it goes when it has had nothing to do for so long. */
const idleMs = 60_000;

/** Measures thoughts in a thread that is started when it is needed. */
export class ThoughtMeter {
  #worker: Worker | undefined;
  #lastId = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  readonly #waiting = new Map<number, (health: ThoughtHealth | undefined) => void>();

  /** Starts the thread: loading what it needs takes longer than most thoughts do to measure. */
  warm(): void {
    const worker = this.#open();
    if (this.#waiting.size === 0) this.#rest(worker);
  }

  /** Never rejects: without a thread there is no health. */
  measure(thought: Thought): Promise<ThoughtHealth | undefined> {
    const worker = this.#open();
    const id = ++this.#lastId;
    clearTimeout(this.#idle);
    return new Promise((resolve) => {
      const settle = (health: ThoughtHealth | undefined) => {
        if (!this.#waiting.delete(id)) return;
        if (this.#waiting.size === 0) this.#rest(worker);
        resolve(health);
      };
      if (this.#waiting.size === 0) worker.ref();
      this.#waiting.set(id, settle);
      worker.postMessage({ id, ...thought } satisfies HealthRequest);
    });
  }

  #open(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./health-worker.ts', import.meta.url), { name: 'health' });
    worker.on('message', ({ id, health, error }: { id: number; health?: ThoughtHealth; error?: string }) => {
      if (error !== undefined) console.error('health: a thought could not be measured', error);
      this.#waiting.get(id)?.(health);
    });
    worker.on('error', (error) => console.error('health: its thread has failed', error));
    worker.on('exit', () => this.#lose(worker));
    this.#worker = worker;
    return worker;
  }

  #rest(worker: Worker): void {
    worker.unref(); // an idle thread keeps no process alive
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#worker = undefined;
      void worker.terminate();
    }, idleMs);
    this.#idle.unref();
  }

  #lose(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const settle of [...this.#waiting.values()]) settle(undefined);
  }
}

/** The one of this process. */
export const sharedMeter = new ThoughtMeter();
