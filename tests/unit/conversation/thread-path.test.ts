import assert from 'node:assert/strict';
import test from 'node:test';
import { choiceOf, countBelow, pathOf } from '../../../components/conversation/thread-path.ts';
import type { Message } from '../../../lib/conversation.ts';

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
