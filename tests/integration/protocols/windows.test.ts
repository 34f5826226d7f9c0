import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { ModelInfo, ModelRequest } from '../../../lib/model.ts';
import type { Notice } from '../../../lib/notice.ts';
import { errorSentence, noticeSentence } from '../../../lib/sentences.ts';
import { createOllamaAdapter } from '../../../lib/server/protocols/ollama/index.ts';
import { createFakeOllama, type FakeModel, type FakeOllama } from '../../fakes/ollama.ts';
import { createFakeProvider, type FakeResponse } from '../../fakes/provider.ts';
import { adapterFor, collect, errorOf, generousLimits, testModel } from './ask.ts';

const closing: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of closing) await close();
});

async function ollamaOf(model: FakeModel): Promise<FakeOllama> {
  const fake = await createFakeOllama({ models: { tiny: model } });
  closing.push(fake.close);
  return fake;
}

const tiny: FakeModel = { capabilities: ['completion'], details: { family: 'llama' }, contextLength: 288, writes: 20 };
const wordsOf = (count: number) => 'word '.repeat(count).trim();
const asking = (words: number[], more: Partial<ModelInfo> = {}): ModelRequest => ({
  model: { ...testModel, id: 'tiny', key: 'tiny', ...more },
  messages: words.map((count, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content: wordsOf(count) })),
  sampling: {},
  signal: new AbortController().signal,
});
const noticesOf = (parts: Awaited<ReturnType<typeof collect>>['parts']): Notice[] =>
  parts.flatMap((part) => (part.type === 'notice' ? [part.notice] : []));

describe('an Ollama', () => {
  const native = (fake: FakeOllama) =>
    createOllamaAdapter({ id: 'ollama', label: 'Ollama', baseURL: fake.origin, local: true, limits: generousLimits });

  test('is told to leave nothing out, and its refusal is told with its numbers', async () => {
    const fake = await ollamaOf(tiny);
    const asked = collect(await Array.fromAsync(native(fake).ask(asking([481]))));
    const error = errorOf(asked);
    assert.equal(error.kind, 'context');
    assert.match(errorSentence(error), /481 tokens, more than the 288/);
    assert.doesNotMatch(error.detail ?? '', /[{}]/);
    assert.deepEqual(noticesOf(asked.parts), []);
    assert.deepEqual([fake.chats()[0]?.truncate, fake.chats()[0]?.shift], [false, false]);
  });

  test('that is told to ends where its window does, and that is said', async () => {
    const fake = await ollamaOf({ ...tiny, writes: 100 });
    const asked = collect(await Array.fromAsync(native(fake).ask(asking([250]))));
    assert.equal(asked.last?.type === 'finish' && asked.last.reason, 'length');
    const [notice] = noticesOf(asked.parts);
    assert.deepEqual(notice, { code: 'window-full', facts: { promptTokens: 250, contextTokens: 288 } });
  });

  test('of before that cuts without a word, and slides; the counts tell', async () => {
    const fake = await ollamaOf({ ...tiny, old: true, writes: 200 });
    const cut = noticesOf(collect(await Array.fromAsync(native(fake).ask(asking([200, 150, 131])))).parts);
    assert.deepEqual(cut[0]?.code, 'beginning-cut');
    assert.equal(cut[0].facts.read, 146);
    assert.equal(cut[0].facts.contextTokens, 288);
    assert.equal(cut[0].facts.unread, 1, 'the first message cannot have been read');
    assert.match(noticeSentence(cut[0]), /only the last 146 of about \d+ tokens.*num_ctx/);
    const slid = noticesOf(collect(await Array.fromAsync(native(fake).ask(asking([150])))).parts);
    assert.deepEqual(slid, [{ code: 'window-slid', facts: { provider: 'Ollama', tokens: 350, contextTokens: 288 } }]);
  });

  test('asked by the common protocol cuts and slides as silently, and is found out too', async () => {
    const fake = await ollamaOf({ ...tiny, writes: 200 });
    const adapter = adapterFor(`${fake.origin}/v1`, { label: 'Mine', cutsPrompt: true });
    const cut = noticesOf(collect(await Array.fromAsync(adapter.ask(asking([481])))).parts);
    assert.deepEqual(cut[0]?.code, 'beginning-cut');
    const slid = noticesOf(collect(await Array.fromAsync(adapter.ask(asking([150])))).parts);
    assert.deepEqual(slid[0]?.code, 'window-slid');
  });

  test('with room enough is not suspected, over either protocol', async () => {
    const fake = await ollamaOf({ ...tiny, contextLength: 131_072, writes: 200 });
    for (const adapter of [native(fake), adapterFor(`${fake.origin}/v1`, { cutsPrompt: true })])
      for (const words of [[1], [100], [300, 300, 200]])
        assert.deepEqual(noticesOf(collect(await Array.fromAsync(adapter.ask(asking(words)))).parts), []);
  });
});

describe('any other server', () => {
  const answer = (usage: object, finish: string): FakeResponse => ({
    steps: [
      { event: { choices: [{ index: 0, delta: { content: 'So it goes.' }, finish_reason: null }] } },
      { event: { choices: [{ index: 0, delta: {}, finish_reason: finish }], usage } },
      { write: 'data: [DONE]\n\n' },
    ],
  });
  const ask = async (
    usage: object,
    finish: string,
    more: Partial<ModelRequest> = {},
    limits: ModelInfo['limits'] = {},
  ) => {
    const fake = await createFakeProvider({ respond: () => answer(usage, finish) });
    closing.push(fake.close);
    const request = { ...asking([100], { limits }), ...more };
    return noticesOf(collect(await Array.fromAsync(adapterFor(fake.baseURL).ask(request))).parts);
  };
  const window = { contextTokens: 288, contextFrom: 'server' } as const;

  test('that ends at its window is full, unless a limit was set and reached', async () => {
    const full = { prompt_tokens: 200, completion_tokens: 88 };
    assert.deepEqual(await ask(full, 'length', {}, window), [
      { code: 'window-full', facts: { promptTokens: 200, contextTokens: 288 } },
    ]);
    assert.deepEqual(await ask(full, 'length', { sampling: { maxTokens: 88 } }, window), []);
    assert.deepEqual(await ask({ ...full, completion_tokens: 40 }, 'length', {}, window), []);
    assert.deepEqual(await ask(full, 'stop', {}, window), []);
    assert.deepEqual(await ask(full, 'length'), [], 'nothing is claimed where no window is known');
  });

  test('is not said to have left anything out, whatever it counted', async () => {
    assert.deepEqual(await ask({ prompt_tokens: 3, completion_tokens: 9 }, 'stop', {}, window), []);
    assert.deepEqual(await ask({ prompt_tokens: 900, completion_tokens: 40 }, 'stop', {}, window), []);
  });
});
