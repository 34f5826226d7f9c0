import { createRandom, pickBelow } from './random.ts';

/** What the samples of one question came to; those that are missing (the provider failed, or somebody stopped) are not in it. */
export interface QuestionMarks {
  /** One a sample, in the order they were planned: right, or not. */
  marks: readonly boolean[];
  /** How many were asked for. */
  planned: number;
}

/** A share with its 95 % interval, and what both are made of. */
export interface Figure {
  /** From 0 to 1. */
  value: number;
  low: number;
  high: number;
  /** How the interval was found: the words that explain it depend on it. */
  interval: 'clustered' | 'wilson' | 'bootstrap';
  questions: number;
  samples: number;
  /** Samples that were asked for; more than `samples` where some are missing. */
  planned: number;
}

/** The 97.5th percentile of the normal distribution. */
export const z95 = 1.959963984540054;

/** Fewer questions than this, and a normal interval promises too much (Miller, arXiv:2411.00640). */
const fewQuestions = 30;

/**
 * Accuracy: the mean over questions of the mean over their samples (R1's pass@1, arXiv:2501.12948), with its interval. The
 * interval is clustered by question; for one sample a question, few questions or a share near 0 or 1 it is Wilson's.
 * @returns undefined when no sample has come back
 */
export function measureAccuracy(questions: readonly QuestionMarks[]): Figure | undefined {
  const asked = questions.filter(({ marks }) => marks.length > 0);
  if (asked.length === 0) return undefined;
  const value = meanOf(asked.map(({ marks }) => shareOf(marks)));
  const samples = asked.reduce((sum, { marks }) => sum + marks.length, 0);
  const planned = questions.reduce((sum, question) => sum + question.planned, 0);
  const about = { value, questions: asked.length, samples, planned };
  const error = clusteredError(asked.map(({ marks }) => marks));
  const isSingle = samples === asked.length;
  const expected = asked.length * Math.min(value, 1 - value);
  if (isSingle || asked.length < fewQuestions || expected < 5) {
    return {
      ...about,
      ...wilsonInterval(value, effectiveSamples(value, error, asked.length, samples)),
      interval: 'wilson',
    };
  }
  return {
    ...about,
    low: Math.max(0, value - z95 * error),
    high: Math.min(1, value + z95 * error),
    interval: 'clustered',
  };
}

/**
 * The standard error of a mean of values that come in clusters: `sqrt(n/(n−1) · Σ_i (Σ_j (s_ij − s̄))²) / N`, n questions, N
 * samples (Miller, arXiv:2411.00640, with Inspect's correction for few clusters). 0 for a single question.
 * @param questions the values of each question's samples; a mark is 1 or 0
 */
export function clusteredError(questions: readonly (readonly (number | boolean)[])[]): number {
  const n = questions.length;
  const all = questions.reduce((sum, values) => sum + values.length, 0);
  if (n < 2 || all === 0) return 0;
  const mean = questions.reduce((sum, values) => sum + sumOf(values), 0) / all;
  const squares = questions.reduce((sum, values) => sum + (sumOf(values) - mean * values.length) ** 2, 0);
  return Math.sqrt((n / (n - 1)) * squares) / all;
}

/** A mean with its 95 % interval, in the unit of the values. */
export interface Mean {
  value: number;
  low: number;
  high: number;
}

/** The mean over questions of the mean over their samples, of what is never negative; undefined without any. */
export function measureMean(questions: readonly (readonly number[])[]): Mean | undefined {
  const known = questions.filter((values) => values.length > 0);
  if (known.length === 0) return undefined;
  const value = meanOf(known.map((values) => sumOf(values) / values.length));
  const half = z95 * clusteredError(known);
  return { value, low: Math.max(0, value - half), high: value + half };
}

/**
 * How many independent samples would have given this error: between one a question and all of them. So Wilson's interval can
 * be had of samples that are not independent (Korn and Graubard 1998).
 */
function effectiveSamples(share: number, error: number, questions: number, samples: number): number {
  if (error === 0) return questions;
  return Math.min(samples, Math.max(questions, (share * (1 - share)) / error ** 2));
}

/**
 * Wilson's score interval of a share, 95 % (Wilson 1927); holds for few samples and for shares of 0 and 1.
 * @param samples independent ones; need not be whole
 */
export function wilsonInterval(share: number, samples: number): { low: number; high: number } {
  if (samples <= 0) return { low: 0, high: 1 };
  const square = z95 ** 2;
  const middle = (share + square / (2 * samples)) / (1 + square / samples);
  const half =
    (z95 / (1 + square / samples)) * Math.sqrt((share * (1 - share)) / samples + square / (4 * samples ** 2));
  // The ends are exact where all or none are right; rounding must not move them.
  return { low: share === 0 ? 0 : Math.max(0, middle - half), high: share === 1 ? 1 : Math.min(1, middle + half) };
}

/**
 * The chance that at least one of k samples is right, unbiased: `1 − C(n−c, k) / C(n, k)`, as a product so that nothing
 * overflows (Chen et al., arXiv:2107.03374).
 * @param n samples, of which `c` are right
 * @returns undefined when there are fewer than k: it cannot be told then
 */
export function passAtK(n: number, c: number, k: number): number | undefined {
  if (k < 1 || n < k) return undefined;
  if (n - c < k) return 1;
  let none = 1;
  for (let i = n - c + 1; i <= n; i++) none *= 1 - k / i;
  return 1 - none;
}

/**
 * The chance that all of k samples are right: `C(c, k) / C(n, k)` (τ-bench, arXiv:2406.12045).
 * @returns undefined when there are fewer than k samples
 */
export function passAllK(n: number, c: number, k: number): number | undefined {
  if (k < 1 || n < k) return undefined;
  if (c < k) return 0;
  let all = 1;
  for (let i = 0; i < k; i++) all *= (c - i) / (n - i);
  return all;
}

/** Which measure of k samples is meant: one right at least, or all. */
export type KMeasure = 'pass-at-k' | 'pass-all-k';

/**
 * pass@k or pass^k over questions, with its interval by bootstrap over questions.
 * @returns undefined when a question has fewer than k samples: leaving it out would favour the questions that went well
 */
export function measurePass(
  questions: readonly QuestionMarks[],
  { k, of, seed }: { k: number; of: KMeasure; seed: number },
): Figure | undefined {
  const formula = of === 'pass-at-k' ? passAtK : passAllK;
  const shares = questions.map(({ marks }) => formula(marks.length, countRight(marks), k));
  return figureOfShares(shares, questions, seed);
}

/**
 * The mean of one share a question, with its interval by bootstrap, or Wilson's where it is 0 or 1; undefined where one of
 * them is.
 */
export function figureOfShares(
  shares: readonly (number | undefined)[],
  questions: readonly QuestionMarks[],
  seed: number,
): Figure | undefined {
  const known = shares.filter((share) => share !== undefined);
  if (known.length === 0 || known.length < shares.length) return undefined;
  const value = meanOf(known);
  // all or none: drawing the same questions anew finds no width, and there is one
  const isExtreme = value === 0 || value === 1;
  return {
    value,
    ...(isExtreme ? wilsonInterval(value, known.length) : bootstrapInterval(known, seed)),
    interval: isExtreme ? 'wilson' : 'bootstrap',
    questions: known.length,
    samples: questions.reduce((sum, { marks }) => sum + marks.length, 0),
    planned: questions.reduce((sum, { planned }) => sum + planned, 0),
  };
}

/** So many times the questions are drawn anew. */
export const bootstrapDraws = 1000;

/** The 2.5th and the 97.5th percentile of the means of questions drawn anew with replacement (Efron 1979). */
export function bootstrapInterval(values: readonly number[], seed: number): { low: number; high: number } {
  const n = values.length;
  if (n === 0) return { low: 0, high: 1 };
  const random = createRandom(seed);
  const means = new Float64Array(bootstrapDraws);
  for (let draw = 0; draw < bootstrapDraws; draw++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[pickBelow(n, random)] ?? 0;
    means[draw] = sum / n;
  }
  means.sort();
  return { low: percentileOf(means, 0.025), high: percentileOf(means, 0.975) };
}

/** A percentile of sorted values, interpolated between neighbours as `percentile_cont` does. */
export function percentileOf(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN];
  return below + (above - below) * (at - Math.floor(at));
}

/** How two models differ on the same questions: the mean of the first less that of the second, with its 95 % interval. */
export interface PairedDifference {
  value: number;
  low: number;
  high: number;
  /** Questions that both were asked and answered. */
  questions: number;
  /** Questions that only one of them has. */
  unpaired: number;
  /** Questions on which the first, the second, neither did better. */
  better: readonly [first: number, second: number, equal: number];
}

/**
 * The paired difference of two models, question by question: what is hard for both cancels out, so it tells more than two
 * intervals side by side (Miller, arXiv:2411.00640, section 4).
 * @param first marks by question id, as `second`
 * @returns undefined when fewer than two questions were answered by both
 */
export function measureDifference(
  first: ReadonlyMap<string, readonly boolean[]>,
  second: ReadonlyMap<string, readonly boolean[]>,
): PairedDifference | undefined {
  const differences: number[] = [];
  for (const [id, marks] of first) {
    const others = second.get(id);
    if (others && others.length > 0 && marks.length > 0) differences.push(shareOf(marks) - shareOf(others));
  }
  const n = differences.length;
  if (n < 2) return undefined;
  const value = meanOf(differences);
  const variance = differences.reduce((sum, d) => sum + (d - value) ** 2, 0) / (n - 1);
  const half = studentQuantile(n - 1) * Math.sqrt(variance / n);
  const answered = (all: ReadonlyMap<string, readonly boolean[]>) =>
    [...all.values()].filter((m) => m.length > 0).length;
  return {
    value,
    low: Math.max(-1, value - half),
    high: Math.min(1, value + half),
    questions: n,
    unpaired: answered(first) + answered(second) - 2 * n,
    better: [
      differences.filter((d) => d > 0).length,
      differences.filter((d) => d < 0).length,
      differences.filter((d) => d === 0).length,
    ],
  };
}

/** The 97.5th percentile of Student's t, by the expansion in 1/ν (Abramowitz and Stegun, 26.7.5); within 1 % from ν = 3 on. */
export function studentQuantile(freedom: number): number {
  if (freedom === 1) return 12.706;
  if (freedom === 2) return 4.303;
  const z = z95;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return terms.reduce((sum, term, i) => sum + term / freedom ** (i + 1), z);
}

function sumOf(values: readonly (number | boolean)[]): number {
  let sum = 0;
  for (const value of values) sum += Number(value);
  return sum;
}

export function countRight(marks: readonly boolean[]): number {
  let right = 0;
  for (const mark of marks) if (mark) right++;
  return right;
}

function shareOf(marks: readonly boolean[]): number {
  return countRight(marks) / marks.length;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
