import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { errorSentence } from '../../lib/sentences.ts';
import { createUpstreamFetch, type FetchLike } from '../../lib/server/calls/upstream-fetch.ts';
import { createRegistry, type Registry, type RegistryOptions } from '../../lib/server/providers/registry.ts';
import { chunk, createFakeProvider, type FakeProvider, type FakeResponse, json } from '../fakes/provider.ts';
import { ask, generousLimits, partsOf } from '../integration/protocols/ask.ts';

// As llama-server (0.6.0-dev, October 2026) says it.
const loading = () => json(503, { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } });
const locked = () => json(401, { error: { message: 'Invalid API Key', type: 'authentication_error', code: 401 } });
const listed = () =>
  json(200, {
    object: 'list',
    data: [{ id: 'tiny-r1.gguf', owned_by: 'llamacpp', meta: { n_ctx: 288, n_params: 607_104, ftype: 'all F32' } }],
  });

let fake: FakeProvider;
let models: () => FakeResponse | Promise<FakeResponse>;
let respond: () => FakeResponse;
let elsewhere: (path: string) => FakeResponse | undefined;
const open: Registry[] = [];
before(async () => {
  fake = await createFakeProvider({
    models: () => models() as FakeResponse,
    respond: () => respond(),
    elsewhere: ({ path }) => elsewhere(path),
  });
});
beforeEach(() => {
  models = listed;
  respond = () => ({ steps: [chunk({ content: 'hi' }), chunk({}, 'stop')] });
  elsewhere = () => undefined;
});
after(async () => {
  for (const registry of open) registry.close();
  await fake.close();
});

const upstream = createUpstreamFetch({ connectMs: generousLimits.connectMs });
/** Everybody's usual ports, with the fake at one of them. */
const fetchAt =
  (port: string): FetchLike =>
  (input, init) => {
    const url = new URL(String(input));
    if (url.port !== port) return Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }));
    return upstream(`${fake.origin}${url.pathname}`, init);
  };
function registryOf(options: Partial<RegistryOptions>): Registry {
  const registry = createRegistry({ keys: {}, custom: [], localServers: [], limits: generousLimits, ...options });
  open.push(registry);
  return registry;
}
const usual = (port = '8080') => registryOf({ localServers: undefined as never, fetch: fetchAt(port) });
const custom = () => registryOf({ custom: [{ id: 'mine', label: 'My server', baseURL: fake.baseURL }] });
const statusOf = (registry: Registry, id: string) => registry.findProvider(id)?.provider.status;
const stateOf = (registry: Registry, id: string) => statusOf(registry, id)?.state;
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(20);
}
async function seen(registry: Registry, id: string, state = 'ready'): Promise<void> {
  await registry.discover();
  await until(() => stateOf(registry, id) === state);
}
const slow = (ms: number, response: () => FakeResponse): FakeResponse => {
  const { steps = [], ...rest } = response();
  return { ...rest, lateHeaders: true, steps: [{ waitMs: ms }, ...(steps as Iterable<never>)] };
};

describe('a server that is found', { timeout: 60_000 }, () => {
  test('while it loads its model is shown as loading, and by itself as ready when it is', async () => {
    models = loading;
    const registry = usual();
    await seen(registry, 'llamacpp-8080', 'loading');
    assert.equal(registry.findProvider('llamacpp-8080')?.provider.label, 'llama.cpp (port 8080)');
    registry.watch();
    models = listed;
    await until(() => stateOf(registry, 'llamacpp-8080') === 'ready');
    assert.equal(registry.findProvider('llamacpp-8080')?.models[0]?.id, 'tiny-r1.gguf');
  });

  test('and wants a key is shown, with what it wants', async () => {
    models = locked;
    const registry = usual();
    await registry.discover();
    await until(() => stateOf(registry, 'llamacpp-8080') !== undefined);
    const status = statusOf(registry, 'llamacpp-8080');
    assert.equal(status?.state, 'locked');
    assert.match(status && 'since' in status ? errorSentence(status.reason) : '', /wants an API key/);
  });

  for (const [name, response] of [
    [
      'a page for people',
      () => ({ status: 401, headers: { 'content-type': 'text/html' }, steps: [{ write: '<html>' }] }),
    ],
    ['a web server that wants a login', () => json(401, { status: 401, error: 'Unauthorized', path: '/v1/models' })],
    ['a web server that is down', () => json(503, { message: 'Service Unavailable' })],
  ] as [string, () => FakeResponse][]) {
    test(`is no server of models when it is ${name}`, async () => {
      models = response;
      const registry = usual();
      await registry.discover();
      assert.deepEqual(
        registry.list().filter(({ provider }) => provider.kind === 'local'),
        [],
      );
    });
  }

  test('that has put its model away is asleep, and can be asked', async () => {
    elsewhere = (path) => (path === '/props' ? json(200, { is_sleeping: true }) : undefined);
    const registry = usual();
    await seen(registry, 'llamacpp-8080', 'asleep');
    const { adapter, model } =
      registry.findModel({ providerId: 'llamacpp-8080', modelKey: 'tiny-r1.gguf' }) ?? assert.fail();
    elsewhere = () => undefined;
    await ask(adapter, { model });
    await until(() => stateOf(registry, 'llamacpp-8080') === 'ready');
  });
});

describe('a server whose list is slow', { timeout: 60_000 }, () => {
  test('is listened to all the same, and is there when it has answered', async () => {
    models = () => slow(1_900, listed);
    const registry = custom();
    await seen(registry, 'mine', 'unreachable');
    await until(() => stateOf(registry, 'mine') === 'ready');
    assert.equal(registry.findProvider('mine')?.models.length, 1);
  });

  test('keeps the models it had when a later list is slow, or does not come', async () => {
    const registry = registryOf({ localServers: [{ id: 'box', label: 'Box', baseURL: fake.baseURL }] });
    await seen(registry, 'box');
    models = () => ({ lateHeaders: true, steps: [{ hang: true }] });
    await seen(registry, 'box', 'unreachable');
    assert.ok(registry.findModel({ providerId: 'box', modelKey: 'tiny-r1.gguf' }));
  });

  test('is looked at at once for a model that is missing', async () => {
    models = () => json(200, { data: [] });
    const registry = custom();
    await seen(registry, 'mine');
    models = listed;
    await registry.lookFor('mine', 30_000);
    assert.ok(registry.findModel({ providerId: 'mine', modelKey: 'tiny-r1.gguf' }));
  });
});

describe('a server that goes', { timeout: 60_000 }, () => {
  test('and comes back is back by itself, with the time since when it was away', async () => {
    const registry = custom();
    await seen(registry, 'mine');
    models = () => json(500, {});
    await seen(registry, 'mine', 'unreachable');
    const first = statusOf(registry, 'mine');
    await registry.discover();
    const second = statusOf(registry, 'mine');
    assert.ok(first && second && 'since' in first && 'since' in second);
    assert.equal(second.since, first.since);
    registry.watch();
    models = listed;
    await until(() => stateOf(registry, 'mine') === 'ready');
  });

  test('while it loads is waited for by a question, which is told of it once and of no failure', async () => {
    const registry = custom();
    await seen(registry, 'mine');
    let left = 3;
    respond = () => (left-- > 0 ? loading() : { steps: [chunk({ content: 'awake' }), chunk({}, 'stop')] });
    const { adapter, model } = registry.findModel({ providerId: 'mine', modelKey: 'tiny-r1.gguf' }) ?? assert.fail();
    const { parts, content } = await ask(adapter, { model });
    assert.equal(content, 'awake');
    assert.deepEqual(partsOf(parts, 'waiting'), [{ type: 'waiting', reason: 'loading' }]);
    assert.deepEqual(partsOf(parts, 'retry'), []);
  });

  test('is seen to be gone by a question that found its model missing', async () => {
    const registry = custom();
    await seen(registry, 'mine');
    const { adapter, model } = registry.findModel({ providerId: 'mine', modelKey: 'tiny-r1.gguf' }) ?? assert.fail();
    respond = () => json(404, { error: { message: "model 'tiny-r1.gguf' not found" } });
    models = () => json(200, { data: [{ id: 'another' }] });
    await ask(adapter, { model });
    await until(() => registry.findModel({ providerId: 'mine', modelKey: 'tiny-r1.gguf' }) === undefined);
  });

  test('is ready as soon as anybody’s look at it succeeds', async () => {
    models = loading;
    const registry = custom();
    await seen(registry, 'mine', 'loading');
    registry.take('mine', { models: [{ id: 'now' }], latencyMs: 1 });
    await until(() => stateOf(registry, 'mine') === 'ready');
    assert.ok(registry.findModel({ providerId: 'mine', modelKey: 'now' }));
  });
});

test('dials are sent to a server that understands them, and to no other', { timeout: 60_000 }, async () => {
  const sampling = { topK: 20, minP: 0.05, repeatPenalty: 1.1, numCtx: 8192 };
  const sentBy = async (registry: Registry) => {
    const { adapter, model } = registry.findModel({ providerId: 'mine', modelKey: 'tiny-r1.gguf' }) ?? assert.fail();
    await ask(adapter, { model, sampling });
    return JSON.parse(fake.requests.at(-1)?.body ?? '{}') as Record<string, unknown>;
  };
  const registry = custom();
  await seen(registry, 'mine');
  const body = await sentBy(registry);
  assert.deepEqual([body.top_k, body.min_p, body.repeat_penalty, body.num_ctx], [20, 0.05, 1.1, undefined]);
  models = () => json(200, { data: [{ id: 'tiny-r1.gguf' }] });
  await registry.lookFor('mine', 30_000);
  assert.ok(!('top_k' in (await sentBy(registry))));
});
