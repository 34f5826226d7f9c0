import { z } from 'zod';
import type { ExportedConversation } from '../exported.ts';
import type { Finish, Segment } from '../stream-part.ts';
import { conversationOf, momentOfDate, toolPart, type ToldMessage } from './chat-tree.ts';
import { ImportProblem, parseAt, splitParts } from './foreign.ts';

/*
 * LibreChat's JSON export of a conversation: messages as a list, or (`recursive`) as a tree by `children`. Content is a text or
 * a list of parts by type; older thinking stands in the text between `:::thinking` and `:::`.
 */

const conversationSchema = z.object({
  conversationId: z.string().nullish(),
  title: z.string().nullish(),
  endpoint: z.string().nullish(),
  options: z.object({ model: z.string().nullish(), promptPrefix: z.string().nullish() }).nullish(),
  messages: z.array(z.unknown()).optional(),
  messagesTree: z.array(z.unknown()).optional(),
});

const messageSchema = z.object({
  messageId: z.string(),
  parentMessageId: z.string().nullish(),
  isCreatedByUser: z.boolean().nullish(),
  sender: z.string().nullish(),
  model: z.string().nullish(),
  text: z.string().nullish(),
  content: z.union([z.string(), z.array(z.unknown())]).nullish(),
  createdAt: z.union([z.string(), z.number()]).nullish(),
  unfinished: z.boolean().nullish(),
  error: z.boolean().nullish(),
  children: z.array(z.unknown()).nullish(),
});

type Told = z.infer<typeof messageSchema>;
const mostMessages = 100_000;

/** @throws ImportProblem */
export function convertLibreChat(value: unknown, path: readonly PropertyKey[], now: number): ExportedConversation {
  const told = parseAt(conversationSchema, value, path);
  const [list, name] = told.messages ? [told.messages, 'messages'] : [told.messagesTree ?? [], 'messagesTree'];
  const messages = flatten(list, [...path, name]).map((message) => messageOf(message, now));
  return conversationOf('librechat', {
    id: told.conversationId ?? '',
    title: told.title,
    createdAt: messages.reduce((first, { createdAt }) => Math.min(first, createdAt), now),
    model: told.options?.model || messages.find(({ model }) => model)?.model || told.endpoint || 'unknown',
    systemPrompt: told.options?.promptPrefix ?? undefined,
    messages,
    current: messages.at(-1)?.id,
  });
}

/** A tree as a list, its children after it, without recursion. */
function flatten(list: readonly unknown[], path: readonly PropertyKey[]): Told[] {
  const found: Told[] = [];
  const waiting = list
    .map((value, at) => ({ value, path: [...path, at], parent: undefined as string | undefined }))
    .reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (found.length >= mostMessages) throw new ImportProblem(path, 'holds too many messages');
    const message = parseAt(messageSchema, next.value, next.path);
    found.push({ ...message, parentMessageId: next.parent ?? message.parentMessageId });
    const { path: place } = next;
    for (const [at, child] of (message.children ?? []).entries().toArray().reverse())
      waiting.push({ value: child, path: [...place, 'children', at], parent: message.messageId });
  }
  return found;
}

const cut: Finish = { outcome: 'interrupted', reason: 'unknown', complete: false };

function messageOf(told: Told, now: number): ToldMessage {
  const isQuestion = told.isCreatedByUser ?? /^user$/i.test(told.sender ?? '');
  const parts = Array.isArray(told.content)
    ? told.content.flatMap(partOf)
    : partsOfText(told.content ?? told.text ?? '', isQuestion);
  const fallback = parts.length === 0 && told.text ? partsOfText(told.text, isQuestion) : parts;
  return {
    id: told.messageId,
    parentId: told.parentMessageId ?? undefined,
    role: isQuestion ? 'question' : 'answer',
    createdAt: momentOfDate(told.createdAt, now),
    parts: fallback,
    model: told.model ?? undefined,
    label: isQuestion ? undefined : (told.sender ?? undefined),
    ...((told.unfinished || told.error) && { finish: cut }),
  };
}

function partsOfText(text: string, isQuestion: boolean): Segment[] {
  if (isQuestion) return [{ kind: 'answer', text }];
  const fenced = /^\s*:::thinking\n([\s\S]*?)\n:::\s*/.exec(text);
  if (!fenced) return splitParts(text, {});
  return [{ kind: 'reasoning', text: fenced[1] ?? '' }, ...splitParts(text.slice(fenced[0].length), {})];
}

const partSchema = z.object({
  type: z.string().nullish(),
  think: z.unknown().optional(),
  text: z.unknown().optional(),
  tool_call: z.object({ name: z.string().nullish(), args: z.unknown(), output: z.unknown() }).partial().nullish(),
});

function partOf(value: unknown): Segment[] {
  const parsed = partSchema.safeParse(value);
  if (!parsed.success) return [];
  const { type, think, text, tool_call: tool } = parsed.data;
  if (type === 'think') return [{ kind: 'reasoning', text: wordsOf(think) }];
  if (type === 'tool_call' && tool) {
    const result = tool.output === undefined || tool.output === '' ? [] : [toolPart('result', tool.name, tool.output)];
    return [toolPart('call', tool.name, tool.args), ...result];
  }
  if (type?.includes('image')) return [{ kind: 'answer', text: '[image]' }];
  return text === undefined ? [] : splitParts(wordsOf(text), {});
}

/** A text, or an object that holds it. */
function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const inner = typeof value === 'object' && value !== null && 'value' in value ? value.value : '';
  return typeof inner === 'string' ? inner : '';
}
