import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { ModelInfo, ModelRequest, ProviderPart } from '../../../lib/model.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import { renderPrompt } from '../../../lib/prompts/history.ts';
import { ReasoningSplitter } from '@thinkglass/splitter';
import { createReplayProvider } from '../../../lib/server/recordings.ts';
import { createFakeProvider, type FakeResponse, json, recordings, textChunk } from '../../fakes/provider.ts';
import { adapterFor, collect, generousLimits, testKey, testModel } from './ask.ts';

let answer: (() => FakeResponse) | undefined;
const provider = await createFakeProvider({ respond: () => answer?.() });
after(() => provider.close());
const adapter = adapterFor(provider.baseURL);

type Asking = Partial<Omit<ModelRequest, 'signal'>>;
const requestOf = (asking: Asking = {}): Omit<ModelRequest, 'signal'> => ({
  model: testModel,
  messages: [],
  sampling: {},
  completion: { prompt: 'Once upon', stop: [] },
  ...asking,
});

async function complete(asking: Asking = {}, of = adapter) {
  const parts: ProviderPart[] = [];
  for await (const part of of.ask({ ...requestOf(asking), signal: new AbortController().signal })) parts.push(part);
  return collect(parts);
}

test('a completion is asked with exactly this body, and nothing of a chat', async () => {
  const model: ModelInfo = {
    ...testModel,
    id: 'base',
    advice: { temperature: 0.6, topP: 0.95, systemPrompt: 'avoid' },
    requestExtras: { chat_template_kwargs: { thinking: true } },
  };
  const completion = { prompt: 'Naïve “text”,\n\n with {{braces}}  ', stop: ['\nUser:'] };
  const { content, last } = await complete({ model, completion, sampling: { seed: 7, maxTokens: 99 } });
  assert.equal(content, ' <think> Six times seven is forty-two. </think> <answer> 42 </answer>');
  assert.deepEqual(last, { type: 'finish', reason: 'stop', rawReason: 'stop' });
  const received = provider.requests.at(-1);
  assert.equal(received?.path, '/v1/completions');
  assert.equal(received?.headers.authorization, `Bearer ${testKey}`);
  assert.equal(
    received?.body,
    '{"model":"base","prompt":"Naïve “text”,\\n\\n with {{braces}}  ","temperature":0.6,"top_p":0.95,"max_tokens":99,"seed":7,"stop":["\\nUser:"],"stream":true,"stream_options":{"include_usage":true}}',
  );
});

test('what is previewed is what is sent, to where it is sent', async () => {
  const model = { ...testModel, id: 'base' };
  const asked = { model, completion: { prompt: 'x', stop: ['a', 'b'] }, sampling: { temperature: 0 } };
  const { parts } = await complete(asked);
  const sent = parts.find((part) => part.type === 'request');
  assert.deepEqual({ type: 'request', ...(await adapter.preview?.(requestOf(asked))) }, sent);
  assert.equal(provider.requests.at(-1)?.body, sent?.type === 'request' ? sent.body : undefined);
  const chat = await adapter.preview?.({ model, messages: [{ role: 'user', content: 'Hi' }], sampling: {} });
  assert.equal(chat?.url, `${provider.baseURL}/chat/completions`);
});

test('a server that refuses stream_options is not sent them', async () => {
  await complete({ model: { ...testModel, id: 'base' } }, adapterFor(provider.baseURL, { sendIncludeUsage: false }));
  assert.doesNotMatch(provider.requests.at(-1)?.body ?? '', /stream_options/);
});

test('tokens, the first byte and an answer in one piece are told as for a chat', async () => {
  const { parts } = await complete({ model: { ...testModel, id: 'base' } });
  const usage = parts.find((part) => part.type === 'usage');
  assert.deepEqual(usage?.type === 'usage' && usage.usage, { promptTokens: 90, outputTokens: 14 });
  assert.ok(parts.some((part) => part.type === 'first-byte'));
  answer = () =>
    json(200, { object: 'text_completion', choices: [{ index: 0, text: 'A time.', finish_reason: 'stop' }] });
  assert.equal((await complete()).content, 'A time.');
});

test('a broken connection keeps what had arrived', async () => {
  answer = () => ({ steps: [textChunk('Once'), textChunk(' more'), { end: 'truncate' }] });
  const { content, last } = await complete();
  assert.equal(content, 'Once more');
  assert.equal(last?.type === 'error' && last.error.kind, 'interrupted');
});

test('a server without completions, or a chat model, is told in these words', async () => {
  const refusals: [string, FakeResponse, 'request' | 'model'][] = [
    ['an unknown path', json(404, { detail: 'Not Found' }), 'request'],
    [
      'a web page',
      { status: 404, headers: { 'content-type': 'text/html' }, steps: [{ write: '<h1>404</h1>' }] },
      'request',
    ],
    ['a method that is not allowed', json(405, { detail: 'Method Not Allowed' }), 'request'],
    [
      'a beta feature',
      json(400, {
        error: { message: 'completions api is only available when using beta api', type: 'invalid_request_error' },
      }),
      'request',
    ],
  ];
  for (const [what, refusal, kind] of refusals) {
    answer = () => refusal;
    const { last } = await complete();
    const error = last?.type === 'error' ? last.error : assert.fail(what);
    assert.equal(error.kind, kind, what);
    assert.match(
      errorSentence(error),
      /^Fake does not take raw completions at .*\/v1\/completions\. Ask it as a chat/,
      what,
    );
  }
  answer = undefined;
  const { last } = await complete({ model: { ...testModel, id: 'plain' } });
  const error = last?.type === 'error' ? last.error : assert.fail('a chat model refuses');
  assert.equal(error.kind, 'model');
  assert.match(errorSentence(error), /^Fake does not take raw completions with the model "plain"/);
});

test('other refusals of a completion keep their own words', async () => {
  answer = () => json(404, { error: { message: 'The model `x` does not exist', code: 'model_not_found' } });
  const missing = (await complete()).last;
  assert.match(missing?.type === 'error' ? errorSentence(missing.error) : '', /does not offer the model/);
  answer = () => json(401, { error: { message: 'Invalid API key' } });
  const refused = (await complete()).last;
  assert.equal(refused?.type === 'error' && refused.error.kind, 'auth');
  answer = undefined;
});

test('the R1-Zero recordings of servers come out as their manifest says, read as completions', async () => {
  const ofZero = recordings.filter(({ situation }) => situation === 'r1-zero');
  assert.ok(ofZero.some(({ provider: name }) => name === 'hyperbolic'));
  for (const { file, expect } of ofZero) {
    const { content, last } = await complete({}, adapterFor(provider.baseURLOf(file)));
    const splitter = new ReasoningSplitter({ completion: true });
    splitter.push(content);
    splitter.end('stop');
    const { reasoning, answer: said } = splitter.result();
    assert.deepEqual({ reasoning, answer: said }, { reasoning: expect.reasoning, answer: expect.answer }, file);
    assert.equal(last?.type, 'finish', file);
  }
});

test('our own R1-Zero recording continues the raw prompt, in both endings, to the same thinking and answer', async () => {
  const { adapter: replay, models } = createReplayProvider({ speed: 100_000, limits: generousLimits });
  const model = models.find(({ key }) => key === 'r1-zero') ?? assert.fail();
  const question = 'Solve √(x + 7) = x − 5.';
  const split = async (asking: Asking, startsInReasoning: boolean | 'auto') => {
    const { content, last } = await complete({ model, ...asking }, replay);
    assert.equal(last?.type, 'finish');
    const splitter = new ReasoningSplitter({ startsInReasoning, completion: asking.completion !== undefined });
    splitter.push(content);
    splitter.end('stop');
    const { reasoning, answer: said, complete: whole } = splitter.result();
    return { reasoning, said, whole, opens: content.startsWith('<think>') };
  };
  const render = (opensThinking: boolean) =>
    renderPrompt({ model, template: 'r1-zero-raw', systemPrompt: undefined, turns: [], question, opensThinking });
  const plain = await split(render(false), 'auto');
  const opened = await split(render(true), true);
  assert.deepEqual([plain.opens, opened.opens], [true, false]);
  assert.deepEqual({ ...opened, opens: true }, plain);
  assert.ok(plain.whole && plain.reasoning.length > 200 && plain.said.length > 0);
});

test('our chat recordings refuse to complete, as chat models do', async () => {
  const { adapter: replay, models } = createReplayProvider({ speed: 100_000, limits: generousLimits });
  const { last } = await complete({ model: models.find(({ key }) => key === 'v3') ?? assert.fail() }, replay);
  assert.match(
    last?.type === 'error' ? errorSentence(last.error) : '',
    /does not take raw completions with the model "v3"/,
  );
});
