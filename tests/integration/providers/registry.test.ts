import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ModelInfo } from '../../../lib/model.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import { providerKeyVariables } from '../../../lib/server/config.ts';
import {
  detectPreset,
  describeListedModel,
  convertPresetModels,
  providerPresets,
} from '../../../lib/server/providers/presets.ts';
import { getProtocol } from '../../../lib/server/protocols/index.ts';
import { parseModelList } from '../../../lib/server/protocols/openai/models.ts';
import { createRegistry, type RegistryOptions } from '../../../lib/server/providers/registry.ts';
import { chunk, createFakeProvider, type FakeProvider, type FakeResponse, json } from '../../fakes/provider.ts';
import { ask, errorOf, generousLimits, testKey } from '../protocols/ask.ts';

const registryOf = (options: Partial<RegistryOptions> = {}) =>
  createRegistry({ keys: {}, custom: [], localServers: [], limits: generousLimits, ...options });
const infoOf = (registry: ReturnType<typeof registryOf>, id: string) =>
  registry.list().find(({ provider }) => provider.id === id);

describe('hosted providers', () => {
  test('want a key, and say which', () => {
    const deepseek = infoOf(registryOf(), 'deepseek');
    assert.deepEqual(deepseek?.provider.status, { state: 'needs-key', envKey: 'DEEPSEEK_API_KEY' });
  });

  test('are ready with one, and their models can be found', () => {
    const registry = registryOf({ keys: { DEEPSEEK_API_KEY: testKey } });
    assert.equal(infoOf(registry, 'deepseek')?.provider.status.state, 'ready');
    const found = registry.findModel({ providerId: 'deepseek', modelKey: 'deepseek-flash#plain' });
    assert.equal(found?.model.id, 'deepseek-flash');
    assert.deepEqual(found?.model.requestExtras, { thinking: { type: 'disabled' } });
  });

  test('without a key are not called at all', async () => {
    const found = registryOf({ fetch: () => assert.fail('it was called') }).findModel({
      providerId: 'deepseek',
      modelKey: 'deepseek-flash#plain',
    });
    const error = errorOf(await ask(found?.adapter ?? assert.fail('not found')));
    assert.equal(error.kind, 'auth');
    assert.match(errorSentence(error), /DEEPSEEK_API_KEY/);
  });

  test('that have shut down say so and are not called', async () => {
    const registry = registryOf({ keys: { HYPERBOLIC_API_KEY: testKey }, fetch: () => assert.fail('it was called') });
    const hyperbolic = infoOf(registry, 'hyperbolic');
    assert.equal(hyperbolic?.provider.status.state, 'gone');
    const found = registry.findModel({ providerId: 'hyperbolic', modelKey: 'deepseek-ai/DeepSeek-R1-Zero' });
    assert.equal(errorOf(await ask(found?.adapter ?? assert.fail('not found'))).kind, 'gone');
  });

  test('with a key that no header can carry count as without', () => {
    for (const key of ['', '   ', 'clé', 'a b', 'a\nb', 'x'.repeat(513)]) {
      assert.equal(
        infoOf(registryOf({ keys: { DEEPSEEK_API_KEY: key } }), 'deepseek')?.provider.status.state,
        'needs-key',
      );
    }
  });
});

test('names every object has are no models', () => {
  const registry = registryOf();
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    assert.equal(registry.findModel({ providerId: name, modelKey: name }), undefined);
    assert.equal(registry.findModel({ providerId: 'deepseek', modelKey: name }), undefined);
  }
});

test('recordings are a provider like any other', () => {
  const model = { key: 'r1', providerId: 'replay' } as ModelInfo; // only its names are looked at
  const registry = registryOf({ replay: { adapter: { async *ask() {} }, models: [model] } });
  assert.equal(infoOf(registry, 'replay')?.provider.kind, 'replay');
  assert.equal(registry.findModel({ providerId: 'replay', modelKey: 'r1' })?.model, model);
});

describe('servers that are asked for their models', () => {
  let fake: FakeProvider;
  let models: () => FakeResponse;
  before(async () => {
    fake = await createFakeProvider({
      models: () => models(),
      respond: () => ({ steps: [chunk({ content: 'hi' }), chunk({}, 'stop')] }),
    });
  });
  after(() => fake.close());

  const custom = (id = 'mine') => ({
    custom: [{ id, label: 'My server', baseURL: `${fake.baseURL}/`, apiKey: testKey }],
  });
  const local = () => ({ localServers: [{ id: 'box', label: 'Box', baseURL: fake.baseURL }] });

  test('are found with their models, which can be asked', async () => {
    models = () => json(200, { object: 'list', data: [{ id: 'deepseek-r1:8b' }, { id: 'llama3' }] });
    const registry = registryOf(custom());
    await registry.discover();
    assert.deepEqual(
      infoOf(registry, 'mine')?.models.map(({ key }) => key),
      ['deepseek-r1:8b', 'llama3'],
    );
    assert.equal(fake.requests.at(-1)?.headers.authorization, `Bearer ${testKey}`);
    const found = registry.findModel({ providerId: 'mine', modelKey: 'deepseek-r1:8b' });
    assert.equal((await ask(found?.adapter ?? assert.fail('not found'))).content, 'hi');
  });

  const failures: [name: string, response: () => FakeResponse, words: RegExp][] = [
    ['refuse', () => json(401, { error: { message: `bad key ${testKey}` } }), /refused the API key/],
    [
      'answer with a page',
      () => ({ headers: { 'content-type': 'text/html' }, steps: [{ write: '<html>' }] }),
      /no model list/,
    ],
    ['answer with something else', () => json(200, { hello: 'world' }), /no model list/],
    ['redirect', () => ({ status: 302, headers: { location: 'http://127.0.0.1:1/' }, steps: [] }), /redirect/],
    ['say nothing', () => ({ lateHeaders: true, steps: [{ hang: true }] }), /within 1\.5 s/],
    ['never stop', () => ({ steps: flood() }), /no model list|within 1\.5 s/],
  ];
  for (const [name, response, words] of failures) {
    test(`that ${name} are unreachable, with the reason, and keep the models they had`, async () => {
      models = () => json(200, { data: [{ id: 'a' }] });
      const registry = registryOf(custom());
      await registry.discover();
      models = response;
      await registry.discover();
      const mine = infoOf(registry, 'mine');
      const status = mine?.provider.status;
      assert.match(status && 'since' in status ? errorSentence(status.reason) : '', words);
      assert.ok(!JSON.stringify(mine).includes(testKey));
      assert.equal(mine?.models.length, 1);
    });
  }

  test('on this machine that do not answer say so where somebody has named them, and are there when they do', async () => {
    models = () => json(500, {});
    const registry = registryOf(local());
    await registry.discover();
    assert.equal(infoOf(registry, 'box')?.provider.status.state, 'unreachable');
    models = () => json(200, { data: [{ id: 'a', max_model_len: 4096 }] });
    await registry.discover();
    const box = infoOf(registry, 'box');
    assert.deepEqual(box?.provider, { id: 'box', label: 'Box', kind: 'local', status: { state: 'ready', models: 1 } });
    assert.deepEqual(box?.models[0]?.limits, { contextTokens: 4096 });
    assert.equal(box?.models[0]?.price?.output, 0);
  });

  test('that are transformers serve are not sent the field it refuses', async () => {
    models = () => json(200, { data: [{ id: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B@main' }] });
    const registry = registryOf(local());
    await registry.discover();
    const found = registry.findModel({ providerId: 'box', modelKey: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B@main' });
    assert.equal(found?.model.label, 'DeepSeek-R1-Distill-Qwen-1.5B');
    await ask(found?.adapter ?? assert.fail('not found'));
    assert.equal('stream_options' in JSON.parse(fake.requests.at(-1)?.body ?? '{}'), false);
  });

  test('are asked once when asked twice at once', async () => {
    models = () => json(200, { data: [] });
    const registry = registryOf(custom());
    const before = fake.requests.length;
    await Promise.all([registry.discover(), registry.discover()]);
    assert.equal(fake.requests.length, before + 1);
  });
});

describe('a model list', () => {
  test('is read in every shape', () => {
    const listed = [{ id: 'a' }];
    assert.deepEqual(parseModelList({ object: 'list', data: [{ id: 'a' }] }), listed);
    assert.deepEqual(parseModelList([{ id: 'a', type: 'chat' }]), listed);
    assert.deepEqual(parseModelList({ object: 'list', data: null }), []);
    assert.equal(parseModelList('a'), undefined);
    assert.equal(parseModelList({ error: 'x' }), undefined);
  });

  test('keeps no names that are none, and nothing that cannot chat', () => {
    const ids = ['ok', '', 'x'.repeat(201), 'a\nb', '\u202Eevil', 7, null, 'nomic-embed-text', 'whisper-1'];
    assert.deepEqual(
      parseModelList({ data: [...ids.map((id) => ({ id })), null, 'x', { id: 'img', type: 'image' }] }),
      [{ id: 'ok' }],
    );
  });

  test('tells what serves it, where several share a port', () => {
    assert.equal(detectPreset('http://localhost:8000/v1', [{ id: 'm', ownedBy: 'vllm' }])?.id, 'vllm');
    assert.equal(detectPreset('http://localhost:8000/v1', [{ id: 'm@main' }])?.id, 'transformers-serve');
    assert.equal(detectPreset('http://127.0.0.1:8000/v1', [{ id: 'm' }]), undefined);
    assert.equal(detectPreset('http://127.0.0.1:11434/v1', [])?.id, 'ollama');
  });

  const formats: [id: string, transport: ModelInfo['reasoning']['transport'], template: ModelInfo['promptTemplate']][] =
    [
      ['deepseek-r1:8b', 'inline', 'chat'],
      ['deepseek-ai/DeepSeek-R1-Zero', 'inline', 'r1-zero'],
      ['DeepSeek-R1-Distill-Qwen-7B-Q4_K_M.gguf', 'inline', 'chat'],
      ['qwen3:8b', 'inline', 'chat'],
      ['qwq:32b', 'inline', 'chat'],
      ['gpt-oss:20b', 'field', 'chat'],
      ['deepseek-v3:671b', 'none', 'chat'],
      ['o4-mini', 'hidden', 'chat'],
      ['something-new', 'inline', 'chat'],
    ];
  for (const [id, transport, template] of formats) {
    test(`says of ${id}: ${transport}, ${template}`, () => {
      const model = describeListedModel({ id }, 'p');
      assert.equal(model.reasoning.transport, transport);
      assert.equal(model.promptTemplate, template);
      assert.equal(model.id, id);
    });
  }

  test('does not let a model be asked for more tokens than it has room for', () => {
    assert.equal(describeListedModel({ id: 'r1-zero', contextTokens: 4096 }, 'p').advice.maxTokens, 2048);
  });
});

describe('the presets', () => {
  test('have unique ids, unique keys, real addresses and keys that the configuration reads', () => {
    const ids = providerPresets.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const preset of providerPresets) {
      assert.ok(URL.canParse(preset.baseURL) && !preset.baseURL.endsWith('/'), preset.id);
      assert.ok(preset.envKey === undefined || providerKeyVariables.includes(preset.envKey), preset.id);
      const keys = preset.models.map(({ key }) => key);
      assert.equal(new Set(keys).size, keys.length, preset.id);
      assert.doesNotThrow(() => getProtocol(preset.protocol), preset.id);
    }
  });

  test('hold complete models', () => {
    for (const model of providerPresets.flatMap(convertPresetModels)) {
      assert.ok(['field', 'inline', 'hidden', 'none'].includes(model.reasoning.transport), model.key);
      assert.ok([true, false, 'auto'].includes(model.reasoning.startsInReasoning), model.key);
      assert.ok(['ok', 'avoid'].includes(model.advice.systemPrompt), model.key);
      assert.ok(model.label.length > 0 && model.label.length <= 80, model.key);
      if (model.price) {
        assert.ok(model.price.input >= 0 && model.price.output >= 0 && /^20\d\d/.test(model.price.asOf), model.key);
      }
      const { contextTokens = Number.POSITIVE_INFINITY, outputTokens = Number.POSITIVE_INFINITY } = model.limits;
      assert.ok((model.advice.maxTokens ?? 0) <= Math.min(contextTokens / 2, outputTokens), model.key);
    }
  });
});

function* flood(): Generator<{ write: string }> {
  for (;;) yield { write: '['.repeat(65_536) };
}
