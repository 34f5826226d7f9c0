import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convertTimes, convertUsage } from '../../lib/convert-usage.ts';
import { accountUsage, type Usage } from '../../lib/usage.ts';
import { recordings } from '../fakes/provider.ts';

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

type Accounted = [source: Usage['source'], reasoningTokens: number, answerTokens: number, cachedPromptTokens?: number];

/**
 * What the recording of each provider's normal answer comes to, with thrice as many tokens of thinking as of answer by our
 * own count. All have 14 tokens of prompt.
 */
const accounted: Record<string, Accounted> = {
  deepseek: ['reported', 35, 10, 0],
  'deepseek-legacy': ['reported', 28, 5, 0],
  fireworks: ['split', 33, 11, 0],
  groq: ['reported', 18, 6],
  'hf-router': ['split', 24, 8],
  hyperbolic: ['split', 23, 8],
  llamacpp: ['split', 26, 8, 0],
  lmstudio: ['reported', 29, 6],
  ollama: ['split', 36, 12],
  'ollama-native': ['split', 17, 6],
  openai: ['reported', 128, 32, 0], // hidden: nothing of the thinking was seen
  openrouter: ['reported', 28, 6, 0],
  sglang: ['reported', 17, 8],
  tgi: ['split', 35, 11],
  together: ['split', 22, 7, 0],
  'together-gptoss': ['reported', 27, 7, 0],
  'together-v4': ['reported', 34, 11, 0],
  'transformers-serve': ['split', 18, 6],
  'transformers-serve-reasoning': ['split', 31, 10],
  vllm: ['split', 20, 7],
  'vllm-noparser': ['split', 29, 9],
  'vllm-old': ['split', 35, 12],
};

const counted = { reasoning: 30, answer: 10 };

for (const { provider, situation, expect } of recordings) {
  if (situation !== 'r1-normal' || !expect.usage) continue;
  test(`${provider}: the tokens of a normal answer, and where they come from`, () => {
    const [source, reasoningTokens, answerTokens, cached] = accounted[provider] ?? assert.fail('not in the table');
    const seen = { reasoningText: expect.reasoning, answerText: expect.answer, counted };
    assert.deepEqual(accountUsage({ reported: convertUsage(expect.usage ?? {}), ...seen }), {
      promptTokens: 14,
      ...(cached !== undefined && { cachedPromptTokens: cached }),
      reasoningTokens,
      answerTokens,
      source,
    });
    // The same answer where it sent no usage at all.
    const own = expect.reasoning === '' ? { ...counted, reasoning: 0 } : counted;
    assert.deepEqual(accountUsage({ reported: undefined, ...seen, counted: own }), {
      reasoningTokens: own.reasoning,
      answerTokens: 10,
      source: 'counted',
    });
  });
}

test('thinking that only the total holds is thinking', () => {
  const usage = convertUsage({ prompt_tokens: 5, completion_tokens: 6, total_tokens: 61 });
  assert.deepEqual(usage, { promptTokens: 5, outputTokens: 56, reasoningTokens: 50 });
  assert.deepEqual(accountUsage({ reported: usage, reasoningText: '', answerText: 'The sum is 4.' }), {
    promptTokens: 5,
    reasoningTokens: 50,
    answerTokens: 6,
    source: 'reported',
  });
});

test('thinking above the output is told apart by the total', () => {
  const told = (total: number) =>
    convertUsage({
      prompt_tokens: 14,
      completion_tokens: 28,
      total_tokens: total,
      completion_tokens_details: { reasoning_tokens: 29 },
    });
  assert.deepEqual(told(71), { promptTokens: 14, outputTokens: 57, reasoningTokens: 29 });
  // inside by the total, and yet more than it: no split at all
  assert.deepEqual(told(42), { promptTokens: 14, outputTokens: 28 });
});

test("a provider's own bill is read; with a key of one's own, what stands behind it is added", () => {
  assert.equal(convertUsage({ completion_tokens: 50, cost: 0.00123, is_byok: false }).cost, 0.00123);
  const byok = { cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } };
  assert.equal(convertUsage({ completion_tokens: 50, ...byok }).cost, 0.021);
  assert.equal(convertUsage({ completion_tokens: 50, cost: 'free' }).cost, undefined);
});

test('there is a recording of a normal answer, with its usage, of every provider in the table', () => {
  const told = recordings.filter(({ situation, expect }) => situation === 'r1-normal' && expect.usage);
  assert.deepEqual(told.map(({ provider }) => provider).sort(), Object.keys(accounted).sort());
});

test("a server's own times are told in ms, whatever it tells them in", () => {
  const ofLlamaCpp = { cache_n: 8, prompt_n: 1, prompt_ms: 0.387, predicted_n: 279, predicted_ms: 93.835 };
  assert.deepEqual(convertTimes(ofLlamaCpp), {
    promptMs: 0.387,
    readTokens: 1,
    writeMs: 93.835,
    writtenTokens: 279,
  });
  const ofOllama = {
    ...{ total_duration: 5_000_000_000, load_duration: 4_000_000_000, prompt_eval_count: 12, eval_count: 9 },
    ...{ prompt_eval_duration: 250_000_000, eval_duration: 750_123_456 },
  };
  assert.deepEqual(convertTimes(ofOllama), { loadMs: 4000, promptMs: 250, writeMs: 750.123, writtenTokens: 9 });
  for (const nothing of [
    { completion_tokens: 9 },
    { prompt_ms: -1 },
    { eval_duration: 'soon' },
    { predicted_ms: 1e30 },
  ])
    assert.equal(convertTimes(nothing), undefined);
});

test('counts are read under the names of each provider', () => {
  const split = { promptTokens: 5, outputTokens: 56, reasoningTokens: 50 };
  for (const raw of [
    { prompt_tokens: 5, completion_tokens: 6, total_tokens: 61, completion_tokens_details: null },
    { prompt_tokens: 5, completion_tokens: 6, completion_tokens_details: { reasoning_tokens: 50 } },
    { prompt_tokens: 5, completion_tokens: 56, total_tokens: 61, thinking_tokens: 50 },
    { input_tokens: 5, output_tokens: 56, output_tokens_details: { thinking_tokens: 50 } },
    { prompt_token_count: 5, candidates_token_count: 6, thoughts_token_count: 50, total_token_count: 61 },
    { promptTokenCount: 5, candidatesTokenCount: 6, thoughtsTokenCount: 50 },
  ])
    assert.deepEqual(convertUsage(raw), split, JSON.stringify(raw));
  assert.deepEqual(
    convertUsage({ input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 6 }),
    { promptTokens: 125, cachedPromptTokens: 100, outputTokens: 6 },
  );
  for (const count of [-1, 1.5, 1e300, Number.NaN, '-1', '1e3', '', null, true, {}])
    assert.deepEqual(convertUsage({ prompt_tokens: count, completion_tokens: count }), {});
});

test('a bill is read as a number, a string or a whole of parts', () => {
  const upstream = { is_byok: true, cost_details: { upstream_inference_cost: 0.002 } };
  for (const [raw, cost] of [
    [{ cost: '0.00123' }, 0.00123],
    [{ total_cost: 0.1 }, 0.1],
    [{ cost: { total_cost: 0.1 } }, 0.1],
    [{ cost: 0, ...upstream }, 0.002],
    [upstream, 0.002],
    [{ ...upstream, is_byok: false, cost: 0.001 }, 0.001],
    [{ cost: -1 }, undefined],
    [{ cost: Number.NaN }, undefined],
    [{ cost: 'free' }, undefined],
  ] as const)
    assert.equal(convertUsage(raw).cost, cost, JSON.stringify(raw));
});
