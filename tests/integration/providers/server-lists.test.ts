import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ModelInfo, ProviderAdapter, Sampling } from '../../../lib/model.ts';
import { createOwnEntry } from '../../../lib/server/providers/own-server.ts';
import { listModels } from '../../../lib/server/providers/list-models.ts';
import { parseModelList } from '../../../lib/server/protocols/openai/models.ts';
import { createRegistry, type RegistryOptions } from '../../../lib/server/providers/registry.ts';
import { createUpstreamFetch, type FetchLike } from '../../../lib/server/calls/upstream-fetch.ts';
import { chunk, createFakeProvider, type FakeProvider, type FakeResponse, json } from '../../fakes/provider.ts';
import { ask, generousLimits, testKey } from '../protocols/ask.ts';

const r1 = 'deepseek-ai/DeepSeek-R1-0528';
const routed = (providers: unknown[]) => ({ object: 'list', data: [{ id: r1, object: 'model', providers }] });
const live = (provider: string, input: number, output: number, context_length = 163_840) => ({
  provider,
  status: 'live',
  context_length,
  pricing: { input, output },
  supports_tools: true,
});

let fake: FakeProvider;
let models: (path: string) => FakeResponse;
let elsewhere: (path: string) => FakeResponse | undefined;
before(async () => {
  fake = await createFakeProvider({
    models: ({ path }) => models(path),
    elsewhere: ({ path }) => elsewhere(path),
    respond: () => ({ steps: [chunk({ content: 'hi' }), chunk({}, 'stop')] }),
  });
});
beforeEach(() => {
  models = () => json(404, { error: 'not found' });
  elsewhere = () => undefined;
});
after(() => fake.close());

const upstream = createUpstreamFetch({ connectMs: generousLimits.connectMs });
/** Real sockets, to the fake: whatever host is named, it answers; on this machine only at `localPort`. */
const fetchAt =
  (localPort: string): FetchLike =>
  (input, init) => {
    const url = new URL(String(input));
    const isHere = url.hostname === '127.0.0.1';
    if (isHere && url.port !== localPort && url.origin !== fake.origin)
      return Promise.reject(new Error('nobody there'));
    return upstream(`${fake.origin}${url.pathname}`, init);
  };
const registryOf = (options: Partial<RegistryOptions> = {}) =>
  createRegistry({
    keys: { HF_TOKEN: testKey, OPENROUTER_API_KEY: testKey },
    custom: [],
    localServers: [],
    limits: generousLimits,
    fetch: fetchAt('none'),
    ...options,
  });
const findIn = (registry: ReturnType<typeof registryOf>, providerId: string, modelKey: string) =>
  registry.findModel({ providerId, modelKey }) ?? assert.fail(`${modelKey} is not there`);
const bodySent = () => JSON.parse(fake.requests.at(-1)?.body ?? '{}') as Record<string, unknown>;
const policies = ['fastest', 'cheapest', 'preferred'];

describe('the Hugging Face router', () => {
  test('gives the price of each provider, and of all a range', async () => {
    models = () =>
      json(
        200,
        routed([live('novita', 0.7, 2.5), live('together', 3, 7, 32_768), { ...live('dead', 0, 0), status: 'error' }]),
      );
    const registry = registryOf();
    await registry.discover();
    const { model } = findIn(registry, 'huggingface', r1);
    assert.match(model.price?.asOf ?? '', /^\d{4}-\d\d-\d\d$/);
    const { asOf: _, ...price } = model.price ?? assert.fail('no price');
    assert.deepEqual(price, {
      input: 0.7,
      output: 2.5,
      upTo: { input: 3, output: 7 },
      note: 'by provider; the router chooses',
    });
    assert.deepEqual(
      model.routes?.map(({ id }) => id),
      [...policies, 'novita', 'together'],
    );
    assert.equal(model.routes?.at(-1)?.price?.output, 7);
    assert.equal(model.limits.contextTokens, 163_840);
  });

  test('has one price where all providers ask the same, and none of one that names none', async () => {
    models = () => json(200, routed([live('a', 1, 2), live('b', 1, 2)]));
    const registry = registryOf();
    await registry.discover();
    assert.equal(findIn(registry, 'huggingface', r1).model.price?.upTo, undefined);
    models = () => json(200, routed([live('a', 1, 2), { provider: 'b', status: 'live' }]));
    await registry.discover();
    assert.deepEqual(findIn(registry, 'huggingface', r1).model.price?.upTo, { input: 1, output: 2 });
  });

  const failures: [string, () => FakeResponse][] = [
    ['refuses', () => json(500, {})],
    ['says something else', () => json(200, { hello: 'world' })],
    ['says nothing', () => ({ lateHeaders: true, steps: [{ hang: true }] })],
    ['has a list of nonsense', () => json(200, routed([null, 7, { provider: 'a:b' }, { provider: '' }]))],
  ];
  for (const [name, response] of failures) {
    test(`keeps what is known of its models when its list ${name}`, async () => {
      const registry = registryOf();
      const known = findIn(registry, 'huggingface', r1).model;
      models = response;
      await registry.discover();
      assert.deepEqual(findIn(registry, 'huggingface', r1).model, known);
      assert.deepEqual(
        known.routes?.map(({ id }) => id),
        policies,
      );
    });
  }

  test('is not asked without a key', async () => {
    const registry = registryOf({ keys: {}, fetch: () => assert.fail('it was called') });
    await registry.discover();
    assert.equal(findIn(registry, 'huggingface', r1).model.price?.asOf, '2026-07');
  });

  test('is sent the route behind the id of the model, and only where one is chosen', async () => {
    const { adapter, model } = findIn(registryOf(), 'huggingface', r1);
    const sentFor = async (sampling: Sampling) => {
      await ask(adapter, { model, sampling });
      return bodySent().model;
    };
    assert.equal(await sentFor({}), r1);
    assert.equal(await sentFor({ route: 'cheapest' }), `${r1}:cheapest`);
    assert.equal(await sentFor({ route: 'novita' }), `${r1}:novita`);
    assert.equal('route' in bodySent(), false);
  });

  test('with a person’s own key is the same', async () => {
    models = () => json(200, routed([live('novita', 0.7, 2.5)]));
    const own = { id: 'mine', label: 'HF', baseURL: 'https://router.huggingface.co/v1', presetId: 'huggingface' };
    const options = { limits: generousLimits, fetch: fetchAt('none') };
    const ready = { ...own, apiKey: testKey, keyIsLost: false };
    const answer = await listModels(createOwnEntry(ready, options).server, options.fetch, 5_000);
    const listed = 'models' in answer ? answer.models : assert.fail(answer.error.code);
    // Kept as JSON in between.
    const entry = createOwnEntry({ ...ready, listed: JSON.parse(JSON.stringify(listed)) }, options);
    const model = entry.models.find(({ id }) => id === r1);
    assert.equal(model?.price?.output, 2.5);
    assert.deepEqual(
      model?.routes?.map(({ id }) => id),
      [...policies, 'novita'],
    );
    const elsewhere = createOwnEntry({ ...ready, baseURL: 'https://gateway.example/v1', listed }, options);
    assert.equal(elsewhere.models[0]?.routes, undefined);
    assert.equal(elsewhere.models[0]?.price, undefined);
  });
});

describe('OpenRouter', () => {
  const id = 'deepseek/deepseek-r1-0528';
  const listing = (pricing: unknown) => () =>
    json(200, { data: [{ id, context_length: 128_000, pricing, top_provider: { max_completion_tokens: 20_000 } }] });

  test('gives prices per token, which become prices per million, and limits', async () => {
    models = listing({ prompt: '0.0000004', completion: '0.00000175', input_cache_read: '0.0000002' });
    const registry = registryOf();
    await registry.discover();
    const { model } = findIn(registry, 'openrouter', id);
    const { asOf, ...price } = model.price ?? assert.fail('no price');
    assert.deepEqual(price, { input: 0.4, output: 1.75, cachedInput: 0.2 });
    assert.match(asOf, /^\d{4}-\d\d-\d\d$/);
    assert.deepEqual(model.limits, { contextTokens: 128_000, outputTokens: 20_000 });
    assert.equal(model.advice.maxTokens, 20_000);
  });

  for (const pricing of [{ prompt: '-1', completion: '-1' }, { prompt: '', completion: 'x' }, null, { prompt: '1' }]) {
    test(`has no new price in ${JSON.stringify(pricing)}`, async () => {
      models = listing(pricing);
      const registry = registryOf();
      await registry.discover();
      assert.equal(findIn(registry, 'openrouter', id).model.price?.asOf, '2026-07');
    });
  }
});

test('a list tells prices only where it is known how', () => {
  const data = [{ id: 'm', pricing: { prompt: '1', completion: '1' }, providers: [live('a', 1, 1)] }];
  assert.deepEqual(parseModelList({ data }), [{ id: 'm' }]);
});

describe('TGI', () => {
  const info = { model_id: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B', version: '3.3.6', max_total_tokens: 16_384 };
  const usualPort = () => registryOf({ keys: {}, localServers: undefined as never, fetch: fetchAt('8080') });
  const localIds = (registry: ReturnType<typeof registryOf>) =>
    registry.list().flatMap(({ provider }) => (provider.kind === 'local' ? [provider.id] : []));
  const sayInfo = () => {
    elsewhere = (path) => (path === '/info' ? json(200, info) : undefined);
  };

  test('on the port it shares is told by what it says of itself', async () => {
    sayInfo();
    const registry = usualPort();
    await registry.discover();
    assert.deepEqual(localIds(registry), ['tgi']);
    const { model, adapter, provider } = findIn(registry, 'tgi', info.model_id);
    assert.equal(provider.label, 'TGI (archived)');
    assert.equal(model.reasoning.transport, 'inline');
    assert.equal(model.limits.contextTokens, 16_384);
    assert.equal((await ask(adapter, { model })).content, 'hi');
    assert.equal(bodySent().model, info.model_id);
  });

  test('with a list of its own keeps the names of that', async () => {
    sayInfo();
    models = () => json(200, { object: 'list', data: [{ id: 'served-name', owned_by: 'someone' }] });
    const registry = usualPort();
    await registry.discover();
    assert.equal(findIn(registry, 'tgi', 'served-name').model.label, 'served-name');
  });

  test('is not what llama.cpp is, nor a server that says nothing of itself', async () => {
    sayInfo();
    models = () => json(200, { object: 'list', data: [{ id: 'm.gguf', owned_by: 'llamacpp' }] });
    const llama = usualPort();
    await llama.discover();
    assert.deepEqual(localIds(llama), ['llamacpp-8080']);
    elsewhere = () => json(200, { model_id: 7 });
    models = () => json(200, { object: 'list', data: [{ id: 'm' }] });
    const other = usualPort();
    await other.discover();
    assert.deepEqual(localIds(other), ['local-8080']);
  });

  test('named in the environment is found wherever it is', async () => {
    sayInfo();
    const registry = registryOf({ localServers: [{ id: 'tgi', label: 'tgi', baseURL: fake.baseURL }] });
    await registry.discover();
    assert.equal(findIn(registry, 'tgi', info.model_id).provider.label, 'TGI (archived)');
  });

  test('added by a person shows the model it has', async () => {
    sayInfo();
    const own = { id: 'mine', label: 'Box', baseURL: fake.baseURL, presetId: 'tgi', keyIsLost: false };
    const { server } = createOwnEntry(own, { limits: generousLimits, fetch: upstream });
    const answer = await listModels(server, upstream, 5_000);
    assert.deepEqual('models' in answer && answer.models, [{ id: info.model_id, contextTokens: 16_384 }]);
  });
});

describe('OpenAI', () => {
  const sentTo = async (modelKey: string) => {
    const registry = registryOf({ keys: { OPENAI_API_KEY: testKey } });
    const { adapter, model } = findIn(registry, 'openai', modelKey);
    await drain(adapter, model);
    return bodySent();
  };
  const drain = async (adapter: ProviderAdapter, model: ModelInfo) => {
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: 'Why?' },
    ];
    const { signal } = new AbortController();
    const asked = { model, messages, sampling: { maxTokens: 9, temperature: 0.5 }, signal };
    for await (const part of adapter.ask(asked)) assert.notEqual(part.type, 'error');
  };

  test('takes a system prompt for its thinking models as the developer’s, and for others as the system’s', async () => {
    const thinking = await sentTo('o4-mini');
    assert.deepEqual(thinking.messages, [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'Why?' },
    ]);
    assert.equal(thinking.max_completion_tokens, 9);
    assert.equal(thinking.temperature, undefined);
    const plain = await sentTo('gpt-4.1-mini');
    assert.deepEqual((plain.messages as unknown[])[0], { role: 'system', content: 'Be brief.' });
    assert.equal(plain.temperature, 0.5);
  });
});
