import { groupAnswers } from '../reasoning/final-answer.ts';
import { createRandom, pickBelow, type Random } from './random.ts';

/** What one sample says when its question is voted on. */
export interface Vote {
  /** The group of its answer among those of its question; undefined where it has none, so that it does not vote. */
  group: number | undefined;
  /** Whether that group is right. */
  right: boolean;
  /** What the vote weighs; 1 where all weigh the same. */
  weight: number;
}

/** What is known of a sample that may vote. */
export interface Voter {
  /** What it answered; undefined where no answer was found. */
  answer: string | undefined;
  right: boolean;
  /** Of its thinking and answer. */
  tokens?: number;
  formatOk?: boolean;
  /** Mean natural logarithm of its tokens' probabilities, where the server sent them. */
  meanLogprob?: number;
}

export const voteWeights = ['equal', 'brevity', 'format', 'confidence'] as const;
/** What a vote is weighed by: nothing, its rank by brevity, its format reward, its mean token log-probability. */
export type VoteWeight = (typeof voteWeights)[number];

/**
 * The votes of one question's samples: answers that mean the same are one group, whatever their form (1/2, 0.5, \frac12). A
 * group is right when at least half of its samples were judged right: they are all judged alike, but for rounded decimals.
 */
export function votesOf(voters: readonly Voter[], weight: VoteWeight = 'equal'): Vote[] {
  const groups = groupOf(voters.map(({ answer }) => answer));
  const score = new Map<number, number>();
  for (const [at, group] of groups.entries()) {
    if (group !== undefined) score.set(group, (score.get(group) ?? 0) + (voters[at]?.right ? 1 : -1));
  }
  const weights = weightsOf(voters, weight);
  return groups.map((group, at) => ({
    group,
    right: group !== undefined && (score.get(group) ?? 0) >= 0,
    weight: weights[at] ?? 0,
  }));
}

/** The group of each answer; the same text is compared once. */
function groupOf(answers: readonly (string | undefined)[]): (number | undefined)[] {
  const texts = [...new Set(answers.filter((answer) => answer !== undefined))];
  const ofText = new Map<string, number>();
  for (const [group, members] of groupAnswers(texts).groups.entries())
    for (const at of members) ofText.set(texts[at] ?? '', group);
  return answers.map((answer) => (answer === undefined ? undefined : ofText.get(answer)));
}

function weightsOf(voters: readonly Voter[], weight: VoteWeight): number[] {
  if (weight === 'format') return voters.map(({ formatOk }) => (formatOk ? 1 : 0));
  // the geometric mean of the probabilities: DeepConf's average trace confidence, as a weight (arXiv:2508.15260)
  if (weight === 'confidence')
    return voters.map(({ meanLogprob }) => (meanLogprob === undefined ? 0 : Math.exp(meanLogprob)));
  if (weight === 'equal') return voters.map(() => 1);
  return voters.map(({ tokens }) => {
    if (tokens === undefined) return 0;
    // n for the shortest, 1 for the longest; as long as each other, the same
    const shorter = voters.filter((other) => (other.tokens ?? Number.POSITIVE_INFINITY) < tokens).length;
    return voters.length - shorter;
  });
}

/**
 * Whether the answer with most votes is right: 1 or 0, and where several have as many, the share of those that are right. 0
 * when nobody votes.
 */
export function majorityOf(votes: readonly Vote[]): number {
  return majorityAmong(votes, votes.length);
}

function majorityAmong(votes: readonly Vote[], k: number): number {
  const weights = new Map<number, number>();
  const right = new Set<number>();
  for (let at = 0; at < k; at++) {
    const vote = votes[at];
    if (vote?.group === undefined || vote.weight <= 0) continue;
    weights.set(vote.group, (weights.get(vote.group) ?? 0) + vote.weight);
    if (vote.right) right.add(vote.group);
  }
  let most = 0;
  for (const weight of weights.values()) most = Math.max(most, weight);
  if (most === 0) return 0;
  const tied = [...weights].filter(([, weight]) => weight > most * (1 - 1e-12)).map(([group]) => group);
  return tied.filter((group) => right.has(group)).length / tied.length;
}

/** So many subsets are drawn where there are more. */
export const subsetDraws = 1000;

/**
 * cons@k of one question: how often the answer with most votes among k samples is right, over all subsets of k, or over
 * 1,000 drawn by lot where there are more; never the first k. (maj@k of Wang et al., arXiv:2203.11171; R1's cons@64.)
 * @returns undefined when there are fewer than k samples
 */
export function consensusAtK(votes: readonly Vote[], k: number, seed: number | string): number | undefined {
  if (k < 1 || votes.length < k) return undefined;
  if (k === votes.length) return majorityOf(votes);
  if (votes.every(({ right }) => !right)) return 0;
  if (votes.every(({ right, weight }) => right && weight > 0)) return 1;
  let sum = 0;
  let count = 0;
  for (const subset of subsetsOf(votes, k, createRandom(seed))) {
    sum += majorityAmong(subset, k);
    count++;
  }
  return sum / count;
}

/** The same array each time, with the chosen ones first. */
function* subsetsOf(votes: readonly Vote[], k: number, random: Random): Generator<Vote[]> {
  const n = votes.length;
  const picked = [...votes];
  if (combinations(n, k) <= subsetDraws) {
    const at = Array.from({ length: k }, (_, i) => i);
    while (true) {
      for (const [i, from] of at.entries()) picked[i] = votes[from] as Vote; // inside
      yield picked;
      let turn = k - 1;
      while (turn >= 0 && at[turn] === n - k + turn) turn--;
      if (turn < 0) return;
      at[turn] = (at[turn] ?? 0) + 1;
      for (let i = turn + 1; i < k; i++) at[i] = (at[i - 1] ?? 0) + 1;
    }
  }
  for (let draw = 0; draw < subsetDraws; draw++) {
    for (let i = 0; i < k; i++) {
      const other = i + pickBelow(n - i, random);
      [picked[i], picked[other]] = [picked[other] as Vote, picked[i] as Vote]; // inside
    }
    yield picked;
  }
}

function combinations(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) count = (count * (n - Math.min(k, n - k) + i)) / i;
  return count;
}

/** The numbers of samples for which curves are drawn: powers of two, and all there are. */
export function ksUpTo(most: number): number[] {
  const ks = [];
  for (let k = 1; k < most; k *= 2) ks.push(k);
  return most < 1 ? [] : [...ks, most];
}
