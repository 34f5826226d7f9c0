import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { GenerationErrorKind } from '../../../lib/errors.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import {
  cleanText,
  convertConnectionError,
  convertRefusal,
  convertStreamError,
  type ErrorContext,
  findRetryAfter,
  redact,
} from '../../../lib/server/calls/errors.ts';
import { parseBaseURL } from '../../../lib/server/calls/upstream-fetch.ts';
import { testKey } from '../protocols/ask.ts';

const context: ErrorContext = {
  label: 'Acme',
  baseURL: 'https://api.acme.test/v1',
  model: 'acme/r1',
  local: false,
  envKey: 'ACME_API_KEY',
  hasKey: true,
  secrets: [testKey],
};
const now = Date.parse('2026-11-22T12:00:00Z');
const refuse = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  convertRefusal(
    context,
    { status, headers: new Headers(headers), body: typeof body === 'string' ? body : JSON.stringify(body) },
    now,
  );

describe('a refusal is classified by its status first, then by its words', () => {
  const table: [status: number, body: unknown, kind: GenerationErrorKind][] = [
    [401, { error: { message: 'invalid api key' } }, 'auth'],
    [
      402,
      { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } },
      'balance',
    ],
    [402, { error: 'You have exceeded your monthly included credits for Inference Providers' }, 'balance'],
    [403, { error: { message: 'forbidden' } }, 'auth'],
    [403, { error: { message: '`inputs` tokens + `max_new_tokens` must be <= 131073' } }, 'context'],
    [403, { error: { message: 'third party', code: 'third_party_data_sharing_blocked' } }, 'request'],
    [404, { error: { message: 'The model `x` does not exist', code: 'model_not_found' } }, 'model'],
    [404, {}, 'model'],
    [404, '<html><title>404 Not Found</title></html>', 'request'],
    [404, '404 page not found', 'request'],
    [404, { detail: 'Not Found' }, 'request'],
    [404, { code: 40401, message: 'This inference endpoint has been decommissioned' }, 'gone'],
    [410, '', 'gone'],
    [400, { error: { message: 'Model Not Exist' } }, 'model'],
    [400, { error: { message: 'Unable to access non-serverless model X.', code: 'model_not_available' } }, 'model'],
    [400, { error: { message: 'x', code: 'model_not_supported' } }, 'model'],
    [
      400,
      { error: { message: 'the request exceeds the available context size', type: 'exceed_context_size_error' } },
      'context',
    ],
    [413, { error: { message: 'prompt is too long' } }, 'context'],
    [422, { detail: [{ loc: ['body', 'stop'], msg: 'too many' }] }, 'request'],
    [400, { error: { message: 'bad', code: 'content_filter' } }, 'filtered'],
    [429, { error: { message: 'Rate limit reached. Need more? Visit our billing page to upgrade.' } }, 'rate'],
    [429, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }, 'balance'],
    [429, '', 'rate'],
    [500, 'Internal Server Error', 'busy'],
    [502, '', 'busy'],
    [503, { error: { message: 'Loading model' } }, 'busy'],
    [504, '', 'busy'],
    [529, '', 'busy'],
    [408, '', 'busy'],
    [307, '', 'request'],
    [418, { message: 'teapot' }, 'request'],
  ];
  for (const [status, body, kind] of table) {
    test(`${status} ${JSON.stringify(body).slice(0, 60)} is ${kind}`, () => {
      const error = refuse(status, body);
      assert.equal(error.kind, kind);
      assert.equal(error.status, status);
      assert.ok(errorSentence(error).includes('Acme') || errorSentence(error).includes('acme/r1'));
    });
  }
});

test('advice names the variable of the key, the model and the address', () => {
  assert.match(errorSentence(refuse(401, '')), /ACME_API_KEY/);
  assert.match(errorSentence(refuse(404, {})), /acme\/r1/);
  assert.match(errorSentence(refuse(404, '404 page not found')), /https:\/\/api\.acme\.test\/v1/);
});

test('a web page is shown as its title at most, and never as markup', () => {
  const error = refuse(
    502,
    '<!doctype html><html><head><title>Bad gateway</title></head><body onload="x()">No</body></html>',
  );
  assert.equal(error.detail, 'Bad gateway');
  assert.ok(!errorSentence(error).includes('<'));
});

test('words that begin with a tag keep their words and lose their tags', () => {
  const marked = { error: { message: '<b onclick=x()>The limit</b> is 5 < 6' } };
  assert.equal(refuse(400, marked).detail, 'The limit is 5 < 6');
  assert.equal(refuse(400, '<Error><Code>Denied</Code><Message>No.</Message></Error>').detail, 'Denied No.');
});

test('long words are shortened and control characters removed', () => {
  const { detail } = refuse(500, { error: { message: `a\u0000b\u001b[31m${'z'.repeat(5000)}` } });
  assert.ok(detail !== undefined && detail.length <= 500 && !/\p{Cc}/u.test(detail));
});

test('a refusal of any shape never throws and never repeats the key', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), fc.jsonValue(), fc.boolean(), (status, body, wrapped) => {
      const text = JSON.stringify(wrapped ? { error: body } : body).replaceAll('a', testKey);
      const error = refuse(status, text);
      assert.ok(errorSentence(error).length > 0);
      assert.ok(!JSON.stringify(error).includes(testKey));
    }),
  );
});

describe('how long to wait', () => {
  const cases: [Record<string, string>, number | undefined][] = [
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT' }, 30],
    [{ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '900', 'retry-after': '1' }, 0.9],
    [{ 'x-ratelimit-reset': '3' }, 3],
    [{ 'x-ratelimit-reset': String(now + 5000) }, 5],
    [{ 'x-ratelimit-reset': String(now / 1000 + 8) }, 8],
    [{ 'x-ratelimit-reset-requests': '1s' }, 1],
    [{ 'x-ratelimit-reset-tokens': '6m0s' }, 360],
    [{ 'x-ratelimit-reset-requests': '120ms' }, 0.12],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ];
  for (const [headers, seconds] of cases) {
    test(`${JSON.stringify(headers)} is ${seconds} s`, () =>
      assert.equal(findRetryAfter(new Headers(headers), now), seconds));
  }

  test('is told only where waiting helps', () => {
    assert.equal(refuse(429, '', { 'retry-after': '7' }).retryAfterSeconds, 7);
    assert.equal(refuse(401, '', { 'retry-after': '7' }).retryAfterSeconds, undefined);
  });
});

describe('secrets', () => {
  const texts = [
    `key ${testKey} is bad`,
    `key ${testKey.slice(0, 14)}… is bad`,
    `key …${testKey.slice(-8)} is bad`,
    `your key ends in ${testKey.slice(-4)}.`,
    `api key: ****${testKey.slice(-4)} is invalid`,
    `sent Authorization: Bearer ${testKey}`,
  ];
  for (const text of texts) {
    test(`are gone from "${text.replaceAll(testKey, '<key>')}"`, () => {
      const clean = redact(text, [testKey]);
      for (const piece of [testKey, testKey.slice(0, 12), testKey.slice(-4)]) assert.ok(!clean.includes(piece), clean);
    });
  }

  test('that are short are gone whole', () => {
    assert.equal(redact('it was hunter2-x.', ['hunter2-x']), 'it was [key].');
  });

  test('of other people are gone too', () => {
    for (const other of ['sk-proj-abcdefgh12345', 'hf_abcdefghijkl', 'gsk_abcdefghijkl', 'Bearer abcdef']) {
      assert.ok(!cleanText(`it was ${other} indeed`, []).includes('abcdef'), other);
    }
  });

  test('that are ordinary words are left in peace', () => {
    assert.equal(redact('Is ollama running?', ['ollama']), 'Is ollama running?');
  });
});

describe('a connection that failed', () => {
  const failure = (code: string) => Object.assign(new Error('x'), { code });

  test('is found down the causes and in the lists of dual-stack attempts', () => {
    const error = new TypeError('fetch failed', { cause: new AggregateError([failure('ECONNREFUSED')]) });
    assert.equal(convertConnectionError(context, error).kind, 'offline');
  });

  const table: [code: string, kind: GenerationErrorKind, words: RegExp][] = [
    ['ECONNREFUSED', 'offline', /Nothing is listening/],
    ['ENOTFOUND', 'offline', /api\.acme\.test could not be found/],
    ['UND_ERR_CONNECT_TIMEOUT', 'offline', /did not accept/],
    ['CERT_HAS_EXPIRED', 'offline', /certificate/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'offline', /certificate/],
    ['UND_ERR_HEADERS_OVERFLOW', 'provider', /not proper HTTP/],
    ['UND_ERR_SOCKET', 'interrupted', /closed the connection/],
    ['ECONNRESET', 'interrupted', /closed the connection/],
  ];
  for (const [code, kind, words] of table) {
    test(`by ${code} is ${kind}`, () => {
      const error = convertConnectionError(context, failure(code));
      assert.equal(error.kind, kind);
      assert.match(errorSentence(error), words);
    });
  }
});

test('an error inside a stream is a broken stream once text has come, and what it says before', () => {
  const error = { message: 'overloaded', code: 503 };
  assert.equal(convertStreamError(context, error, true).kind, 'provider');
  assert.equal(convertStreamError(context, error, false).kind, 'busy');
  assert.equal(
    convertStreamError(context, { message: 'This exceeds the maximum context length' }, false).kind,
    'context',
  );
  assert.equal(convertStreamError(context, { message: 'hm' }, false).kind, 'provider');
});

describe('a base URL', () => {
  for (const [text, parsed] of [
    ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
    ['https://API.acme.test/v1///', 'https://api.acme.test/v1'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ] as const) {
    test(`${text} is taken`, () => assert.equal(parseBaseURL(text), parsed));
  }
  for (const text of [
    '',
    'acme.test/v1',
    'ftp://acme.test',
    'javascript:alert(1)',
    'http://user:pw@acme.test/v1',
    'http://@acme.test/v1',
    'http://acme.test/v1?x=1',
    'http://acme.test/v1?',
    'http://acme.test/v1#',
    'http:\\\\acme.test',
    'http://acme.test\\@evil.test',
    'http://acme.test/\u0000',
    'http://acme .test',
    'http:///v1',
    'http://[::1',
    `http://acme.test/${'a'.repeat(2048)}`,
  ]) {
    test(`${JSON.stringify(text).slice(0, 40)} is refused`, () => {
      assert.throws(() => parseBaseURL(text), { name: 'AppError', code: 'bad_request' });
    });
  }
});

test('how long a conversation is and may be is told as its server counted it, in whatever words', () => {
  const said: [message: string, tokens?: number, contextTokens?: number][] = [
    ['request (481 tokens) exceeds the available context size (288 tokens), try increasing it', 481, 288],
    [
      "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (8000 in the messages, 1000 in the completion).",
      9000,
      8192,
    ],
    ["This model's maximum context length is 4096 tokens. However, your request has 5001 input tokens.", 5001, 4096],
    ["The input (5000 tokens) is longer than the model's context length (4096 tokens).", 5000, 4096],
    ['prompt is too long: 210000 tokens > 200000 maximum', 210_000, 200_000],
    ['The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', 1_200_000, 1_048_576],
    ['`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens, too many tokens', 5000, 4096],
    ['The prompt is too long.'],
  ];
  for (const [message, tokens, contextTokens] of said) {
    const error = refuse(400, { error: { message } });
    assert.equal(error.kind, 'context', message);
    assert.deepEqual(
      error.facts,
      { model: 'acme/r1', ...(tokens !== undefined && { tokens, contextTokens }) },
      message,
    );
  }
  // Ollama puts it as JSON into a string
  const inner = { error: { code: 400, message: said[0]?.[0], type: 'exceed_context_size_error', n_ctx: 288 } };
  const error = refuse(400, { error: JSON.stringify(inner) });
  assert.match(errorSentence(error), /has 481 tokens, more than the 288/);
  assert.doesNotMatch(error.detail ?? '', /[{}]/);
});
