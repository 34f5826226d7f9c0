import { randomInt } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../errors.ts';
import {
  afterEvent,
  type KeptModel,
  type Training,
  type TrainingEnd,
  type TrainingEvent,
} from '../../zero/training.ts';
import { insideFile, insideRecords } from '../protocols/inside/models.ts';
import type { KeptModels } from './kept-models.ts';
import type { TrainingRequest, TrainingResponse, TrainingWorkerData } from './training-worker.ts';

/** So long the thread may take to write a model's file. */
const writeMs = 20_000;

/** The one training that can run on this server: whoever looks sees it, and it goes on while nobody does. */
export class TrainingRoom {
  readonly #kept: KeptModels;
  readonly #isAllowed: boolean;
  readonly #onKept: () => void;
  readonly #now: () => number;
  readonly #listeners = new Set<(event: TrainingEvent) => void>();
  #training: Training = { state: 'none' };
  #worker: Worker | undefined;

  /**
   * @param parts.isAllowed false where others can reach the server: then nothing is trained, kept or removed here
   * @param parts.onKept other models are inside now
   */
  constructor(parts: { kept: KeptModels; isAllowed: boolean; onKept: () => void; now?: () => number }) {
    this.#kept = parts.kept;
    this.#isAllowed = parts.isAllowed;
    this.#onKept = parts.onKept;
    this.#now = parts.now ?? Date.now;
  }

  get isAllowed(): boolean {
    return this.#isAllowed;
  }

  get training(): Training {
    return this.#training;
  }

  get kept(): KeptModel[] {
    return this.#kept.list();
  }

  /** Begins a training from the base. @throws AppError `forbidden`; `conflict` while there is one */
  start(seed = randomInt(2 ** 30)): void {
    this.#assertAllowed();
    const { state } = this.#training;
    if (state === 'running') throw new AppError('conflict', 'A training runs already.');
    if (state === 'ended') throw new AppError('conflict', 'The last training is to be kept or thrown away first.');
    const base = insideRecords.find(({ kind }) => kind === 'base');
    if (!base) throw new AppError('internal', 'The base is missing.');
    const workerData: TrainingWorkerData = { file: insideFile(base), seed };
    const worker = new Worker(new URL('./training-worker.ts', import.meta.url), { name: 'training', workerData });
    worker.unref(); // it keeps no server alive
    worker.on('message', (response: TrainingResponse) => this.#worker === worker && this.#take(response));
    worker.on('error', (error) => {
      console.error('training: its thread has failed', error);
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#end('failed');
    });
    this.#worker = worker;
    this.#stand({ state: 'running', steps: [], evaluations: [] });
  }

  /** Ends what runs; the step that was under way is lost. @throws AppError `conflict` when nothing runs */
  stop(): void {
    this.#assertAllowed();
    if (this.#training.state !== 'running') throw new AppError('conflict', 'No training runs.');
    this.#send({ type: 'stop' });
  }

  /**
   * Makes a model of a training that has ended. @throws AppError `conflict` while it runs, when it made no step, or when the
   * name is taken
   */
  async keep(name: string): Promise<void> {
    this.#assertAllowed();
    const training = this.#training;
    const worker = this.#worker;
    const steps = training.state === 'ended' ? training.steps.length : 0;
    if (!worker || steps === 0) throw new AppError('conflict', 'There is no training to be kept.');
    this.#kept.assertFree(name);
    const bytes = await this.#written(worker, name);
    if (this.#training !== training) throw new AppError('conflict', 'This training is no longer here.');
    this.#kept.keep(name, { step: steps, bytes, at: this.#now() });
    this.#onKept();
    await this.throwAway();
  }

  /** Forgets a training, whether it runs or has ended. */
  async throwAway(): Promise<void> {
    this.#assertAllowed();
    await this.#endThread();
    this.#stand({ state: 'none' });
  }

  /** Removes a kept model. @throws AppError `not_found` */
  remove(id: string): void {
    this.#assertAllowed();
    this.#kept.remove(id);
    this.#onKept();
    this.#stand(this.#training);
  }

  /** How it stands, then what comes, until `signal` aborts. */
  async *events(signal: AbortSignal): AsyncGenerator<TrainingEvent> {
    const waiting: TrainingEvent[] = [this.#standing()];
    let wake = () => {};
    const listener = (event: TrainingEvent) => {
      waiting.push(event);
      wake();
    };
    const leave = () => wake();
    this.#listeners.add(listener);
    signal.addEventListener('abort', leave, { once: true });
    try {
      while (!signal.aborted) {
        const event = waiting.shift();
        if (event) yield event;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener('abort', leave);
      this.#listeners.delete(listener);
    }
  }

  /** Ends the thread. */
  close(): Promise<void> {
    return this.#endThread();
  }

  #take(response: TrainingResponse): void {
    if (response.type === 'ended') this.#end(response.end);
    else if (response.type !== 'written') {
      this.#training = afterEvent(this.#training, response);
      this.#tell(response);
    }
  }

  #end(end: TrainingEnd): void {
    if (this.#training.state === 'none') return;
    this.#stand({ ...this.#training, state: 'ended', end });
  }

  #stand(training: Training): void {
    this.#training = training;
    this.#tell(this.#standing());
  }

  #standing(): TrainingEvent {
    return { type: 'stands', training: this.#training, kept: this.kept };
  }

  #tell(event: TrainingEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #send(request: TrainingRequest): void {
    this.#worker?.postMessage(request);
  }

  #written(worker: Worker, name: string): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const over = (words: string) => () => settle(() => reject(new AppError('internal', words)));
      const timer = setTimeout(over('The model could not be written in time.'), writeMs);
      const ended = over('This training is no longer here.');
      const listen = (response: TrainingResponse) => {
        if (response.type === 'written') settle(() => resolve(response.file));
      };
      const settle = (then: () => void) => {
        clearTimeout(timer);
        worker.off('message', listen);
        worker.off('exit', ended);
        then();
      };
      worker.on('message', listen);
      worker.on('exit', ended);
      this.#send({ type: 'write', name });
    });
  }

  async #endThread(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #assertAllowed(): void {
    if (!this.#isAllowed) throw new AppError('forbidden', 'Nothing is trained on a server that others can reach.');
  }
}
