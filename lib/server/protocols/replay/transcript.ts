import type { QuestionKey } from './questions.ts';

/** The recorded models, by the key they have in the picker. */
export const replayModelKeys = ['r1', 'r1-field', 'r1-zero', 'v3', 'r1-budget'] as const;

export type ReplayModelKey = (typeof replayModelKeys)[number];

/** What a model thought and said, without the tags and fields it came in. */
export interface Recording {
  /** Empty when the model answered without thinking. */
  reasoning: string;
  answer: string;
  /** Instead of the model's usual pace. */
  tokensPerSecond?: number;
}

/** One question with what each recorded model made of it. */
export interface Transcript {
  question: QuestionKey;
  recordings: Partial<Record<ReplayModelKey, Recording>>;
}
