import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after, describe } from 'node:test';
import { createId } from '../../../lib/ids.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import type {
  ModelOverride,
  ModelOverrideEntry,
  PresetChoice,
  ProviderDetail,
  ProviderTest,
} from '../../../lib/provider.ts';
import type { ProviderModels } from '../../../lib/model.ts';
import type { ApiClient } from '../../fakes/api-client.ts';
import { sealKey } from '../../../lib/server/auth/sealed-key.ts';
import { createFakeOllama } from '../../fakes/ollama.ts';
import { createFakeProvider, json } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const rightKey = 'sk-planted-canary-of-a-person-7Qx9';
const wrongKey = 'sk-planted-canary-that-is-wrong-1Zy8';
const serverKey = 'sk-planted-canary-of-the-server-3Wv7';

const refused = json(401, { error: { message: `Incorrect API key provided: ${wrongKey}`, code: 'invalid_api_key' } });
const locked = await createFakeProvider({
  models: ({ headers }) =>
    headers.authorization === `Bearer ${rightKey}`
      ? json(200, {
          data: [{ id: 'fast-r1' }, { id: 'field-r1' }, { id: 'rate-limited-once' }, { id: 'length-in-thinking' }],
        })
      : refused,
  respond: ({ headers }) => (headers.authorization === `Bearer ${rightKey}` ? undefined : refused),
});
const open = await createFakeProvider();
const shared = await createFakeProvider();
after(() => Promise.all([locked.close(), open.close(), shared.close()]));

const printed: string[] = [];
for (const name of ['log', 'warn', 'error'] as const) {
  const print = console[name];
  console[name] = (...words: unknown[]) => {
    printed.push(words.map(String).join(' '));
    print(...words);
  };
}
const { newClient, dataFolder } = useRoutes({ CUSTOM_BASE_URL: shared.baseURL, CUSTOM_API_KEY: serverKey });

/** Everything that every client was answered. */
const answers: string[] = [];
function watchedClient(): ApiClient {
  const client = newClient();
  const request = client.request.bind(client);
  client.request = async (...args) => {
    const response = await request(...args);
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      answers.push(`${JSON.stringify([...response.headers])}${await response.clone().text()}`);
    }
    return response;
  };
  return client;
}

interface Listed {
  providers: ProviderDetail[];
  presets: PresetChoice[];
}

const list = (client: ApiClient) => client.json<Listed>('GET', '/api/providers');
const modelsOf = (client: ApiClient) => client.json<{ providers: ProviderModels[] }>('GET', '/api/models');

async function add(client: ApiClient, body: Record<string, unknown>): Promise<ProviderDetail> {
  const added = { id: createId(), label: 'Mine', baseURL: locked.baseURL, ...body };
  return (await client.json<{ provider: ProviderDetail }>('POST', '/api/providers', added)).provider;
}

const problemOf = (provider: ProviderDetail | undefined) =>
  provider?.check?.error ? errorSentence(provider.check.error) : '';

async function refusal(response: Response): Promise<{ status: number; message: string }> {
  const { error } = (await response.json()) as { error: { message: string } };
  return { status: response.status, message: error.message };
}

const testOf = (client: ApiClient, id: string, modelKey?: string) =>
  client.json<ProviderTest>('POST', `/api/providers/${id}/test`, modelKey === undefined ? {} : { modelKey });

describe('a provider of a person', () => {
  test('is added, looked at, asked and removed', async () => {
    const client = watchedClient();
    const provider = await add(client, { apiKey: ` ${rightKey}\n` });
    assert.equal(provider.source, 'own');
    assert.deepEqual(provider.key, { state: 'own', end: '7Qx9' });
    assert.equal(provider.check?.reachable, true);
    assert.equal(provider.check?.key, 'valid');
    assert.equal(provider.check?.found, 4);
    assert.ok((provider.check?.latencyMs ?? -1) >= 0);
    assert.deepEqual(
      provider.models.map((model) => model.id),
      ['fast-r1', 'field-r1', 'rate-limited-once', 'length-in-thinking'],
    );

    const groups = (await modelsOf(client)).providers;
    assert.equal(groups[0]?.provider.id, provider.id, 'their own comes first');
    const asked = await client.askNew({ providerId: provider.id, modelKey: 'fast-r1' }, 'Who are you?');
    const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
    assert.equal(state?.finish?.outcome, 'complete');
    assert.equal(locked.requests.at(-1)?.headers.authorization, `Bearer ${rightKey}`);
    const row = await client.generation(asked.answerId);
    assert.equal(row.providerLabel, 'Mine');

    assert.equal((await client.request('DELETE', `/api/providers/${provider.id}`)).status, 204);
    assert.equal((await client.request('DELETE', `/api/providers/${provider.id}`)).status, 404);
    assert.ok(!(await list(client)).providers.some(({ id }) => id === provider.id));
    const again = await client.request('POST', `/api/conversations/${asked.conversationId}/retry`, {
      threads: [{ threadId: asked.threadId, questionId: asked.questionId, answerId: createId() }],
    });
    assert.equal((await refusal(again)).status, 404);
  });

  test('that is a llama.cpp has the window and the budget that its model really has', async (t) => {
    let template = '{{ messages }}';
    const box = await createFakeProvider({
      models: [{ id: 'tiny', object: 'model', owned_by: 'llamacpp' }],
      elsewhere: ({ path: asked }) =>
        asked === '/props'
          ? json(200, { chat_template: template, default_generation_settings: { n_ctx: 288 } })
          : undefined,
    });
    t.after(() => box.close());
    const client = watchedClient();
    const modelAt = async () => {
      const { id } = await add(client, { baseURL: box.baseURL });
      const groups = (await modelsOf(client)).providers;
      return groups.find(({ provider }) => provider.id === id)?.models[0] ?? assert.fail('no model');
    };
    const plain = await modelAt();
    assert.equal(plain.limits.contextTokens, 288);
    assert.equal(plain.parameters?.thinkingBudget, undefined);
    template = '{{ messages }}{% if enable_thinking %}<think>{% endif %}';
    const thinking = await modelAt();
    assert.ok(thinking.parameters?.thinkingBudget);
    assert.deepEqual(thinking.parameters?.efforts, ['none']);
  });

  test('added again with the same id is the same', async () => {
    const client = watchedClient();
    const provider = await add(client, { apiKey: rightKey });
    const again = await client.request('POST', '/api/providers', {
      id: provider.id,
      label: 'Other',
      baseURL: open.baseURL,
    });
    assert.equal(again.status, 200);
    assert.equal((await list(client)).providers.filter(({ source }) => source === 'own').length, 1);
  });

  test('that is an Ollama is listed and asked in its own words', async () => {
    const client = watchedClient();
    const ollama = await createFakeOllama();
    const provider = await add(client, { presetId: 'ollama', baseURL: `${ollama.origin}/v1` });
    const thinking = provider.models.find(({ reasoning }) => reasoning.transport === 'field');
    const tested = await testOf(client, provider.id, thinking?.key ?? assert.fail('none thinks'));
    assert.equal(tested.ok, true, tested.words);
    assert.ok(ollama.requests.some(({ path }) => path === '/api/tags'));
    assert.equal(ollama.chats().length, 1);
    await ollama.close();
  });

  test('may be one of several from the same preset', async () => {
    const client = watchedClient();
    const [one, two] = [await add(client, { presetId: 'vllm' }), await add(client, { presetId: 'vllm', label: 'Two' })];
    assert.notEqual(one.id, two.id);
  });

  test('belongs to them alone: for another it is like an unknown one', async () => {
    const [owner, stranger] = [watchedClient(), watchedClient()];
    const { id } = await add(owner, { apiKey: rightKey });
    await list(stranger); // has a cookie now
    const unknown = createId();
    const attempts: [method: string, path: string, body?: unknown][] = [
      ['GET', ''],
      ['PATCH', '', { label: 'Taken' }],
      ['DELETE', ''],
      ['POST', '/test', {}],
    ];
    for (const [method, rest, body] of attempts) {
      const answersTo = async (target: string) =>
        refusal(await stranger.request(method, `/api/providers/${target}${rest}`, body));
      assert.deepEqual(await answersTo(id), await answersTo(unknown), `${method} ${rest}`);
      assert.equal((await answersTo(id)).status, 404);
    }
    const ask = async (providerId: string) => {
      const threadId = createId();
      const ids = { threadId, parentId: null, questionId: createId(), answerId: createId() };
      const response = await stranger.request('POST', '/api/conversations', {
        id: createId(),
        threads: [{ id: threadId, settings: { model: { providerId, modelKey: 'fast-r1' } } }],
        ask: { text: 'Hello?', threads: [ids] },
      });
      const { status, message } = await refusal(response);
      return { status, message: message.replace(providerId, '') };
    };
    assert.deepEqual(await ask(id), await ask(unknown));
    const overrides = [{ providerId: id, modelKey: 'fast-r1', override: { history: 'keep' } }];
    assert.equal((await stranger.request('PUT', '/api/models/overrides', { overrides })).status, 404);
    assert.ok(!JSON.stringify(await modelsOf(stranger)).includes(id));
    const taken = await stranger.request('POST', '/api/providers', { id, label: 'x', baseURL: open.baseURL });
    assert.equal(taken.status, 409);
  });

  test('with a wrong key says so, at a look, at a test and at a question', async () => {
    const client = watchedClient();
    const provider = await add(client, { apiKey: wrongKey });
    assert.equal(provider.check?.key, 'wrong');
    assert.equal(provider.check?.reachable, true);
    assert.match(problemOf(provider), /refused the API key/);
    assert.equal(provider.status.state, 'locked');
    const model: ModelOverride = { added: true };
    await client.json('PUT', '/api/models/overrides', {
      overrides: [{ providerId: provider.id, modelKey: 'fast-r1', override: model }],
    });
    const tested = await testOf(client, provider.id);
    assert.equal(tested.ok, false);
    assert.equal(!tested.ok && tested.error.kind, 'auth');

    const fixed = await client.json<{ provider: ProviderDetail }>('PATCH', `/api/providers/${provider.id}`, {
      apiKey: rightKey,
    });
    assert.equal(fixed.provider.check?.key, 'valid');
    assert.equal((await testOf(client, provider.id)).ok, true);
  });

  test('where nothing listens is kept, and says so', async () => {
    const client = watchedClient();
    const gone = await createFakeProvider();
    await gone.close();
    const provider = await add(client, { baseURL: gone.baseURL });
    assert.equal(provider.check?.reachable, false);
    assert.equal(provider.check?.error?.kind, 'offline');
    assert.match(
      provider.status.state === 'unreachable' ? errorSentence(provider.status.reason) : '',
      /Nothing is listening/,
    );
  });

  test('has a key of which nothing is known where its list answers without one too', async () => {
    const careless = await createFakeProvider();
    const { check } = await add(watchedClient(), { baseURL: careless.baseURL, apiKey: wrongKey });
    await careless.close();
    assert.equal(check?.reachable, true);
    assert.equal(check?.key, 'untested');
  });

  test('takes its key to no other scheme, host or port', async () => {
    const client = watchedClient();
    const provider = await add(client, { apiKey: rightKey });
    const path = `/api/providers/${provider.id}`;
    for (const baseURL of [open.baseURL, locked.baseURL.replace('127.0.0.1', 'localhost'), 'https://127.0.0.1/v1']) {
      const { status, message } = await refusal(await client.request('PATCH', path, { baseURL }));
      assert.equal(status, 400);
      assert.match(message, /Enter the key for the new address/);
    }
    // Another path of the same server is the same server.
    const moved = await client.request('PATCH', path, { baseURL: `${locked.origin}/other/v1` });
    assert.equal(moved.status, 200);
    const keyless = await client.json<{ provider: ProviderDetail }>('PATCH', path, {
      baseURL: open.baseURL,
      apiKey: null,
    });
    assert.deepEqual(keyless.provider.key, { state: 'none' });
    assert.equal(keyless.provider.check?.reachable, true);
    assert.ok(open.requests.every(({ headers }) => headers.authorization === undefined));
  });

  test('is refused where nobody should be sent, and nothing is kept of it', async () => {
    const client = watchedClient();
    const bases = [
      'http://169.254.169.254/',
      'ftp://a/',
      'localhost:11434',
      'http://user:pw@127.0.0.1/',
      'http://0.0.0.0/',
    ];
    for (const baseURL of [...bases, 'http://127.0.0.1:3000/v1']) {
      const body = { id: createId(), label: 'x', baseURL, apiKey: rightKey };
      assert.equal((await refusal(await client.request('POST', '/api/providers', body))).status, 400, baseURL);
    }
    assert.ok(!(await list(client)).providers.some(({ source }) => source === 'own'));
  });

  test('whose address has turned bad since it was saved is not connected to', async () => {
    const client = watchedClient();
    const provider = await add(client, { baseURL: open.baseURL });
    const before = open.requests.length;
    const db = new DatabaseSync(path.join(dataFolder, 'thinkglass.db'), { timeout: 5_000 });
    const moved = open.baseURL.replace('127.0.0.1', '0.0.0.0'); // leads to this machine too
    db.prepare('update own_providers set base_url = ? where id = ?').run(moved, provider.id);
    db.close();
    const shown = (await list(client)).providers.find(({ id }) => id === provider.id);
    assert.match(problemOf(shown), /cannot be used/);
    assert.match((await testOf(client, provider.id)).words, /cannot be used/);
    assert.equal(open.requests.length, before);
  });

  test('has a key that can be sent', async () => {
    const client = watchedClient();
    for (const apiKey of ['clé', 'a b', 'x'.repeat(513), 'a\u0000b', 7]) {
      const body = { id: createId(), label: 'x', baseURL: open.baseURL, apiKey };
      const { status, message } = await refusal(await client.request('POST', '/api/providers', body));
      assert.equal(status, 400);
      assert.match(message, /^"apiKey"/);
    }
  });

  test('whose key was sealed under another secret asks for it again, and is not called meanwhile', async () => {
    const client = watchedClient();
    const provider = await add(client, { apiKey: rightKey });
    const db = new DatabaseSync(path.join(dataFolder, 'thinkglass.db'), { timeout: 5_000 });
    const place = { ownerId: 'o', providerId: provider.id, origin: locked.origin };
    const sealed = sealKey('another secret of at least thirty-two characters', place, rightKey);
    db.prepare('update own_providers set sealed_key = ? where id = ?').run(sealed, provider.id);
    db.close();
    const shown = (await list(client)).providers.find(({ id }) => id === provider.id);
    assert.deepEqual(shown?.key, { state: 'unreadable', end: '7Qx9' });
    const before = locked.requests.length;
    const tested = await testOf(client, provider.id);
    assert.match(tested.words, /Enter it again in Settings/);
    assert.equal(locked.requests.length, before);
    await client.json('PATCH', `/api/providers/${provider.id}`, { apiKey: rightKey });
    assert.equal((await testOf(client, provider.id)).ok, true);
  });

  test('that speaks as Hyperbolic did is one at another address, with the facts about its models', async () => {
    const client = watchedClient();
    const preset = (await list(client)).presets.find(({ id }) => id === 'hyperbolic');
    assert.match(preset?.gone ?? '', /shut down/);
    const body = { id: createId(), presetId: 'hyperbolic', label: 'H', baseURL: 'https://api.hyperbolic.xyz/v1' };
    assert.match((await refusal(await client.request('POST', '/api/providers', body))).message, /shut down/);
    const own = await createFakeProvider({ models: [{ id: 'deepseek-ai/DeepSeek-R1-Zero' }, { id: 'another' }] });
    const provider = await add(client, { presetId: 'hyperbolic', baseURL: own.baseURL });
    assert.deepEqual(
      provider.models.map(({ id, promptTemplate }) => [id, promptTemplate]),
      [
        ['deepseek-ai/DeepSeek-R1-Zero', 'r1-zero'],
        ['another', 'chat'],
      ],
    );
    await own.close();
  });
});

describe('a test', () => {
  test('streams one token for real, and leaves', async () => {
    const client = watchedClient();
    const provider = await add(client, { apiKey: rightKey });
    const tested = await testOf(client, provider.id, 'fast-r1');
    assert.equal(tested.ok, true);
    assert.match(tested.words, /^fast-r1 began to (think|answer) after \d+ ms\.$/);
    const body = JSON.parse(locked.requests.at(-1)?.body ?? '{}');
    assert.equal(body.max_tokens, 16);
    assert.equal(body.stream, true);
  });

  test('of a model that only thinks is good news, and a refusal comes in words at once', async () => {
    const client = watchedClient();
    const provider = await add(client, { apiKey: rightKey });
    assert.equal((await testOf(client, provider.id, 'length-in-thinking')).ok, true);
    const before = locked.requests.length;
    const limited = await testOf(client, provider.id, 'rate-limited-once');
    assert.equal(!limited.ok && limited.error.kind, 'rate');
    assert.equal(locked.requests.length, before + 1, 'it is asked once');
  });

  test('works for a server of the environment, and leaves its key unsaid', async () => {
    const client = watchedClient();
    assert.equal((await testOf(client, 'custom', 'plain')).ok, true);
    const custom = (await list(client)).providers.find(({ id }) => id === 'custom');
    assert.deepEqual(custom?.key, { state: 'environment', variable: 'CUSTOM_API_KEY' });
    assert.equal(custom?.check?.key, 'untested', 'its list is for everybody');
    assert.equal((await client.request('DELETE', '/api/providers/custom')).status, 404);
  });

  test('of a model or provider that is not there is a 404', async () => {
    const client = watchedClient();
    assert.equal((await client.request('POST', '/api/providers/custom/test', { modelKey: 'none' })).status, 404);
    for (const id of ['nobody', '__proto__', 'constructor', '..']) {
      assert.equal((await client.request('POST', `/api/providers/${id}/test`, {})).status, 404, id);
    }
  });

  test('may not be pressed for ever', async () => {
    const client = watchedClient();
    await list(client); // has a cookie now
    let last: Response | undefined;
    for (let i = 0; i < 13; i++) last = await client.request('POST', '/api/providers/nobody/test', {});
    assert.equal(last?.status, 429);
    assert.ok(Number(last?.headers.get('retry-after')) > 0);
  });
});

describe('what a person says about a model', () => {
  const put = (client: ApiClient, modelKey: string, override: ModelOverride | null, providerId = 'custom') =>
    client.json<{ overrides: ModelOverrideEntry[] }>('PUT', '/api/models/overrides', {
      overrides: [{ providerId, modelKey, override }],
    });
  const modelOf = async (client: ApiClient, key: string, providerId = 'custom') =>
    (await modelsOf(client)).providers
      .find(({ provider }) => provider.id === providerId)
      ?.models.find((m) => m.key === key);

  test('counts for them, for questions too, and for nobody else', async () => {
    const [client, other] = [watchedClient(), watchedClient()];
    const before = await modelOf(client, 'plain');
    const override: ModelOverride = {
      label: 'My plain one',
      advice: { temperature: 0.25, systemPrompt: 'avoid' },
      price: { input: 1, output: 2, asOf: '2026-11' },
      requestExtras: { top_k: 7 },
    };
    const { overrides } = await put(client, 'plain', override);
    assert.deepEqual(overrides, [{ providerId: 'custom', modelKey: 'plain', override }]);
    const after = await modelOf(client, 'plain');
    assert.deepEqual(after, { ...before, ...override });
    const asked = await client.askNew({ providerId: 'custom', modelKey: 'plain' }, 'Now?', {
      systemPrompt: 'Be brief.',
    });
    await client.follow(asked.conversationId, asked.cursor);
    const row = await client.generation(asked.answerId);
    const body = JSON.parse(row.request?.body ?? '{}');
    assert.equal(body.temperature, 0.25);
    assert.equal(body.top_k, 7);
    assert.deepEqual(body.messages, [{ role: 'user', content: 'Be brief.\n\nNow?' }]);
    assert.deepEqual(await modelOf(other, 'plain'), before);
    await put(client, 'plain', null);
    assert.deepEqual(await modelOf(client, 'plain'), before);
  });

  test('can add a model that no list has', async () => {
    const client = watchedClient();
    await put(client, 'pace:0ms:tokens:12', { added: true });
    const asked = await client.askNew({ providerId: 'custom', modelKey: 'pace:0ms:tokens:12' }, 'Who?');
    const state = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
    assert.equal(state?.finish?.outcome, 'complete');
    await put(client, 'pace:0ms:tokens:12', null);
    assert.equal(await modelOf(client, 'pace:0ms:tokens:12'), undefined);
  });

  test('is checked at the door', async () => {
    const client = watchedClient();
    const wrong: unknown[] = [{}, { history: 'all' }, { advice: { temperature: 3, systemPrompt: 'ok' } }, { price: 1 }];
    for (const override of wrong) {
      const body = { overrides: [{ providerId: 'custom', modelKey: 'plain', override }] };
      assert.equal((await client.request('PUT', '/api/models/overrides', body)).status, 400, JSON.stringify(override));
    }
    const nobody = { overrides: [{ providerId: 'nobody', modelKey: 'plain', override: { history: 'keep' } }] };
    assert.equal((await client.request('PUT', '/api/models/overrides', nobody)).status, 404);
  });
});

test('no key is in any answer, in the database or in what the server prints', () => {
  assert.ok(answers.length > 50);
  const files = readdirSync(dataFolder).filter((name) => name !== 'secret');
  assert.ok(files.some((name) => name.endsWith('.db')));
  const places: [where: string, text: string][] = [
    ['an answer', answers.join('\n')],
    ['what is printed', printed.join('\n')],
    ...files.map((name): [string, string] => [name, readFileSync(path.join(dataFolder, name), 'latin1')]),
  ];
  for (const [where, text] of places) {
    for (const key of [rightKey, wrongKey, serverKey]) {
      assert.ok(!text.includes(key) && !text.includes(key.slice(0, -4)), `${where} holds ${key}`);
    }
  }
});
