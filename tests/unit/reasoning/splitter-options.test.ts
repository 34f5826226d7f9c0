import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closingTagOf, splitterOptionsOf } from '../../../lib/reasoning/splitter-options.ts';
import { splitText } from '@thinkglass/splitter/split-text';

const plain = { reasoning: { transport: 'inline', startsInReasoning: 'auto' } } as const;
const magistral = {
  reasoning: {
    transport: 'inline',
    startsInReasoning: 'auto',
    thinkTags: ['[THINK]', '[/THINK]'] as [string, string],
  },
} as const;

test('a model with tags of its own may still write the usual ones', () => {
  for (const written of ['[THINK]2 + 2[/THINK]4', '<think>2 + 2</think>4']) {
    const { reasoning, answer } = splitText(written, splitterOptionsOf(magistral));
    assert.deepEqual({ reasoning, answer }, { reasoning: '2 + 2', answer: '4' });
  }
});

test('what is known of the beginning counts more than the model’s data', () => {
  assert.equal(splitterOptionsOf(plain).startsInReasoning, 'auto');
  assert.equal(splitterOptionsOf(plain, { startsInReasoning: true }).startsInReasoning, true);
});

test('a thought is closed with the model’s own tag', () => {
  assert.deepEqual([plain, magistral].map(closingTagOf), ['</think>', '[/THINK]']);
});
