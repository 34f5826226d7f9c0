import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { GenerationErrorKind } from '../../../lib/errors.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import { createUpstreamFetch } from '../../../lib/server/calls/upstream-fetch.ts';
import { listModels } from '../../../lib/server/providers/list-models.ts';
import { getProtocol } from '../../../lib/server/protocols/index.ts';
import { detectPreset } from '../../../lib/server/providers/presets.ts';
import { eventsOf, liteLLM, listOf, llamacpp, refusalOf, streamOf, transformersServe } from '../../fakes/manners.ts';
import { createFakeProvider, type FakeProvider, type FakeResponse } from '../../fakes/provider.ts';
import { adapterFor, ask, errorOf, generousLimits, partsOf, testModel } from './ask.ts';

let fake: FakeProvider;
let respond: () => FakeResponse;
let list: () => FakeResponse;
before(async () => {
  fake = await createFakeProvider({ respond: () => respond(), models: () => list() });
});
after(() => fake.close());

const limits = { ...generousLimits, firstByteLocalMs: 0 };
const upstream = createUpstreamFetch({ connectMs: generousLimits.connectMs });

type Case = [manner: typeof llamacpp, name: string, kind: GenerationErrorKind, words: RegExp, calls: number];
const refusals: Case[] = [
  [llamacpp, 'loading', 'busy', /was still loading its model/, 1],
  [llamacpp, 'locked', 'auth', /refused the API key/, 1],
  [llamacpp, 'overlong', 'context', /more than the 288/, 1],
  [llamacpp, 'template', 'request', /did not accept the request/, 1],
  [liteLLM, 'noDatabase', 'auth', /refused the API key/, 1],
  [liteLLM, 'noKey', 'auth', /API key/, 1],
  [liteLLM, 'noDeployment', 'model', /does not offer/, 1],
  [liteLLM, 'unknownModel', 'model', /does not offer/, 1],
  [liteLLM, 'rateLimited', 'rate', /Try again in 60 s/, 1],
  [liteLLM, 'upstreamDown', 'busy', /could not reach the server behind/, 3],
  [liteLLM, 'unsupported', 'request', /did not accept the request/, 1],
  [transformersServe, 'unexpectedField', 'request', /did not accept the request/, 1],
  [transformersServe, 'unknownModel', 'busy', /busy or not ready/, 3],
];
for (const [manner, name, kind, words, calls] of refusals) {
  test(`${manner.build}, ${name}: is told as what it is, after ${calls} call(s)`, async () => {
    respond = () => refusalOf(manner, name);
    const before = fake.requests.length;
    // A server that loads is waited for, here for no time at all.
    const error = errorOf(await ask(adapterFor(fake.baseURL, { limits })));
    assert.equal(error.kind, kind);
    assert.match(errorSentence(error), words);
    assert.equal(fake.requests.length - before, calls);
  });
}

for (const name of ['badValue', 'stopStrings']) {
  test(`transformers serve, ${name}: an error in a stream is one`, async () => {
    respond = () => ({ steps: [{ write: `data: ${JSON.stringify(transformersServe[name])}\n\n` }] });
    assert.ok(errorOf(await ask(adapterFor(fake.baseURL, { limits }))).detail);
  });
}

describe('lists', () => {
  const listed = async (response: FakeResponse) => {
    list = () => response;
    const server = {
      label: 'Fake',
      baseURL: fake.baseURL,
      listPath: '/models',
      protocol: getProtocol(undefined),
      needsKey: false,
      publicList: false,
      local: true,
    };
    const answer = await listModels(server, upstream, 30_000);
    return 'models' in answer ? answer.models : assert.fail(answer.error.code);
  };
  const who = async (response: FakeResponse) => detectPreset(fake.baseURL, await listed(response))?.id;

  test('give away who has them', async () => {
    assert.equal(await who(listOf(llamacpp)), 'llamacpp');
    assert.equal(await who(listOf(llamacpp, 'routerList')), 'llamacpp');
    assert.equal(await who(listOf(liteLLM)), 'litellm');
    assert.equal(await who(listOf(transformersServe)), 'transformers-serve');
    assert.equal(await who(listOf(transformersServe, 'list554')), 'transformers-serve');
  });

  test('tell size and quantisation, what is loaded, and leave out what does not chat', async () => {
    assert.equal((await listed(listOf(llamacpp)))[0]?.note, '607K · Q8_0 · 1 MB');
    assert.deepEqual(
      (await listed(listOf(llamacpp, 'routerList'))).map(({ memory }) => memory),
      [{ state: 'unloaded' }, { state: 'unloaded' }],
    );
    assert.deepEqual(
      (await listed(listOf(liteLLM))).map(({ id }) => id),
      ['deepseek-reasoner', 'zero'],
    );
  });
});

describe('streams', () => {
  test('of llama.cpp tell how much of the prompt is read, read by read', async () => {
    respond = () => ({ steps: eventsOf('llamacpp.prompt-progress.sse').map((event) => ({ write: event })) });
    const { parts, content } = await ask(adapterFor(fake.baseURL, { local: true, tellsProgress: true }));
    assert.equal(JSON.parse(fake.requests.at(-1)?.body ?? '{}').return_progress, true);
    const read = partsOf(parts, 'waiting').flatMap((part) => (part.reason === 'reading' ? [part.progress] : []));
    assert.ok(read.length >= 5);
    assert.deepEqual(
      read.map((progress) => progress.read),
      read.map((progress) => progress.read).toSorted((a, b) => a - b),
    );
    assert.equal(read.at(-1)?.read, read.at(-1)?.total);
    assert.equal(content, 'word0 word');
  });

  test('of transformers serve end without [DONE], with their counts', async () => {
    respond = () => streamOf('transformers-serve.thinking.sse');
    const asked = await ask(adapterFor(fake.baseURL));
    assert.equal(asked.last?.type, 'finish');
    assert.equal(asked.reasoning, '\n7 * 3 = 21');
    assert.deepEqual(partsOf(asked.parts, 'model'), [{ type: 'model', id: 'me/tiny-qwen3@main' }]);
    assert.equal(partsOf(asked.parts, 'usage')[0]?.usage.outputTokens, 49);
  });

  test('that begin with a role and then say nothing wait for their turn', { timeout: 30_000 }, async () => {
    const [role = ''] = eventsOf('transformers-serve.thinking.sse').filter((event) => event.includes('"role"'));
    respond = () => ({
      steps: [
        { write: role },
        { gate: true },
        { write: eventsOf('transformers-serve.thinking.sse').slice(2).join('') },
      ],
    });
    const stop = new AbortController();
    const waiting: string[] = [];
    for await (const part of adapterFor(fake.baseURL, { local: true }).ask({
      model: testModel,
      messages: [{ role: 'user', content: 'Why?' }],
      sampling: {},
      signal: stop.signal,
    })) {
      if (part.type !== 'waiting') continue;
      waiting.push(part.reason);
      await fake.releaseNext();
    }
    assert.deepEqual(waiting, ['in-line']);
  });
});
