import { parentPort } from 'node:worker_threads';
import { eld } from 'eld/extrasmall';
import { measureThought, type Thought } from './measure-thought.ts';

/** What the worker is asked, and what it answers. */
export interface HealthRequest extends Thought {
  id: number;
}

parentPort?.on('message', ({ id, ...thought }: HealthRequest) => {
  try {
    parentPort?.postMessage({ id, health: measureThought(thought, identify) });
  } catch (error) {
    parentPort?.postMessage({ id, error: String(error) });
  }
});

/** The expected language is believed at this share of the best one's score: neighbours (Dutch, Afrikaans) share words. */
const closeBy = 0.85;

function identify(text: string, expected: string | undefined): string | undefined {
  const result = eld.detect(text);
  if (!result.isReliable() || result.language === '') return undefined;
  if (expected === undefined || expected === result.language) return result.language;
  const scores = result.getScores();
  const best = scores[result.language] ?? 1;
  return (scores[expected] ?? 0) >= closeBy * best ? expected : result.language;
}
