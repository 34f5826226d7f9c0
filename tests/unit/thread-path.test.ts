import assert from 'node:assert/strict';
import test from 'node:test';
import { choiceOf, countBelow, endOf, pathOf } from '../../lib/thread-path.ts';
import type { ConversationDetail, Message } from '../../lib/conversation.ts';

const message = (id: string, parentId: string | null): Message => ({
  id,
  threadId: 't',
  parentId,
  role: id.startsWith('q') ? 'user' : 'assistant',
  parts: [],
  createdAt: 0,
});

/** Two first questions; the first has two answers, and the first of these is followed by another exchange. */
const messages = [
  message('q1', null),
  message('a1', 'q1'),
  message('a2', 'q1'),
  message('q2', 'a1'),
  message('a3', 'q2'),
  message('q3', null),
  message('a4', 'q3'),
];
const shown = (leafId: string | undefined) =>
  pathOf(messages, 't', choiceOf(messages, leafId)).map((node) => node.message.id);

test('the branch that holds a message is shown, on to its newest end', () => {
  assert.deepEqual(shown('a3'), ['q1', 'a1', 'q2', 'a3']);
  assert.deepEqual(shown('a1'), ['q1', 'a1', 'q2', 'a3']);
  assert.deepEqual(shown('a2'), ['q1', 'a2']);
  assert.deepEqual(shown('q3'), ['q3', 'a4']);
});

test('a message that is gone, or none, leaves the newest branch', () => {
  assert.deepEqual(shown('gone'), ['q3', 'a4']);
  assert.deepEqual(shown(undefined), ['q3', 'a4']);
});

test('what goes with a message is counted over all its branches', () => {
  assert.equal(countBelow(messages, 'q1'), 4);
  assert.equal(countBelow(messages, 'a2'), 0);
});

/** A chat of so many turns, the text of each answer `length` long. */
function chat(turns: number, length = 10): ConversationDetail {
  const messages = Array.from({ length: 2 * turns }, (_, i) => ({
    ...message(`${i % 2 ? 'a' : 'q'}${i >> 1}`, i === 0 ? null : `${i % 2 ? 'q' : 'a'}${(i - 1) >> 1}`),
    parts: [{ kind: 'answer' as const, text: 'x'.repeat(length) }],
  }));
  const thread = {
    id: 't',
    conversationId: 'c',
    position: 0,
    settings: { model: { providerId: 'p', modelKey: 'm' }, sampling: {} },
  };
  const facts = { id: 'c', title: '', createdAt: 0, updatedAt: 0, threadCount: 1 };
  return { ...facts, threads: [thread], messages };
}

test('a short conversation is shown whole, of a long one the end, from a question on', () => {
  const short = chat(12);
  assert.equal(endOf(short), short);
  for (const long of [chat(500), chat(9, 30_000), chat(3, 900_000)]) {
    const end = endOf(long);
    assert.equal(end.cut, true);
    assert.ok(end.messages.length <= 24 && end.messages.length >= 2);
    assert.equal(end.messages[0]?.role, 'user');
    assert.deepEqual(end.messages, long.messages.slice(-end.messages.length));
    assert.deepEqual(
      pathOf(end.messages, 't', {}).map((node) => node.message),
      end.messages,
    );
  }
});

test('with the end comes what could stand in the place of its messages', () => {
  const long = chat(40);
  const sibling = { ...message('other', 'q39'), createdAt: 1 };
  const end = endOf({ ...long, messages: [...long.messages, sibling] });
  assert.ok(end.cut && end.messages.includes(sibling));
  assert.equal(pathOf(end.messages, 't', { q39: 'a39' }).at(-1)?.message.id, 'a39');
});
