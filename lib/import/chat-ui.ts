import { z } from 'zod';
import type { ExportedConversation } from '../exported.ts';
import { conversationOf, momentOfDate, type ToldMessage } from './chat-tree.ts';
import { parseAt, splitParts } from './foreign.ts';

/*
 * Conversations of Hugging Face's chat-ui, as it stores and hands them out: messages `from` user or assistant, in their order or
 * as a tree by `ancestors`; thinking in `reasoning` or in tags.
 */

const dateSchema = z.union([z.string(), z.number(), z.object({ $date: z.string() })]).nullish();
const conversationSchema = z.object({
  id: z.string().nullish(),
  _id: z.union([z.string(), z.object({ $oid: z.string() })]).nullish(),
  title: z.string().nullish(),
  model: z.string().nullish(),
  preprompt: z.string().nullish(),
  createdAt: dateSchema,
  updatedAt: dateSchema,
  messages: z.array(z.unknown()),
});

const messageSchema = z.object({
  id: z.string().nullish(),
  from: z.string(),
  content: z.string().nullish(),
  reasoning: z.string().nullish(),
  ancestors: z.array(z.string()).nullish(),
  createdAt: dateSchema,
  interrupted: z.boolean().nullish(),
});

/** @throws ImportProblem */
export function convertChatUi(value: unknown, path: readonly PropertyKey[], now: number): ExportedConversation {
  const told = parseAt(conversationSchema, value, path);
  const createdAt = momentOf(told.createdAt, now);
  let before: string | undefined;
  const messages = told.messages.map((item, at): ToldMessage => {
    const message = parseAt(messageSchema, item, [...path, 'messages', at]);
    const id = message.id ?? String(at);
    const parentId = message.ancestors ? message.ancestors.at(-1) : before;
    before = id;
    const isQuestion = message.from === 'user';
    const text = message.content ?? '';
    return {
      id,
      parentId,
      role: isQuestion ? 'question' : message.from === 'assistant' ? 'answer' : 'skip',
      createdAt: momentOf(message.createdAt, createdAt),
      parts: isQuestion
        ? [{ kind: 'answer', text }]
        : [{ kind: 'reasoning', text: message.reasoning ?? '' }, ...splitParts(text, {})],
      ...(message.interrupted && { finish: { outcome: 'stopped', reason: 'unknown', complete: false } as const }),
    };
  });
  const name = told.id ?? (typeof told._id === 'string' ? told._id : told._id?.$oid);
  return conversationOf('chat-ui', {
    id: name ?? '',
    title: told.title,
    createdAt,
    updatedAt: momentOf(told.updatedAt, createdAt),
    model: told.model ?? 'unknown',
    systemPrompt: told.preprompt ?? undefined,
    messages,
    current: messages.at(-1)?.id,
  });
}

function momentOf(value: z.infer<typeof dateSchema>, fallback: number): number {
  return momentOfDate(typeof value === 'object' && value !== null ? value.$date : value, fallback);
}
