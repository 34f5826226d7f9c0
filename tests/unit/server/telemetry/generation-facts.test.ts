import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributesOf, firstTokenMs, type GenerationFacts } from '../../../../lib/server/telemetry/generation-facts.ts';
import { createGenerationLines } from '../../../../lib/server/telemetry/generation-lines.ts';

const facts: GenerationFacts = {
  id: 'g1',
  conversationId: 'c1',
  providerId: 'deepseek',
  host: 'api.deepseek.com',
  modelId: 'deepseek-reasoner',
  operation: 'chat',
  recording: false,
  sampling: { temperature: 0.6, maxTokens: 100 },
  queuedAt: 1_790_000_000_000,
  times: { firstByte: 200, reasoningStart: 210, reasoningEnd: 900, answerStart: 905, end: 1200 },
  usage: { promptTokens: 12, cachedPromptTokens: 4, reasoningTokens: 30, answerTokens: 5, source: 'reported' },
  finish: { outcome: 'complete', reason: 'stop', complete: true, answeredModel: 'deepseek-v4', cost: 0.25 },
};

test('a generation has the attributes that OpenTelemetry names, and only those that are known', () => {
  const attributes = attributesOf(facts);
  assert.equal(attributes['gen_ai.operation.name'], 'chat');
  assert.equal(attributes['gen_ai.request.model'], 'deepseek-reasoner');
  assert.equal(attributes['gen_ai.response.model'], 'deepseek-v4');
  assert.equal(attributes['gen_ai.usage.input_tokens'], 12);
  assert.equal(attributes['gen_ai.usage.cache_read.input_tokens'], 4);
  assert.equal(attributes['gen_ai.usage.output_tokens'], 35, 'thinking is part of the output');
  assert.equal(attributes['gen_ai.usage.reasoning.output_tokens'], 30);
  assert.deepEqual(attributes['gen_ai.response.finish_reasons'], ['stop']);
  assert.ok(!('error.type' in attributes) && !('gen_ai.request.seed' in attributes));
});

test('the first token is the first of thinking or answer', () => {
  assert.equal(firstTokenMs(facts.times), 210);
  assert.equal(firstTokenMs({ answerStart: 7 }), 7);
  assert.equal(firstTokenMs({ firstByte: 1 }), undefined);
});

test('a generation that ended is one line of JSON; a failed one is an error', () => {
  const lines: string[] = [];
  const log = createGenerationLines({ write: (line: string) => void lines.push(line) });
  log.ended(facts);
  log.ended({ ...facts, finish: { ...facts.finish, outcome: 'failed', reason: 'error' }, errorKind: 'rate' });
  assert.equal(lines.length, 2);
  const [fine, failed] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(fine?.['level'], 30);
  assert.equal(fine?.['gen_ai.usage.output_tokens'], 35);
  assert.equal(failed?.['level'], 50);
  assert.equal(failed?.['error.type'], 'rate');
  assert.ok(lines.every((line) => line.endsWith('\n') && line.indexOf('\n') === line.length - 1));
});
