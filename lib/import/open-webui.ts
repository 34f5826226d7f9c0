import { z } from 'zod';
import type { ExportedConversation } from '../exported.ts';
import type { Finish, Segment } from '../stream-part.ts';
import { convertUsage } from '../convert-usage.ts';
import type { ReportedUsage } from '../usage.ts';
import { conversationOf, type ToldMessage } from './chat-tree.ts';
import { dictionarySchema, momentOf, parseAt, splitParts } from './foreign.ts';

/*
 * Open WebUI's export of chats: a list of rows, each with a chat whose messages are a tree under `history.messages`.
 * Thinking stands in a message's text as `<details type="reasoning">`, as tags, or (since 2026) among its `output`.
 */

const chatSchema = z.object({
  title: z.string().nullish(),
  system: z.string().nullish(),
  params: z.object({ system: z.string().nullish() }).nullish(),
  models: z.array(z.string()).nullish(),
  /** Epoch ms. */
  timestamp: z.number().nullish(),
  history: z.object({ messages: dictionarySchema, currentId: z.string().nullish() }),
});

/** An older export is the chat alone. */
const rowSchema = z.object({
  id: z.string().nullish(),
  title: z.string().nullish(),
  created_at: z.number().nullish(),
  updated_at: z.number().nullish(),
});

const contentSchema = z.union([
  z.string(),
  z.array(z.object({ type: z.string().nullish(), text: z.string().nullish() })),
]);

const tokensSchema = z.record(z.string(), z.unknown());

const textsSchema = z.array(z.object({ text: z.string().nullish() }));
const outputSchema = z.array(
  z.object({
    type: z.string().nullish(),
    content: z.union([z.string(), textsSchema]).nullish(),
    summary: z.union([z.string(), textsSchema]).nullish(),
  }),
);

const messageSchema = z.object({
  parentId: z.string().nullish(),
  role: z.string(),
  content: contentSchema.nullish(),
  output: outputSchema.nullish(),
  model: z.string().nullish(),
  modelName: z.string().nullish(),
  timestamp: z.number().nullish(),
  done: z.boolean().nullish(),
  error: z.unknown().optional(),
  files: z
    .array(z.object({ type: z.string().nullish(), url: z.string().nullish() }))
    .nullish()
    .catch(null),
  usage: tokensSchema.nullish(),
  info: tokensSchema.nullish(),
});

type Told = z.infer<typeof messageSchema>;
type Content = z.infer<typeof contentSchema>;

/**
 * A chat of Open WebUI, with all its branches: answers of several models to one question are siblings.
 * @throws ImportProblem
 */
export function convertOpenWebUi(value: unknown, path: readonly PropertyKey[], now: number): ExportedConversation {
  const row = parseAt(rowSchema, value, path);
  const inside = (value as { chat?: unknown }).chat; // an object, or the schema above had refused it
  const chatPath = inside === undefined ? path : [...path, 'chat'];
  const chat = parseAt(chatSchema, inside ?? value, chatPath);
  const createdAt = momentOf(row.created_at ?? (chat.timestamp ?? Number.NaN) / 1000, now);
  const messages = Object.entries(chat.history.messages).map(([id, message]) =>
    toldOf(id, parseAt(messageSchema, message, [...chatPath, 'history', 'messages', id]), createdAt),
  );
  return conversationOf('open-webui', {
    id: row.id ?? '',
    title: row.title ?? chat.title,
    createdAt,
    updatedAt: row.updated_at ? momentOf(row.updated_at, createdAt) : undefined,
    model: (chat.models?.[0] || 'unknown').slice(0, 300),
    systemPrompt: chat.params?.system || chat.system || undefined,
    messages,
    current: chat.history.currentId ?? undefined,
  });
}

function toldOf(id: string, told: Told, createdAt: number): ToldMessage {
  const place = { id, parentId: told.parentId ?? undefined, createdAt: momentOf(told.timestamp, createdAt) };
  const text = plainText(told.content);
  if (told.role === 'user') {
    return { ...place, role: 'question', parts: [{ kind: 'answer', text }], pictures: picturesOf(told) };
  }
  if (told.role !== 'assistant') return { ...place, role: 'skip', parts: [] };
  return {
    ...place,
    role: 'answer',
    model: told.model ?? undefined,
    label: told.modelName ?? undefined,
    parts: text.trim() === '' && told.output ? partsOfOutput(told.output) : partsOfText(text),
    finish: finishOf(told),
    usage: usageOf(told),
  };
}

function plainText(content: Content | null | undefined): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ type, text }) => text ?? (type?.includes('image') ? '[image]' : '')).join('\n\n');
}

/** Pictures that the file itself holds. */
function picturesOf({ files }: Told): string[] {
  return (files ?? []).flatMap(({ type, url }) => (type === 'image' && url?.startsWith('data:') ? [url] : []));
}

function partsOfOutput(output: z.infer<typeof outputSchema>): Segment[] {
  return output.flatMap(({ type, content, summary }): Segment[] => {
    const text = textsOf(content) || textsOf(summary);
    if (type === 'reasoning') return [{ kind: 'reasoning', text }];
    return type === 'message' ? partsOfText(text) : [{ kind: 'discarded', text }];
  });
}

function textsOf(content: string | z.infer<typeof textsSchema> | null | undefined): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => text ?? '').join('');
}

const opening = '<details type="';
const closing = '</details>';

/** Folded parts are taken out where they stand; what is around them is split as a model's text is. */
function partsOfText(text: string): Segment[] {
  const parts: Segment[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf(opening, at);
    const end = start < 0 ? -1 : text.indexOf(closing, start);
    if (end < 0) break;
    parts.push(...splitParts(text.slice(at, start), {}));
    parts.push(partOfDetails(text.slice(start + opening.length, end)));
    at = end + closing.length;
  }
  return [...parts, ...splitParts(text.slice(at), {})];
}

/** `inside` begins behind `<details type="`. */
function partOfDetails(inside: string): Segment {
  const isReasoning = inside.startsWith('reasoning"');
  const tagEnd = inside.indexOf('>') + 1;
  const summaryEnd = inside.indexOf('</summary>', tagEnd);
  const body = inside.slice(summaryEnd < 0 ? tagEnd : summaryEnd + '</summary>'.length).replace(/^\n|\n$/g, '');
  if (!isReasoning) return { kind: 'discarded', text: body };
  const text = body.startsWith('&gt;') ? unescapeHtml(body) : body;
  return { kind: 'reasoning', text: text.replace(/^> ?/gm, '').trim() };
}

const entities: Record<string, string> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&#39;': "'",
  '&amp;': '&',
};

function unescapeHtml(text: string): string {
  return text.replace(/&(?:lt|gt|quot|#x27|#39|amp);/g, (entity) => entities[entity] ?? entity);
}

function usageOf({ usage, info }: Told): ReportedUsage | undefined {
  const told = usage ?? info;
  const reported = told ? convertUsage(told) : {};
  return reported.outputTokens === undefined ? undefined : reported;
}

function finishOf({ done, error }: Told): Finish {
  if (error) return { outcome: 'failed', reason: 'error', complete: false };
  if (done === false) return { outcome: 'interrupted', reason: 'unknown', complete: false };
  return { outcome: 'complete', reason: 'unknown', complete: true };
}
