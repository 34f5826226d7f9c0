import { z } from 'zod';
import type { ExportedConversation } from '../exported.ts';
import type { Segment } from '../stream-part.ts';
import { conversationOf, momentOfDate, toolPart, type ToldMessage } from './chat-tree.ts';
import { dictionarySchema, parseAt } from './foreign.ts';

/*
 * DeepSeek's own export (`conversations.json`): ChatGPT's tree of nodes, each message in `fragments` by type: REQUEST is what
 * was asked, THINK the thinking, RESPONSE the answer. There is no published schema; older exports have `content` alone.
 */

const conversationSchema = z.object({
  id: z.string().nullish(),
  title: z.string().nullish(),
  inserted_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  mapping: dictionarySchema,
});

const fragmentSchema = z.object({ type: z.string().nullish(), content: z.unknown() });
const nodeSchema = z.object({
  id: z.union([z.string(), z.number()]).nullish(),
  parent: z.union([z.string(), z.number()]).nullish(),
  message: z
    .object({
      model: z.string().nullish(),
      role: z.string().nullish(),
      inserted_at: z.string().nullish(),
      content: z.string().nullish(),
      reasoning_content: z.string().nullish(),
      fragments: z.array(fragmentSchema).nullish(),
    })
    .nullish(),
});

type Told = NonNullable<z.infer<typeof nodeSchema>['message']>;

/** @throws ImportProblem */
export function convertDeepSeek(value: unknown, path: readonly PropertyKey[], now: number): ExportedConversation {
  const told = parseAt(conversationSchema, value, path);
  const createdAt = momentOfDate(told.inserted_at, now);
  const messages = Object.entries(told.mapping).flatMap(([key, node]): ToldMessage[] => {
    const { parent, message } = parseAt(nodeSchema, node, [...path, 'mapping', key]);
    const place = { id: key, parentId: parent === null || parent === undefined ? undefined : String(parent) };
    if (!message) return [{ ...place, role: 'skip', createdAt, parts: [] }];
    const parts = partsOf(message);
    const isQuestion = parts.some(({ isRequest }) => isRequest) || /^user$/i.test(message.role ?? '');
    return [
      {
        ...place,
        role: parts.length === 0 ? 'skip' : isQuestion ? 'question' : 'answer',
        createdAt: momentOfDate(message.inserted_at, createdAt),
        parts: parts.map(({ part }) => part),
        model: message.model ?? undefined,
      },
    ];
  });
  return conversationOf('deepseek', {
    id: told.id ?? '',
    title: told.title,
    createdAt,
    updatedAt: momentOfDate(told.updated_at, createdAt),
    model: messages.findLast(({ model }) => model !== undefined)?.model ?? 'deepseek-chat',
    messages,
  });
}

function partsOf({ fragments, content, reasoning_content: reasoning }: Told): { part: Segment; isRequest: boolean }[] {
  if (!fragments) {
    const own: Segment[] = [
      { kind: 'reasoning', text: reasoning ?? '' },
      { kind: 'answer', text: content ?? '' },
    ];
    return own.filter(({ text }) => text !== '').map((part) => ({ part, isRequest: false }));
  }
  return fragments.flatMap(({ type, content: said }): { part: Segment; isRequest: boolean }[] => {
    const kind = (type ?? '').toUpperCase();
    const text = typeof said === 'string' ? said : '';
    if (kind === 'REQUEST') return [{ part: { kind: 'answer', text }, isRequest: true }];
    if (kind === 'THINK') return [{ part: { kind: 'reasoning', text }, isRequest: false }];
    if (kind === 'RESPONSE') return [{ part: { kind: 'answer', text }, isRequest: false }];
    // what it searched and read
    return said === undefined || said === ''
      ? []
      : [{ part: toolPart('result', kind.toLowerCase(), said), isRequest: false }];
  });
}
