import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeText } from '../../../lib/zero/texts.ts';

const puzzle = { numbers: [3, 5, 7], target: 26 };

test('a text is judged by the rules of the training', () => {
  const right = judgeText('<think> 3 * 7 = 21 , 21 + 5 = 26 yes</think><answer> 3 * 7 + 5</answer>', puzzle);
  assert.deepEqual(right, {
    rewards: { accuracy: 1, format: 1, language: 1 },
    answer: '3 * 7 + 5',
    saysFalseYes: false,
  });
  const tagless = judgeText(' 7 + 5 = 12 , 12 * 3 = 36 no 3 + 5 * 7', puzzle);
  assert.deepEqual(tagless.rewards, { accuracy: 0, format: 0, language: undefined });
  const mixed = judgeText('<think> 5 * 7 = 35 ， 35 - 3 = 32 yes</think><answer> 5 * 7 - 3</answer>', puzzle);
  assert.deepEqual(mixed.rewards, { accuracy: 0, format: 1, language: 0.5 });
  assert.equal(mixed.saysFalseYes, true);
  const twoThoughts = '<think> 1 </think><think> 2 </think><answer> 3 * 7 + 5</answer>';
  assert.deepEqual(judgeText(twoThoughts, puzzle).rewards.format, 0);
});
