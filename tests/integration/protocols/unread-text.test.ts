import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notice } from '../../../lib/notice.ts';
import { noticeSentence } from '../../../lib/sentences.ts';
import { createOllamaAdapter } from '../../../lib/server/protocols/ollama/index.ts';
import { readRecording, recordings } from '../../fakes/provider.ts';
import { adapterFor, ask, fetchOf, generousLimits, partsOf, testKey } from './ask.ts';

// What arrived is on the page, or the page says what is not: text under a name that nobody here reads is told and kept.

const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, more: object = {}) =>
  event({ id: 'c1', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, ...more }] });
const ended = `${chunk({}, { finish_reason: 'stop' })}data: [DONE]\n\n`;

async function noticesOf(body: string): Promise<Notice[]> {
  const fetch = fetchOf([Buffer.from(body)]);
  return partsOf((await ask(adapterFor('http://127.0.0.1:1/v1', { fetch }))).parts, 'notice').map((p) => p.notice);
}
const unread = (name: string, text: string) => [{ code: 'unread-text', facts: { name, text } }];

test('text under a name that is not known is told, and kept whole', async () => {
  const streamed = ['The user', ' wants', ' the sum.'].map((foo) => chunk({ foo })).join('');
  const answer = chunk({ content: 'The sum is 4.' });
  const [notice] = await noticesOf(streamed + answer + ended);
  assert.deepEqual([notice], unread('foo', 'The user wants the sum.'));
  assert.ok(notice);
  assert.equal(
    noticeSentence(notice),
    'The server sent text under a name Thinkglass does not know (“foo”). It is kept with the raw text.',
  );
  const inner = { parts: [{ kind: 'md', value: 'Let me see.' }], index: 3 };
  for (const [told, name, text] of [
    [chunk({ inner_monologue: { text: 'Let me see.' } }), 'inner_monologue', 'Let me see.'],
    [chunk({ content: null, channel: inner }), 'channel', 'Let me see.'],
    [chunk({ content: { value: 'Let me see.' } }), 'content', 'Let me see.'],
    [chunk({}, { monologue: '让我想想' }), 'monologue', '让我想想'],
    [event({ id: 'c1', choices: [], narration: 'Let me see.' }), 'narration', 'Let me see.'],
    [
      event({ type: 'content_block_delta', delta: { type: 'text_delta', text: 'Let me see.' } }),
      'delta',
      'Let me see.',
    ],
    [chunk({ words: 'Four.' }, { finish_reason: 'stop' }), 'words', 'Four.'],
  ] as const) {
    const found = (await noticesOf(told + answer + ended)).filter(({ code }) => code === 'unread-text');
    assert.deepEqual(found, unread(name, text), told);
  }
});

test('an answer of which nothing could be read says so beside its error', async () => {
  const body = chunk({ foo: 'The sum is 4.' }) + ended;
  const asked = await ask(adapterFor('http://127.0.0.1:1/v1', { fetch: fetchOf([Buffer.from(body)]) }));
  assert.equal(asked.last?.type, 'error');
  assert.deepEqual(
    partsOf(asked.parts, 'notice').map((part) => part.notice),
    unread('foo', 'The sum is 4.'),
  );
});

test('what servers send beside their text is no text', async () => {
  const beside = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'look_up', arguments: '{"q": "two words"}' } }] }),
    chunk({ content: '', annotations: [{ url_citation: { title: 'Two words here', url: 'https://example.com' } }] }),
    chunk({ audio: { id: 'audio_1', transcript: 'Two words.' } }),
    chunk({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'gAAAA two words', format: 'some-v1' }] }),
    chunk({ content: '', phase: 'answer', status: 'typing' }),
    chunk({ content: null, obfuscation: 'aB3 dE' }),
    chunk({ provider_specific_fields: { note: 'Two words.' } }),
    chunk({ content: '' }, { logprobs: { content: [{ token: ' two words.' }] }, stop_reason: 'The end.' }),
    event({ choices: [], provider: 'Together AI', service_tier: 'on demand', usage: { total_tokens: 3 } }),
    event({ choices: [], timings: { predicted_n: 3 }, prompt_progress: { total: 9, state: 'Two words.' } }),
    ...['a1b2', 'c3d4', 'e5f6'].map((chunk_token) => chunk({ content: '', chunk_token })),
    ...Array.from({ length: 5 }, () => chunk({ content: '', progress: 'still at it' })),
  ].join('');
  assert.deepEqual(await noticesOf(beside + chunk({ content: 'Four.' }) + ended), []);
  // what is understood is not looked at for more: the answer's chunk may hold what it will
  assert.deepEqual(await noticesOf(chunk({ content: 'Four.', foo: 'Let me see.' }) + ended), []);
});

test('what is kept of it is bounded, and holds no key', async () => {
  const names = Array.from({ length: 50 }, (_, i) =>
    chunk({ [`n${i}`]: `It is ${testKey}. ${'so on '.repeat(5000)}` }),
  );
  const told = await noticesOf(names.join('') + chunk({ content: 'Four.' }) + ended);
  assert.equal(told.length, 5);
  assert.ok(!JSON.stringify(told).includes(testKey));
  assert.ok(JSON.stringify(told).length < 50_000);
});

test('an Ollama that tells text under another name is noticed too', async () => {
  const line = (message: object, more: object = {}) =>
    `${JSON.stringify({ model: 'm', message, done: false, ...more })}\n`;
  const body =
    line({ role: 'assistant', content: '', ponder: 'Let me see.' }) +
    line({ role: 'assistant', content: 'Four.' }) +
    line({ role: 'assistant', content: '' }, { done: true, done_reason: 'stop', eval_count: 3 });
  const answer = fetchOf([Buffer.from(body)], { headers: { 'content-type': 'application/x-ndjson' } });
  const fetch: typeof globalThis.fetch = async (url, init) =>
    String(url).endsWith('/api/chat') ? answer(url, init) : new Response(null, { status: 404 });
  const adapter = createOllamaAdapter({
    id: 'o',
    label: 'O',
    baseURL: 'http://local.test',
    limits: generousLimits,
    fetch,
  });
  assert.deepEqual(
    partsOf((await ask(adapter)).parts, 'notice').map((part) => part.notice),
    unread('ponder', 'Let me see.'),
  );
});

test('no recording of a real server holds text that is not read', async () => {
  for (const recording of recordings) {
    const end = recording.replay.end === 'reset' ? 'reset' : 'eof';
    const source = fetchOf([readRecording(recording)], { ...recording.http, end });
    const isOllama = recording.provider === 'ollama-native';
    const fetch: typeof globalThis.fetch = async (url, init) =>
      !isOllama || String(url).endsWith('/api/chat') ? source(url, init) : new Response(null, { status: 404 });
    const options = { id: 'o', label: 'O', limits: generousLimits, wait: async () => {}, fetch };
    const adapter = isOllama
      ? createOllamaAdapter({ ...options, baseURL: 'http://local.test' })
      : adapterFor('http://local.test/v1', options);
    const told = partsOf((await ask(adapter)).parts, 'notice').filter(({ notice }) => notice.code === 'unread-text');
    assert.deepEqual(told, [], recording.file);
  }
});
