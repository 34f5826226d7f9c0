import type { UsageSource } from '../usage.ts';
import {
  type Figure,
  figureOfShares,
  type Mean,
  measureAccuracy,
  measureMean,
  measurePass,
  type QuestionMarks,
} from './measures.ts';
import { type EndState, endStates, isMissing } from './score.ts';
import { consensusAtK, drawsFor, ksUpTo, type Vote, type VoteWeight, votesOf } from './votes.ts';

/** One sample of a question under one setting, with all that a figure is made of. */
export interface JudgedSample {
  questionId: string;
  /** Absent while it is not over. */
  state?: EndState;
  /** What it says in a vote; absent where it has none. */
  vote?: string;
  thinkingTokens?: number;
  answerTokens?: number;
  /** Where its counts come from; absent where nothing was counted. */
  source?: UsageSource;
  formatOk?: boolean;
  /** USD; absent where its price is not known. */
  cost?: number;
  /** Mean natural logarithm of its tokens' probabilities, where its server told them. */
  meanLogprob?: number;
}

/** What k samples come to. */
export interface KFigures {
  k: number;
  /** At least one is right. */
  passAtK: Figure | undefined;
  /** All are right. */
  passAllK: Figure | undefined;
  /** The answer with most votes is right. Undefined too where they cannot be weighed as asked. */
  consensus: Figure | undefined;
}

/** All figures of one model under one setting. */
export interface SettingFigures {
  accuracy: Figure | undefined;
  /** Thinking tokens of a sample. */
  thinking: Mean | undefined;
  /** Thinking and answer tokens of a sample. */
  output: Mean | undefined;
  byK: KFigures[];
  states: Record<EndState, number>;
  /** Samples that were asked for, and those of them that are over, missing ones included. */
  planned: number;
  over: number;
  sources: Partial<Record<UsageSource, number>>;
  /** USD of the `priced` samples whose price is known. */
  cost: number;
  priced: number;
}

/**
 * The figures of one model under one setting.
 * @param samples all that are planned, in the order in which they were planned
 * @param seed by which subsets and bootstrap are drawn
 */
export function measureSetting(
  samples: readonly JudgedSample[],
  { seed, weight = 'equal' }: { seed: number; weight?: VoteWeight },
): SettingFigures {
  const questions = [...Map.groupBy(samples, ({ questionId }) => questionId)];
  const judged = questions.map(([id, all]) => ({ id, planned: all.length, samples: all.filter(isJudged) }));
  const marks: QuestionMarks[] = judged.map((question) => ({
    marks: question.samples.map(({ state }) => state === 'right'),
    planned: question.planned,
  }));
  const tokens = (of: (sample: JudgedSample) => number | undefined) =>
    measureMean(judged.map((question) => question.samples.flatMap((sample) => of(sample) ?? [])));
  const figures: SettingFigures = {
    accuracy: measureAccuracy(marks),
    thinking: tokens(({ thinkingTokens }) => thinkingTokens),
    output: tokens(outputOf),
    byK: measureByK(judged, marks, seed, weight),
    states: countStates(samples),
    planned: samples.length,
    over: samples.filter(({ state }) => state !== undefined).length,
    sources: {},
    cost: 0,
    priced: 0,
  };
  for (const { source, cost } of samples) {
    if (source !== undefined) figures.sources[source] = (figures.sources[source] ?? 0) + 1;
    if (cost === undefined) continue;
    figures.cost += cost;
    figures.priced++;
  }
  return figures;
}

type Judged = JudgedSample & { state: EndState };

function isJudged(sample: JudgedSample): sample is Judged {
  return sample.state !== undefined && !isMissing(sample.state);
}

function outputOf({ thinkingTokens, answerTokens }: JudgedSample): number | undefined {
  return thinkingTokens === undefined && answerTokens === undefined
    ? undefined
    : (thinkingTokens ?? 0) + (answerTokens ?? 0);
}

interface JudgedQuestion {
  id: string;
  planned: number;
  samples: readonly Judged[];
}

function measureByK(
  questions: readonly JudgedQuestion[],
  marks: readonly QuestionMarks[],
  seed: number,
  weight: VoteWeight,
): KFigures[] {
  const fewest = Math.min(...questions.map(({ samples }) => samples.length));
  if (questions.length === 0 || fewest < 1) return [];
  const canVote = weight !== 'confidence' || questions.every(({ samples }) => samples.every(isSure));
  const votes = questions.map(({ samples }) => votesOfQuestion(samples, weight));
  const draws = drawsFor(questions.length);
  return ksUpTo(fewest).map((k) => ({
    k,
    passAtK: measurePass(marks, { k, of: 'pass-at-k', seed }),
    passAllK: measurePass(marks, { k, of: 'pass-all-k', seed }),
    consensus: canVote
      ? figureOfShares(
          votes.map((each, at) => consensusAtK(each, k, { seed: `${seed} ${questions[at]?.id}`, draws })),
          marks,
          seed,
        )
      : undefined,
  }));
}

/** Whether it is known how sure its tokens were. One that did not answer needs none: it does not vote. */
function isSure({ vote, meanLogprob }: JudgedSample): boolean {
  return vote === undefined || meanLogprob !== undefined;
}

/** The votes of one question's samples under one setting. */
export function votesOfQuestion(samples: readonly JudgedSample[], weight: VoteWeight = 'equal'): Vote[] {
  return votesOf(
    samples.map((sample) => {
      const tokens = outputOf(sample);
      return {
        answer: sample.vote,
        right: sample.state === 'right',
        ...(tokens !== undefined && { tokens }),
        ...(sample.formatOk !== undefined && { formatOk: sample.formatOk }),
        ...(sample.meanLogprob !== undefined && { meanLogprob: sample.meanLogprob }),
      };
    }),
    weight,
  );
}

/** How many samples ended in each way. */
export function countStates(samples: readonly { state?: EndState }[]): Record<EndState, number> {
  const counts = Object.fromEntries(endStates.map((state) => [state, 0])) as Record<EndState, number>; // all of them
  for (const { state } of samples) if (state) counts[state]++;
  return counts;
}
