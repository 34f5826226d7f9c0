import type { TrainingRecord } from './record.ts';

/** What a lot of samples came to; shares are of 1. */
export interface SampleFigures {
  samples: number;
  /** Right, in a well-formed text. */
  accuracy: number;
  format: number;
  /** The mean of a sample. */
  thinkingTokens: number;
  /** Thoughts in two languages. */
  mixed: number;
  /** Written in all. */
  tokens: number;
}

/** A step of a training that runs here. */
export interface TrainedStep extends SampleFigures {
  step: number;
  /** Since its training began. */
  seconds: number;
  groups: number;
  groupsThatTeachNothing: number;
}

/** How it did on the held-out puzzles behind a step. */
export interface TrainedEvaluation extends SampleFigures {
  step: number;
}

/** How a training came to its end: by hand, at its bounds, or because it broke. */
export type TrainingEnd = 'stopped' | 'bounds' | 'failed';

/** The training of this server, as it stands. One that has ended waits to be kept or thrown away. */
export type Training =
  | { state: 'none' }
  | { state: 'running' | 'ended'; end?: TrainingEnd; steps: TrainedStep[]; evaluations: TrainedEvaluation[] };

/** A model that was trained here and kept. */
export interface KeptModel {
  id: string;
  step: number;
  bytes: number;
}

/** What is told of a training to whoever looks: first how it stands, then what comes. */
export type TrainingEvent =
  | { type: 'stands'; training: Training; kept: KeptModel[] }
  | { type: 'step'; step: TrainedStep }
  | { type: 'evaluation'; evaluation: TrainedEvaluation };

/** A training ends by itself after so many steps, or so many minutes. */
export const mostTrainingSteps = 400;
export const mostTrainingMinutes = 30;
/** So many models can be kept. */
export const mostKeptModels = 12;

/** The name under which a model is kept. */
export const keptName = /^[a-z][a-z0-9-]{1,29}$/;

/** How a training stands after an event. */
export function afterEvent(before: Training, event: Exclude<TrainingEvent, { type: 'stands' }>): Training {
  if (before.state === 'none') return before;
  if (event.type === 'step') return { ...before, steps: [...before.steps, event.step] };
  return { ...before, evaluations: [...before.evaluations, event.evaluation] };
}

/** What search without any skill finds with as many tokens, mean of both kinds of puzzles, from the record's points. */
export function blindAt(
  { blind }: Pick<TrainingRecord, 'blind'>,
  tokens: number,
): { repeats: number; noRepeats: number } {
  const points = blind.map(({ cap, withRepeats, withoutRepeats }) => ({
    cap,
    repeats: (withRepeats.three + withRepeats.four) / 2,
    noRepeats: (withoutRepeats.three + withoutRepeats.four) / 2,
  }));
  const after = points.find(({ cap }) => cap >= tokens) ?? points.at(-1);
  const before = points.findLast(({ cap }) => cap <= tokens) ?? points[0];
  if (!after || !before) return { repeats: 0, noRepeats: 0 };
  const part = after.cap === before.cap ? 0 : (tokens - before.cap) / (after.cap - before.cap);
  const between = (a: number, b: number) => a + (b - a) * part;
  return {
    repeats: between(before.repeats, after.repeats),
    noRepeats: between(before.noRepeats, after.noRepeats),
  };
}
