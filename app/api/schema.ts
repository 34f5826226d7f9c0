import { z } from 'zod';
import { isVisible, maxThreads } from '../../lib/conversation.ts';
import { isId } from '../../lib/ids.ts';
import { samplingSchema, settingsSchema } from '../../lib/settings-schema.ts';

/** What the API's bodies must be; each route parses once at its door. */
export const idSchema = z.custom<string>(isId, 'must be a lower-case UUID');

/** A question's bounds: something visible, and no more than a body holds. */
const textSchema = z
  .string()
  .max(1_000_000, 'is longer than 1,000,000 characters')
  .refine((text) => text.trim() !== '', 'is empty');

/** No id twice, so that each names one thing. */
function areDistinct(ids: readonly string[]): boolean {
  return new Set(ids).size === ids.length;
}

/** A file: its text, or a picture in base64. Or one that is here already. Sizes and kinds are looked at by `parseAttachment`, in words that name the file. */
const attachmentSchema = z.union([
  z.object({ name: z.string().max(1000), text: z.string() }),
  z.object({ name: z.string().max(1000), image: z.string() }),
  z.object({ id: z.string().max(100) }),
]);

export const askSchema = z
  .object({
    text: textSchema,
    attachments: z.array(attachmentSchema).max(100).optional(),
    threads: z
      .array(
        z.object({
          threadId: idSchema,
          parentId: idSchema.nullable().default(null),
          questionId: idSchema,
          answerId: idSchema,
        }),
      )
      .min(1)
      .max(maxThreads),
  })
  .refine((ask) => areDistinct(ask.threads.flatMap((t) => [t.questionId, t.answerId])), 'an id is used twice')
  .refine((ask) => areDistinct(ask.threads.map((t) => t.threadId)), 'a thread is named twice');

export const retrySchema = z
  .object({
    threads: z
      .array(
        z.object({
          threadId: idSchema,
          questionId: idSchema,
          answerId: idSchema,
          model: settingsSchema.shape.model.optional(),
          sampling: samplingSchema.optional(),
        }),
      )
      .min(1)
      .max(maxThreads),
  })
  .refine((retry) => areDistinct(retry.threads.map((t) => t.answerId)), 'an id is used twice')
  .refine((retry) => areDistinct(retry.threads.map((t) => t.threadId)), 'a thread is named twice');

export const continueSchema = z
  .object({
    threadId: idSchema,
    fromId: idSchema,
    questionId: idSchema,
    answerId: idSchema,
    answerNow: z.boolean().optional(),
    beforeLoop: z.boolean().optional(),
  })
  .refine((ask) => areDistinct([ask.fromId, ask.questionId, ask.answerId]), 'an id is used twice');

/** What a thread begins with: the path to a message of another one. */
const copySchema = z.object({ threadId: idSchema, leafId: idSchema });

/** A place among the threads. */
const positionSchema = z
  .int()
  .min(0)
  .max(maxThreads - 1);

export const createThreadSchema = z.object({
  id: idSchema,
  settings: settingsSchema,
  position: positionSchema.optional(),
  copy: copySchema.optional(),
});

export const createConversationSchema = z
  .object({
    id: idSchema,
    threads: z
      .array(z.object({ id: idSchema, settings: settingsSchema, copy: copySchema.optional() }))
      .min(1)
      .max(maxThreads),
    ask: askSchema.optional(),
  })
  .refine((c) => areDistinct([c.id, ...c.threads.map((t) => t.id)]), 'an id is used twice');

export const conversationPatchSchema = z
  .object({
    title: z.string().trim().max(200, 'is longer than 200 characters').refine(isVisible, 'is empty').optional(),
    pinned: z.boolean().optional(),
    archived: z.boolean().optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'changes nothing')
  .refine(({ pinned, archived }) => !(pinned && archived), 'is pinned or archived, not both');

/** All must be meant: nothing else deletes them all. */
export const deleteAllSchema = z.strictObject({ all: z.literal(true, 'is not true: nothing is deleted') });

/** What would be sent may be looked at before there is a question. */
export const promptPreviewSchema = z.object({
  settings: settingsSchema,
  text: z.string().max(1_000_000, 'is longer than 1,000,000 characters'),
});

export const threadPatchSchema = z
  .object({ settings: settingsSchema.optional(), position: positionSchema.optional(), leafId: idSchema.optional() })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'changes nothing');
