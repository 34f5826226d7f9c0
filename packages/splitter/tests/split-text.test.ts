import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitText } from '../src/split-text.ts';

test('stored text comes apart as the stream would have', () => {
  const { segments, reasoning, answer, complete } = splitText('hm\n</think>\n\nHi', {}, 'stop');
  assert.deepEqual(segments, [
    ['reasoning', 'hm'],
    ['answer', 'Hi'],
  ]);
  assert.deepEqual({ reasoning, answer, complete }, { reasoning: 'hm', answer: 'Hi', complete: true });
});

test('text of both channels can be given', () => {
  const { reasoning, answer } = splitText({ reasoning: 'a\n', content: '\n\nb' });
  assert.deepEqual({ reasoning, answer }, { reasoning: 'a', answer: 'b' });
});

test('text that was cut off is not complete', () => {
  assert.equal(splitText('<think>half', undefined, 'length').complete, false);
});
