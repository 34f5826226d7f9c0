import { z } from 'zod';
import type { ExportedConversation } from '../exported.ts';
import type { Segment } from '../stream-part.ts';
import { conversationOf, momentOfDate, toolPart, type ToldMessage } from './chat-tree.ts';
import { parseAt, splitParts } from './foreign.ts';

/*
 * LobeHub's (LobeChat's) export: one object of tables, under `state` or `data`: sessions, topics and all messages, which say
 * which topic (or session) they are of. A topic is a conversation here; what stands in a session without one is another.
 */

const idSchema = z.string().nullish();
const dateSchema = z.union([z.string(), z.number()]).nullish();
const fileSchema = z.object({
  messages: z.array(z.unknown()),
  topics: z.array(z.object({ id: z.string(), title: z.string().nullish() })).nullish(),
  sessions: z
    .array(
      z.object({
        id: z.string(),
        title: z.string().nullish(),
        meta: z.object({ title: z.string().nullish() }).nullish(),
        config: z.object({ systemRole: z.string().nullish(), model: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});

const messageSchema = z.object({
  id: z.string(),
  role: z.string(),
  content: z.string().nullish(),
  parentId: idSchema,
  topicId: idSchema,
  sessionId: idSchema,
  createdAt: dateSchema,
  model: z.string().nullish(),
  extra: z.object({ fromModel: z.string().nullish() }).nullish(),
  reasoning: z.object({ content: z.string().nullish() }).nullish(),
  tools: z.array(z.object({ apiName: z.string().nullish(), arguments: z.unknown() })).nullish(),
  plugin: z.object({ apiName: z.string().nullish() }).nullish(),
});

type Told = z.infer<typeof messageSchema>;

/** The tables of an export, or undefined when it is none of LobeHub's. */
export function lobeHubTables(value: object): object | undefined {
  const place = 'state' in value ? value.state : 'data' in value ? value.data : undefined;
  const isTables = typeof place === 'object' && place !== null && 'messages' in place && Array.isArray(place.messages);
  return isTables ? place : undefined;
}

/** @throws ImportProblem */
export function convertLobeHub(value: object, now: number): ExportedConversation[] {
  const { messages, topics, sessions } = parseAt(fileSchema, lobeHubTables(value) ?? {}, ['state']);
  const titles = new Map((topics ?? []).map(({ id, title }) => [id, title]));
  const homes = new Map((sessions ?? []).map((session) => [session.id, session]));
  const groups = new Map<string, Told[]>();
  for (const [at, item] of messages.entries()) {
    const message = parseAt(messageSchema, item, ['state', 'messages', at]);
    const key = message.topicId ?? message.sessionId ?? 'inbox';
    groups.set(key, [...(groups.get(key) ?? []), message]);
  }
  return [...groups].map(([key, group]) => {
    const told = messagesOf(group, now);
    const home = homes.get(group[0]?.sessionId ?? '');
    return conversationOf('lobehub', {
      id: key,
      title: titles.get(key) ?? home?.meta?.title ?? home?.title ?? group.find(({ role }) => role === 'user')?.content,
      createdAt: told.reduce((first, { createdAt }) => Math.min(first, createdAt), now),
      model: told.find(({ model }) => model)?.model ?? home?.config?.model ?? 'unknown',
      systemPrompt: home?.config?.systemRole ?? undefined,
      messages: told,
      current: told.at(-1)?.id,
    });
  });
}

/** In the order they were written; one without a parent follows the one before it. */
function messagesOf(group: readonly Told[], now: number): ToldMessage[] {
  const inOrder = group
    .map((told) => ({ told, createdAt: momentOfDate(told.createdAt, now) }))
    .sort((a, b) => a.createdAt - b.createdAt);
  let before: string | undefined;
  return inOrder.map(({ told, createdAt }): ToldMessage => {
    const parentId = told.parentId ?? before;
    before = told.id;
    return {
      id: told.id,
      parentId,
      role: told.role === 'user' ? 'question' : told.role === 'assistant' || told.role === 'tool' ? 'answer' : 'skip',
      createdAt,
      parts: partsOf(told),
      model: told.model ?? told.extra?.fromModel ?? undefined,
    };
  });
}

function partsOf({ role, content, reasoning, tools, plugin }: Told): Segment[] {
  if (role === 'user') return [{ kind: 'answer', text: content ?? '' }];
  if (role === 'tool') return [toolPart('result', plugin?.apiName, content ?? '')];
  const calls = (tools ?? []).map((tool) => toolPart('call', tool.apiName, tool.arguments));
  return [{ kind: 'reasoning', text: reasoning?.content ?? '' }, ...splitParts(content ?? '', {}), ...calls];
}
