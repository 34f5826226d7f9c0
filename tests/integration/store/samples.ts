import type { AttachedContent } from '../../../lib/attachment.ts';
import type { ThreadSettings } from '../../../lib/conversation.ts';
import { createId } from '../../../lib/ids.ts';
import type { StreamPart } from '../../../lib/stream-part.ts';
import type { NewAsk } from '../../../lib/server/store/asks.ts';
import type { NewConversation } from '../../../lib/server/store/conversations.ts';
import type { GenerationResult, NewGeneration } from '../../../lib/server/store/generations.ts';
import type { Store } from '../../../lib/server/store/store.ts';

/** A moment all samples begin at. */
export const noon = 1_790_000_000_000;

export const settings: ThreadSettings = {
  model: { providerId: 'replay', modelKey: 'r1' },
  systemPrompt: 'Be brief.',
  sampling: { temperature: 0.6, stop: ['END'] },
};

export const newGeneration: NewGeneration = {
  providerId: 'replay',
  modelKey: 'r1',
  modelId: 'deepseek-reasoner',
  providerLabel: 'Recordings',
  modelLabel: 'R1',
  recording: true,
  sampling: { temperature: 0.6 },
  queuedAt: noon,
  instanceId: 'instance-1',
};

export const fullResult: GenerationResult = {
  parts: [
    { kind: 'reasoning', text: '17 * 20 is 340, 17 * 3 is 51.' },
    { kind: 'answer', text: '391' },
  ],
  finish: {
    outcome: 'complete',
    reason: 'stop',
    rawReason: 'eos',
    complete: true,
    answeredModel: 'deepseek-r1-0528',
    cost: 0.000123,
  },
  times: { firstByte: 12.5, reasoningStart: 13.25, reasoningEnd: 400.125, answerStart: 400.125, end: 512.0625 },
  notices: [{ code: 'model-differs', facts: { asked: 'deepseek-reasoner', answered: 'deepseek-r1-0528' } }],
  usage: { promptTokens: 21, cachedPromptTokens: 8, reasoningTokens: 15, answerTokens: 2, source: 'reported' },
  usageRaw: { completion_tokens: 17, details: { reasoning_tokens: 15 } },
  request: { url: 'https://provider.example/v1/chat/completions', body: '{"model":"deepseek-reasoner"}' },
  health: {
    format: { ok: false, basis: 'tags', problems: ['two-thoughts'] },
    language: {
      share: 0.75,
      expected: { language: 'en', script: 'Latin' },
      words: 4,
      mixed: [{ start: 3, end: 5, language: 'zh', words: 1 }],
      mixedCount: 1,
    },
    repetition: { share: 0.125, n: 4, total: 8, loop: { text: 'is 51', times: 4, at: 0, length: 20 } },
    rethinks: { count: 1, places: [{ at: 0, length: 4, phrase: 'Wait' }] },
  },
};

/** Of a running answer: thinking and the beginning of an answer. */
export const someParts: StreamPart[] = [
  { type: 'state', phase: 'thinking', times: { firstByte: 5, reasoningStart: 6 }, at: 6 },
  { type: 'delta', seg: 0, kind: 'reasoning', text: 'Let me ' },
  { type: 'delta', seg: 0, kind: 'reasoning', text: 'think.' },
  { type: 'delta', seg: 1, kind: 'answer', text: 'It is' },
];

export interface Sample {
  ownerId: string;
  conversationId: string;
  threadId: string;
  questionId: string;
  answerId: string;
  /** The ask that made it. */
  ask: { text: string; at: number; title: string; asks: [NewAsk] };
}

interface SampleOptions {
  ownerId?: string;
  text?: string;
  /** When it is asked. */
  at?: number;
  attachments?: readonly AttachedContent[];
  generation?: Partial<NewGeneration>;
}

/** One question to one thread, not yet stored. */
export function newSample(options: SampleOptions = {}): Sample {
  const ownerId = options.ownerId ?? createId();
  const [conversationId, threadId, questionId, answerId] = [createId(), createId(), createId(), createId()];
  const generation = { ...newGeneration, ...options.generation };
  const ask: Sample['ask'] = {
    text: options.text ?? 'What is 17 * 23?',
    at: (options.at ?? noon) + 1,
    title: 'Seventeen',
    ...(options.attachments && { attachments: options.attachments }),
    asks: [{ threadId, parentId: null, questionId, answerId, generation }],
  };
  return { ownerId, conversationId, threadId, questionId, answerId, ask };
}

/** Its conversation, without the question. */
export function newConversationOf({ conversationId, threadId }: Sample): NewConversation {
  return { id: conversationId, title: '', at: noon, threads: [{ id: threadId, settings }] };
}

/** A conversation of one thread with one question, its answer running. */
export async function createSample(store: Store, options: SampleOptions = {}): Promise<Sample> {
  const sample = newSample(options);
  await store.conversations.create(sample.ownerId, newConversationOf(sample));
  await store.asks.create(sample.ownerId, sample.conversationId, sample.ask);
  return sample;
}

export async function partsOf(store: Store, sample: Sample) {
  const conversation = await store.conversations.find(sample.ownerId, sample.conversationId);
  return conversation?.messages.find((message) => message.id === sample.answerId)?.parts;
}
