import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { errorSentence } from '../../../lib/sentences.ts';
import type { ErrorContext } from '../../../lib/server/calls/errors.ts';
import { convertRefusal, findRetryAfter } from '../../../lib/server/calls/errors.ts';
import { parseModelList } from '../../../lib/server/protocols/openai/models.ts';
import { createOwnEntry } from '../../../lib/server/providers/own-server.ts';
import { detectPreset } from '../../../lib/server/providers/presets.ts';
import { createRegistry, type Registry } from '../../../lib/server/providers/registry.ts';
import { createFakeProvider, type FakeProvider, type FakeResponse, json } from '../../fakes/provider.ts';
import { generousLimits } from '../protocols/ask.ts';

// LiteLLM 1.108.7, 29 Nov 2026.
const alias = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  object: 'model',
  created: 1_677_610_602,
  owned_by: 'openai',
  ...more,
});
const info = (model_name: string, model: string, model_info: Record<string, unknown> = {}) => ({
  model_name,
  litellm_params: { model },
  model_info,
});
// transformers serve 5.24.0 and 5.5.4, 29 Nov 2026.
const served524 = {
  owned_by: 'me',
  id: 'me/tiny-qwen3',
  object: 'model',
  created: 1_795_987_035,
  status: { value: 'unloaded' },
};
const served55 = { owned_by: ['me', 'tiny-qwen3'], id: 'me/tiny-qwen3', object: 'model', created: 1_795_987_107.12 };

let fake: FakeProvider;
let list: unknown[];
let modelInfo: () => FakeResponse | undefined;
before(async () => {
  fake = await createFakeProvider({
    models: () => json(200, { object: 'list', data: list }),
    elsewhere: ({ path }) => (path === '/v1/model/info' ? modelInfo() : undefined),
  });
});
beforeEach(() => {
  list = [];
  modelInfo = () => undefined;
});
after(() => fake.close());

async function listedBy(): Promise<Registry> {
  const custom = [{ id: 'gate', label: 'Gate', baseURL: fake.baseURL }];
  const registry = createRegistry({ keys: {}, custom, localServers: [], limits: generousLimits });
  await registry.discover();
  while (registry.findProvider('gate')?.provider.status.state !== 'ready') await pause(20);
  return registry;
}
const modelsOf = (registry: Registry) => registry.findProvider('gate')?.models ?? [];
const modelOf = (registry: Registry, id: string) =>
  modelsOf(registry).find((model) => model.id === id) ?? assert.fail(id);

describe('the list of a LiteLLM', () => {
  test('is read with its limits, and without what does not chat', async () => {
    list = [
      alias('deepseek-reasoner', { mode: 'chat', max_input_tokens: 131_072, max_output_tokens: 65_536 }),
      alias('zero'),
      ...['image_generation', 'realtime', 'embedding', 'completion', 'audio_speech'].map((mode) =>
        alias(`a-${mode}`, { mode }),
      ),
    ];
    const registry = await listedBy();
    assert.deepEqual(
      modelsOf(registry).map(({ id }) => id),
      ['deepseek-reasoner', 'zero'],
    );
    assert.deepEqual(modelOf(registry, 'deepseek-reasoner').limits, { contextTokens: 131_072, outputTokens: 65_536 });
    assert.equal(detectPreset(fake.baseURL, parseModelList({ data: list }) ?? [])?.id, 'litellm');
  });

  test('tells more at /model/info: what is behind an alias, whether it thinks, what it costs', async () => {
    list = ['r1', 'big', 'speaks', 'plain'].map((id) => alias(id));
    modelInfo = () =>
      json(200, {
        data: [
          info('r1', 'openai/tiny-poet'),
          info('big', 'hosted_vllm/Qwen/Qwen3-8B', {
            mode: 'chat',
            supports_reasoning: true,
            max_input_tokens: 40_960,
            input_cost_per_token: 0.0000004,
            output_cost_per_token: 0.0000016,
          }),
          info('speaks', 'openai/tts-1', { mode: 'audio_speech' }),
        ],
      });
    const registry = await listedBy();
    assert.deepEqual(
      modelsOf(registry).map(({ id }) => id),
      ['r1', 'big', 'plain'],
    );
    // An alias is not DeepSeek's R1 by being called so.
    assert.equal(modelOf(registry, 'r1').vocabulary, undefined);
    assert.equal(modelOf(registry, 'r1').advice.topP, undefined);
    const big = modelOf(registry, 'big');
    assert.equal(big.reasoning.isAssumed, undefined);
    assert.equal(big.limits.contextTokens, 40_960);
    assert.equal(big.behind, 'vllm');
    assert.equal(big.continuation, 'final-message');
    assert.deepEqual([big.price?.input, big.price?.output], [0.4, 1.6]);
    assert.equal(modelOf(registry, 'plain').reasoning.isAssumed, true);
  });

  test('is a list all the same where nothing more is told', async () => {
    list = [alias('zero')];
    modelInfo = () => json(403, { error: { message: 'no' } });
    assert.equal(modelsOf(await listedBy()).length, 1);
  });

  test('is not OpenAI’s, though one of its models was made on that day', () => {
    const models = parseModelList({ data: [alias('gpt-3.5-turbo'), { ...alias('gpt-9'), created: 1_795_000_000 }] });
    assert.notEqual(detectPreset('https://api.openai.example/v1', models ?? [])?.id, 'litellm');
  });
});

test('entries that say they are for something else are no chat models', () => {
  const others = [
    { id: 'a', capabilities: { completion_chat: false } },
    { id: 'b', architecture: { output_modalities: ['image'] } },
    { id: 'c', task: 'feature-extraction' },
    { id: 'd', pipeline_tag: 'automatic-speech-recognition' },
  ];
  assert.deepEqual(parseModelList({ data: [...others, { id: 'e', capabilities: { completion_chat: true } }] }), [
    { id: 'e' },
  ]);
});

describe('transformers serve', () => {
  for (const [name, entry] of [
    ['5.24', served524],
    ['5.5.4', served55],
  ] as const) {
    test(`${name} is known by its list, which has no revision any more`, () => {
      const models = parseModelList({ data: [entry] }) ?? [];
      assert.equal(detectPreset('http://127.0.0.1:8000/v1', models)?.id, 'transformers-serve');
      const own = { id: 'o', label: 'T', baseURL: 'http://127.0.0.1:8000/v1', keyIsLost: false, listed: models };
      const { models: described } = createOwnEntry(own, { limits: generousLimits, fetch: () => assert.fail() });
      assert.deepEqual(described[0]?.parameters, { ignored: ['effort'], refused: ['thinkingBudget'] });
    });
  }

  test('is not a router of llama.cpp', () => {
    const entry = { id: 'm', owned_by: 'llamacpp', status: { value: 'unloaded', args: [] }, source: 'models_dir' };
    assert.equal(detectPreset('http://127.0.0.1:8000/v1', parseModelList({ data: [entry] }) ?? [])?.id, 'llamacpp');
  });
});

describe('errors of a gateway', () => {
  const context: ErrorContext = {
    label: 'LiteLLM',
    baseURL: 'http://g/v1',
    model: 'r1',
    local: false,
    hasKey: true,
    secrets: [],
  };
  const refusal = (status: number, message: string, type = 'invalid_request_error') =>
    convertRefusal(
      context,
      {
        status,
        headers: new Headers(),
        body: JSON.stringify({ error: { message, type, param: null, code: String(status) } }),
      },
      0,
    );

  const cases: [
    name: string,
    status: number,
    message: string,
    type: string,
    kind: string,
    words: RegExp,
    detail: RegExp,
  ][] = [
    [
      'a wrong key without a database',
      400,
      'No connected db.',
      'no_db_connection',
      'auth',
      /refused the API key/,
      /No connected db/,
    ],
    [
      'no healthy deployment',
      400,
      'litellm.BadRequestError: You passed in model=nosuch. There are no healthy deployments for this model\n\nLiteLLM: model group …',
      'invalid_request_error',
      'model',
      /does not offer/,
      /^You passed in model=nosuch\. There are no healthy deployments for this model$/,
    ],
    [
      'an unknown name',
      400,
      '/chat/completions: Invalid model name passed in model=nosuch. Call `/v1/models` to view available models for your key.',
      'invalid_request_error',
      'model',
      /does not offer/,
      /Invalid model name/,
    ],
    [
      'a server behind it that is down',
      500,
      'litellm.InternalServerError: InternalServerError: OpenAIException - Connection error.\n\nReceived Model Group=r1',
      'internal_server_error',
      'busy',
      /could not reach the server behind the model "r1"/,
      /^Connection error\.$/,
    ],
    [
      'a parameter it does not know',
      400,
      "litellm.UnsupportedParamsError: openai does not support parameters: ['thinking'], for model=tiny-r1. To drop these, set `litellm.drop_params=True`",
      'invalid_request_error',
      'request',
      /did not accept the request/,
      /^openai does not support parameters/,
    ],
    [
      'a template that is not supported',
      500,
      'this custom template is not supported, try using --jinja',
      'server_error',
      'request',
      /did not accept the request/,
      /--jinja/,
    ],
    [
      'a grammar that is at its end',
      500,
      'Unexpected empty grammar stack after accepting piece',
      'server_error',
      'request',
      /did not accept/,
      /grammar stack/,
    ],
  ];
  for (const [name, status, message, type, kind, words, detail] of cases) {
    test(`tell what happened behind it: ${name}`, () => {
      const error = refusal(status, message, type);
      assert.equal(error.kind, kind);
      assert.match(errorSentence(error), words);
      assert.match(error.detail ?? '', detail);
    });
  }

  test('say when to come back under a name of their own', () => {
    assert.equal(findRetryAfter(new Headers({ 'llm_provider-retry-after': '60' }), 0), 60);
  });
});
