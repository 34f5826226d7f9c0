import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createId } from '../../lib/ids.ts';
import type { ModelInfo, ProviderModels } from '../../lib/model.ts';
import type { MemoryChange } from '../../lib/provider.ts';
import type { ApiClient } from '../fakes/api-client.ts';
import { createFakeOllama, plainModel } from '../fakes/ollama.ts';
import { createFakeProvider, json } from '../fakes/provider.ts';
import { useRoutes } from '../fakes/routes.ts';

const ollama = await createFakeOllama();

// A router of llama.cpp (0.6.0-dev, October 2026): its list, and the two calls that it takes.
const states = new Map([
  ['tiny-r1', 'unloaded'],
  ['tiny-zero', 'loaded'],
]);
const router = await createFakeProvider({
  models: () =>
    json(200, {
      data: [...states].map(([id, value]) => ({
        id,
        owned_by: 'llamacpp',
        status: { value, args: [] },
        source: 'models_dir',
      })),
    }),
  elsewhere: ({ path, body }) => {
    const what = /^\/models\/(load|unload)$/.exec(path)?.[1];
    if (!what) return undefined;
    const { model } = JSON.parse(body) as { model: string };
    if (!states.has(model)) return json(404, { error: { message: 'model not found', type: 'invalid_request_error' } });
    states.set(model, what === 'load' ? 'loaded' : 'unloaded');
    return json(200, { success: true });
  },
});
after(() => Promise.all([ollama.close(), router.close()]));
const { newClient } = useRoutes({
  THINKGLASS_LOCAL_SERVERS: `ollama=${ollama.origin}/v1,box=${router.baseURL}`,
});

const groupOf = async (client: ApiClient, id: string) => {
  const { providers } = await client.json<{ providers: ProviderModels[] }>('GET', '/api/models');
  return providers.find(({ provider }) => provider.id === id) ?? assert.fail(id);
};
const memoryOf = async (client: ApiClient, id: string, key: string) =>
  (await groupOf(client, id)).models.find((model) => model.key === key)?.memory?.state;
const setLoaded = (client: ApiClient, id: string, modelKey: string, loaded: boolean) =>
  client.json<MemoryChange>('POST', `/api/providers/${id}/memory`, { modelKey, loaded });

test('what an Ollama has in memory is told, and loaded and put away at a word', async () => {
  const client = newClient();
  assert.equal(await memoryOf(client, 'ollama', 'deepseek-r1:8b'), 'unloaded');
  assert.deepEqual(await setLoaded(client, 'ollama', 'deepseek-r1:8b', true), { ok: true });
  assert.equal(await memoryOf(client, 'ollama', 'deepseek-r1:8b'), 'loaded');
  assert.ok(ollama.loaded.has('deepseek-r1:8b'));
  assert.deepEqual(await setLoaded(client, 'ollama', 'deepseek-r1:8b', false), { ok: true });
  assert.equal(await memoryOf(client, 'ollama', 'deepseek-r1:8b'), 'unloaded');
  assert.equal(ollama.loaded.size, 0);
});

test('a router of llama.cpp the same, and what it refuses is told', async () => {
  const client = newClient();
  assert.equal(await memoryOf(client, 'box', 'tiny-r1'), 'unloaded');
  assert.equal(await memoryOf(client, 'box', 'tiny-zero'), 'loaded');
  assert.deepEqual(await setLoaded(client, 'box', 'tiny-r1', true), { ok: true });
  assert.equal(await memoryOf(client, 'box', 'tiny-r1'), 'loaded');
  states.delete('tiny-zero');
  const refused = await setLoaded(client, 'box', 'tiny-zero', false);
  assert.equal(!refused.ok && refused.error.kind, 'model');
  assert.equal(await memoryOf(client, 'box', 'tiny-zero'), undefined);
});

test('a model that was made is there at the next look, and one without a tag means the latest', {
  timeout: 30_000,
}, async () => {
  const client = newClient();
  ollama.models.set('just-made:latest', plainModel);
  while (!(await groupOf(client, 'ollama')).models.some(({ id }) => id === 'just-made:latest')) await pause(50);
  const asked = await client.askNew({ providerId: 'ollama', modelKey: 'just-made' }, 'Are you new?');
  const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  assert.equal(state?.finish?.outcome, 'complete');
  assert.ok(!state?.notices.some(({ code }) => code === 'model-differs'));
  const overrides = [{ providerId: 'ollama', modelKey: 'deepseek-r1', override: { added: true } }];
  ollama.models.set('deepseek-r1:latest', { capabilities: ['completion', 'thinking'] });
  while (!(await groupOf(client, 'ollama')).models.some(({ id }) => id === 'deepseek-r1:latest')) await pause(50);
  await client.json('PUT', '/api/models/overrides', { overrides });
  const added = (await groupOf(client, 'ollama')).models.find(({ key }) => key === 'deepseek-r1') as ModelInfo;
  assert.deepEqual(added.parameters?.efforts, ['off', 'on']);
});

test('a server that cannot be told is not, and one that is not there is not found', async () => {
  const client = newClient();
  const model = { modelKey: 'r1', loaded: true };
  assert.equal((await client.request('POST', '/api/providers/replay/memory', model)).status, 400);
  assert.equal((await client.request('POST', `/api/providers/${createId()}/memory`, model)).status, 404);
});
