import { z } from 'zod';
import { promptTemplateIds } from '../../lib/model.ts';
import { isModelName } from '../../lib/pull.ts';
import { idSchema } from './schema.ts';

const labelSchema = z.string().trim().min(1, 'is empty').max(60, 'is longer than 60 characters');

/** Its form and its address are judged by the guard, in its own words. */
const baseURLSchema = z.string().trim().min(1, 'is empty').max(2_048, 'is longer than 2,048 characters');

/** The words never repeat what was sent. */
const apiKeySchema = z
  .string()
  .trim()
  .max(512, 'is longer than 512 characters')
  .regex(/^[\x21-\x7e]*$/, 'may hold only printable ASCII, without spaces');

const nameSchema = z.string().min(1).max(300);

export const createProviderSchema = z.object({
  id: idSchema,
  presetId: z.string().max(60).optional(),
  label: labelSchema,
  baseURL: baseURLSchema,
  apiKey: apiKeySchema.optional(),
});

export const patchProviderSchema = z.object({
  label: labelSchema.optional(),
  baseURL: baseURLSchema.optional(),
  apiKey: apiKeySchema.nullable().optional(),
});

/** The words never repeat what was sent. */
export const pullSchema = z.object({
  model: z.string().trim().refine(isModelName, 'is not the name of a model, such as deepseek-r1:8b'),
});

export const testProviderSchema = z.object({ modelKey: nameSchema.optional() });

export const memorySchema = z.object({ modelKey: nameSchema, loaded: z.boolean() });

const tokens = z.int().min(1).max(100_000_000);
const dollars = z.number().min(0).max(1_000_000);

const parameterNames = z.array(
  z.enum([
    'temperature',
    'topP',
    'maxTokens',
    'seed',
    'stop',
    'effort',
    'thinkingBudget',
    'topK',
    'minP',
    'repeatPenalty',
    'numCtx',
    'keepAlive',
  ]),
);

const tagSchema = z
  .string()
  .regex(/^[\x21-\x7e\u00a1-\uffff]{2,40}$/, 'is a tag of 2 to 40 characters, without spaces');

const overrideSchema = z
  .object({
    label: z.string().trim().min(1).max(120).optional(),
    reasoning: z
      .object({
        transport: z.enum(['field', 'inline', 'hidden', 'none']),
        startsInReasoning: z.union([z.literal('auto'), z.boolean()]),
        answerTags: z.boolean().optional(),
        thinkTags: z.tuple([tagSchema, tagSchema]).optional(),
      })
      .optional(),
    history: z.enum(['strip', 'keep', 'required']).optional(),
    promptTemplate: z.enum(promptTemplateIds).optional(),
    advice: z
      .object({
        temperature: z.number().min(0).max(2).optional(),
        topP: z.number().min(0).max(1).optional(),
        maxTokens: tokens.optional(),
        systemPrompt: z.enum(['ok', 'avoid']),
      })
      .optional(),
    limits: z.object({ contextTokens: tokens.optional(), outputTokens: tokens.optional() }).optional(),
    parameters: z
      .object({
        ignored: parameterNames.optional(),
        refused: parameterNames.optional(),
        efforts: z
          .array(z.string().regex(/^[a-z]{1,20}$/, 'is one lower-case word'))
          .max(10)
          .optional(),
        thinkingBudget: z.object({ min: tokens }).optional(),
        dials: z
          .partialRecord(
            z.enum(['topK', 'minP', 'repeatPenalty', 'numCtx', 'keepAlive']),
            z.string().regex(/^[a-z][a-z_]{0,39}$/, 'is the name of a field'),
          )
          .optional(),
      })
      .optional(),
    price: z
      .object({
        input: dollars,
        output: dollars,
        cachedInput: dollars.optional(),
        asOf: z.string().max(40),
        note: z.string().max(200).optional(),
      })
      .nullable()
      .optional(),
    requestExtras: z
      .record(z.string().min(1).max(100), z.json())
      .refine((extras) => JSON.stringify(extras).length <= 8_000, 'is longer than 8,000 characters')
      .optional(),
    takesImages: z.boolean().optional(),
    behind: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/, 'is the id of a known server')
      .nullable()
      .optional(),
    added: z.literal(true).optional(),
  })
  .refine((override) => Object.keys(override).length > 0, 'says nothing; send null to forget it');

export const putOverridesSchema = z.object({
  overrides: z
    .array(z.object({ providerId: nameSchema, modelKey: nameSchema, override: overrideSchema.nullable() }))
    .min(1)
    .max(200),
});
