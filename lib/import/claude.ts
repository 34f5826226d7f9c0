import { z } from 'zod';
import type { ExportedConversation } from '../exported.ts';
import type { Segment } from '../stream-part.ts';
import { conversationOf, momentOfDate, toolPart, type ToldMessage } from './chat-tree.ts';
import { parseAt } from './foreign.ts';

/*
 * Claude's export (`conversations.json`): conversations with `chat_messages` in their order, each with `content` by type (text,
 * thinking, tool_use, tool_result); older ones have `text` alone. There is no published schema.
 */

const conversationSchema = z.object({
  uuid: z.string().nullish(),
  name: z.string().nullish(),
  model: z.string().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  current_leaf_message_uuid: z.string().nullish(),
  chat_messages: z.array(z.unknown()),
});

const messageSchema = z.object({
  uuid: z.string().nullish(),
  parent_message_uuid: z.string().nullish(),
  sender: z.string(),
  text: z.string().nullish(),
  created_at: z.string().nullish(),
  content: z
    .array(
      z.object({
        type: z.string().nullish(),
        text: z.string().nullish(),
        thinking: z.string().nullish(),
        name: z.string().nullish(),
        input: z.unknown().optional(),
        content: z.unknown().optional(),
      }),
    )
    .nullish(),
  attachments: z
    .array(z.object({ file_name: z.string().nullish(), extracted_content: z.string().nullish() }))
    .nullish(),
});

type Told = z.infer<typeof messageSchema>;
/** What Claude names as the parent of a first message. */
const noParent = '00000000-0000-4000-8000-000000000000';

/** @throws ImportProblem */
export function convertClaude(value: unknown, path: readonly PropertyKey[], now: number): ExportedConversation {
  const told = parseAt(conversationSchema, value, path);
  const createdAt = momentOfDate(told.created_at, now);
  let before: string | undefined;
  const messages = told.chat_messages.map((item, at): ToldMessage => {
    const message = parseAt(messageSchema, item, [...path, 'chat_messages', at]);
    const id = message.uuid ?? String(at);
    const parent = message.parent_message_uuid;
    const parentId = parent === noParent ? undefined : (parent ?? before);
    before = id;
    return {
      id,
      parentId,
      role: message.sender === 'human' ? 'question' : 'answer',
      createdAt: momentOfDate(message.created_at, createdAt),
      parts: partsOf(message),
    };
  });
  return conversationOf('claude', {
    id: told.uuid ?? '',
    title: told.name,
    createdAt,
    updatedAt: momentOfDate(told.updated_at, createdAt),
    model: told.model ?? 'claude',
    messages,
    current: told.current_leaf_message_uuid ?? messages.at(-1)?.id,
  });
}

function partsOf({ content, text, attachments }: Told): Segment[] {
  const files = (attachments ?? []).flatMap(({ file_name: name, extracted_content: inside }): Segment[] =>
    inside ? [{ kind: 'answer', text: `${name ?? 'file'}:\n\n${inside}` }] : [],
  );
  const parts = (content ?? []).flatMap((part): Segment[] => {
    if (part.type === 'thinking') return [{ kind: 'reasoning', text: part.thinking ?? '' }];
    if (part.type === 'tool_use') return [toolPart('call', part.name, part.input)];
    if (part.type === 'tool_result') return [toolPart('result', part.name, part.content)];
    return part.text ? [{ kind: 'answer', text: part.text }] : [];
  });
  const own: Segment[] = parts.length > 0 ? parts : [{ kind: 'answer', text: text ?? '' }];
  return [...own, ...files];
}
