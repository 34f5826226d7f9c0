import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convertUsage } from '../../../../lib/server/providers/convert-usage.ts';
import { accountUsage } from '../../../../lib/usage.ts';

const cases = {
  'DeepSeek: everything, the cache apart': {
    raw: {
      prompt_tokens: 18,
      completion_tokens: 219,
      total_tokens: 237,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 205 },
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 18,
    },
    usage: { promptTokens: 18, cachedPromptTokens: 0, outputTokens: 219, reasoningTokens: 205 },
  },
  'xAI: the thinking is in the total alone': {
    raw: {
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 135,
      completion_tokens_details: { reasoning_tokens: 94 },
    },
    usage: { promptTokens: 32, outputTokens: 103, reasoningTokens: 94 },
  },
  'OpenAI: thinking counted and hidden': {
    raw: {
      prompt_tokens: 12,
      completion_tokens: 900,
      total_tokens: 912,
      completion_tokens_details: { reasoning_tokens: 832 },
    },
    usage: { promptTokens: 12, outputTokens: 900, reasoningTokens: 832 },
  },
  'Together: a flat count of the cache, no split': {
    raw: { prompt_tokens: 20, completion_tokens: 300, total_tokens: 320, cached_tokens: 16 },
    usage: { promptTokens: 20, cachedPromptTokens: 16, outputTokens: 300 },
  },
  'SGLang: a flat count of the thinking': {
    raw: { prompt_tokens: 10, completion_tokens: 50, total_tokens: 60, reasoning_tokens: 40 },
    usage: { promptTokens: 10, outputTokens: 50, reasoningTokens: 40 },
  },
  'Ollama: its own words': {
    raw: { prompt_eval_count: 14, eval_count: 61 },
    usage: { promptTokens: 14, outputTokens: 61 },
  },
  'a total that is less than its parts is not believed': {
    raw: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 50 },
    usage: { promptTokens: 100, outputTokens: 50 },
  },
  'nonsense is no count': {
    raw: {
      prompt_tokens: -1,
      completion_tokens: '7',
      total_tokens: null,
      completion_tokens_details: { reasoning_tokens: 0.5 },
    },
    usage: {},
  },
};

for (const [name, { raw, usage }] of Object.entries(cases)) {
  test(name, () => assert.deepEqual(convertUsage(raw), usage));
}

test("xAI's thinking is told as its answer's is: both are output", () => {
  const reported = convertUsage(cases['xAI: the thinking is in the total alone'].raw);
  const usage = accountUsage({ reported, reasoningText: 'Let me see.', answerText: 'Yes.' });
  assert.deepEqual(usage, { promptTokens: 32, reasoningTokens: 94, answerTokens: 9, source: 'reported' });
});
