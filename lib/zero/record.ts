import { z } from 'zod';
import recorded from './record.json' with { type: 'json' };

const share = z.number().min(0).max(1);

/** What a model did with held-out puzzles; shares are of 1, the last four of the attempts. */
const figuresSchema = z.object({
  accuracy: share,
  thinkingTokens: z.number().min(0),
  format: share.optional(),
  attempts: z.number().min(0).optional(),
  /** Ended by the window. */
  ranOut: share.optional(),
  /** Thoughts in both languages. */
  mixed: share.optional(),
  english: share.optional(),
  wrongSums: share.optional(),
  falseYes: share.optional(),
  missed: share.optional(),
  repeats: share.optional(),
  hits: share.optional(),
});

const evaluationSchema = z.object({
  step: z.number().int().min(0),
  puzzles: z.number().int().positive().optional(),
  both: figuresSchema,
  three: figuresSchema,
  four: figuresSchema,
});

const trainingSchema = z.object({
  step: z.number().int().positive(),
  reward: z.number(),
  entropy: z.number(),
  groupsThatTeachNothing: z.number().int().min(0),
  groups: z.number().int().positive(),
  /** Since the training began. */
  seconds: z.number().min(0),
  tokens: z.number().int().min(0),
});

const runSchema = z.object({
  evaluations: z.array(evaluationSchema).min(1),
  training: z.array(trainingSchema).default([]),
});

const capSchema = z.object({ cap: z.number().int().positive(), both: share, three: share, four: share });
const pairSchema = z.object({ three: share, four: share });

/** The shipped training run, as its trainer wrote it down. */
export const recordSchema = z.object({
  recipe: z.record(z.string(), z.unknown()),
  base: z.object({ evaluations: z.array(evaluationSchema) }),
  zero: runSchema,
  r1: runSchema,
  /** tiny-zero's training once more with the original loss, which divides by a text's length. */
  lossWithLength: runSchema.optional(),
  /** What the shipped files do, rounded to eight bits as they are. */
  shipped: z.array(evaluationSchema.extend({ id: z.string(), puzzles: z.number().int().positive() })),
  /** Accuracy when the thought is closed after so many tokens. */
  caps: z.object({
    base: z.array(capSchema),
    /** The base, forbidden to close its thought before. */
    baseNeverStops: z.array(capSchema),
    zero: z.array(capSchema),
    r1: z.array(capSchema),
  }),
  /** What search without any skill finds in as many tokens. */
  blind: z.array(z.object({ cap: z.number().int().positive(), withRepeats: pairSchema, withoutRepeats: pairSchema })),
});

export type TrainingRecord = z.infer<typeof recordSchema>;
export type Figures = z.infer<typeof figuresSchema>;
export type Evaluation = z.infer<typeof evaluationSchema>;
export type TrainingStep = z.infer<typeof trainingSchema>;
export type LearningRun = z.infer<typeof runSchema>;

/** @throws ZodError when the file is not what its trainer writes; a test holds it to that */
export function readRecord(): TrainingRecord {
  return recordSchema.parse(recorded);
}
