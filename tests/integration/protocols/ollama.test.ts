import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { ModelInfo, ProviderPart, Sampling } from '../../../lib/model.ts';
import { errorSentence, noticeSentence } from '../../../lib/sentences.ts';
import type { PullEvent } from '../../../lib/pull.ts';
import { createOllamaAdapter, type OllamaOptions } from '../../../lib/server/protocols/ollama/index.ts';
import { describeOllamaModel } from '../../../lib/server/protocols/ollama/models.ts';
import { askShortly } from '../../../lib/server/calls/short-answer.ts';
import { createRegistry, type RegistryOptions } from '../../../lib/server/providers/registry.ts';
import { createFakeOllama, embedder, type FakeOllama, plainModel, thinker } from '../../fakes/ollama.ts';
import { createFakeProvider, type FakeResponse } from '../../fakes/provider.ts';
import { ask, collect, errorOf, generousLimits, partsOf, testKey, testModel } from './ask.ts';

const closing: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closing) await close();
});

async function fakeOf(options: Parameters<typeof createFakeOllama>[0] = {}): Promise<FakeOllama> {
  const fake = await createFakeOllama(options);
  closing.push(fake.close);
  return fake;
}

const adapterOf = (baseURL: string, options: Partial<OllamaOptions> = {}) =>
  createOllamaAdapter({
    id: 'ollama',
    label: 'Ollama',
    baseURL,
    local: true,
    limits: generousLimits,
    wait: async () => {},
    ...options,
  });
const modelOf = (id: string, more: Partial<ModelInfo> = {}): ModelInfo => ({
  ...testModel,
  id,
  key: id,
  label: id,
  ...more,
});
const askFor = (fake: FakeOllama, id: string, more: Partial<ModelInfo> = {}, sampling: Sampling = {}) =>
  ask(adapterOf(fake.origin), { model: modelOf(id, more), sampling });
const windowOf = (body: Record<string, unknown> | undefined) =>
  (body?.options as { num_ctx?: number } | undefined)?.num_ctx;

describe('an Ollama that is asked in its own words', () => {
  test('answers with its thinking apart, and says what it counted', async () => {
    const fake = await fakeOf();
    const asked = await askFor(fake, 'deepseek-r1:8b');
    assert.equal(asked.reasoning, 'Let me think about it.');
    assert.equal(asked.content, 'You asked: Why?');
    assert.deepEqual(asked.last, { type: 'finish', reason: 'stop', rawReason: 'stop' });
    assert.deepEqual(partsOf(asked.parts, 'usage')[0]?.usage, { promptTokens: 12, outputTokens: 9 });
    assert.deepEqual(partsOf(asked.parts, 'model'), [{ type: 'model', id: 'deepseek-r1:8b' }]);
    const [sent] = partsOf(asked.parts, 'request');
    assert.equal(sent?.url, `${fake.origin}/api/chat`);
    assert.deepEqual(JSON.parse(sent?.body ?? ''), fake.chats()[0]);
  });

  test('is asked to think only where the model can, and as it was wished', async () => {
    const levels = { ...thinker, thinking: { values: ['low', 'medium', 'high'], default: 'medium' } };
    const fake = await fakeOf({ models: { r1: thinker, plain: plainModel, oss: levels } });
    await askFor(fake, 'r1');
    await askFor(fake, 'r1', {}, { effort: 'none' });
    await askFor(fake, 'plain', { reasoning: { transport: 'field', startsInReasoning: 'auto' } });
    await askFor(fake, 'oss', {}, { effort: 'high' });
    assert.deepEqual(
      fake.chats().map(({ think }) => think),
      [true, false, undefined, 'high'],
    );
  });

  test('that says a model cannot think is asked once more without, and from then on', async () => {
    const fake = await fakeOf({ models: { m: plainModel }, tellsNothing: true });
    const adapter = adapterOf(fake.origin);
    const model = modelOf('m', { reasoning: { transport: 'field', startsInReasoning: 'auto' } });
    const asked = await ask(adapter, { model });
    assert.equal(asked.content, 'You asked: Why?');
    assert.match(
      partsOf(asked.parts, 'notice')
        .map(({ notice }) => noticeSentence(notice))
        .join(),
      /cannot think/,
    );
    await ask(adapter, { model });
    assert.deepEqual(
      fake.chats().map(({ think }) => think),
      [true, undefined, undefined],
    );
  });

  test('is sent the pictures of a question beside its words', async () => {
    const fake = await fakeOf();
    const data = 'iVBORw0KGgo=';
    const messages = [
      { role: 'user' as const, content: 'What is it?', images: [{ mediaType: 'image/png' as const, data }] },
    ];
    const request = { model: modelOf('llama3.2:3b'), messages, sampling: {}, signal: new AbortController().signal };
    await Array.fromAsync(adapterOf(fake.origin).ask(request));
    assert.deepEqual(fake.chats()[0]?.messages, [{ role: 'user', content: 'What is it?', images: [data] }]);
  });

  test('is given a window that holds the conversation and the answer, and keeps it while it is loaded', async () => {
    const fake = await fakeOf();
    await askFor(fake, 'deepseek-r1:8b', {}, { maxTokens: 20_000 });
    await askFor(fake, 'deepseek-r1:8b', {}, { maxTokens: 100 });
    fake.loaded.clear();
    await askFor(fake, 'deepseek-r1:8b', {}, { maxTokens: 100 });
    assert.deepEqual(fake.chats().map(windowOf), [32_768, 32_768, undefined]);
  });

  test('is known to be loaded under the name of another model of the same file', async () => {
    const [blob, other] = ['a'.repeat(64), 'b'.repeat(64)];
    const fake = await fakeOf({
      models: { mine: { ...thinker, blob }, twin: { ...thinker, blob }, stranger: { ...thinker, blob: other } },
    });
    fake.loaded.set('twin', 65_536);
    await askFor(fake, 'mine', {}, { maxTokens: 100 });
    fake.loaded.clear();
    fake.loaded.set('stranger', 65_536);
    await askFor(fake, 'mine', {}, { maxTokens: 100 });
    assert.deepEqual(fake.chats().map(windowOf), [65_536, undefined]);
  });

  test('is never asked for more than the model can take', async () => {
    const fake = await fakeOf();
    await askFor(fake, 'llama3.2:3b', {}, { maxTokens: 20_000 });
    assert.equal(windowOf(fake.chats()[0]), 8_192);
  });

  test('shows what would be sent without sending it, with what it has told before', async () => {
    const fake = await fakeOf();
    const adapter = adapterOf(fake.origin);
    const request = {
      model: modelOf('deepseek-r1:8b'),
      messages: [{ role: 'user' as const, content: 'Why?' }],
      sampling: {},
    };
    await ask(adapter, request);
    assert.deepEqual(JSON.parse((await adapter.preview?.(request))?.body ?? ''), fake.chats()[0]);
    assert.equal(fake.chats().length, 1);
  });

  test('is given its key on every call, and no word of ours holds it', async () => {
    const fake = await fakeOf({ models: {} });
    const asked = await ask(adapterOf(fake.origin, { apiKey: testKey }), { model: modelOf('m') });
    assert.deepEqual(
      fake.requests.map(({ headers }) => headers.authorization),
      Array(3).fill(`Bearer ${testKey}`),
    );
    assert.ok(!JSON.stringify(asked).includes(testKey));
  });
});

describe('a model that has to be loaded', () => {
  test('is waited for, and that is said', async () => {
    const fake = await fakeOf({ gated: true });
    const parts: ProviderPart[] = [];
    const model = modelOf('deepseek-r1:8b');
    const request = { model, messages: [{ role: 'user' as const, content: 'Why?' }], sampling: {} };
    for await (const part of adapterOf(fake.origin).ask({ ...request, signal: new AbortController().signal })) {
      parts.push(part);
      if (part.type === 'waiting') await fake.releaseNext();
    }
    assert.deepEqual(
      parts.map(({ type }) => type).filter((type) => type !== 'usage' && type !== 'model'),
      ['request', 'waiting', 'first-byte', 'reasoning', 'content', 'finish'],
    );
    assert.deepEqual(partsOf(parts, 'waiting'), [{ type: 'waiting', reason: 'loading' }]);
    assert.equal(collect(parts).content, 'You asked: Why?');
  });

  test('is let go when nobody waits any more', async () => {
    const fake = await fakeOf({ gated: true });
    const stop = new AbortController();
    const request = { model: modelOf('deepseek-r1:8b'), messages: [], sampling: {}, signal: stop.signal };
    for await (const part of adapterOf(fake.origin).ask(request)) if (part.type === 'waiting') stop.abort();
    assert.equal(await fake.requests.find(({ path }) => path === '/api/chat')?.ended, 'client');
  });
});

describe('a model that is not there', () => {
  test('is told with the line that fetches it', async () => {
    const fake = await fakeOf();
    const error = errorOf(await askFor(fake, 'deepseek-r1:70b'));
    assert.equal(error.kind, 'model');
    assert.match(errorSentence(error), /"deepseek-r1:70b"/);
    assert.deepEqual(error.fix, {
      provider: 'Ollama',
      command: 'ollama pull deepseek-r1:70b',
      pull: 'deepseek-r1:70b',
    });
  });

  test('gets no line to copy when its name could be something else to a shell', async () => {
    const fake = await fakeOf();
    const error = errorOf(await askFor(fake, 'r1; true'));
    assert.equal(error.kind, 'model');
    assert.equal(error.fix, undefined);
  });
});

test('an address where there is no Ollama is told as such', async () => {
  const provider = await createFakeProvider();
  closing.push(provider.close);
  const error = errorOf(await ask(adapterOf(`${provider.origin}/elsewhere/path`), { model: modelOf('m') }));
  assert.match(errorSentence(error), /nothing at .*\/api\/chat/);
});

test('nothing that listens is told as such', async () => {
  const error = errorOf(await ask(adapterOf('http://127.0.0.1:9'), { model: modelOf('m') }));
  assert.equal(error.kind, 'offline');
  assert.match(errorSentence(error), /Is Ollama running\?/);
});

describe("what Ollama's stream may bring", () => {
  const streams: [words: string, lines: string, expected: { kind?: string; content: string; reason?: string }][] = [
    [
      'an end without a reason is a stop',
      '{"message":{"content":"a"}}\n{"done":true}',
      { content: 'a', reason: 'stop' },
    ],
    [
      'a length is told',
      '{"message":{"content":"a"}}\n{"done":true,"done_reason":"length"}\n',
      { content: 'a', reason: 'length' },
    ],
    [
      'text of the last line counts',
      '{"message":{"content":"a"},"done":true,"done_reason":"stop"}',
      { content: 'a', reason: 'stop' },
    ],
    [
      'nothing after the end counts',
      '{"message":{"content":"a"},"done":true}\n{"message":{"content":"b"}}\n',
      { content: 'a', reason: 'stop' },
    ],
    [
      'a line that is no JSON is left out',
      '{"message":{"content":"a"}}\n{"mess\n{"message":{"content":"b"},"done":true}',
      { content: 'ab', reason: 'stop' },
    ],
    ['no end is an interruption', '{"message":{"content":"a"}}\n', { content: 'a', kind: 'interrupted' }],
    ['an end without a word is told', '{"message":{"content":""},"done":true}\n', { content: '', kind: 'empty' }],
    ['no token left for a word is told', '{"done":true,"done_reason":"length"}\n', { content: '', kind: 'limit' }],
    ['a page is no stream', '<html>\n<title>Hello</title>\n', { content: '', kind: 'provider' }],
    ['an error before the first word is told', '{"error":"unexpected EOF"}\n', { content: '', kind: 'provider' }],
    ['nothing at all is an interruption', '', { content: '', kind: 'interrupted' }],
  ];
  for (const [words, lines, expected] of streams) {
    test(words, async () => {
      const asked = await askStream({ headers: { 'content-type': 'application/x-ndjson' }, steps: [{ write: lines }] });
      const { last } = asked;
      assert.equal(asked.content, expected.content);
      assert.equal(last?.type === 'error' ? last.error.kind : undefined, expected.kind);
      assert.equal(last?.type === 'finish' ? last.reason : undefined, expected.reason);
    });
  }

  test('a broken connection is told as such, and what had come is kept', async () => {
    const asked = await askStream({ steps: [{ write: '{"message":{"content":"a"}}\n{"mess' }, { end: 'truncate' }] });
    assert.match(errorSentence(errorOf(asked)), /connection to Ollama broke/);
    assert.equal(asked.content, 'a');
  });

  test('one that is busy is asked again, at most twice, and then it is told', async () => {
    let calls = 0;
    const body = JSON.stringify({ error: 'server busy, please try again.  maximum pending requests exceeded' });
    const asked = await askStream(() => {
      calls++;
      return { status: 503, headers: { 'content-type': 'application/json' }, steps: [{ write: body }] };
    });
    assert.equal(errorOf(asked).kind, 'busy');
    assert.equal(calls, 3);
  });

  test('an answer that grows too large is cut there', async () => {
    const line = `${JSON.stringify({ message: { content: 'é'.repeat(100) } })}\n`;
    const asked = await askStream(
      { steps: [{ write: line.repeat(10) }] },
      { sizes: { maxLine: 10_000, maxAnswer: 301 } },
    );
    assert.equal(asked.content, 'é'.repeat(150));
    assert.deepEqual(asked.last, { type: 'finish', reason: 'length' });
  });

  test('a line without an end is not read for ever', async () => {
    const asked = await askStream(
      { steps: [{ write: 'x'.repeat(20_000) }] },
      { sizes: { maxLine: 10_000, maxAnswer: 300 } },
    );
    assert.match(errorSentence(errorOf(asked)), /too long/);
  });

  test('silence in the middle ends it, and what had come is kept', async () => {
    const asked = await askStream(
      { steps: [{ write: '{"message":{"content":"a"}}\n' }, { hang: true }] },
      { limits: { ...generousLimits, idleMs: 150 } },
    );
    assert.equal(errorOf(asked).kind, 'interrupted');
    assert.equal(asked.content, 'a');
  });

  async function askStream(response: FakeResponse | (() => FakeResponse), options: Partial<OllamaOptions> = {}) {
    const provider = await createFakeProvider({
      respond: () => (typeof response === 'function' ? response() : response),
    });
    closing.push(provider.close);
    return ask(adapterOf(provider.origin, options), { model: modelOf('m') });
  }
});

describe('pulling a model', () => {
  const pullAll = async (fake: FakeOllama, name: string) => {
    const events: PullEvent[] = [];
    for await (const event of adapterOf(fake.origin).pull(name, new AbortController().signal)) events.push(event);
    return events;
  };

  test('tells how far it is, and ends with the model there', async () => {
    const fake = await fakeOf({ library: { 'r1-small': 4000 }, gated: true });
    const events: PullEvent[] = [];
    for await (const event of adapterOf(fake.origin).pull('r1-small', new AbortController().signal)) {
      events.push(event);
      if (event.type === 'progress' && event.total !== undefined && event.completed !== event.total) {
        await fake.releaseNext();
      }
    }
    const completed = events.flatMap((event) => (event.type === 'progress' && event.total ? [event.completed] : []));
    assert.deepEqual([...new Set(completed)], [0, 1000, 2000, 3000, 4000]);
    assert.deepEqual(events.at(-1), { type: 'done' });
    assert.ok(fake.models.has('r1-small'));
  });

  test('says so when there is no such model', async () => {
    const events = await pullAll(await fakeOf(), 'no-such-model');
    const last = events.at(-1);
    assert.equal(last?.type === 'error' && last.error.kind, 'model');
    assert.equal(last?.type === 'error' && last.error.detail, 'pull model manifest: file does not exist');
  });

  test('says so when nothing listens', async () => {
    const events: PullEvent[] = [];
    for await (const event of adapterOf('http://127.0.0.1:9').pull('m', new AbortController().signal))
      events.push(event);
    assert.equal(events[0]?.type === 'error' && events[0].error.kind, 'offline');
  });

  test('is cancelled by leaving: Ollama sees the connection close', async () => {
    const fake = await fakeOf({ library: { big: 4_000_000 }, gated: true });
    const stop = new AbortController();
    for await (const event of adapterOf(fake.origin).pull('big', stop.signal)) {
      if (event.type === 'progress' && event.total) stop.abort();
    }
    assert.equal(await fake.requests.at(-1)?.ended, 'client');
    assert.equal(fake.models.has('big'), false);
  });

  test('may take as long as it takes, while something is said now and then', async () => {
    const lines = Array.from({ length: 6 }, (_, i) => [{ waitMs: 400 }, { write: `{"status":"step ${i}"}\n` }]).flat();
    const options = {
      limits: { ...generousLimits, firstByteLocalMs: 2_000 },
      fetch: fetchAnswering({ steps: [...lines, { write: '{"status":"success"}\n' }] }),
    };
    const events: PullEvent[] = [];
    for await (const event of adapterOf('http://local.test', options).pull('m', new AbortController().signal)) {
      events.push(event);
    }
    assert.deepEqual(events.at(-1), { type: 'done' });
  });

  const ends: [words: string, response: FakeResponse, kind: string][] = [
    ['a refusal', { status: 500, steps: [{ write: '{"error":"disk full"}' }] }, 'busy'],
    ['an end in the middle', { steps: [{ write: '{"status":"pulling manifest"}\n' }] }, 'interrupted'],
    [
      'a broken connection',
      { steps: [{ write: '{"status":"pulling manifest"}\n' }, { end: 'truncate' }] },
      'interrupted',
    ],
    ['silence', { steps: [{ write: '{"status":"pulling manifest"}\n' }, { hang: true }] }, 'interrupted'],
    ['a line that never ends', { steps: [{ write: 'x'.repeat(70_000) }, { hang: true }] }, 'provider'],
  ];
  for (const [words, response, kind] of ends) {
    test(`${words} is told`, async () => {
      const events: PullEvent[] = [];
      const options = { limits: { ...generousLimits, firstByteLocalMs: 300 }, fetch: fetchAnswering(response) };
      for await (const event of adapterOf('http://local.test', options).pull('m', new AbortController().signal)) {
        events.push(event);
      }
      const last = events.at(-1);
      assert.equal(last?.type === 'error' && last.error.kind, kind);
    });
  }

  /** The pull of a server that answers like this, over a real socket. */
  function fetchAnswering(response: FakeResponse): typeof globalThis.fetch {
    return async (_url, init) => {
      const provider = await createFakeProvider({ respond: () => response });
      closing.push(provider.close);
      return fetch(`${provider.origin}/api/chat`, init);
    };
  }
});

describe('an Ollama that is found', () => {
  const registryOf = (options: Partial<RegistryOptions>) =>
    createRegistry({ keys: {}, custom: [], localServers: [], limits: generousLimits, ...options });
  const groupOf = (registry: ReturnType<typeof registryOf>, id: string) =>
    registry.list().find(({ provider }) => provider.id === id);

  test('is offered with its models as it describes them, without those that cannot chat', async () => {
    const levels = { ...thinker, details: { ...thinker.details, family: 'gptoss' } };
    const models = {
      'deepseek-r1:8b': thinker,
      'deepseek-r1-copy:8b': plainModel,
      'llama3.2:3b': plainModel,
      'gpt-oss:20b': levels,
      'nomic:v1': embedder,
      'big:cloud': { ...thinker, details: {}, remoteHost: 'https://example.test' },
      old: {},
    };
    const fake = await fakeOf({ models });
    const registry = registryOf({ localServers: [{ id: 'ollama', label: 'ollama', baseURL: `${fake.origin}/v1` }] });
    await registry.discover();
    const group = groupOf(registry, 'ollama');
    assert.deepEqual(group?.provider, {
      id: 'ollama',
      label: 'Ollama',
      kind: 'local',
      status: { state: 'ready', models: 6 },
    });
    assert.deepEqual(
      group?.models.map(({ id, reasoning, note, requestExtras, price }) => [
        id,
        reasoning.transport,
        note,
        requestExtras.think,
        price?.output,
      ]),
      [
        ['deepseek-r1:8b', 'field', '8.2B · Q4_K_M', undefined, 0],
        ['deepseek-r1-copy:8b', 'inline', '3.2B · Q4_0', undefined, 0],
        ['llama3.2:3b', 'none', '3.2B · Q4_0', undefined, 0],
        ['gpt-oss:20b', 'field', '8.2B · Q4_K_M', 'medium', 0],
        ['big:cloud', 'field', 'runs on ollama.com', undefined, undefined],
        ['old', 'inline', undefined, undefined, 0],
      ],
    );
  });

  test('is asked natively, and can fetch models', async () => {
    const fake = await fakeOf({ library: { small: 4 } });
    const registry = registryOf({ localServers: [{ id: 'ollama', label: 'ollama', baseURL: fake.origin }] });
    await registry.discover();
    const found = registry.findModel({ providerId: 'ollama', modelKey: 'deepseek-r1:8b' }) ?? assert.fail('not found');
    const asked = await ask(found.adapter, { model: found.model });
    assert.equal(asked.reasoning, 'Let me think about it.');
    assert.equal(fake.chats().length, 1);
    const events: PullEvent[] = [];
    const pulled = found.adapter.pull?.('small', new AbortController().signal) ?? assert.fail('it cannot pull');
    for await (const event of pulled) events.push(event);
    assert.deepEqual(events.at(-1), { type: 'done' });
  });

  test('is spoken to as others are where its /v1 is named as a server of its own', async () => {
    const fake = await fakeOf();
    const registry = registryOf({ custom: [{ id: 'mine', label: 'Mine', baseURL: `${fake.origin}/v1` }] });
    await registry.discover();
    const found = registry.findModel({ providerId: 'mine', modelKey: 'deepseek-r1:8b' }) ?? assert.fail('not found');
    const asked = await ask(found.adapter, { model: found.model });
    assert.equal(asked.reasoning, 'By the common protocol.');
    assert.equal(found.adapter.pull, undefined);
  });

  test('is not taken for one when something else answers there', async () => {
    const provider = await createFakeProvider({ models: [{ id: 'served-by-another' }] });
    closing.push(provider.close);
    const registry = registryOf({ localServers: [{ id: 'ollama', label: 'ollama', baseURL: provider.baseURL }] });
    await registry.discover();
    assert.deepEqual(
      groupOf(registry, 'ollama')?.models.map(({ id }) => id),
      ['served-by-another'],
    );
    assert.equal(registry.findProvider('ollama')?.adapter.pull, undefined);
  });
});

describe('an answer that Ollama is to go on with', () => {
  test('goes as its last message, the thinking in a field of its own, where its template is known', async () => {
    const fake = await fakeOf();
    const prefix = { reasoning: 'A thought.', thoughtOver: true, answer: 'It is' };
    const request = {
      model: modelOf('deepseek-r1:8b'),
      messages: [{ role: 'user' as const, content: 'Why?' }],
      prefix,
    };
    for await (const _ of adapterOf(fake.origin).ask({
      ...request,
      sampling: {},
      signal: new AbortController().signal,
    }));
    assert.deepEqual(fake.chats()[0]?.messages, [
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content: 'It is', thinking: 'A thought.' },
    ]);
    const listed = { id: 'r1', capabilities: ['thinking'], remote: false };
    const known = modelOf('r1');
    assert.equal(describeOllamaModel(listed, known).continuation, 'rendered');
    assert.equal(describeOllamaModel({ ...listed, remote: true }, known).continuation, undefined);
  });
});

test('a native Ollama gives a few words without thinking, where it can do without', async () => {
  const fake = await fakeOf();
  const model = modelOf('deepseek-r1:8b', { parameters: { efforts: ['off', 'on'] } });
  const signal = new AbortController().signal;
  const words = await askShortly(adapterOf(fake.origin), { model, text: 'Name it.', maxTokens: 32, signal });
  assert.equal(words, 'You asked: Name it.');
  const [sent] = fake.chats();
  assert.deepEqual((sent?.options as { num_predict?: number } | undefined)?.num_predict, 32);
  assert.equal(sent?.think, false);
});
