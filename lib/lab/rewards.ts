/** R1's rewards of one sample, each from 0 to 1 (arXiv:2501.12948, section 2.2.2 and 2.3.2). */
export interface Rewards {
  /** 1 when the answer is the key's. */
  accuracy: number;
  /** 1 when it is one well-formed thought and then an answer; undefined where nothing can be said of its form. */
  format: number | undefined;
  /** The share of the thought's words that are in the question's language; undefined where it has no words. */
  language: number | undefined;
}

/** What each reward counts in the sum. */
export type RewardWeights = Record<keyof Rewards, number>;

/** R1-Zero: accuracy and format with the same weight. R1 added language consistency to accuracy. */
export const rewardWeights = {
  'r1-zero': { accuracy: 1, format: 1, language: 0 },
  r1: { accuracy: 1, format: 0, language: 1 },
} as const satisfies Record<string, RewardWeights>;

/** The weighted sum of a sample's rewards; one that cannot be told gives nothing. */
export function sumRewards({ accuracy, format = 0, language = 0 }: Rewards, weights: RewardWeights): number {
  return weights.accuracy * accuracy + weights.format * format + weights.language * language;
}

/** GRPO divides by the group's standard deviation; Dr. GRPO does not (arXiv:2503.20783). */
export type AdvantageRule = 'grpo' | 'dr-grpo';

/** How the samples of one question stand to each other. */
export interface GroupAdvantages {
  mean: number;
  /** The population's standard deviation. */
  deviation: number;
  /** One a sample: above 0 it would be pushed up, below 0 down. */
  advantages: number[];
  /** All have the same reward, so nothing is pushed anywhere. */
  teachesNothing: boolean;
}

/**
 * The group-relative advantages of the samples of one question: `A_i = (r_i − mean(r)) / std(r)` (GRPO: DeepSeekMath,
 * arXiv:2402.03300), or without the division (Dr. GRPO). The papers do not say which deviation they mean; this is the
 * population's, and nothing is added to it. Rewards that are all the same teach nothing: every advantage is 0.
 */
export function advantagesOf(rewards: readonly number[], rule: AdvantageRule): GroupAdvantages {
  const n = rewards.length;
  if (n === 0) return { mean: 0, deviation: 0, advantages: [], teachesNothing: true };
  const mean = rewards.reduce((sum, r) => sum + r, 0) / n;
  const deviation = Math.sqrt(rewards.reduce((sum, r) => sum + (r - mean) ** 2, 0) / n);
  // rounding alone makes no difference between rewards
  const scale = Math.max(1, ...rewards.map(Math.abs));
  const teachesNothing = deviation <= 1e-9 * scale;
  return {
    mean,
    deviation: teachesNothing ? 0 : deviation,
    advantages: rewards.map((r) => (teachesNothing ? 0 : rule === 'grpo' ? (r - mean) / deviation : r - mean)),
    teachesNothing,
  };
}

/**
 * What one token of each sample is pushed by. GRPO's loss divides a sample's advantage among its tokens (1/|o_i|), so a long
 * wrong answer costs less for each of them; Dr. GRPO divides all by the same number, here the group's mean length, so that the
 * two can be seen on one scale.
 * @param lengths in tokens, one a sample; a sample without tokens is pushed by nothing
 */
export function advantagesPerToken(
  advantages: readonly number[],
  lengths: readonly number[],
  rule: AdvantageRule,
): number[] {
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  return advantages.map((advantage, i) => {
    const length = lengths[i] ?? 0;
    if (length <= 0) return 0;
    return advantage / (rule === 'grpo' ? length : mean);
  });
}
