import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createId } from '../../lib/ids.ts';
import type { ProviderModels } from '../../lib/model.ts';
import type { ProviderDetail } from '../../lib/provider.ts';
import type { MessageState } from '../../lib/stream-part.ts';
import { type ApiClient, applyApiEvent } from '../fakes/api-client.ts';
import { liteLLM, refusalOf } from '../fakes/manners.ts';
import { chunk, createFakeProvider, doneStep, type FakeResponse, json } from '../fakes/provider.ts';
import { useRoutes } from '../fakes/routes.ts';

const loading = () => json(503, { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } });
const listed = (...ids: string[]) => json(200, { data: ids.map((id) => ({ id, owned_by: 'llamacpp' })) });
const progress = (processed: number) => ({
  event: {
    choices: [{ finish_reason: null, index: 0, delta: { role: 'assistant', content: null } }],
    prompt_progress: { total: 1_800, cache: 0, processed, time_ms: 1 },
  },
});

let models = loading;
let respond: () => FakeResponse = loading;
const server = await createFakeProvider({ models: () => models(), respond: () => respond() });
after(() => server.close());
const { newClient } = useRoutes({ CUSTOM_BASE_URL: server.baseURL });

const stateOf = async (client: ApiClient) => {
  const { providers } = await client.json<{ providers: ProviderModels[] }>('GET', '/api/models');
  return providers.find(({ provider }) => provider.id === 'custom')?.provider.status.state;
};
async function until(client: ApiClient, state: string): Promise<void> {
  while ((await stateOf(client)) !== state) await pause(50);
}
const ask = async (client: ApiClient, modelKey: string) => {
  const asked = await client.askNew({ providerId: 'custom', modelKey }, 'Are you there?');
  return (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
};
const answer = () => ({ steps: [chunk({ content: 'Here.' }), chunk({}, 'stop'), doneStep] });

test('a server that loads its model is asked all the same, and answers when it is there', {
  timeout: 60_000,
}, async () => {
  const client = newClient();
  assert.equal(await stateOf(client), 'loading');
  let left = 2;
  respond = () => (left-- > 0 ? loading() : answer());
  const state = await ask(client, 'tiny-r1');
  assert.equal(state?.finish?.outcome, 'complete');
  assert.ok(!state?.notices.some(({ code }) => code === 'retrying'));
  models = () => listed('tiny-r1');
  await until(client, 'ready');
});

test('a model that was made meanwhile is found when it is asked for', { timeout: 60_000 }, async () => {
  const client = newClient();
  respond = answer;
  models = () => listed('tiny-r1', 'just-made');
  assert.equal((await ask(client, 'just-made'))?.finish?.outcome, 'complete');
});

test('a slow list leaves what is known, and is waited for', { timeout: 60_000 }, async () => {
  const client = newClient();
  models = () => ({ lateHeaders: true, steps: [{ waitMs: 2_000 }, ...(listed('tiny-r1').steps as [])] });
  await client.request('POST', '/api/models/refresh');
  assert.equal((await ask(client, 'tiny-r1'))?.finish?.outcome, 'complete');
  await until(client, 'ready');
});

test('how much of the prompt is read is told while it is read', { timeout: 60_000 }, async () => {
  const client = newClient();
  respond = () => ({ steps: [progress(512), { gate: true }, ...answer().steps] });
  const asked = await client.askNew({ providerId: 'custom', modelKey: 'tiny-r1' }, 'Read this.');
  const messages = new Map<string, MessageState>();
  let read: unknown;
  for await (const event of client.events(asked.conversationId, asked.cursor)) {
    applyApiEvent(messages, event);
    const state = messages.get(asked.answerId);
    if (read === undefined && state?.progress) {
      read = [state.phase, state.progress];
      await server.releaseNext();
    }
  }
  assert.deepEqual(read, ['reading', { read: 512, total: 1_800 }]);
  assert.equal(messages.get(asked.answerId)?.progress, undefined);
});

test('a person’s server whose list is an error is not ready, and is back by itself', { timeout: 60_000 }, async () => {
  const client = newClient();
  let own: () => FakeResponse = () => refusalOf(liteLLM, 'noDatabase');
  const gate = await createFakeProvider({ models: () => own() });
  after(() => gate.close());
  const body = { id: createId(), label: 'Gate', baseURL: gate.baseURL, apiKey: 'sk-wrong-key-of-mine' };
  const { provider } = await client.json<{ provider: ProviderDetail }>('POST', '/api/providers', body);
  assert.equal(provider.status.state, 'locked');
  const stateNow = async () => {
    const { providers } = await client.json<{ providers: ProviderModels[] }>('GET', '/api/models');
    return providers.find((group) => group.provider.id === body.id)?.provider.status.state;
  };
  own = () => json(500, { error: { message: 'no' } });
  await client.json('GET', '/api/providers');
  while ((await stateNow()) !== 'unreachable') await pause(100);
  own = () => listed('m');
  while ((await stateNow()) !== 'ready') await pause(100);
});
