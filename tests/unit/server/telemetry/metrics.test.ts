import assert from 'node:assert/strict';
import { test } from 'node:test';
import parsePrometheus from 'parse-prometheus-text-format';
import { createId } from '../../../../lib/ids.ts';
import type { GenerationFacts } from '../../../../lib/server/telemetry/generation-facts.ts';
import { Metrics } from '../../../../lib/server/telemetry/metrics.ts';

const facts: GenerationFacts = {
  id: 'g1',
  conversationId: 'c1',
  providerId: 'deepseek',
  modelId: 'deepseek-reasoner',
  operation: 'chat',
  recording: false,
  sampling: {},
  queuedAt: 1_790_000_000_000,
  times: { reasoningStart: 700, answerStart: 9000, end: 12_000 },
  usage: { promptTokens: 12, cachedPromptTokens: 4, reasoningTokens: 30, answerTokens: 5, source: 'reported' },
  finish: { outcome: 'complete', reason: 'stop', complete: true, cost: 0.25 },
};

interface Family {
  name: string;
  metrics: { value?: string; labels?: Record<string, string>; buckets?: Record<string, string> }[];
}

async function readFamily(metrics: Metrics, name: string): Promise<Family['metrics']> {
  const families = parsePrometheus((await metrics.render()).text) as Family[];
  return families.find((family) => family.name === name)?.metrics ?? [];
}

test('tokens are told by kind, model and where their count comes from; errors by kind; and how many run now', async () => {
  let running = 2;
  const metrics = new Metrics(() => running);
  metrics.ended(facts);
  metrics.ended({ ...facts, usage: { reasoningTokens: 7, answerTokens: 0, source: 'estimated' } });
  for (const errorKind of ['rate', 'rate', 'auth'] as const) {
    const { usage: _, ...rest } = facts;
    metrics.ended({ ...rest, times: {}, errorKind, finish: { outcome: 'failed', reason: 'error', complete: false } });
  }
  const labels = { provider: 'deepseek', model: 'deepseek-reasoner' };
  const tokens = await readFamily(metrics, 'thinkglass_tokens_total');
  const told = tokens.map(({ labels: { kind, source, ...rest } = {}, value }) => {
    assert.deepEqual(rest, labels);
    return [kind, source, value];
  });
  assert.deepEqual(told.sort(), [
    ['answer', 'estimated', '0'],
    ['answer', 'reported', '5'],
    ['cached_prompt', 'reported', '4'],
    ['prompt', 'reported', '12'],
    ['reasoning', 'estimated', '7'],
    ['reasoning', 'reported', '30'],
  ]);
  const errors = await readFamily(metrics, 'thinkglass_generation_errors_total');
  assert.deepEqual(
    errors.map(({ labels, value }) => [labels?.provider, labels?.kind, value]),
    [
      ['deepseek', 'rate', '2'],
      ['deepseek', 'auth', '1'],
    ],
  );
  const ended = await readFamily(metrics, 'thinkglass_generations_total');
  assert.deepEqual(
    ended.map(({ labels, value }) => [labels?.outcome, value]),
    [
      ['complete', '2'],
      ['failed', '3'],
    ],
  );
  // What never came to a token is in no histogram of it.
  const [first] = await readFamily(metrics, 'thinkglass_time_to_first_token_seconds');
  assert.deepEqual([first?.buckets?.['0.5'], first?.buckets?.['1'], first?.buckets?.['+Inf']], ['0', '2', '2']);
  const [duration] = await readFamily(metrics, 'thinkglass_generation_duration_seconds');
  assert.deepEqual([duration?.buckets?.['10'], duration?.buckets?.['20']], ['0', '2']);
  assert.equal((await readFamily(metrics, 'thinkglass_cost_usd_total'))[0]?.value, '0.5');

  assert.equal((await readFamily(metrics, 'thinkglass_generations_running'))[0]?.value, '2');
  running = 0;
  assert.equal((await readFamily(metrics, 'thinkglass_generations_running'))[0]?.value, '0');
});

test('models without end do not make lines without end', async () => {
  const metrics = new Metrics(() => 0);
  for (let i = 0; i < 600; i++) metrics.ended({ ...facts, modelId: `model-${i}` });
  const ended = await readFamily(metrics, 'thinkglass_generations_total');
  assert.equal(ended.length, 501);
  assert.equal(ended.find(({ labels }) => labels?.model === 'other')?.value, '100');
});

test('providers and models that people add themselves make no lines of their own', async () => {
  const metrics = new Metrics(() => 0);
  for (let i = 0; i < 50; i++) metrics.ended({ ...facts, providerId: createId(), modelId: `mine-${i}` });
  const lines = await readFamily(metrics, 'thinkglass_generations_total');
  assert.deepEqual(
    lines.map(({ labels, value }) => [labels?.provider, labels?.model, value]),
    [['own', 'own', '50']],
  );
});
