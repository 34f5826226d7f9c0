import { z } from 'zod';
import { settingsSchema } from '../settings-schema.ts';
import { extractionRules } from './extract.ts';
import { answerKinds, longestText, suffixIds } from './question.ts';
import { type Ceiling, type LabModel, labLimits, type NewLabRun, type RunChange, settingsOfPlan } from './run.ts';
import type { ScoringRule } from './score.ts';
import { isId } from '../ids.ts';

const tokens = z.int().min(0).max(10_000_000);

const stepSchema = z.discriminatedUnion('way', [
  z.object({ way: z.literal('as-is') }),
  z.object({ way: z.literal('effort'), effort: z.string().regex(/^[a-z]{1,20}$/, 'is one lower-case word') }),
  z.object({ way: z.literal('budget'), tokens: tokens.min(1) }),
  z.object({ way: z.literal('cap'), tokens: tokens.min(1) }),
  z.object({ way: z.literal('extend'), times: z.int().min(0).max(8) }),
  z.object({ way: z.literal('prefix'), tokens: tokens.min(1) }),
]);

const modelSchema: z.ZodType<LabModel> = z.object({
  settings: settingsSchema,
  steps: z.array(stepSchema).max(labLimits.steps, `has more than ${labLimits.steps} steps`),
}) as z.ZodType<LabModel>; // absent and undefined are one to it

const ceilingSchema: z.ZodType<Ceiling> = z.object({
  cost: z.number().min(0).max(1_000_000).optional(),
  tokens: z.number().min(0).max(1e13).optional(),
  minutes: z.number().min(0).max(1_000_000).optional(),
}) as z.ZodType<Ceiling>; // as above

export const ruleSchema: z.ZodType<ScoringRule> = z.object({
  rules: z.array(z.enum(extractionRules)).max(extractionRules.length).optional(),
  strict: z.boolean().optional(),
}) as z.ZodType<ScoringRule>; // as above

const titleSchema = z.string().trim().min(1, 'is empty').max(200, 'is longer than 200 characters');
const countSchema = z.int().min(1).max(labLimits.samplesPerQuestion, `is more than ${labLimits.samplesPerQuestion}`);

const questionSchema = z.object({
  id: z.string().min(1, 'is empty').max(1000),
  question: z
    .string()
    .max(longestText, 'is longer than 1,000,000 characters')
    .refine((text) => text.trim() !== '', 'is empty'),
  answer: z
    .string()
    .max(longestText, 'is longer than 1,000,000 characters')
    .refine((text) => text.trim() !== '', 'has no key'),
  kind: z.enum(answerKinds),
  choices: z.array(z.string().max(100_000)).max(10).optional(),
  numbers: z.array(z.number()).max(20).optional(),
  group: z.string().max(200).optional(),
});

/** A run as a page asks for it. */
export const newRunSchema: z.ZodType<NewLabRun> = z
  .object({
    id: z.custom<string>(isId, 'must be a lower-case UUID'),
    dataSetName: z.string().min(1).max(300),
    plan: z.object({
      title: titleSchema,
      models: z
        .array(modelSchema)
        .min(1, 'names no model')
        .max(labLimits.models, `has more than ${labLimits.models} models`),
      samplesPerQuestion: countSchema,
      suffix: z.enum(suffixIds),
      seed: z.int().min(0).max(2_147_483_647),
      ceiling: ceilingSchema.default({}),
      rule: ruleSchema.optional(),
    }),
    questions: z
      .array(questionSchema)
      .min(1, 'has no questions')
      .max(labLimits.questions, 'has more than 100,000 questions'),
  })
  .refine(
    ({ questions }) => new Set(questions.map(({ id }) => id)).size === questions.length,
    'two questions have the same id',
  )
  .refine(
    ({ plan, questions }) =>
      settingsOfPlan(plan.models).length * plan.samplesPerQuestion * questions.length <= labLimits.samples,
    'that would be more than 1,000,000 samples: take fewer questions, settings or samples',
  ) as z.ZodType<NewLabRun>; // as above

export const runChangeSchema: z.ZodType<RunChange> = z.discriminatedUnion('do', [
  z.object({ do: z.enum(['pilot', 'start', 'pause', 'stop']) }),
  z.object({ do: z.literal('add-samples'), count: countSchema }),
  z.object({ do: z.literal('add-model'), model: modelSchema }),
  z.object({ do: z.literal('drop-setting'), setting: z.int().min(0).max(1000) }),
  z.object({ do: z.literal('rename'), title: titleSchema }),
  z.object({ do: z.literal('ceiling'), ceiling: ceilingSchema }),
]);

export const byHandSchema = z.object({ byHand: z.enum(['right', 'wrong']).nullable() });
