import assert from 'node:assert/strict';
import test from 'node:test';
import type { GenerationView } from '../../../components/conversation/generation-store.ts';
import type { PathNode } from '../../../lib/thread-path.ts';
import { rowsOfTurn, totalsOf, turnsOf, wordsOfTotals } from '../../../components/answer/tokens/turn-figures.ts';
import type { Generation, Message } from '../../../lib/conversation.ts';
import type { MessageState } from '../../../lib/stream-part.ts';

const node = (message: Partial<Message> & { id: string }): PathNode => ({
  message: { threadId: 't', parentId: null, role: 'user', parts: [], createdAt: 0, ...message },
  siblings: [],
});
const question = (id: string, text: string) => node({ id, parts: [{ kind: 'answer', text }] });
const answer = (id: string, generation: Partial<Generation> = {}) =>
  node({ id, role: 'assistant', generation: generation as Generation }); // the figures look at its copy mark alone
const view = (reasoningTokens: number, answerTokens: number, state: Partial<MessageState>): GenerationView => ({
  state: { segments: [], phase: 'done', times: {}, notices: [], ...state },
  reasoningTokens,
  answerTokens,
  originAt: 0,
  grewAt: 0,
});
const finish = (cost?: number) =>
  ({ outcome: 'complete', reason: 'stop', complete: true, ...(cost && { cost }) }) as const;
const counted = (reasoningTokens: number, answerTokens: number) =>
  ({ reasoningTokens, answerTokens, source: 'counted' }) as const;

const times = { reasoningStart: 1000, reasoningEnd: 3000, answerStart: 3000, end: 4000 };
const views: Record<string, GenerationView> = {
  a1: view(200, 5, { usage: counted(200, 5), times, finish: finish(0.004) }),
  a2: view(1000, 30, { usage: counted(1000, 30), finish: finish() }),
  a3: view(7, 0, { phase: 'thinking' }),
};
const path = [
  question('q1', ' Why\n\nso? '),
  answer('a1'),
  question('q2', 'And '.repeat(60)),
  answer('a2', { copiedFrom: 'a0' }),
  question('q3', 'Now?'),
  answer('a3'),
  question('q4', 'Not sent yet'),
];
const turns = turnsOf(path, ({ id }) => views[id] as GenerationView); // every answer above has one

test('a branch has a turn for each question with an answer, with the figures of that answer', () => {
  assert.deepEqual(
    turns.map(({ questionId, answerId, question: text, running, estimated, copied, cost }) => ({
      ids: [questionId, answerId],
      text: text.slice(0, 10),
      flags: [running, estimated, copied],
      cost,
    })),
    [
      { ids: ['q1', 'a1'], text: 'Why so?', flags: [false, false, false], cost: 0.004 },
      { ids: ['q2', 'a2'], text: 'And And An', flags: [false, false, true], cost: undefined },
      { ids: ['q3', 'a3'], text: 'Now?', flags: [true, true, false], cost: undefined },
    ],
  );
  assert.equal(turns[1]?.question.length, 80);
});

test('a turn is told with its pace and cost as far as they are known', () => {
  assert.deepEqual(turns[0] && rowsOfTurn(turns[0]), [
    ['Thinking', '200 tokens · 100 tok/s'],
    ['Answer', '5 tokens · 5.0 tok/s'],
    ['In all', '4.0 s'],
    ['Cost', '$0.0040'],
  ]);
  assert.deepEqual(turns[2] && rowsOfTurn(turns[2]), [
    ['Thinking', '7 tokens'],
    ['Answer', '0 tokens'],
  ]);
});

test('the totals say that they hold an estimate, and of how many turns the cost is known', () => {
  assert.equal(wordsOfTotals(totalsOf(turns), 3), '≈ 1,242 tokens · $0.0040 for 1 of 3');
  assert.equal(wordsOfTotals(totalsOf(turns.slice(0, 1)), 1), '205 tokens · $0.0040');
  assert.equal(wordsOfTotals(totalsOf(turns.slice(1, 2)), 1), '1,030 tokens');
});
