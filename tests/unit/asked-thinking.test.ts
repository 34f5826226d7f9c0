import assert from 'node:assert/strict';
import test from 'node:test';
import { askedThinkingWords, judgeThinking } from '../../lib/asked-thinking.ts';
import type { Sampling } from '../../lib/model.ts';
import type { UsageSource } from '../../lib/usage.ts';

const words = (sampling: Sampling, reasoningTokens: number, source: UsageSource = 'reported') => {
  const asked = judgeThinking(sampling, { reasoningTokens, answerTokens: 10, source });
  return asked && askedThinkingWords(asked);
};

test('a budget is told as asked for, with what came, kept or ignored', () => {
  assert.equal(words({ thinkingBudget: 512 }, 498), 'asked for at most 512, thought 498: kept');
  assert.equal(words({ thinkingBudget: 512 }, 2113), 'asked for at most 512, thought 2,113: ignored');
  assert.equal(words({}, 498), undefined);
  assert.equal(judgeThinking({ thinkingBudget: 512 }, undefined), undefined);
});

test('a sentence may be ended beyond it, and what is shared out by estimate is not held too exactly', () => {
  assert.equal(
    judgeThinking({ thinkingBudget: 100 }, { reasoningTokens: 109, answerTokens: 1, source: 'reported' })?.kept,
    true,
  );
  assert.equal(
    judgeThinking({ thinkingBudget: 5 }, { reasoningTokens: 7, answerTokens: 7, source: 'split' })?.kept,
    true,
  );
  assert.equal(
    judgeThinking({ thinkingBudget: 5 }, { reasoningTokens: 15, answerTokens: 7, source: 'events' })?.kept,
    false,
  );
});

test('no thinking is asked for, and comes or does not', () => {
  assert.equal(words({ effort: 'none' }, 0), 'asked for none, none came');
  assert.equal(words({ effort: 'off' }, 213), 'asked for none, thought 213: ignored');
  assert.equal(words({ effort: 'low' }, 213), undefined);
});
