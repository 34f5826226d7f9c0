import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { createId } from '../../../lib/ids.ts';
import type { ProviderDetail } from '../../../lib/provider.ts';
import { createFakeProvider } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const inside = await createFakeProvider();
const operators = await createFakeProvider();
const closed = await createFakeProvider();
after(() => Promise.all([inside.close(), operators.close()]));
const token = 'a-token-of-24-characters';
const { newClient } = useRoutes({
  THINKGLASS_OPEN: '1',
  CUSTOM_BASE_URL: operators.baseURL,
  THINKGLASS_LOCAL_SERVERS: `closed=${closed.baseURL}`,
  THINKGLASS_METRICS_TOKEN: token,
});

test('on a server that others can reach, nobody adds an address behind it', async () => {
  const client = newClient();
  const bases = [
    inside.baseURL,
    inside.baseURL.replace('http:', 'https:'),
    'http://93.184.215.14/v1',
    'https://10.0.0.1/v1',
  ];
  for (const baseURL of bases) {
    const response = await client.request('POST', '/api/providers', { id: createId(), label: 'x', baseURL });
    assert.equal(response.status, 400, baseURL);
    assert.match(await response.text(), /others can reach this server/);
  }
  assert.equal(inside.requests.length, 0);
});

test("the operator's own server is trusted there as it was given, and where it is stays unsaid", async () => {
  const client = newClient();
  const { providers } = await client.json<{ providers: ProviderDetail[] }>('GET', '/api/providers');
  const custom = providers.find(({ id }) => id === 'custom');
  assert.equal(custom?.check?.reachable, true);
  assert.equal(custom?.baseURL, undefined);
  assert.ok(!JSON.stringify(providers).includes(operators.origin));
});

test("nothing that is told of an answer of the operator's server says where it is", async () => {
  const client = newClient();
  const model = { providerId: 'custom', modelKey: 'plain' };
  const hosts = [operators, closed].map(({ origin }) => new URL(origin).host);
  const texts: string[] = [];
  const read = async (method: string, path: string, body?: unknown) => {
    const response = await client.request(method, path, body);
    texts.push(await response.text());
    return response;
  };
  const asked = await client.askNew(model, 'Where do you run?');
  for await (const event of client.events(asked.conversationId, asked.cursor)) texts.push(JSON.stringify(event));
  const settings = { model, sampling: {} };
  assert.equal((await read('POST', '/api/prompts/preview', { settings, text: 'Where?' })).status, 200);
  // it is gone, and a second one was never there
  await closed.close();
  const failed = await client.askNew({ providerId: 'closed', modelKey: 'plain' }, 'Are you there?');
  for await (const event of client.events(failed.conversationId, failed.cursor)) texts.push(JSON.stringify(event));
  await read('POST', '/api/models/refresh');
  for (const { conversationId, answerId } of [asked, failed]) {
    for (const path of [`/api/generations/${answerId}`, `/api/generations/${answerId}/raw`]) await read('GET', path);
    await read('GET', `/api/conversations/${conversationId}`);
    for (const format of ['json', 'jsonl', 'md'])
      await read('GET', `/api/conversations/${conversationId}/export?format=${format}`);
  }
  for (const path of [
    '/api/models',
    '/api/providers',
    '/api/providers/custom',
    '/api/usage/export?format=jsonl&of=log',
  ]) {
    await read('GET', path);
  }
  for (const text of texts) for (const host of hosts) assert.ok(!text.includes(host), text.slice(0, 2000));
  const { request } = await client.generation(asked.answerId);
  assert.equal(request?.url, 'Custom server/v1/chat/completions');
});

test('health tells whoever runs it all, and others only whether it is well', async () => {
  const healthOf = async (headers: Record<string, string>) =>
    (await newClient().request('GET', '/api/health', undefined, headers)).json();
  assert.deepEqual(await healthOf({}), { status: 'ok' });
  assert.deepEqual(await healthOf({ authorization: 'Bearer another' }), { status: 'ok' });
  const told = (await healthOf({ authorization: `Bearer ${token}` })) as { status: string; version: string };
  assert.equal(told.status, 'ok');
  assert.equal(typeof told.version, 'string');
});

test('looking for models has its measure for each person', async () => {
  const client = newClient();
  const statuses: number[] = [];
  for (let i = 0; i < 31; i++) statuses.push((await client.request('POST', '/api/models/refresh')).status);
  assert.deepEqual(new Set(statuses.slice(0, 30)), new Set([200]));
  assert.equal(statuses.at(-1), 429);
  const refused = await client.request('GET', '/api/providers');
  assert.equal(refused.status, 429);
  assert.match(await refused.text(), /looked for very often/);
  assert.equal((await newClient().request('GET', '/api/providers')).status, 200);
});
