import assert from 'node:assert/strict';
import test from 'node:test';
import { thinkingMsOf, tokenRatesOf } from '../../lib/token-rate.ts';

const usage = { reasoningTokens: 600, answerTokens: 90 };

test('thinking and answer have a pace of their own', () => {
  const times = { firstByte: 400, reasoningStart: 1000, reasoningEnd: 11_000, answerStart: 11_500, end: 13_500 };
  assert.deepEqual(tokenRatesOf(times, usage), { thinking: 60, answer: 45 });
});

test('what has no beginning, no end, no tokens or hardly any time has no pace', () => {
  assert.deepEqual(tokenRatesOf({ answerStart: 5000, end: 7000 }, usage), { answer: 45 }, 'hidden thinking');
  assert.deepEqual(tokenRatesOf({ reasoningStart: 0, answerStart: 100 }, usage), {}, 'still running');
  assert.deepEqual(
    tokenRatesOf({ reasoningStart: 0, reasoningEnd: 100, answerStart: 100, end: 250 }, usage),
    {},
    'at once',
  );
  const nothing = { reasoningTokens: 0, answerTokens: 0 };
  assert.deepEqual(tokenRatesOf({ reasoningStart: 0, reasoningEnd: 900, answerStart: 900, end: 5000 }, nothing), {});
});

test('what came in one read has the time and the pace that its server tells', () => {
  const times = { firstByte: 400, reasoningStart: 410, reasoningEnd: 410, answerStart: 410, end: 411 };
  const written = { reasoningTokens: 84, answerTokens: 9, serverTimes: { writeMs: 93, writtenTokens: 93 } };
  assert.equal(thinkingMsOf(times, written), 84);
  assert.deepEqual(tokenRatesOf(times, written), { thinking: 1000, answer: 1000 });
  assert.equal(thinkingMsOf(times, { reasoningTokens: 84, answerTokens: 9 }), 0);
});

test('what was seen to come is told as it was seen', () => {
  const times = { reasoningStart: 1000, reasoningEnd: 9000, answerStart: 9000, end: 10_000 };
  const written = { reasoningTokens: 84, answerTokens: 9, serverTimes: { writeMs: 9500, writtenTokens: 93 } };
  assert.equal(thinkingMsOf(times, written), 8000);
  assert.deepEqual(tokenRatesOf(times, written), { thinking: 10.5, answer: 9 });
  assert.equal(thinkingMsOf({ answerStart: 5, end: 10 }, written), undefined);
});
