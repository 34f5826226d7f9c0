import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { GenerationError } from '../../../../lib/errors.ts';
import { type AbortReason, type Cut, type SeenEnd, endingOf } from '../../../../lib/server/generation/ending.ts';
import type { FinishReason } from '../../../../lib/stream-part.ts';

const busy: GenerationError = { kind: 'busy', code: 'busy', facts: { provider: 'Lab' } };
const maybe = <T>(...values: T[]) => fc.constantFrom(undefined, ...values);

/** Whatever may have come together at an end. */
const anyEnd: fc.Arbitrary<SeenEnd> = fc.record({
  aborted: maybe<AbortReason>('stopped', 'interrupted', 'deleted'),
  cut: maybe<Cut>('turn-cut', 'repeating'),
  error: maybe(busy),
  said: maybe<{ reason: FinishReason; rawReason?: string }>(
    { reason: 'stop', rawReason: 'eos' },
    { reason: 'length' },
    { reason: 'filtered' },
  ),
});

test('an end is a failure, or an interruption, exactly where it has an error to tell', () => {
  fc.assert(
    fc.property(anyEnd, (seen) => {
      const { outcome, error, reason, mayBeComplete } = endingOf(seen);
      assert.equal(error !== undefined, outcome === 'failed' || outcome === 'interrupted');
      assert.equal(error !== undefined, reason === 'error');
      assert.ok(!error || !mayBeComplete);
    }),
  );
});

test('what we have cut ourselves has no error, was not stopped, and counts only what we read', () => {
  fc.assert(
    fc.property(anyEnd, (seen) => {
      fc.pre(seen.cut !== undefined);
      const { outcome, error, rawReason, isCountFinal } = endingOf(seen);
      assert.deepEqual(
        { outcome, error, rawReason, isCountFinal },
        { outcome: 'complete', isCountFinal: false, error: undefined, rawReason: undefined },
      );
    }),
  );
});

test('an invented turn is the end of the answer; a loop is the end of nothing', () => {
  assert.equal(endingOf({ cut: 'turn-cut' }).forSplitter, 'stop');
  assert.equal(endingOf({ cut: 'turn-cut' }).mayBeComplete, true);
  assert.equal(endingOf({ cut: 'repeating' }).forSplitter, null);
  assert.equal(endingOf({ cut: 'repeating' }).mayBeComplete, false);
});

test('who stops or deletes an answer hears of no error; the end of the server is one', () => {
  for (const aborted of ['stopped', 'deleted'] as const) {
    const { outcome, error, forSplitter } = endingOf({ aborted, error: busy });
    assert.deepEqual([outcome, error, forSplitter], ['stopped', undefined, 'abort']);
  }
  const ended = endingOf({ aborted: 'interrupted', error: busy, said: { reason: 'stop' } });
  assert.deepEqual([ended.outcome, ended.error?.kind, ended.forSplitter], ['interrupted', 'interrupted', 'abort']);
});

test('a stream that ends without a word was interrupted; an error outweighs what the model said', () => {
  assert.equal(endingOf({}).outcome, 'interrupted');
  assert.equal(endingOf({ error: busy, said: { reason: 'stop' } }).outcome, 'failed');
  assert.equal(endingOf({ error: busy, said: { reason: 'stop' } }).forSplitter, 'error');
});

test('the model’s own word for the end is kept beside ours', () => {
  const { outcome, reason, rawReason, forSplitter } = endingOf({ said: { reason: 'length', rawReason: 'max_tokens' } });
  assert.deepEqual([outcome, reason, rawReason, forSplitter], ['complete', 'length', 'max_tokens', 'length']);
  assert.equal(endingOf({ said: { reason: 'filtered' } }).forSplitter, null);
});
