import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Sampling } from '../../../lib/model.ts';
import { convertPresetModels, describeModel, providerPresets } from '../../../lib/server/providers/presets.ts';
import { getProtocol } from '../../../lib/server/protocols/index.ts';
import { renderRequestBody, commonDialect } from '../../../lib/server/protocols/openai/index.ts';
import { chunk, createFakeProvider, doneStep } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const ids = ['plain-model', 'o4-mini', 'gpt-oss:20b', 'vendor/tiny@main'];
const provider = await createFakeProvider({
  models: ids.map((id) => ({ id, object: 'model' })),
  respond: () => ({ steps: [chunk({ content: 'Yes.' }), chunk({}, 'stop'), doneStep] }),
});
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => provider.close());

const sampling: Sampling = { temperature: 0.3, topP: 0.8, maxTokens: 77, seed: 5, stop: ['END'], effort: 'low' };

/** What this model was sent, but for what every request has; and what its row says. */
async function sentTo(modelKey: string, change: { sampling: Sampling; systemPrompt?: string }, client = newClient()) {
  const asked = await client.askNew({ providerId: 'custom', modelKey }, 'Well?', change);
  await client.follow(asked.conversationId, asked.cursor);
  const row = await client.generation(asked.answerId);
  const received = provider.requests.at(-1);
  assert.equal(row.request?.body, received?.body);
  const { model, stream: _, stream_options: __, ...body } = JSON.parse(received?.body ?? '{}');
  assert.equal(model, modelKey);
  return { body, row };
}

test('parameters are sent as they were set', async () => {
  const { body, row } = await sentTo('plain-model', { sampling, systemPrompt: 'Be brief.' });
  assert.deepEqual(body, {
    reasoning_effort: 'low',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Well?' },
    ],
    temperature: 0.3,
    top_p: 0.8,
    max_tokens: 77,
    seed: 5,
    stop: ['END'],
  });
  assert.deepEqual(row.sampling, sampling);
});

test('what a model refuses is not sent, and its row says only what was', async () => {
  const { body, row } = await sentTo('o4-mini', { sampling });
  assert.deepEqual(Object.keys(body).sort(), ['max_tokens', 'messages', 'reasoning_effort', 'seed']);
  assert.deepEqual(row.sampling, { maxTokens: 77, seed: 5, effort: 'low' });
});

test('an effort that a model has no word for is not sent', async () => {
  const { body } = await sentTo('gpt-oss:20b', { sampling: { effort: 'max' } });
  assert.deepEqual(Object.keys(body), ['messages']);
});

test('what a person says about a model’s parameters counts instead', async () => {
  const client = newClient();
  const override = { parameters: { refused: ['seed'], ignored: ['topP'], efforts: ['high'] } };
  await client.json('PUT', '/api/models/overrides', {
    overrides: [{ providerId: 'custom', modelKey: 'o4-mini', override }],
  });
  const { body } = await sentTo('o4-mini', { sampling }, client);
  assert.deepEqual(Object.keys(body).sort(), ['max_tokens', 'messages', 'stop', 'temperature']);
});

test('a route is sent to a router only, and has to be one word', async () => {
  const { body, row } = await sentTo('plain-model', { sampling: { route: 'novita' } });
  assert.deepEqual(Object.keys(body), ['messages']);
  assert.deepEqual(row.sampling, {});
  const settings = { model: { providerId: 'custom', modelKey: 'plain-model' }, sampling: { route: 'a:b' } };
  const refused = await newClient().request('POST', '/api/prompts/preview', { settings, text: 'Well?' });
  assert.equal(refused.status, 400);
});

test('a transformers server is sent what it takes', async () => {
  const { body } = await sentTo('vendor/tiny@main', { sampling });
  assert.deepEqual(Object.keys(body).sort(), ['max_tokens', 'messages', 'seed', 'stop', 'temperature', 'top_p']);
});

test('a budget for thinking is sent where there is one, in the words of its server', () => {
  const modelOf = (providerId: string, id: string) => {
    const preset = providerPresets.find((p) => p.id === providerId);
    return (preset ? convertPresetModels(preset) : []).find((m) => m.id === id) ?? assert.fail(id);
  };
  const bodyFor = (model: ReturnType<typeof modelOf>) =>
    renderRequestBody(
      { model, messages: [], sampling: { effort: 'low', thinkingBudget: 4096 } },
      commonDialect,
    ) as Record<string, unknown>;
  const fireworks = bodyFor(modelOf('fireworks', 'accounts/fireworks/models/deepseek-v4-pro'));
  assert.deepEqual(fireworks.thinking, { type: 'enabled', budget_tokens: 4096 });
  assert.equal(fireworks.reasoning_effort, undefined);
  const deepseek = bodyFor(modelOf('deepseek', 'deepseek-flash'));
  assert.deepEqual(deepseek.thinking, { type: 'enabled' });
  assert.equal(deepseek.reasoning_effort, 'low');
  const preset = providerPresets.find((p) => p.id === 'nvidia');
  const listed = { id: 'nvidia/nvidia-nemotron-nano-9b-v2' };
  const nim = bodyFor(describeModel(listed, { providerId: 'nvidia', protocol: getProtocol(undefined), preset }));
  assert.deepEqual(nim.nvext, { max_thinking_tokens: 4096 });
});
