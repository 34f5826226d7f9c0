import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createId } from '../../lib/ids.ts';
import { providerKeyVariables } from '../../lib/server/config.ts';
import { ApiClient, type Asked } from '../fakes/api-client.ts';
import { chunk, createFakeProvider, doneStep, type FakeProvider, type FakeRequest, json } from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

const staticFolder = path.resolve(import.meta.dirname, '../../.next/static');

/** A key that nothing else holds, of the shape that providers give out. */
const plant = (name: string) => `sk-${name.toLowerCase().replaceAll('_', '-')}-c0ffee5e4ce7${name.length}canary`;

const hosted = Object.fromEntries(providerKeyVariables.map((name) => [name, plant(name)]));
const customKey = plant('custom');
const ownKey = plant('own');
const replacedKey = plant('replaced');
const serverSecret = `${plant('server')}-long-enough-for-cookies`;
const planted = [...Object.values(hosted), customKey, ownKey, replacedKey, serverSecret];
/** How a secret may look: as it is, its larger part, and in the codes that things are put into. */
const faces = planted.flatMap((secret) => [
  secret,
  secret.slice(0, 20),
  secret.slice(-20),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
]);

/** What each model of the fake says about the key it was sent. */
const models = ['good', 'echo-401', 'echo-500', 'echo-event', 'echo-first-event', 'echo-name', 'echo-finish'];

/** No name resolves but this machine's own: whoever runs this may be online, and the hosted providers are real. */
const noNames = `
  import dns from 'node:dns';
  import { syncBuiltinESMExports } from 'node:module';
  const gone = (name) => Object.assign(new Error('getaddrinfo ENOTFOUND ' + name), { code: 'ENOTFOUND', syscall: 'getaddrinfo' });
  const own = (name) => name === 'localhost' || /^[0-9.:]+$/.test(name);
  const { lookup } = dns;
  const { lookup: promised } = dns.promises;
  dns.lookup = (name, ...rest) => (own(name) ? lookup(name, ...rest) : setImmediate(rest.at(-1), gone(name)));
  dns.promises.lookup = async (name, ...rest) => { if (!own(name)) throw gone(name); return promised(name, ...rest); };
  syncBuiltinESMExports();
`;

function keyOf({ headers }: Pick<FakeRequest, 'headers'>): string {
  return String(headers.authorization ?? '').replace(/^Bearer /, '');
}

function respond(request: FakeRequest) {
  const key = keyOf(request);
  const words = `Incorrect API key provided: ${key}. You sent "Authorization: Bearer ${key}" (${key.slice(0, 24)}…, ends in ${key.slice(-8)}).`;
  const error = { message: words, type: key, param: key, code: key };
  const event = (value: unknown) => ({ event: value });
  switch (request.json.model) {
    case 'good':
      return { steps: [chunk({ reasoning_content: 'Hm.' }), chunk({ content: 'Fine.' }), chunk({}, 'stop'), doneStep] };
    case 'echo-401':
      return json(401, { error });
    case 'echo-500':
      return { status: 500, headers: { 'content-type': 'text/plain', 'x-key': key }, steps: [{ write: words }] };
    case 'echo-event':
      return { steps: [chunk({ content: 'Until here.' }), event({ error })] };
    case 'echo-first-event':
      return { steps: [event({ error }), doneStep] };
    case 'echo-name':
      return { steps: [chunk({ content: 'Who am I?' }, null, key), chunk({}, 'stop', key), doneStep] };
    case 'echo-finish':
      return { steps: [chunk({ content: 'Why did I stop?' }), chunk({}, key), doneStep] };
    default:
      return undefined;
  }
}

describe('keys that are used stay on the server', () => {
  let fake: FakeProvider;
  let strict: FakeProvider;
  let app: AppServer;
  let client: ApiClient;
  const asked: { model: string; key: string; ids: Asked }[] = [];
  /** Everything the app has answered, headers too, by what was asked. */
  const said = new Map<string, string>();

  /** One answer of the app, in full. */
  async function get(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await client.request(method, path, body, headers);
    const text = await response.text();
    const head = [...response.headers].map((pair) => pair.join(': ')).join('\n');
    said.set(`${method} ${path} ${JSON.stringify(headers)} ${said.size}`, `${head}\n\n${text}`);
    return { status: response.status, text };
  }

  async function ask(providerId: string, model: string, key: string): Promise<void> {
    const ids = await client.askNew({ providerId, modelKey: model }, `Do you know a secret, ${model}?`);
    const { text } = await get('GET', `/api/conversations/${ids.conversationId}/events`);
    assert.match(text, /event: end/);
    asked.push({ model, key, ids });
  }

  before(async () => {
    fake = await createFakeProvider({ respond, models: models.map((id) => ({ id, object: 'model' })) });
    strict = await createFakeProvider({
      models: (request) => json(401, { error: { message: `The key ${keyOf({ headers: request.headers })} is wrong` } }),
    });
    app = await startApp({
      env: {
        ...hosted,
        CUSTOM_BASE_URL: fake.baseURL,
        CUSTOM_API_KEY: customKey,
        THINKGLASS_SECRET: serverSecret,
        NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(noNames)}`,
      },
    });
    client = new ApiClient(app.url);
    await get('GET', '/');

    const own = { id: createId(), label: 'My own', baseURL: fake.baseURL };
    await get('POST', '/api/providers', { ...own, apiKey: replacedKey });
    await get('PATCH', `/api/providers/${own.id}`, { apiKey: ownKey });
    const refused = { id: createId(), label: 'Refuses', baseURL: strict.baseURL };
    await get('POST', '/api/providers', { ...refused, apiKey: ownKey });

    const hostedModel = await findHostedModel();
    await Promise.all([
      ...models.flatMap((model) => [ask('custom', model, customKey), ask(own.id, model, ownKey)]),
      ask(hostedModel.providerId, hostedModel.key, ''),
      get('POST', `/api/providers/${own.id}/test`, { modelKey: 'echo-401' }),
      get('POST', '/api/providers/custom/test', { modelKey: 'echo-500' }),
      get('POST', `/api/providers/${refused.id}/test`, {}),
      get('POST', `/api/providers/${hostedModel.providerId}/test`, {}),
    ]);

    for (const path of [
      '/api/models',
      '/api/providers',
      '/api/models/overrides',
      '/api/conversations',
      '/api/health',
    ]) {
      await get('GET', path);
    }
    await get('POST', '/api/models/refresh');
    for (const { ids, model } of asked) {
      await get('GET', `/api/conversations/${ids.conversationId}`);
      await get('GET', `/api/generations/${ids.answerId}`);
      await get('GET', `/c/${ids.conversationId}`);
      await get('POST', '/api/prompts/preview', {
        settings: { model: { providerId: 'custom', modelKey: model }, sampling: {} },
        text: 'What would be sent?',
      });
    }
    for (const path of ['/', '/settings', '/nothing-here', `/c/${createId()}`]) {
      await get('GET', path);
      await get('GET', path, undefined, { rsc: '1' });
    }
    // What cannot be understood is not repeated.
    await get('POST', '/api/providers', { id: 7, label: ownKey, baseURL: ownKey, apiKey: { key: ownKey } });
    await get('PATCH', `/api/providers/${own.id}`, { apiKey: `${ownKey} with a space`, baseURL: 'http://[' });
  });
  after(async () => {
    await app?.stop();
    await fake?.close();
    await strict?.close();
  });

  async function findHostedModel(): Promise<{ providerId: string; key: string }> {
    const { text } = await get('GET', '/api/models');
    const { providers } = JSON.parse(text) as {
      providers: { provider: { id: string; kind: string; status: { state: string } }; models: { key: string }[] }[];
    };
    const ready = providers.find(({ provider }) => provider.kind === 'hosted' && provider.status.state === 'ready');
    const key = ready?.models[0]?.key;
    assert.ok(ready && key, 'a hosted provider with a key offers its models');
    return { providerId: ready.provider.id, key };
  }

  test('the keys were really sent, and really told back', async () => {
    const sent = new Set(fake.requests.map(keyOf));
    sent.delete(''); // a list is asked for without the key too, to learn whether the key is what opened it
    assert.deepEqual([...sent].sort(), [customKey, ownKey, replacedKey].sort());
    assert.ok(fake.requests.every((request) => keyOf(request) !== '' || request.path.endsWith('/models')));
    assert.ok(strict.requests.some((request) => keyOf(request) === ownKey));
    for (const { model, ids } of asked.filter((one) => one.model.startsWith('echo'))) {
      const { error, finish } = await client.generation(ids.answerId);
      const heard = JSON.stringify([error?.detail, finish?.rawReason, finish?.answeredModel]);
      assert.match(heard, /\[key\]/, `${model}: ${heard}`);
    }
  });

  test('no answer of the server holds a key: API, event streams, pages, headers', () => {
    assert.ok(said.size > 80, String(said.size));
    for (const [what, text] of said) expectNoSecret(text, what);
  });

  test('no served script, style sheet or other file holds a key, and no map holds sources', async () => {
    const files = readdirSync(staticFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(staticFolder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
    const onDisk = new Set(files.map((file) => `/_next/static/${file}`));
    const pages = [...said.values()].join('\n');
    const named = new Set(Array.from(pages.matchAll(/\/_next\/static\/[\w./~@-]+\.(?:js|css|woff2)/g), ([url]) => url));
    assert.ok(named.size > 5, 'the pages name their files');
    for (const url of new Set([...onDisk, ...named])) {
      const response = await fetch(`${app.url}${url}`);
      assert.equal(response.status, 200, url);
      const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
      expectNoSecret(text, url);
      // The bundler leaves one map, of nothing.
      if (url.endsWith('.map')) assert.deepEqual(JSON.parse(text), { version: 3, sources: [], sections: [] }, url);
    }
  });

  test('the server prints no key', () => {
    expectNoSecret(app.output(), 'the output');
  });

  test('no file in the data folder holds a key', () => {
    const files = readdirSync(app.dataFolder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
    assert.ok(files.some(({ name }) => name === 'thinkglass.db'));
    for (const { parentPath, name } of files) {
      expectNoSecret(readFileSync(path.join(parentPath, name), 'latin1'), name);
    }
  });
});

function expectNoSecret(text: string, where: string): void {
  const found = faces.find((face) => text.includes(face));
  if (found === undefined) return;
  const at = text.indexOf(found);
  assert.fail(`${where} holds "${found}": …${text.slice(Math.max(0, at - 100), at + 100)}…`);
}
