import { z } from 'zod';
import { isImageType, parseAttachments } from '../attachment.ts';
import { maxThreads } from '../conversation.ts';
import { type ExportFile, exportFormat, exportVersion, foreignOrigins } from '../exported.ts';
import { isId } from '../ids.ts';
import { maxTimelinePoints, maxTimelineStalls } from '../timeline.ts';
import { samplingSchema, settingsSchema } from '../settings-schema.ts';
import { usageSources } from '../usage.ts';
import { errorSchema, noticeSchema } from './told-schema.ts';

/** The file of docs/export.md, as it is read: what it says besides is left out. */

const idSchema = z.custom<string>(isId, 'must be a lower-case UUID');
/** Epoch ms, as far as a date can tell. */
const momentSchema = z.int().min(0).max(8_640_000_000_000_000);
const countSchema = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const shareSchema = z.number().min(0).max(1);
const millisecondsSchema = z.number().min(0).max(1e12);
/** A word of a vocabulary that later versions may add to; it is shown to nobody. */
const wordSchema = z.string().regex(/^[a-z][a-z-]{0,39}$/, 'is not one lower-case word');
const labelSchema = z.string().max(1000, 'is longer than 1,000 characters');
const textSchema = z.string();

const opaqueSchema = z.object({
  protocol: z.string().max(40),
  marks: z
    .array(
      z.object({
        at: z.int().min(0),
        kind: z.enum(['reasoning', 'answer']),
        text: textSchema,
        data: z.json(),
      }),
    )
    .max(10_000),
});
const partSchema = z.object({
  kind: z.enum(['reasoning', 'answer', 'discarded']),
  text: textSchema,
  opaque: opaqueSchema.optional(),
});
const partsSchema = z.array(partSchema).max(100_000);

const timesSchema = z.object({
  firstByte: millisecondsSchema.optional(),
  reasoningStart: millisecondsSchema.optional(),
  reasoningEnd: millisecondsSchema.optional(),
  answerStart: millisecondsSchema.optional(),
  end: millisecondsSchema.optional(),
});

const usageSchema = z.object({
  promptTokens: countSchema.optional(),
  cachedPromptTokens: countSchema.optional(),
  reasoningTokens: countSchema,
  answerTokens: countSchema,
  otherTokens: countSchema.optional(),
  source: z.enum(usageSources),
  serverTimes: z
    .object({
      loadMs: millisecondsSchema.optional(),
      promptMs: millisecondsSchema.optional(),
      readTokens: countSchema.optional(),
      writeMs: millisecondsSchema.optional(),
      writtenTokens: countSchema.optional(),
    })
    .optional(),
});

const finishSchema = z.object({
  outcome: z.enum(['complete', 'stopped', 'interrupted', 'failed']),
  reason: z.enum(['stop', 'length', 'filtered', 'error', 'other', 'unknown']),
  rawReason: labelSchema.optional(),
  complete: z.boolean(),
  answeredModel: labelSchema.optional(),
  cost: z.number().min(0).optional(),
  pricesAsOf: labelSchema.optional(),
});

const healthSchema = z.object({
  format: z
    .object({ ok: z.boolean(), basis: z.enum(['tags', 'field']), problems: z.array(wordSchema).max(100) })
    .optional(),
  language: z
    .object({
      share: shareSchema,
      expected: z.object({ language: labelSchema.optional(), script: labelSchema }),
      words: countSchema,
      mixed: z
        .array(z.object({ start: countSchema, end: countSchema, language: labelSchema, words: countSchema }))
        .max(1000),
      mixedCount: countSchema,
    })
    .optional(),
  repetition: z
    .object({
      share: shareSchema,
      n: countSchema,
      total: countSchema,
      loop: z.object({ text: labelSchema, times: countSchema, at: countSchema, length: countSchema }).optional(),
    })
    .optional(),
  rethinks: z
    .object({
      count: countSchema,
      places: z.array(z.object({ at: countSchema, length: countSchema, phrase: labelSchema })).max(1000),
    })
    .optional(),
});

const timelineSchema = z.object({
  points: z.array(z.tuple([millisecondsSchema, z.number().min(0), z.number().min(0)])).max(maxTimelinePoints),
  stalls: z.array(z.tuple([millisecondsSchema, millisecondsSchema])).max(maxTimelineStalls),
  stallCount: countSchema,
});

const addressSchema = z
  .string()
  .max(2048)
  .refine((url) => URL.canParse(url) && /^https?:/.test(url), 'is no http address');

const generationSchema = z.object({
  providerId: labelSchema.min(1),
  modelKey: labelSchema.min(1),
  modelId: labelSchema,
  providerLabel: labelSchema,
  modelLabel: labelSchema,
  recording: z.boolean(),
  sampling: samplingSchema,
  queuedAt: momentSchema,
  times: timesSchema,
  usage: usageSchema.optional(),
  notices: z.array(noticeSchema).max(10_000),
  finish: finishSchema,
  error: errorSchema.optional(),
  health: healthSchema.optional(),
  timeline: timelineSchema.optional(),
  continues: idSchema.optional(),
  copiedFrom: z.string().min(1).max(100).optional(),
  usageRaw: z.unknown().optional(),
  request: z.object({ url: addressSchema, body: textSchema }).optional(),
  raw: z.array(z.object({ field: z.enum(['content', 'reasoning']), text: textSchema })).optional(),
  filedBefore: partsSchema.optional(),
  origin: z.enum(foreignOrigins).optional(),
});

/** What is attached is what a page could have sent: by its size, its name and its own bytes. */
const attachmentsSchema = z
  .array(z.object({ name: labelSchema, mediaType: z.string(), content: textSchema }))
  .min(1)
  .transform((files, context) => {
    try {
      return parseAttachments(
        files.map(({ name, mediaType, content }) =>
          isImageType(mediaType) ? { name, image: content } : { name, text: content },
        ),
      ).map(({ name, mediaType, content }) => ({ name, mediaType, content }));
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: `is refused: ${error instanceof Error ? error.message : 'unknown'}`,
      });
      return z.NEVER;
    }
  });

const messageSchema = z.object({
  id: idSchema,
  threadId: idSchema,
  parentId: idSchema.nullable(),
  role: z.enum(['user', 'assistant']),
  parts: partsSchema,
  createdAt: momentSchema,
  attachments: attachmentsSchema.optional(),
  generation: generationSchema.optional(),
});

const conversationSchema = z
  .object({
    id: idSchema,
    title: labelSchema,
    createdAt: momentSchema,
    updatedAt: momentSchema,
    pinnedAt: momentSchema.optional(),
    archivedAt: momentSchema.optional(),
    titleSource: z.enum(['question', 'model']).optional(),
    threads: z
      .array(z.object({ id: idSchema, settings: settingsSchema, leafId: idSchema.optional() }))
      .min(1, 'is empty')
      .max(maxThreads, `has more than ${maxThreads} entries`),
    messages: z.array(messageSchema),
  })
  .superRefine((conversation, context) => {
    const problem = findMisplaced(conversation);
    if (problem) context.addIssue({ code: 'custom', path: problem.path, message: problem.message });
  });

type ParsedConversation = z.infer<typeof conversationSchema>;

export const exportFileSchema = z
  .object({
    format: z.literal(exportFormat),
    version: z.literal(exportVersion, {
      error: `is not ${exportVersion}, the only version this program knows; it may come from a newer one`,
    }),
    exportedAt: momentSchema,
    conversations: z.array(conversationSchema).max(100_000),
  })
  .superRefine(({ conversations }, context) => {
    const message = 'is in the file twice';
    const ids = new Set<string>();
    for (const [i, conversation] of conversations.entries()) {
      if (ids.has(conversation.id)) context.addIssue({ code: 'custom', path: ['conversations', i, 'id'], message });
      ids.add(conversation.id);
      for (const [j, { id }] of conversation.messages.entries()) {
        const path = ['conversations', i, 'messages', j, 'id'];
        if (ids.has(id)) context.addIssue({ code: 'custom', path, message });
        ids.add(id);
      }
    }
  })
  // The words of the format's problems are checked for their form alone.
  .transform((file) => file as ExportFile);

/** The first message that stands where none can: a tree grows from questions to answers to questions, within a thread. */
function findMisplaced({
  threads,
  messages,
}: ParsedConversation): { path: (string | number)[]; message: string } | undefined {
  const threadIds = new Set<string>();
  for (const [i, { id }] of threads.entries()) {
    if (threadIds.has(id)) return { path: ['threads', i, 'id'], message: 'is in the file twice' };
    threadIds.add(id);
  }
  const seen = new Map<string, ParsedConversation['messages'][number]>();
  for (const [i, message] of messages.entries()) {
    const at = (field: string, words: string) => ({ path: ['messages', i, field], message: words });
    if (!threadIds.has(message.threadId)) return at('threadId', 'names no thread of this conversation');
    if ((message.role === 'assistant') !== (message.generation !== undefined)) {
      return at('generation', 'is there for an answer, and for nothing else');
    }
    if (message.attachments && message.role !== 'user')
      return at('attachments', 'is there for a question, and for nothing else');
    const parent = message.parentId === null ? undefined : seen.get(message.parentId);
    if (message.parentId !== null && parent?.threadId !== message.threadId) {
      return at('parentId', 'names no earlier message of its thread');
    }
    const follows = message.role === 'user' ? [undefined, 'assistant'] : ['user'];
    if (!follows.includes(parent?.role)) return at('parentId', 'puts it after a message of its own role');
    const { continues } = message.generation ?? {};
    if (continues !== undefined && seen.get(continues)?.parentId !== message.parentId) {
      return { path: ['messages', i, 'generation', 'continues'], message: 'names no earlier answer to its question' };
    }
    seen.set(message.id, message);
  }
  for (const [i, { id, leafId }] of threads.entries()) {
    if (leafId !== undefined && seen.get(leafId)?.threadId !== id) {
      return { path: ['threads', i, 'leafId'], message: 'names no message of its thread' };
    }
  }
  return undefined;
}
