import { z } from 'zod';
import { maxThreads } from '../../../lib/conversation.ts';
import { AppError } from '../../../lib/errors.ts';
import { isShareId, sharedThinkings, shareExpiries } from '../../../lib/share.ts';
import type { IdParams } from '../params.ts';
import { idSchema } from '../schema.ts';

export const shareSchema = z.object({
  conversationId: idSchema,
  threads: z
    .array(z.object({ threadId: idSchema, leafId: idSchema }))
    .min(1)
    .max(maxThreads)
    .refine((threads) => new Set(threads.map((t) => t.threadId)).size === threads.length, 'a thread is named twice'),
  thinking: z.enum(sharedThinkings),
  numbers: z.boolean(),
  systemPrompts: z.boolean().default(false),
  expires: z.enum(shareExpiries),
});

export const previewSchema = shareSchema.omit({ expires: true });

export const shareChangeSchema = z.object({ expires: z.enum(shareExpiries) });

export const forkSchema = z.object({ id: idSchema });

export const unknownShare = () =>
  new AppError('not_found', 'There is no such link. It may have expired or been revoked.');

/** @throws AppError `not_found` for anything that is no share's id. */
export async function shareIdOf(context: IdParams): Promise<string> {
  const { id } = await context.params;
  if (!isShareId(id)) throw unknownShare();
  return id;
}
