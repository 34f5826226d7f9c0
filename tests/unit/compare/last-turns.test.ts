import assert from 'node:assert/strict';
import test from 'node:test';
import { lastTurns, runningThreads } from '../../../components/compare/last-turns.ts';
import type { Message, Thread } from '../../../lib/conversation.ts';

const thread = (id: string, position: number): Thread => ({
  id,
  conversationId: 'c',
  position,
  settings: { model: { providerId: 'p', modelKey: id }, sampling: {} },
});
const threads = [thread('left', 0), thread('right', 1)];

function turn(threadId: string, text: string, createdAt: number, parentId: string | null = null): Message[] {
  const [question, answer] = [`${threadId}-${createdAt}-question`, `${threadId}-${createdAt}-answer`];
  const common = { threadId, createdAt };
  return [
    { ...common, id: question, parentId, role: 'user', parts: [{ kind: 'answer', text }] },
    { ...common, id: answer, parentId: question, role: 'assistant', parts: [] },
  ];
}

test('the last answer of each column stands beside the others when all were asked the same', () => {
  const messages = [...turn('left', 'Why?', 1), ...turn('right', 'Why?', 1)];
  assert.deepEqual(
    lastTurns(threads, messages, {}).map(({ answer, isLatest }) => [answer?.id, isLatest]),
    [
      ['left-1-answer', true],
      ['right-1-answer', true],
    ],
  );
});

test('a column that was not asked what was asked last is behind', () => {
  const messages = [
    ...turn('left', 'Why?', 1),
    ...turn('right', 'Why?', 1),
    ...turn('left', 'How?', 2, 'left-1-answer'),
  ];
  assert.deepEqual(
    lastTurns(threads, messages, {}).map(({ answer, isLatest }) => [answer?.id, isLatest]),
    [
      ['left-2-answer', true],
      ['right-1-answer', false],
    ],
  );
});

test('a column runs while one of its answers does', () => {
  const messages = [...turn('left', 'Why?', 1), ...turn('right', 'Why?', 1)];
  assert.deepEqual([...runningThreads({ messages, running: ['right-1-answer'] })], ['right']);
  assert.deepEqual([...runningThreads({ messages, running: [] })], []);
});
