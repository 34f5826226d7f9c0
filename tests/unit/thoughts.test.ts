import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EndedAnswer, endedWords, hasFailed, isNews } from '../../lib/thoughts.ts';

const done: EndedAnswer = {
  outcome: 'complete',
  reason: 'stop',
  answered: true,
  thinkingMs: 240_000,
  reasoningTokens: 12_000,
};
const round = (...answers: EndedAnswer[]) => ({ conversationId: 'c', title: 'T', endedAt: 0, answers });

test('an end is told with what the thinking took', () => {
  assert.equal(endedWords(round(done)), 'Thought for 4 min, 12,000 tokens: the answer is there.');
  const { thinkingMs: _, reasoningTokens: __, ...plain } = done;
  assert.equal(endedWords(round(plain)), 'The answer is there.');
  assert.equal(
    endedWords(round({ ...done, reason: 'length', answered: false })),
    'Thought for 4 min, 12,000 tokens until its tokens ran out: there is no answer.',
  );
});

test('a failure says why, and a comparison how many answers there are', () => {
  const failed: EndedAnswer = {
    outcome: 'failed',
    reason: 'error',
    answered: false,
    error: { kind: 'rate', code: 'too-many-requests', facts: { provider: 'Lab' } },
  };
  assert.match(endedWords(round(failed)), /^It failed\. .*Lab/);
  assert.equal(hasFailed(round(failed)), true);
  assert.equal(endedWords(round(done, failed)), '1 of 2 answers are there, after 12,000 tokens of thinking.');
  assert.equal(hasFailed(round(done, failed)), false);
  assert.equal(endedWords(round(done, done)), 'All 2 answers are there, after 24,000 tokens of thinking.');
});

test('what somebody stopped is no news', () => {
  assert.equal(isNews(round({ ...done, outcome: 'stopped' })), false);
  assert.equal(isNews(round({ ...done, outcome: 'stopped' }, done)), true);
});
