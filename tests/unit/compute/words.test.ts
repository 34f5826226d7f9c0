import assert from 'node:assert/strict';
import test from 'node:test';
import { middleWords, withinWords } from '../../../components/compute/words.ts';
import { formatCount } from '../../../lib/quantity-words.ts';

test('a middle that is exact is told in full, one that is not as such and to three figures, and none as none', () => {
  assert.equal(middleWords({ count: 9 }, formatCount)(1_234.4), '1,234');
  assert.equal(middleWords({ count: 9, within: 0.01 }, formatCount)(1_234.4), '≈ 1,230');
  assert.equal(middleWords({ count: 0, within: 0.01 }, formatCount)(undefined), '–');
  assert.equal(withinWords({ count: 9 }), '');
  assert.equal(withinWords({ count: 9, within: 0.01 }), ', within 1 %');
});
