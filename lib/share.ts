import type { ConversationDetail, Generation, Message } from './conversation.ts';
import { titleOfQuestion } from './conversation.ts';
import type { Health } from './health.ts';
import { textOfKind } from './stream-part.ts';
import type { Timeline } from './timeline.ts';
import { thinkingMsOf } from './token-rate.ts';
import { type UsageSource, usageSources } from './usage.ts';

/** How much of the thinking a shared conversation has: opened, folded but there, or not in it at all. */
export const sharedThinkings = ['shown', 'folded', 'left-out'] as const;
export type SharedThinking = (typeof sharedThinkings)[number];

/** After what time a share ends by itself. */
export const shareExpiries = ['day', 'week', 'month', 'never'] as const;
export type ShareExpiry = (typeof shareExpiries)[number];

/** What of a conversation is shared. */
export interface ShareChoice {
  conversationId: string;
  /** The columns, and in each the message its branch ends with. */
  threads: readonly { threadId: string; leafId: string }[];
  thinking: SharedThinking;
  /** Tokens and times of each answer. */
  numbers: boolean;
  systemPrompts: boolean;
}

/**
 * What a share shows: all that is public, and nothing else. Frozen: what happens to the conversation later does not change
 * it. Every field is put here by name, so that a new field of a message is private until somebody says otherwise.
 */
export interface ShareSnapshot {
  version: 1;
  /** Made of the first question that is shared; the conversation's own title may tell of what is not. */
  title: string;
  thinking: SharedThinking;
  columns: SharedColumn[];
}

/** One column: one model, one branch. */
export interface SharedColumn {
  model: string;
  systemPrompt?: string;
  messages: SharedMessage[];
}

export type SharedMessage = SharedQuestion | SharedAnswer;

export interface SharedQuestion {
  role: 'user';
  text: string;
  /** Names of the files that came with it; what is in them is not shared. */
  files?: string[];
}

export interface SharedAnswer {
  role: 'assistant';
  model: string;
  /** It was played from a recording. */
  recording?: true;
  thinking?: string;
  answer: string;
  /** Why it has no proper end; absent when it has one. Never in the provider's words. */
  ending?: SharedEnding;
  numbers?: SharedNumbers;
  /** How its thought went; only with its thinking and its numbers. Its places are offsets into `thinking`. */
  health?: Health;
  /** How its tokens came; only with its numbers, and of the last answers. */
  timeline?: Timeline;
}

export type SharedEnding = 'stopped' | 'interrupted' | 'failed' | 'length' | 'filtered';

export interface SharedNumbers {
  thinkingTokens: number;
  answerTokens: number;
  source: UsageSource;
  /** Milliseconds it thought. */
  thinkingMs?: number;
  /** Milliseconds in all. */
  totalMs?: number;
}

/** A share as its owner sees it in a list. */
export interface ShareSummary {
  id: string;
  conversationId: string;
  title: string;
  /** Columns in it; more than one make a comparison. */
  columns: number;
  thinking: SharedThinking;
  numbers: boolean;
  systemPrompts: boolean;
  createdAt: number;
  /** Epoch ms; undefined: never. */
  expiresAt?: number;
  views: number;
  /** Epoch ms. */
  lastViewAt?: number;
}

/** Whether this may be a share's id: 16 random bytes as base64url. */
export function isShareId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{21}[AQgw]$/.test(value);
}

const dayMs = 24 * 60 * 60 * 1000;
const expiryDays: Record<Exclude<ShareExpiry, 'never'>, number> = { day: 1, week: 7, month: 30 };

/** When a share that is made (or prolonged) at `at` ends, in epoch ms; undefined for one that does not. */
export function expiryFrom(at: number, expires: ShareExpiry): number | undefined {
  return expires === 'never' ? undefined : at + expiryDays[expires] * dayMs;
}

/**
 * The snapshot of a conversation; undefined where a thread or a leaf of the choice is not in it, or nothing would be.
 * An answer that still runs, or ran when the snapshot was taken, ends its branch before its question.
 * @param timelines how tokens came, by the answers' ids.
 */
export function snapshotOf(
  conversation: ConversationDetail,
  choice: ShareChoice,
  timelines: ReadonlyMap<string, Timeline> = new Map(),
): ShareSnapshot | undefined {
  const byId = new Map(conversation.messages.map((message) => [message.id, message]));
  const columns: SharedColumn[] = [];
  const providerIds: string[] = [];
  for (const thread of conversation.threads) {
    const chosen = choice.threads.find(({ threadId }) => threadId === thread.id);
    if (!chosen) continue;
    const path = pathTo(byId, thread.id, chosen.leafId);
    if (!path) return undefined;
    const messages = endedPart(path).map((message) => sharedMessage(message, { choice, byId, timelines }));
    if (messages.length === 0) continue;
    const { systemPrompt, model } = thread.settings;
    const answer = messages.findLast((message) => message.role === 'assistant');
    providerIds.push(path.findLast(({ generation }) => generation)?.generation?.providerId ?? model.providerId);
    columns.push({
      model: answer?.role === 'assistant' ? answer.model : publicModelName(model.modelKey),
      ...(choice.systemPrompts && systemPrompt?.trim() && { systemPrompt }),
      messages,
    });
  }
  const question = columns[0]?.messages[0];
  const known = conversation.threads.filter(({ id }) => choice.threads.some(({ threadId }) => threadId === id));
  if (question?.role !== 'user' || known.length !== choice.threads.length) return undefined;
  const told = toldApart(columns, providerIds);
  return { version: 1, title: titleOfQuestion(question.text), thinking: choice.thinking, columns: told };
}

/** Columns of one name whose answers came from different servers say so; which servers these are is nobody's business. */
function toldApart(columns: readonly SharedColumn[], providerIds: readonly string[]): SharedColumn[] {
  return columns.map((column, i) => {
    const servers = new Set(providerIds.filter((_, j) => columns[j]?.model === column.model));
    if (servers.size < 2) return column;
    const name = `${column.model} (server ${[...servers].indexOf(providerIds[i] ?? '') + 1})`;
    const messages = column.messages.map((message) =>
      message.role === 'assistant' && message.model === column.model ? { ...message, model: name } : message,
    );
    return { ...column, model: name, messages };
  });
}

function pathTo(byId: ReadonlyMap<string, Message>, threadId: string, leafId: string): Message[] | undefined {
  const path: Message[] = [];
  for (let id: string | null = leafId; id !== null; ) {
    const message: Message | undefined = byId.get(id);
    if (message?.threadId !== threadId) return undefined;
    path.unshift(message);
    id = message.parentId;
  }
  return path;
}

/** As far as it is answered: a question that waits for its answer is not shared. */
function endedPart(path: readonly Message[]): readonly Message[] {
  const running = path.findIndex(({ generation }) => generation?.state === 'running');
  const ended = running === -1 ? path : path.slice(0, running);
  return ended.at(-1)?.role === 'user' ? ended.slice(0, -1) : ended;
}

type MessagesById = ReadonlyMap<string, Message>;

function sharedMessage(
  message: Message,
  { choice, byId, timelines }: { choice: ShareChoice; byId: MessagesById; timelines: ReadonlyMap<string, Timeline> },
): SharedMessage {
  const { role, parts, generation, attachments } = message;
  if (role === 'user' || !generation) {
    const text = parts.map((part) => part.text).join('');
    return { role: 'user', text, ...(attachments && { files: attachments.map(({ name }) => name) }) };
  }
  const thought = choice.thinking === 'left-out' ? '' : textOfKind(parts, 'reasoning');
  const thinking = thought.trim();
  const ending = endingOf(generation);
  const numbers = choice.numbers ? numbersOf(generation, byId) : undefined;
  const timeline = timelines.get(message.id);
  return {
    role: 'assistant',
    model: publicModelName(generation.modelLabel),
    ...(generation.recording && { recording: true }),
    ...(thinking !== '' && { thinking }),
    answer: textOfKind(parts, 'answer').trim(),
    ...(ending && { ending }),
    ...(numbers && { numbers }),
    ...(numbers && thinking !== '' && healthOf(generation, thought.length - thought.trimStart().length)),
    ...(numbers && timeline && { timeline: thinned(timeline) }),
  };
}

/** So many places of a thought are shared, and points of a timeline: enough to be seen, and few in a long conversation. */
const maxPlaces = 40;
const maxPoints = 80;

/** Its places moved by what is cut off before the thinking. */
function healthOf({ health }: Generation, cut: number): { health: Health } | undefined {
  if (!health) return undefined;
  const { format, language, repetition, rethinks } = health;
  const mixed = language?.mixed
    .slice(0, maxPlaces)
    .map((range) => ({ ...range, start: Math.max(0, range.start - cut), end: Math.max(0, range.end - cut) }));
  const places = rethinks?.places.slice(0, maxPlaces).map((at) => ({ ...at, at: Math.max(0, at.at - cut) }));
  const loop = repetition?.loop && { ...repetition.loop, at: Math.max(0, repetition.loop.at - cut) };
  return {
    health: {
      ...(format && { format }),
      ...(language && mixed && { language: { ...language, mixed } }),
      ...(repetition && { repetition: { ...repetition, ...(loop && { loop }) } }),
      ...(rethinks && places && { rethinks: { ...rethinks, places } }),
    },
  };
}

function thinned({ points, stalls, stallCount }: Timeline): Timeline {
  const step = Math.ceil(points.length / maxPoints);
  return {
    points: points.filter((_, i) => i % step === 0 || i === points.length - 1),
    stalls: stalls.toSorted(([a, b], [c, d]) => d - c - (b - a)).slice(0, 3),
    stallCount,
  };
}

function endingOf({ state, finish }: Generation): SharedEnding | undefined {
  if (finish?.reason === 'length' || finish?.reason === 'filtered') return finish.reason;
  return state === 'stopped' || state === 'interrupted' || state === 'failed' ? state : undefined;
}

/** From the most exact. */
const sources: readonly UsageSource[] = usageSources;

/** Of all its text: of an answer that goes on with another one, that one's as well, as far as it is still there. */
function numbersOf(generation: Generation, byId: MessagesById): SharedNumbers | undefined {
  const own = ownNumbersOf(generation);
  const begun = generation.continues === undefined ? undefined : byId.get(generation.continues)?.generation;
  const before = begun && numbersOf(begun, byId);
  if (!own || !before) return own;
  const thinkingMs = sumOf(before.thinkingMs, own.thinkingMs);
  const totalMs = sumOf(before.totalMs, own.totalMs);
  return {
    thinkingTokens: before.thinkingTokens + own.thinkingTokens,
    answerTokens: before.answerTokens + own.answerTokens,
    source: sources[Math.max(sources.indexOf(before.source), sources.indexOf(own.source))] ?? own.source,
    ...(thinkingMs !== undefined && { thinkingMs }),
    ...(totalMs !== undefined && { totalMs }),
  };
}

function sumOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}

function ownNumbersOf({ usage, times }: Generation): SharedNumbers | undefined {
  if (!usage) return undefined;
  const { end } = times;
  const thinkingMs = times.reasoningEnd === undefined ? undefined : thinkingMsOf(times, usage);
  return {
    thinkingTokens: usage.reasoningTokens,
    answerTokens: usage.answerTokens,
    source: usage.source,
    ...(thinkingMs !== undefined && { thinkingMs: Math.round(thinkingMs) }),
    ...(end !== undefined && { totalMs: Math.round(end) }),
  };
}

/** A model's name without where it lies: servers of model files name a model by its path on their disk, or its address. */
export function publicModelName(label: string): string {
  const isPlace = /^(?:[\\/~.]|[a-z]:[\\/]|[a-z][a-z+.-]*:\/\/)/i.test(label.trim());
  const name = isPlace
    ? (label
        .trim()
        .replace(/[\\/]+$/, '')
        .split(/[\\/]/)
        .at(-1) ?? '')
    : label.trim();
  return name === '' ? 'A model' : name;
}

/** Thinking tokens of all answers of a column; undefined when its share does not tell numbers. */
export function thinkingTokensOf(column: SharedColumn): number | undefined {
  const told = column.messages.flatMap((message) => (message.role === 'assistant' ? (message.numbers ?? []) : []));
  return told.length === 0 ? undefined : told.reduce((sum, { thinkingTokens }) => sum + thinkingTokens, 0);
}
