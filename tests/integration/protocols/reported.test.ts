import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { splitText } from '@thinkglass/splitter/split-text';
import { ReasoningSplitter } from '@thinkglass/splitter';
import type { ProviderPart } from '../../../lib/model.ts';
import { splitterOptionsOf } from '../../../lib/reasoning/splitter-options.ts';
import { convertRefusal, findUpstreamError } from '../../../lib/server/calls/errors.ts';
import { createStreamNormalizer } from '../../../lib/server/protocols/openai/stream.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import { adapterFor, ask, fetchOf, testModel } from './ask.ts';

interface Case {
  id: string;
  modelId: string;
  of: string;
  status: number;
  contentType: string;
  body: string;
  expected: {
    parts?: [string, string][];
    reasoning?: string;
    answer?: string;
    complete?: boolean;
    error?: { kind: string; retryAfterSeconds: number };
  };
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/providers/reported.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

/** What of a stream is thinking and answer, however its bytes come. */
function segmentsOf({ modelId, body }: Case, length: number): [string, string][] {
  const model = { ...testModel, id: modelId, reasoning: { transport: 'inline', startsInReasoning: 'auto' } as const };
  const splitter = new ReasoningSplitter(splitterOptionsOf(model));
  const write = (part: Extract<ProviderPart, { type: 'reasoning' | 'content' }>) =>
    splitter.push(part.type === 'reasoning' ? { reasoning: part.text } : { content: part.text });
  const normalizer = createStreamNormalizer(write, () => undefined);
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += length) normalizer.push(bytes.subarray(at, at + length));
  normalizer.end('eof');
  splitter.end('stop');
  return splitter.result().segments;
}

for (const reported of cases) {
  const { id, of, expected } = reported;
  if (!expected.parts && expected.reasoning === undefined) continue;
  test(`${id}: ${of}`, () => {
    for (const length of [100_000, 1, 7, 64]) {
      const segments = segmentsOf(reported, length);
      if (expected.parts) assert.deepEqual(segments, expected.parts, `${length} bytes at once`);
      else {
        const textOf = (kind: string) => segments.flatMap(([of, text]) => (of === kind ? [text] : []));
        assert.deepEqual(textOf('reasoning'), [expected.reasoning]);
        assert.deepEqual(textOf('answer'), [expected.answer]);
      }
    }
  });
}

const chunk = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`;
const said = (body: string, modelId = 'any') => segmentsOf({ modelId, body } as Case, 1000);

test('thinking is read under whatever name it comes', () => {
  const both = [
    ['reasoning', 'Hm, so.'],
    ['answer', 'Four.'],
  ];
  for (const delta of [
    { reasoning_text: 'Hm, so.' },
    { thinking: 'Hm, so.' },
    { reasoning: { content: 'Hm, so.' } },
    { reasoning: { text: 'Hm, so.' } },
    { reasoning: [{ type: 'text', text: 'Hm, so.' }] },
    { thinking_blocks: [{ type: 'thinking', thinking: 'Hm, so.', signature: 'x' }] },
    { reasoning_details: [{ type: 'reasoning.text', text: 'Hm, so.' }] },
    { model_thoughts: 'Hm, so.' },
    { reasoning: { reasoning_text: 'Hm, so.' } },
    { reasoning: { summary: [{ type: 'summary_text', text: 'Hm, so.' }] } },
    { reasoning: { parts: [{ text: 'Hm, so.' }] } },
    { reasoning_content: [{ type: 'text', text: 'Hm, so.' }] },
    { reasoning_content: { parts: [{ text: 'Hm, so.' }] } },
    { reasoningContent: { reasoningText: { text: 'Hm, so.' } } },
    { cot: 'Hm, so.' },
    { analysis: 'Hm, so.' },
    { content: [{ type: 'reasoning', content: 'Hm, so.' }] },
    { content: [{ type: 'reasoning_text', text: 'Hm, so.' }] },
    { content: [{ type: 'think', think: 'Hm, so.' }] },
    { content: [{ type: 'thought', text: 'Hm, so.' }] },
    { content: { type: 'thinking', thinking: 'Hm, so.' } },
    { content: [{ type: 'text', text: 'Hm, so.', extra_content: { google: { thought: true } } }] },
    { content: { parts: [{ text: 'Hm, so.', thought: true }] } },
    { parts: [{ text: 'Hm, so.', thought: true }] },
    { provider_specific_fields: { reasoning_content: 'Hm, so.' } },
    { provider_specific_fields: { thinking_blocks: [{ type: 'thinking', thinking: 'Hm, so.' }] } },
    { model_extra: { reasoning: 'Hm, so.' } },
    { content: 'Hm, so.', extra_content: { google: { thought: true } } },
    { content: [{ type: 'text', text: 'Hm, so.', thought: true }] },
  ])
    assert.deepEqual(said(chunk(delta) + chunk({ content: 'Four.' })), both, JSON.stringify(delta));
  assert.deepEqual(said(chunk({}, { reasoning_content: 'Hm, so.' }) + chunk({ content: 'Four.' })), both);
});

test('what is told about thinking is none', () => {
  for (const delta of [
    { finish_reason: 'stop' },
    { reason: 'stop' },
    { thinking_signature: 'abcdef' },
    { reasoning_effort: 'high' },
    { reasoning_format: 'deepseek' },
    { reasoning_status: 'in_progress' },
    { thinking_tokens: '12' },
    { reasoning_details: [{ type: 'reasoning.encrypted', data: 'xyz' }] },
    { content: [{ type: 'redacted_thinking', data: 'xyz' }] },
  ])
    assert.deepEqual(said(chunk(delta) + chunk({ content: 'Four.' })), [['answer', 'Four.']], JSON.stringify(delta));
});

test('what only repeats adds nothing, what only begins alike stays whole', () => {
  const message = (text: string) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, message: { content: text }, finish_reason: 'stop' }] })}\n\n`;
  const sum = chunk({ content: 'The sum ' }) + chunk({ content: 'is 4.' });
  assert.deepEqual(said(sum + message('The sum is 4.')), [['answer', 'The sum is 4.']]);
  assert.deepEqual(said(sum + message('The sum is 4. Done.')), [['answer', 'The sum is 4. Done.']]);
  assert.deepEqual(said(message('The sum is 4.')), [['answer', 'The sum is 4.']]);
  const details = (text: string) => chunk({ reasoning_details: [{ type: 'reasoning.text', text }] });
  const growing =
    details('The user wants') + details('The user wants the sum') + details('The user wants the sum of 2.');
  assert.deepEqual(said(growing), [['reasoning', 'The user wants the sum of 2.']]);
  assert.deepEqual(said(details('ha') + details('haha') + details('hahaha')), [['reasoning', 'hahahahahaha']]);
  assert.deepEqual(said(chunk({ content: 'no no ' }) + chunk({ content: 'no no no' })), [['answer', 'no no no no no']]);
});

test('a last chunk, a block or a message that tells all again adds nothing', () => {
  const both = [
    ['reasoning', 'Hm, so it is.'],
    ['answer', 'Now it is four.'],
  ];
  const thought = chunk({ reasoning_content: 'Hm, so ' }) + chunk({ reasoning_content: 'it is.' });
  const answer = chunk({ content: 'Now it ' }) + chunk({ content: 'is four.' });
  const end = { finish_reason: 'stop' };
  const all = { reasoning_content: 'Hm, so it is.', content: 'Now it is four.' };
  const inline = '<think>Hm, so it is.</think>';
  const details = (text: string) => chunk({ reasoning_details: [{ type: 'reasoning.text', text }] });
  const blocks = (thinking: string) => chunk({ thinking_blocks: [{ type: 'thinking', thinking }] });
  const [first, last] = [chunk({ content: 'Now it ' }), chunk({ content: 'is four.' }, end)];
  for (const [name, body] of Object.entries({
    'all in the last delta': thought + answer + chunk(all, end),
    'the answer in the last delta': thought + answer + chunk({ content: 'Now it is four.' }, end),
    'a message beside an empty delta': thought + answer + chunk({}, { message: all, ...end }),
    'a message beside a delta that says the same': thought + answer + chunk(all, { message: all, ...end }),
    'nothing but a message beside an empty delta': chunk({}, { message: all, ...end }),
    'the last chunk twice': thought + first + last + last,
    'tags in the text, fields in the message':
      chunk({ content: `${inline}Now it is four.` }) + chunk({}, { message: all, ...end }),
    'a whole block behind its pieces': thought + blocks('Hm, so it is.') + answer,
    'whole details behind the pieces': thought + details('Hm, so it is.') + answer,
    'details twice': details('Hm, so it is.') + details('Hm, so it is.') + answer,
    'details that grow from a word': details('Hm') + details('Hm, so') + details('Hm, so it is.') + answer,
    'blocks that grow': blocks('Hm, so it') + blocks('Hm, so it is') + blocks('Hm, so it is.') + answer,
    'mirrored, the tag in a chunk of its own':
      chunk({ content: '<think>\n' }) +
      chunk({ reasoning_content: 'Hm, so ', content: 'Hm, so ' }) +
      chunk({ reasoning_content: 'it is.', content: 'it is.' }) +
      chunk({ content: '</think>Now it is four.' }),
  }))
    assert.deepEqual(
      said(body).map(([kind, text]) => [kind, text.trim()]),
      both,
      name,
    );
  const laughs = chunk({ content: 'hahahaha' }) + chunk({ content: 'hahahaha' }, end);
  assert.deepEqual(said(laughs), [['answer', 'hahahahahahahaha']]);
  const endless = ['ha', 'ha', 'ha'].map((content) => chunk({ content }, end)).join('');
  assert.deepEqual(said(endless), [['answer', 'hahaha']]);
  assert.deepEqual(said(details('ha') + details('ha ha')), [['reasoning', 'haha ha']]);
});

test('only stop and its synonyms mean complete', async () => {
  const asked = async (word: string) => {
    const body = chunk({ content: 'The sum' }) + chunk({ content: '' }, { finish_reason: word }) + 'data: [DONE]\n\n';
    const fetch = fetchOf([Buffer.from(body)]);
    return (await ask(adapterFor('http://127.0.0.1:1/v1', { fetch }))).last;
  };
  const reasons = {
    stop: 'stop',
    eos: 'stop',
    STOP: 'stop',
    model_context_window_exceeded: 'length',
    sensitive: 'filtered',
    COMPLETE: 'stop',
    end_turn: 'stop',
    stop_string: 'stop',
    MAX_TOKENS: 'length',
    context_limit: 'length',
    ERROR_LIMIT: 'length',
    SAFETY: 'filtered',
    RECITATION: 'filtered',
    ERROR_TOXIC: 'filtered',
    guardrail_intervened: 'filtered',
  };
  for (const [word, reason] of Object.entries(reasons))
    assert.deepEqual(await asked(word), { type: 'finish', reason, rawReason: word });
  for (const word of ['network_error', 'abort', 'USER_CANCEL', 'interrupted', 'insufficient_system_resource'])
    assert.equal((await asked(word))?.type, 'error', word);
  assert.deepEqual(await asked('zzz'), { type: 'finish', reason: 'other', rawReason: 'zzz' });
});

const context = { label: 'Fake', baseURL: 'http://127.0.0.1:1/v1', local: false, hasKey: true, secrets: [] };
const refused = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  convertRefusal(
    context,
    { status, headers: new Headers(headers), body: typeof body === 'string' ? body : JSON.stringify(body) },
    0,
  );

test('a refusal that says when to come back is no empty account', () => {
  const gemini = cases.find(({ id }) => id === 'r31-gemini-429');
  assert.ok(gemini);
  const error = refused(429, gemini.body);
  assert.deepEqual([error.kind, error.retryAfterSeconds], ['rate', 37]);
  assert.equal(
    refused(429, { error: { message: 'You exceeded your current quota, please check your plan and billing details.' } })
      .kind,
    'balance',
  );
});

test('errors open all their wrappers, and the refused parameter is named', () => {
  const detail = (status: number, body: unknown) => refused(status, body).detail;
  assert.equal(
    detail(422, { detail: [{ loc: ['body', 'max_tokens'], msg: 'must be <= 8192' }] }),
    'max_tokens: must be <= 8192',
  );
  assert.equal(
    detail(400, { error: { message: 'is not supported', param: 'temperature' } }),
    'temperature: is not supported',
  );
  assert.equal(detail(400, { errors: [{ message: 'Too small.' }, { message: 'Too odd.' }] }), 'Too small.; Too odd.');
  assert.equal(detail(400, { error: JSON.stringify({ error: { message: 'inner words' } }) }), 'inner words');
  assert.equal(detail(400, { detail: JSON.stringify({ message: 'inner words' }) }), 'inner words');
  assert.equal(detail(500, { error: { message: `500: ${JSON.stringify({ error: { message: 'deep' } })}` } }), 'deep');
  const routed = {
    error: {
      message: 'Provider returned error',
      code: 400,
      metadata: { provider_name: 'Chutes', raw: '{"error":{"message":"no such tool"}}' },
    },
  };
  assert.equal(detail(400, routed), 'Chutes: no such tool');
  assert.equal(
    findUpstreamError({ base_resp: { status_code: 1008, status_msg: 'insufficient balance' } })?.message,
    'insufficient balance',
  );
  assert.equal(findUpstreamError({ choices: [], base_resp: { status_code: 0, status_msg: '' } }), undefined);
});

test('errors are read in the form of each server', () => {
  const json = JSON.stringify;
  const told: [status: number, body: unknown, detail: string][] = [
    [400, { error: { message: json({ error: { message: json({ message: 'deep words' }) } }) } }, 'deep words'],
    [400, { detail: { msg: 'object words' } }, 'object words'],
    [
      422,
      { errors: { temperature: ['must be less than 2'], n: ['is invalid'] } },
      'temperature: must be less than 2; n: is invalid',
    ],
    [400, { title: 'Invalid.', status: 400, errors: { max_tokens: ['Required.'] } }, 'max_tokens: Required.'],
    [400, { type: 'about:blank', title: 'Bad Request', status: 400, detail: 'too high' }, 'too high'],
    [400, { type: 'about:blank', title: 'Too high', status: 400 }, 'Too high'],
    [400, { error_code: 336003, error_msg: 'must be odd' }, 'must be odd'],
    [400, { code: 1, msg: 'bad thing' }, 'bad thing'],
    [400, { __type: 'ValidationException', Message: 'invalid model' }, 'invalid model'],
    [400, { Response: { Error: { Code: 'A', Message: 'not found here' }, RequestId: 'x' } }, 'not found here'],
    [400, ['list words'], 'list words'],
    [400, { error: { errors: [{ message: 'nested list' }] } }, 'nested list'],
    [400, { error: { error: { message: 'twice' } } }, 'twice'],
    [400, { error: { code: 'x', reason: 'reason words' } }, 'reason words'],
    [400, { error: 'invalid_request', error_description: 'described' }, 'described'],
    [400, { statusCode: 400, error: 'Bad Request', message: 'specific words' }, 'specific words'],
    [400, { errorMessage: 'in camel case' }, 'in camel case'],
    [400, { fault: { faultstring: 'fault words' } }, 'fault words'],
    [403, '<?xml version="1.0"?><Error><Message>Access Denied</Message></Error>', 'Access Denied'],
  ];
  for (const [status, body, detail] of told) assert.equal(refused(status, body).detail, detail, json(body));
  assert.equal(findUpstreamError({ error_code: 17, error_msg: 'daily limit' })?.message, 'daily limit');
  assert.equal(findUpstreamError({ error_code: 0, error_msg: 'SUCCESS', result: 'x' }), undefined);
  assert.equal(findUpstreamError({ code: 0, msg: 'ok', data: {} }), undefined);
});

test('a time to come back is read from words, fields and headers', () => {
  const quota = 'You exceeded your current quota, please check your plan and billing details.';
  const told: [body: unknown, headers: Record<string, string>, kind: string, seconds: number | undefined][] = [
    ['Limit 30000. Please try again in 1m26.4s. Visit https://x/account/billing', {}, 'rate', 86.4],
    ['Please try again in 20ms.', {}, 'rate', 0.02],
    ['Please retry after 12 seconds.', {}, 'rate', 12],
    ['try again in 6 minutes', {}, 'rate', 360],
    ['Please try again in 2h3m', {}, 'rate', 7380],
    ['请求过多，请在 30 秒后重试', {}, 'rate', 30],
    ['Try again at 1970-01-01T00:10:00Z', {}, 'rate', 600],
    [`${quota} Please retry in 27s.`, {}, 'rate', 27],
    [quota, {}, 'balance', undefined],
    ['您的账户已欠费，请充值后重试。', {}, 'balance', undefined],
    [{ message: 'slow', retry_after: 7 }, {}, 'rate', 7],
    ['slow', { 'anthropic-ratelimit-requests-reset': '1970-01-01T00:00:30Z' }, 'rate', 30],
    ['slow', { 'x-ratelimit-reset-after': '5' }, 'rate', 5],
    ['slow', { 'retry-after': '-5' }, 'rate', undefined],
    ['slow', { 'retry-after': 'soon' }, 'rate', undefined],
    ['You wait 3 of 5 in the queue', {}, 'rate', undefined],
  ];
  for (const [body, headers, kind, seconds] of told) {
    const error = refused(429, typeof body === 'string' ? { error: { message: body } } : body, headers);
    assert.deepEqual([error.kind, error.retryAfterSeconds], [kind, seconds], JSON.stringify(body));
  }
});

test('a web page is told as one, long waits in words of their size', () => {
  const page = refused(403, '<!doctype html><html><head><title>Just a moment...</title></head></html>');
  assert.equal(page.kind, 'request');
  assert.match(errorSentence(page), /web page answered \(403\)/);
  const waits = { 45: '45 s', 120: '120 s', 600: '10 min', 86400: '24 hours', 400000: '5 days' };
  for (const [seconds, words] of Object.entries(waits))
    assert.match(
      errorSentence(refused(429, { error: { message: 'slow down' } }, { 'retry-after': seconds })),
      new RegExp(`in ${words}`),
    );
});

test('a thought with its own end token is split whole', () => {
  assert.equal(splitText('<think>a</think>b<|im_end|>', {}, 'stop').answer, 'b');
});
