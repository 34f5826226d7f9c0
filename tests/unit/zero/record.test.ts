import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecord } from '../../../lib/zero/record.ts';

test('the record is what its trainer writes, step by step, and tells of tiny-zero that it learnt', () => {
  const { zero, caps, blind } = readRecord();
  const steps = zero.evaluations.map(({ step }) => step);
  assert.deepEqual(
    steps,
    [...new Set(steps)].sort((a, b) => a - b),
  );
  assert.equal(steps[0], 0, 'it begins before the first step');
  const [first, last] = [zero.evaluations[0], zero.evaluations.at(-1)];
  assert.ok(first && last && last.both.accuracy > first.both.accuracy);
  assert.ok(caps.zero.length > 0);
  for (const { withRepeats, withoutRepeats } of blind) {
    // puzzles with one solution: who repeats nothing is hardly ever the worse off
    assert.ok(withoutRepeats.four + 0.03 >= withRepeats.four);
  }
});
