/** A training in a thread of its own, with less claim to the processor than all that answers people. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { mostTrainingMinutes, mostTrainingSteps, type TrainingEvent } from '../../zero/training.ts';
import { rewriteGguf } from '../protocols/inside/rewrite-gguf.ts';
import { Grpo, type Recipe } from './grpo.ts';

export interface TrainingWorkerData {
  /** Path of the model to begin with. */
  file: string;
  seed: number;
}

export type TrainingRequest = { type: 'stop' } | { type: 'write'; name: string };

export type TrainingResponse =
  | Exclude<TrainingEvent, { type: 'stands' }>
  | { type: 'ended'; end: 'stopped' | 'bounds' }
  | { type: 'written'; file: Uint8Array<ArrayBuffer> };

/** A quarter of the shipped run's samples, so that a step is seen every few seconds. */
const recipe: Omit<Recipe, 'seed'> = { puzzles: 8, samplesEach: 16, rate: 3e-4, warmUpSteps: 10 };
const evaluateEvery = 10;
/** After this at the latest the thread listens. */
const listenEveryMs = 50;

class Stopped extends Error {}

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread.');
const tell = (response: TrainingResponse) => port.postMessage(response);
const { file, seed } = workerData as TrainingWorkerData;
// On Linux alone a priority is a thread's; elsewhere it would be the whole server's.
if (process.platform === 'linux') os.setPriority(os.constants.priority.PRIORITY_LOW);

const base = readFileSync(file);
const grpo = new Grpo(base, { ...recipe, seed });
let isStopped = false;

port.on('message', (request: TrainingRequest) => {
  if (request.type === 'stop') isStopped = true;
  else tell({ type: 'written', file: rewriteGguf(base, { name: request.name, weights: grpo.weights() }) });
});

const began = performance.now();
try {
  tell({ type: 'evaluation', evaluation: { step: 0, ...(await finish(grpo.evaluate())) } });
  let isDue = false;
  while (!isDue) {
    const { entropy: _entropy, gradient: _gradient, ...figures } = await finish(grpo.step());
    const seconds = (performance.now() - began) / 1000;
    tell({ type: 'step', step: { step: grpo.steps, seconds, ...figures } });
    isDue = grpo.steps >= mostTrainingSteps || seconds >= 60 * mostTrainingMinutes;
    if (grpo.steps % evaluateEvery === 0 || isDue) {
      tell({ type: 'evaluation', evaluation: { step: grpo.steps, ...(await finish(grpo.evaluate())) } });
    }
  }
  tell({ type: 'ended', end: 'bounds' });
} catch (error) {
  if (!(error instanceof Stopped)) throw error;
  tell({ type: 'ended', end: 'stopped' });
}

/** Runs it to its end, listening in between. @throws Stopped */
async function finish<Result>(work: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const until = performance.now() + listenEveryMs;
    while (performance.now() < until) {
      const turn = work.next();
      if (turn.done) return turn.value;
    }
    await setImmediate();
    if (isStopped) throw new Stopped();
  }
}
