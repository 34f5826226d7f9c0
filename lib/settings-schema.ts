import { z } from 'zod';
import { promptTemplateIds } from './model.ts';

const finite = (min: number, max: number) => z.number().min(min).max(max);

export const samplingSchema = z.object({
  temperature: finite(0, 2).optional(),
  topP: finite(0, 1).optional(),
  maxTokens: z.int().min(1).max(10_000_000).optional(),
  seed: z.int().min(0).max(2_147_483_647).optional(),
  stop: z.array(z.string().min(1).max(200)).max(8).optional(),
  effort: z
    .string()
    .regex(/^[a-z]{1,20}$/, 'is one lower-case word')
    .optional(),
  thinkingBudget: z.int().min(1).max(10_000_000).optional(),
  route: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/i, 'is the name of a route, without the colon')
    .optional(),
  topK: z.int().min(0).max(1_000_000).optional(),
  minP: finite(0, 1).optional(),
  repeatPenalty: finite(0, 10).optional(),
  numCtx: z.int().min(1).max(100_000_000).optional(),
  keepAlive: z.int().min(-1).max(31_536_000).optional(),
});

const guardSchema = z.object({
  thinkingTokens: z.int().min(1).max(10_000_000).optional(),
  cost: finite(0.000_001, 1_000_000).optional(),
});

const nameSchema = z.string().min(1).max(300);

/** What the settings of a thread must be, whether a page sends them or a file brings them. */
export const settingsSchema = z.object({
  model: z.object({ providerId: nameSchema, modelKey: nameSchema }),
  systemPrompt: z.string().max(100_000).optional(),
  promptTemplate: z.enum(promptTemplateIds).optional(),
  rawPrompt: z.string().max(200_000, 'is longer than 200,000 characters').optional(),
  opensThinking: z.boolean().optional(),
  history: z.enum(['strip', 'keep']).optional(),
  recentTurns: z.int().min(0).max(10_000).optional(),
  guard: guardSchema.optional(),
  sampling: samplingSchema.default({}),
});
