import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import parsePrometheus from 'parse-prometheus-text-format';
import type { Generation } from '../../../lib/conversation.ts';
import { getRuntime } from '../../../lib/server/runtime.ts';
import { useRoutes } from '../../fakes/routes.ts';

const token = 'a-token-of-24-characters';
const spans: { path: string; body: Buffer }[] = [];
const collector = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  spans.push({ path: request.url ?? '', body: Buffer.concat(chunks) });
  response.end();
});
after(() => collector.close());
collector.listen(0, '127.0.0.1');
await once(collector, 'listening');
const { newClient } = useRoutes({
  THINKGLASS_REPLAY_SPEED: '100000',
  THINKGLASS_METRICS_TOKEN: token,
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
});

interface Family {
  name: string;
  type: string;
  metrics: { value?: string; labels?: Record<string, string>; buckets?: Record<string, string> }[];
}

const client = newClient();
const model = { providerId: 'replay', modelKey: 'r1' };
const question = 'Solve √(x + 7) = x − 5.';

async function ask(settings = {}): Promise<Generation> {
  const asked = await client.askNew(model, question, settings);
  await client.follow(asked.conversationId, asked.cursor);
  return client.generation(asked.answerId);
}

async function readMetrics(): Promise<{ text: string; families: Map<string, Family> }> {
  const response = await client.request('GET', '/api/metrics', undefined, { authorization: `Bearer ${token}` });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  const families = parsePrometheus(text) as Family[];
  return { text, families: new Map(families.map((family) => [family.name, family])) };
}

test('what generations cost is told to whoever shows the token, as Prometheus reads it', async () => {
  const [first, second] = [await ask(), await ask({ sampling: { maxTokens: 10 } })];
  const { text, families } = await readMetrics();
  const only = (name: string, labels: Record<string, string> = {}) =>
    families
      .get(name)
      ?.metrics.filter((metric) => Object.entries(labels).every(([key, value]) => metric.labels?.[key] === value)) ??
    [];
  const sum = (name: string, labels: Record<string, string>) =>
    only(name, labels).reduce((total, { value }) => total + Number(value), 0);

  assert.equal(sum('thinkglass_generations_total', { provider: 'replay', model: 'r1', outcome: 'complete' }), 2);
  for (const [kind, field] of [
    ['reasoning', 'reasoningTokens'],
    ['answer', 'answerTokens'],
  ] as const) {
    const expected = (first.usage?.[field] ?? 0) + (second.usage?.[field] ?? 0);
    assert.equal(sum('thinkglass_tokens_total', { kind }), expected, kind);
  }
  assert.ok(sum('thinkglass_tokens_total', { kind: 'reasoning' }) > 0);
  assert.equal(only('thinkglass_generations_running')[0]?.value, '0');
  // The parser leaves a histogram's sum and count out where there are labels.
  const labels = '{provider="replay",model="r1"}';
  assert.ok(text.includes(`thinkglass_generation_duration_seconds_count${labels} 2\n`));
  const [, seconds] = /thinkglass_generation_duration_seconds_sum\{[^}]*\} (\S+)/.exec(text) ?? [];
  assert.ok(Math.abs(Number(seconds) - ((first.times.end ?? 0) + (second.times.end ?? 0)) / 1000) < 1e-6);
  assert.equal(only('thinkglass_time_to_first_token_seconds')[0]?.buckets?.['+Inf'], '2');
});

test('without the token, or with another, nothing is told', async () => {
  for (const authorization of [undefined, 'Bearer ', 'Bearer another-token-of-24-chars', token]) {
    const response = await client.request('GET', '/api/metrics', undefined, authorization ? { authorization } : {});
    assert.equal(response.status, 403);
    assert.doesNotMatch(await response.text(), /thinkglass_/);
  }
});

test('a span for each generation goes to the collector, with figures and without words', async () => {
  await ask();
  await (await getRuntime()).telemetry.close(); // sends what waits
  assert.ok(spans.length > 0);
  assert.ok(spans.every(({ path }) => path === '/v1/traces'));
  const sent = Buffer.concat(spans.map(({ body }) => body)).toString('latin1');
  for (const name of ['chat r1', 'gen_ai.request.model', 'gen_ai.usage.reasoning.output_tokens', 'service.name']) {
    assert.ok(sent.includes(name), name);
  }
  assert.ok(!sent.includes('Solve') && !sent.includes('boxed'));
});
