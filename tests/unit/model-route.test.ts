import assert from 'node:assert/strict';
import test from 'node:test';
import type { ModelInfo } from '../../lib/model.ts';
import { onRoute, priceWords, routeWords } from '../../lib/model-route.ts';
import { costOf, type Usage } from '../../lib/usage.ts';

const day = '2026-11-22';
const model: ModelInfo = {
  key: 'm',
  id: 'm',
  providerId: 'router',
  label: 'M',
  reasoning: { transport: 'field', startsInReasoning: 'auto' },
  history: 'strip',
  promptTemplate: 'chat',
  advice: { systemPrompt: 'ok' },
  limits: { contextTokens: 163_840 },
  price: { input: 0.5, output: 2, upTo: { input: 3, output: 7 }, asOf: day, note: 'by provider' },
  routes: [
    { id: 'cheapest', label: 'Cheapest', isPolicy: true },
    { id: 'together', label: 'together', price: { input: 3, output: 7, asOf: day }, contextTokens: 32_768 },
    { id: 'nscale', label: 'nscale' },
  ],
  requestExtras: {},
  recording: false,
};
const usage: Usage = { promptTokens: 1_000_000, reasoningTokens: 600_000, answerTokens: 400_000, source: 'reported' };
const costOn = (route: string | undefined) => costOf(usage, onRoute(model, route).price);

test('an answer costs what its provider asks, and nothing is reckoned while the router chooses', () => {
  assert.equal(costOn('together'), 10);
  assert.equal(onRoute(model, 'together').limits.contextTokens, 32_768);
  for (const route of [undefined, 'cheapest', 'nscale', 'unheard-of']) assert.equal(costOn(route), undefined, route);
});

test('a model without routes is the same on any', () => {
  const { routes: _, ...plain } = model;
  assert.equal(onRoute(plain, 'together'), plain);
});

test('a price that depends is told as a range', () => {
  assert.equal(priceWords({ input: 1, output: 2, upTo: { input: 1, output: 7 }, asOf: day }), '$1 in, $2–7 out');
  assert.deepEqual(model.routes?.map(routeWords), ['Cheapest', 'together: $3 in, $7 out', 'nscale']);
});
