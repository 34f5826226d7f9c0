import assert from 'node:assert/strict';
import test from 'node:test';
import { tokenRatesOf } from '../../lib/token-rate.ts';

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
