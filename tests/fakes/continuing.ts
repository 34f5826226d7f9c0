import assert from 'node:assert/strict';
import type { Message } from '../../lib/conversation.ts';
import { createId } from '../../lib/ids.ts';
import type { Sampling } from '../../lib/model.ts';
import { noticeSentence } from '../../lib/sentences.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import type { ApiClient, Asked } from './api-client.ts';

/** Asks the tiny models' puzzle, to its end or to a limit. */
export async function ask(client: ApiClient, model: { providerId: string; modelKey: string }, sampling: Sampling) {
  const asked = await client.askNew(model, 'Use 3 5 7 to make 26 .', { sampling });
  await client.follow(asked.conversationId, asked.cursor);
  return asked;
}

/** Goes on with an answer, and answers the new one: what is shown is what is stored. */
export async function goOn(client: ApiClient, asked: Asked, fromId: string, more: Record<string, unknown> = {}) {
  const response = await client.request('POST', `/api/conversations/${asked.conversationId}/continue`, {
    threadId: asked.threadId,
    fromId,
    questionId: createId(),
    answerId: createId(),
    ...more,
  });
  assert.equal(response.status, 202, await response.clone().text());
  const { way, cursor, generations } = (await response.json()) as {
    way: string;
    cursor?: string;
    generations: { id: string }[];
  };
  const states = await client.follow(asked.conversationId, cursor);
  const { messages } = await client.conversation(asked.conversationId);
  const message = messages.find(({ id }) => id === generations[0]?.id) as Message;
  assert.deepEqual(
    message.parts,
    states.get(message.id)?.segments.filter(({ text }) => text !== ''),
    'saved is what was seen',
  );
  const row = await client.generation(message.id);
  return { way, message, sent: JSON.parse(row.request?.body ?? '') as Record<string, unknown> };
}

export const saidBy = ({ parts }: Message) => ({
  thought: textOfKind(parts, 'reasoning'),
  answer: textOfKind(parts, 'answer'),
});
export const toldOf = ({ generation }: Message) => generation?.notices.map((n) => noticeSentence(n)) ?? [];
