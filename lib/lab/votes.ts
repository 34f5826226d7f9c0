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
  const ballot = ballotOf(votes);
  return countVotes(ballot, votes.length);
}

/** The votes of one question in the form in which they are counted often. */
interface Ballot {
  /** Which votes are counted: the first ones. */
  order: Int32Array;
  /** By vote; -1 where it does not vote. */
  group: Int32Array;
  weight: Float64Array;
  /** By group. */
  right: readonly boolean[];
  /** Written over at each count. */
  sums: Float64Array;
}

function ballotOf(votes: readonly Vote[]): Ballot {
  const right: boolean[] = [];
  for (const { group, right: isRight } of votes) if (group !== undefined) right[group] = isRight;
  return {
    order: Int32Array.from(votes, (_, at) => at),
    group: Int32Array.from(votes, ({ group, weight }) => (group === undefined || weight <= 0 ? -1 : group)),
    weight: Float64Array.from(votes, ({ weight }) => weight),
    right,
    sums: new Float64Array(right.length),
  };
}

/** Counted thousands of times a question, so on plain numbers. */
function countVotes({ order, group, weight, right, sums }: Ballot, k: number): number {
  sums.fill(0);
  let most = 0;
  for (let i = 0; i < k; i++) {
    const vote = order[i] ?? 0;
    const of = group[vote] ?? -1;
    if (of < 0) continue;
    const sum = (sums[of] ?? 0) + (weight[vote] ?? 0);
    sums[of] = sum;
    if (sum > most) most = sum;
  }
  if (most === 0) return 0;
  let tied = 0;
  let tiedRight = 0;
  for (let of = 0; of < sums.length; of++) {
    if ((sums[of] ?? 0) <= most * (1 - 1e-12)) continue;
    tied++;
    if (right[of]) tiedRight++;
  }
  return tiedRight / tied;
}

/** So many subsets are drawn where there are more. */
export const subsetDraws = 1000;
/** So many over all questions are enough: the figure is their mean, and chance moves it by 0.2 points at most. */
const drawsOfAll = 60_000;
const fewestDraws = 64;

/** How many subsets of each question are drawn, where there are so many questions. */
export function drawsFor(questions: number): number {
  return Math.min(subsetDraws, Math.max(fewestDraws, Math.ceil(drawsOfAll / Math.max(1, questions))));
}

/**
 * cons@k of one question: how often the answer with most votes among k samples is right, over all subsets of k, or over
 * `draws` by lot where there are more; never the first k. (maj@k of Wang et al., arXiv:2203.11171; R1's cons@64.)
 * @returns undefined when there are fewer than k samples
 */
export function consensusAtK(
  votes: readonly Vote[],
  k: number,
  { seed, draws = subsetDraws }: { seed: number | string; draws?: number },
): number | undefined {
  const n = votes.length;
  if (k < 1 || n < k) return undefined;
  if (k === n) return majorityOf(votes);
  if (votes.every(({ right }) => !right)) return 0;
  if (votes.every(({ right, weight }) => right && weight > 0)) return 1;
  const ballot = ballotOf(votes);
  return combinations(n, k) <= draws ? overAll(ballot, k) : byLot(ballot, k, draws, createRandom(seed));
}

function overAll(ballot: Ballot, k: number): number {
  const n = ballot.order.length;
  const { order } = ballot;
  let sum = 0;
  let count = 0;
  while (true) {
    sum += countVotes(ballot, k);
    count++;
    // the next combination in order of their indices, which stand at the front
    let turn = k - 1;
    while (turn >= 0 && order[turn] === n - k + turn) turn--;
    if (turn < 0) return sum / count;
    order[turn] = (order[turn] ?? 0) + 1;
    for (let i = turn + 1; i < k; i++) order[i] = (order[i - 1] ?? 0) + 1;
  }
}

function byLot(ballot: Ballot, k: number, draws: number, random: Random): number {
  const { order } = ballot;
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    for (let i = 0; i < k; i++) {
      const other = i + pickBelow(order.length - i, random);
      const kept = order[i] ?? 0;
      order[i] = order[other] ?? 0;
      order[other] = kept;
    }
    sum += countVotes(ballot, k);
  }
  return sum / draws;
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
