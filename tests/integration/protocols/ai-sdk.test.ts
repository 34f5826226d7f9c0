import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ChatMessage, ModelInfo, ProviderAdapter, Sampling } from '../../../lib/model.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import { getProtocol } from '../../../lib/server/protocols/index.ts';
import type { AskedServer } from '../../../lib/server/protocols/protocol.ts';
import { convertPresetModels, providerPresets } from '../../../lib/server/providers/presets.ts';
import { type AiSdkRecording, aiSdkRecordings, readAiSdkRecording, replayAiSdk } from '../../fakes/ai-sdk.ts';
import { createFakeProvider, type FakeProvider } from '../../fakes/provider.ts';
import { ask, collect, errorOf, fetchOf, generousLimits, partsOf, testKey } from './ask.ts';
import { createUpstreamFetch } from '../../../lib/server/calls/upstream-fetch.ts';

const upstream = createUpstreamFetch({ connectMs: 5_000 });

function presetOf(id: string) {
  const preset = providerPresets.find((one) => one.id === id);
  assert.ok(preset);
  return preset;
}

function adapterAt(provider: string, baseURL: string, options: Partial<AskedServer> = {}): ProviderAdapter {
  const { label, dialect } = presetOf(provider);
  return getProtocol('ai-sdk').createAdapter({
    id: provider,
    label,
    baseURL,
    apiKey: testKey,
    ...(dialect && { dialect }),
    limits: generousLimits,
    fetch: upstream,
    wait: async () => {},
    ...options,
  });
}

/** The preset's model that thinks with a budget, or its first. */
function modelOf(provider: string): ModelInfo {
  const models = convertPresetModels(presetOf(provider));
  const model = models.find(({ parameters }) => parameters?.thinkingBudget) ?? models[0];
  assert.ok(model);
  return model;
}

function expectAsRecorded(asked: Awaited<ReturnType<typeof ask>>, { expect }: AiSdkRecording): void {
  assert.equal(asked.reasoning, expect.reasoning);
  assert.equal(asked.content, expect.answer);
  if (expect.outcome === 'error') {
    const error = errorOf(asked);
    assert.equal(error.kind, expect.error);
    if (expect.message !== undefined) assert.equal(error.detail, expect.message);
    assert.equal(error.retryAfterSeconds, expect.retryAfter);
    return;
  }
  assert.equal(asked.last?.type === 'finish' && asked.last.reason, expect.finish);
  assert.deepEqual(partsOf(asked.parts, 'usage').at(-1)?.usage, expect.usage);
  const opaque = partsOf(asked.parts, 'opaque').map(({ kind, text, data }) => ({ kind, text, data }));
  assert.deepEqual(opaque, expect.opaque);
}

describe('every recording of a provider with a protocol of its own', () => {
  let fake: FakeProvider;
  before(async () => {
    fake = await createFakeProvider({ elsewhere: replayAiSdk });
  });
  after(() => fake.close());

  for (const recording of aiSdkRecordings) {
    const { file, provider } = recording;
    test(`${file} comes out as expected over a socket, line by line`, async () => {
      const adapter = adapterAt(provider, `${fake.origin}/${file.replace(/\.\w+$/, '')}`);
      expectAsRecorded(await ask(adapter, { model: modelOf(provider) }), recording);
    });

    test(`${file} says the same byte by byte`, async () => {
      const body = readAiSdkRecording(recording);
      const bytes = Array.from(body, (_, i) => body.subarray(i, i + 1));
      const end = recording.replay.end === 'reset' ? 'reset' : 'eof';
      const adapter = adapterAt(provider, 'http://local.test', { fetch: fetchOf(bytes, { ...recording.http, end }) });
      expectAsRecorded(await ask(adapter, { model: modelOf(provider) }), recording);
    });
  }

  test('what came in one read is handed on in one part of each kind', async () => {
    for (const file of ['anthropic-thinking.sse', 'google-thinking.sse']) {
      const recording = aiSdkRecordings.find((one) => one.file === file);
      if (!recording) continue;
      const fetch = fetchOf([readAiSdkRecording(recording)]);
      const { parts } = await ask(adapterAt(recording.provider, 'http://local.test', { fetch }), {
        model: modelOf(recording.provider),
      });
      assert.equal(partsOf(parts, 'reasoning').length, 1, file);
      assert.equal(partsOf(parts, 'content').length, 1, file);
    }
  });
});

describe('Anthropic, asked through its package', () => {
  let fake: FakeProvider;
  before(async () => {
    fake = await createFakeProvider({ elsewhere: replayAiSdk });
  });
  after(() => fake.close());
  const thinking = () => adapterAt('anthropic', `${fake.origin}/anthropic-thinking`);
  const sent = () => JSON.parse(fake.requests.at(-1)?.body ?? '{}') as Record<string, unknown>;
  const askWith = async (sampling: Sampling, messages: ChatMessage[] = [{ role: 'user', content: 'Why?' }]) => {
    const parts = [];
    const request = { model: modelOf('anthropic'), messages, sampling, signal: new AbortController().signal };
    for await (const part of thinking().ask(request)) parts.push(part);
    return collect(parts);
  };

  test('is sent its key in its own header, our name, and a budget where one is asked for', async () => {
    const { parts } = await askWith({ thinkingBudget: 2048, maxTokens: 1000 });
    const [request] = fake.requests.slice(-1);
    assert.equal(request?.headers['x-api-key'], testKey);
    assert.match(String(request?.headers['user-agent']), /^Thinkglass/);
    assert.deepEqual(sent().thinking, { type: 'enabled', budget_tokens: 2048 });
    assert.equal(sent().max_tokens, 3048);
    assert.deepEqual(partsOf(parts, 'request')[0]?.body, request?.body);
    assert.ok(!JSON.stringify(parts).includes(testKey));
  });

  test('shows what would be sent, without sending it', async () => {
    const before = fake.requests.length;
    const request = {
      model: modelOf('anthropic'),
      messages: [{ role: 'user' as const, content: 'Why?' }],
      sampling: {},
    };
    const shown = await thinking().preview?.(request);
    assert.equal(fake.requests.length, before);
    await askWith({});
    assert.deepEqual(shown, { url: `${fake.origin}/anthropic-thinking/messages`, body: fake.requests.at(-1)?.body });
  });

  test('gets its thinking back with the signature, and a redacted one as it was', async () => {
    const data = { anthropic: { signature: 'EqQB' } };
    const redacted = { anthropic: { redactedData: 'Emwk' } };
    await askWith({}, [
      { role: 'user', content: 'Why?' },
      {
        role: 'assistant',
        content: 'Because.',
        reasoning: 'Hm.',
        signed: {
          protocol: 'ai-sdk',
          blocks: [
            { kind: 'reasoning', text: '\nHm.\n', data },
            { kind: 'reasoning', text: '', data: redacted },
            { kind: 'answer', text: 'Because.' },
          ],
        },
      },
      { role: 'user', content: 'Why not?' },
    ]);
    assert.deepEqual((sent().messages as { content: unknown }[])[1]?.content, [
      { type: 'thinking', thinking: '\nHm.\n', signature: 'EqQB' },
      { type: 'redacted_thinking', data: 'Emwk' },
      { type: 'text', text: 'Because.' },
    ]);
  });

  test('is not sent thinking of others, which nobody has signed', async () => {
    await askWith({}, [
      { role: 'user', content: 'Why?' },
      { role: 'assistant', content: 'Because.', reasoning: 'Hm.' },
      { role: 'user', content: 'Why not?' },
    ]);
    assert.deepEqual((sent().messages as { content: unknown }[])[1]?.content, [{ type: 'text', text: 'Because.' }]);
  });

  test('is never sent the operator’s key by somebody’s own server that has none', async () => {
    process.env.ANTHROPIC_API_KEY = 'the-operators-own-key';
    try {
      const { apiKey: _, ...server } = { ...presetOf('anthropic'), apiKey: undefined };
      const adapter = getProtocol('ai-sdk').createAdapter({
        ...server,
        baseURL: `${fake.origin}/anthropic-thinking`,
        limits: generousLimits,
        fetch: upstream,
      });
      await ask(adapter, { model: modelOf('anthropic') });
      assert.ok(!JSON.stringify(fake.requests.at(-1)?.headers).includes('the-operators-own-key'));
    } finally {
      delete process.env.ANTHROPIC_API_KEY;
    }
  });

  test('takes no raw completion, and says so', async () => {
    const request = { model: modelOf('anthropic'), messages: [], completion: { prompt: 'x', stop: [] }, sampling: {} };
    const parts = [];
    for await (const part of thinking().ask({ ...request, signal: new AbortController().signal })) parts.push(part);
    assert.match(errorSentence(errorOf(collect(parts))), /takes no raw completions/);
  });

  test('closes its connection at once when it is stopped', async () => {
    const slow = await createFakeProvider({
      elsewhere: () => ({ steps: [{ write: ': open\n\n' }, { hang: true }] }),
    });
    const stop = new AbortController();
    const parts = [];
    const request = {
      model: modelOf('anthropic'),
      messages: [{ role: 'user' as const, content: 'Why?' }],
      sampling: {},
    };
    for await (const part of adapterAt('anthropic', slow.origin).ask({ ...request, signal: stop.signal })) {
      parts.push(part);
      if (part.type === 'first-byte') stop.abort('stopped');
    }
    const [received] = slow.requests;
    assert.ok(received);
    assert.equal(await slow.ended(received), 'client');
    assert.equal(parts.at(-1)?.type, 'first-byte');
    await slow.close();
  });

  test('is given up when it goes silent', async () => {
    const slow = await createFakeProvider({ elsewhere: () => ({ steps: [{ write: ': open\n\n' }, { hang: true }] }) });
    const limits = { ...generousLimits, idleMs: 100 };
    const asked = await ask(adapterAt('anthropic', slow.origin, { limits }), { model: modelOf('anthropic') });
    assert.match(errorSentence(errorOf(asked)), /Anthropic went silent/);
    await slow.close();
  });
});
