import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { ProviderPart } from '../../../lib/model.ts';
import { errorSentence, noticeSentence } from '../../../lib/sentences.ts';
import {
  chunk,
  createFakeProvider,
  doneStep,
  eventStream,
  type FakeProvider,
  type FakeRequest,
  type FakeResponse,
  type FakeStep,
  json,
} from '../../fakes/provider.ts';
import { adapterFor, ask, errorOf, generousLimits, partsOf, testKey, testModel } from './ask.ts';

let respond: (request: FakeRequest) => FakeResponse;
let fake: FakeProvider;
before(async () => {
  fake = await createFakeProvider({ respond: (request) => respond(request) });
});
after(() => fake.close());

/** Answers every call with these steps. */
function script(...steps: FakeStep[]): void {
  respond = () => ({ steps });
}

const finish = (reason = 'stop') => chunk({}, reason);
const adapter = (options = {}) => adapterFor(fake.baseURL, options);
const lastRequest = () => fake.requests.at(-1) ?? assert.fail('nothing was asked');

describe('a good answer', () => {
  test('is told from request to finish, in order', async () => {
    script(
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'hm ' }),
      chunk({ content: 'yes' }),
      finish(),
      { event: { choices: [], usage: { prompt_tokens: 5, completion_tokens: 7 } } },
      doneStep,
    );
    const { parts } = await ask(adapter());
    const types = ['request', 'first-byte', 'model', 'reasoning', 'content', 'usage', 'finish'];
    assert.deepEqual(
      parts.map(({ type }) => type),
      types,
    );
    assert.deepEqual(partsOf(parts, 'model'), [{ type: 'model', id: 'fake' }]);
  });

  test('is over at [DONE], though the server keeps the connection open', async () => {
    script(chunk({ content: 'ok' }), finish(), doneStep, { hang: true });
    const { last, content } = await ask(adapter());
    assert.equal(content, 'ok');
    assert.deepEqual(last, { type: 'finish', reason: 'stop', rawReason: 'stop' });
    assert.equal(await fake.ended(lastRequest()), 'client');
  });

  test('is over with its finish reason, whatever breaks after it', async () => {
    script(chunk({ content: 'ok' }), finish(), { end: 'reset' });
    assert.deepEqual((await ask(adapter())).last, { type: 'finish', reason: 'stop', rawReason: 'stop' });
  });

  test('does not wait long for what may follow the finish reason', async () => {
    script(chunk({ content: 'ok' }), finish(), { keepAlive: { everyMs: 10 } });
    const { last } = await ask(adapter({ limits: { ...generousLimits, idleMs: 100 } }));
    assert.deepEqual(last, { type: 'finish', reason: 'stop', rawReason: 'stop' });
  });

  for (const [raw, reason] of [
    ['length', 'length'],
    ['content_filter', 'filtered'],
    ['eos', 'stop'],
    ['tool_calls', 'other'],
  ] as const) {
    test(`finish_reason ${raw} is ${reason}`, async () => {
      script(chunk({ content: 'x' }), finish(raw), doneStep);
      assert.deepEqual((await ask(adapter())).last, { type: 'finish', reason, rawReason: raw });
    });
  }

  test('[DONE] without a finish reason is an end whose reason nobody told', async () => {
    script(chunk({ content: 'x' }), doneStep);
    assert.deepEqual((await ask(adapter())).last, { type: 'finish', reason: 'unknown' });
  });

  test('a queue before it is told once', async () => {
    script({ write: ': keep-alive\n\n' }, { write: ': keep-alive\n\n' }, chunk({ content: 'x' }), finish());
    const { parts } = await ask(adapter());
    assert.deepEqual(partsOf(parts, 'waiting'), [{ type: 'waiting', reason: 'queued' }]);
  });

  test('what could not be read is told in words', async () => {
    script(chunk({ content: 'a' }), { write: 'data: {oops\n\n' }, chunk({ content: 'b' }), finish());
    const { parts, content } = await ask(adapter());
    assert.equal(content, 'ab');
    assert.match(
      partsOf(parts, 'notice')
        .map(({ notice }) => noticeSentence(notice))
        .join(),
      /One event .* left out/,
    );
  });
});

describe('the request', () => {
  test('holds what was set, what the makers advise, and what the model needs', async () => {
    script(chunk({ content: 'x' }), finish());
    const model = {
      ...testModel,
      advice: { temperature: 0.6, topP: 0.95, systemPrompt: 'ok' as const },
      requestExtras: { thinking: { type: 'enabled' } },
    };
    const { parts } = await ask(adapter(), {
      model,
      sampling: { temperature: 0.2, maxTokens: 99, seed: 7, stop: ['END'], effort: 'high' },
    });
    const request = lastRequest();
    assert.deepEqual(JSON.parse(request.body), {
      thinking: { type: 'enabled' },
      reasoning_effort: 'high',
      model: 'vendor/model-1',
      messages: [{ role: 'user', content: 'Why?' }],
      temperature: 0.2,
      top_p: 0.95,
      max_tokens: 99,
      seed: 7,
      stop: ['END'],
      stream: true,
      stream_options: { include_usage: true },
    });
    assert.deepEqual(partsOf(parts, 'request'), [
      { type: 'request', url: `${fake.baseURL}/chat/completions`, body: request.body },
    ]);
  });

  test('names this app, asks for an uncompressed answer and carries the key', async () => {
    script(chunk({ content: 'x' }), finish());
    await ask(adapter({ headers: { 'x-title': 'T' } }));
    const { headers } = lastRequest();
    assert.match(String(headers['user-agent']), /^Thinkglass\/[\d.]+$/);
    assert.equal(headers['accept-encoding'], 'identity');
    assert.equal(headers.authorization, `Bearer ${testKey}`);
    assert.equal(headers['x-title'], 'T');
    assert.equal(headers['content-type'], 'application/json');
  });

  test('speaks the dialect of its server', async () => {
    script(chunk({ content: 'x' }), finish());
    const dialect = {
      sendIncludeUsage: false,
      maxTokensField: 'max_completion_tokens',
      effortField: 'reasoning',
      historyField: 'reasoning',
    } as const;
    const model = { ...testModel, requestExtras: { reasoning: { enabled: true } } };
    const messages = [
      { role: 'assistant' as const, content: 'old', reasoning: 'past' },
      { role: 'user' as const, content: 'new' },
    ];
    const signal = new AbortController().signal;
    for await (const _ of adapter(dialect).ask({ model, messages, sampling: { maxTokens: 5, effort: 'low' }, signal }));
    assert.deepEqual(JSON.parse(lastRequest().body), {
      reasoning: { enabled: true, effort: 'low' },
      model: 'vendor/model-1',
      messages: [
        { role: 'assistant', content: 'old', reasoning: 'past' },
        { role: 'user', content: 'new' },
      ],
      max_completion_tokens: 5,
      stream: true,
    });
  });

  test('without a key has no Authorization header', async () => {
    script(chunk({ content: 'x' }), finish());
    await ask(adapter({ apiKey: undefined }));
    assert.equal(lastRequest().headers.authorization, undefined);
  });
});

describe('token counts', () => {
  const usageOf = async (usage: Record<string, unknown>, ...steps: FakeStep[]) => {
    script(
      ...(steps.length > 0 ? steps : [chunk({ content: 'x' })]),
      finish(),
      { event: { choices: [], usage } },
      doneStep,
    );
    const { parts } = await ask(adapter());
    return partsOf(parts, 'usage').map((part) => part.usage);
  };

  test('are only what was said', async () => {
    assert.deepEqual(await usageOf({ prompt_tokens: 4, completion_tokens: 6, total_tokens: 10 }), [
      { promptTokens: 4, outputTokens: 6 },
    ]);
    assert.deepEqual(
      await usageOf({ prompt_tokens: 4, prompt_tokens_details: null, completion_tokens_details: null }),
      [{ promptTokens: 4 }],
    );
  });

  test("include DeepSeek's cache hits, Together's flat ones and SGLang's flat reasoning tokens", async () => {
    assert.deepEqual(await usageOf({ prompt_cache_hit_tokens: 3 }), [{ cachedPromptTokens: 3 }]);
    assert.deepEqual(await usageOf({ cached_tokens: 3 }), [{ cachedPromptTokens: 3 }]);
    assert.deepEqual(await usageOf({ reasoning_tokens: 3 }), [{ reasoningTokens: 3 }]);
  });

  test('of none for thinking that was seen are no counts', async () => {
    const usage = { completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 0 } };
    assert.deepEqual(await usageOf(usage, chunk({ reasoning: 'hm' }), chunk({ content: 'x' })), [{ outputTokens: 5 }]);
    assert.deepEqual(await usageOf(usage), [{ outputTokens: 5, reasoningTokens: 0 }]);
  });

  test('that are no counts are left out', async () => {
    assert.deepEqual(await usageOf({ prompt_tokens: -1, completion_tokens: 1.5 }), [{}]);
  });

  test('repeated on every event are told once, the last ones', async () => {
    script(
      { event: { choices: [{ index: 0, delta: { content: 'x' } }], usage: { completion_tokens: 1 } } },
      { event: { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { completion_tokens: 2 } } },
    );
    assert.deepEqual(partsOf((await ask(adapter())).parts, 'usage'), [
      { type: 'usage', usage: { outputTokens: 2 }, raw: { completion_tokens: 2 } },
    ]);
  });
});

describe('an answer that breaks', () => {
  test('by a reset keeps every delta that had come', async () => {
    const lastWithoutBlankLine = { write: 'data: {"choices":[{"index":0,"delta":{"content":"i"}}]}\n' };
    const letters = 'abcdefgh'.split('').map((letter) => chunk({ content: letter }));
    script(...letters, lastWithoutBlankLine, { end: 'reset' });
    const asked = await ask(adapter());
    assert.equal(asked.content, 'abcdefghi');
    assert.equal(errorOf(asked).kind, 'interrupted');
  });

  test('by an end without a finish reason is interrupted', async () => {
    script(chunk({ content: 'abrupt' }));
    const asked = await ask(adapter());
    assert.equal(asked.content, 'abrupt');
    assert.equal(errorOf(asked).kind, 'interrupted');
  });

  test('by an error keeps its text and is not asked again', async () => {
    script(chunk({ content: 'half' }), { event: { error: { message: 'Rate limit reached', code: 429 } } });
    const before = fake.requests.length;
    const asked = await ask(adapter());
    assert.equal(asked.content, 'half');
    assert.equal(errorOf(asked).kind, 'provider');
    assert.equal(fake.requests.length, before + 1);
  });

  test('insufficient_system_resource is an error in the shape of a finish', async () => {
    script(chunk({ content: 'half' }), finish('insufficient_system_resource'));
    const error = errorOf(await ask(adapter()));
    assert.equal(error.kind, 'provider');
    assert.equal(error.detail, 'insufficient_system_resource');
  });

  for (const [reason, kind] of [
    ['stop', 'empty'],
    ['length', 'limit'],
    ['content_filter', 'filtered'],
  ] as const) {
    test(`${reason} with nothing is ${kind}`, async () => {
      script(chunk({ content: ' \n' }), finish(reason), doneStep);
      assert.equal(errorOf(await ask(adapter())).kind, kind);
    });
  }

  test('a line of 3 MB is refused, and what came before it kept', async () => {
    script(chunk({ content: 'ok' }), { write: `data: "${'z'.repeat(3 * 1024 * 1024)}` });
    const asked = await ask(adapter());
    assert.equal(asked.content, 'ok');
    assert.match(errorSentence(errorOf(asked)), /line/);
  });

  test('an answer over its bound is cut there, with a word about it, and the server is left', async () => {
    script(...Array.from({ length: 9 }, () => chunk({ content: '0123456789' })), { hang: true });
    const asked = await ask(adapter({ sizes: { maxLine: 1000, maxAnswer: 55 } }));
    assert.equal(asked.content.length, 55);
    assert.deepEqual(asked.last, { type: 'finish', reason: 'length' });
    assert.match(
      partsOf(asked.parts, 'notice')
        .map(({ notice }) => noticeSentence(notice))
        .join(),
      /too large/,
    );
    assert.equal(await fake.ended(lastRequest()), 'client');
  });
});

describe('time', () => {
  const limits = (changed: Partial<typeof generousLimits>) => ({ limits: { ...generousLimits, ...changed } });

  const silences: [name: string, changed: Partial<typeof generousLimits>, response: FakeResponse, word: RegExp][] = [
    ['no headers', { firstByteMs: 100 }, { lateHeaders: true, steps: [{ hang: true }] }, /did not begin/],
    ['headers but no byte', { firstByteMs: 100 }, { steps: [{ hang: true }] }, /did not begin/],
    ['silence after some text', { idleMs: 100 }, { steps: [chunk({ content: 'x' }), { hang: true }] }, /went silent/],
    [
      'comments only',
      { keepAliveOnlyMs: 150, idleMs: 10_000 },
      { steps: [chunk({ content: 'x' }), { keepAlive: { everyMs: 20 } }] },
      /without sending a word/,
    ],
    ['an endless answer', { totalMs: 200 }, { steps: endless() }, /did not finish/],
  ];
  for (const [name, changed, response, word] of silences) {
    test(`${name}: the limit ends it and closes the connection`, async () => {
      respond = () => response;
      const error = errorOf(await ask(adapter(limits(changed))));
      assert.equal(error.kind, 'interrupted');
      assert.match(errorSentence(error), word);
      assert.equal(await fake.ended(lastRequest()), 'client');
    });
  }

  test('comments count as life: an idle limit shorter than the queue does not end it', async () => {
    const beats = Array.from({ length: 12 }, (): FakeStep[] => [{ waitMs: 50 }, { write: ': keep-alive\n\n' }]).flat();
    script(...beats, chunk({ content: 'x' }), finish());
    assert.equal((await ask(adapter(limits({ idleMs: 400 })))).content, 'x');
  });

  test('text counts as content: the limit for comments begins again with it', async () => {
    const words = Array.from({ length: 12 }, (): FakeStep[] => [{ waitMs: 50 }, chunk({ content: 'x' })]).flat();
    script(...words, finish());
    assert.equal((await ask(adapter(limits({ keepAliveOnlyMs: 400 })))).content, 'x'.repeat(12));
  });

  test('a local server has its own limit for the first byte', async () => {
    script({ waitMs: 300 }, chunk({ content: 'x' }), finish());
    const asked = await ask(adapter({ local: true, ...limits({ firstByteMs: 50, firstByteLocalMs: 10_000 }) }));
    assert.equal(asked.content, 'x');
  });
});

describe('trying again', () => {
  /** Refuses so many times, then answers. */
  const refuse = (times: number, response: FakeResponse) => {
    let left = times;
    respond = () => (left-- > 0 ? response : { steps: [chunk({ content: 'at last' }), finish()] });
  };
  const countCalls = async (run: () => Promise<unknown>) => {
    const before = fake.requests.length;
    await run();
    return fake.requests.length - before;
  };

  test('happens twice at most, for a busy server, and is told', async () => {
    refuse(5, json(503, { error: { message: 'overloaded' } }));
    const waits: number[] = [];
    const asked = await ask(adapter({ wait: async (ms: number) => void waits.push(ms) }));
    assert.equal(partsOf(asked.parts, 'request').length, 3);
    assert.deepEqual(
      partsOf(asked.parts, 'retry').map(({ attempt, waitMs }) => [attempt, waitMs]),
      [
        [1, waits[0]],
        [2, waits[1]],
      ],
    );
    assert.equal(errorOf(asked).kind, 'busy');
  });

  test('waits as long as it was asked to, up to half a minute', async () => {
    refuse(1, json(429, {}, { 'retry-after': '12' }));
    const waits: number[] = [];
    const asked = await ask(adapter({ wait: async (ms: number) => void waits.push(ms) }));
    assert.deepEqual(waits, [12_000]);
    assert.equal(asked.content, 'at last');
  });

  test('is left to the person when the wait is longer', async () => {
    refuse(1, json(429, {}, { 'retry-after': '31' }));
    const calls = await countCalls(async () => {
      const error = errorOf(await ask(adapter()));
      assert.equal(error.kind, 'rate');
      assert.equal(error.retryAfterSeconds, 31);
    });
    assert.equal(calls, 1);
  });

  test('happens for an overloaded server that says so inside a stream, before any text', async () => {
    refuse(1, { headers: eventStream, steps: [{ event: { error: { message: 'overloaded', code: 503 } } }] });
    assert.equal((await ask(adapter())).content, 'at last');
  });

  test('shows that a model is still loading', async () => {
    refuse(1, json(503, { error: { message: 'Loading model', code: 503 } }));
    const { parts } = await ask(adapter());
    assert.deepEqual(partsOf(parts, 'waiting'), [{ type: 'waiting', reason: 'loading' }]);
  });

  for (const [name, isListed, seconds] of [
    ['it is waited for as long as a first byte may take', false, 600],
    ['its list says otherwise, for a minute', true, 60],
  ] as const) {
    test(`while a model loads goes on, with growing pauses: ${name}`, async () => {
      refuse(Number.POSITIVE_INFINITY, json(503, { error: { message: 'Loading model', code: 503 } }));
      const waits: number[] = [];
      const wait = async (ms: number) => void waits.push(ms);
      const listsModels = async () => isListed;
      const asked = await ask(adapter({ wait, listsModels, limits: { ...generousLimits, firstByteLocalMs: 600_000 } }));
      const { kind, code, facts } = errorOf(asked);
      assert.deepEqual([kind, code, facts], ['busy', 'loading-too-long', { provider: 'Fake', ms: seconds * 1000 }]);
      assert.deepEqual(waits.slice(0, 6), [1_000, 1_000, 2_000, 2_000, 3_000, 5_000]);
      const waited = waits.reduce((sum, ms) => sum + ms, 0);
      assert.ok(waited >= seconds * 1000 && waited < seconds * 1000 + 5_000, `${waited} ms`);
      assert.equal(partsOf(asked.parts, 'retry').length, 0);
    });
  }

  for (const status of [400, 401, 402, 403, 404, 422]) {
    test(`never happens for ${status}`, async () => {
      refuse(5, json(status, { error: { message: 'no' } }));
      assert.equal(await countCalls(() => ask(adapter())), 1);
    });
  }

  test('never happens for a connection that closes without an answer', async () => {
    refuse(5, { lateHeaders: true, steps: [{ end: 'truncate' }] });
    const calls = await countCalls(async () => assert.equal(errorOf(await ask(adapter())).kind, 'interrupted'));
    assert.equal(calls, 1);
  });

  test('ends when it is aborted during the wait', async () => {
    refuse(5, json(503, {}));
    const stop = new AbortController();
    const asked = await ask(adapter({ wait: async () => stop.abort() }), { signal: stop.signal });
    assert.equal(asked.parts.at(-1)?.type, 'retry');
  });
});

// A connection that is left open would close by the idle limit, much later than this.
describe('stopping', { timeout: 10_000 }, () => {
  test('closes the connection at once and just ends', async () => {
    script(chunk({ content: 'x' }), { hang: true });
    const stop = new AbortController();
    const parts: ProviderPart[] = [];
    for await (const part of adapter().ask({ model: testModel, messages: [], sampling: {}, signal: stop.signal })) {
      parts.push(part);
      if (part.type === 'content') stop.abort();
    }
    assert.equal(parts.at(-1)?.type, 'content');
    assert.equal(await fake.ended(lastRequest()), 'client');
  });

  test('works before the first byte', async () => {
    const stop = new AbortController();
    respond = () => {
      queueMicrotask(() => stop.abort());
      return { lateHeaders: true, steps: [{ hang: true }] };
    };
    const asked = await ask(adapter(), { signal: stop.signal });
    assert.deepEqual(
      asked.parts.map(({ type }) => type),
      ['request'],
    );
    assert.equal(await fake.ended(lastRequest()), 'client');
  });

  test('by leaving the loop closes the connection too', async () => {
    script(chunk({ content: 'x' }), { hang: true });
    for await (const part of adapter().ask({
      model: testModel,
      messages: [],
      sampling: {},
      signal: new AbortController().signal,
    })) {
      if (part.type === 'content') break;
    }
    assert.equal(await fake.ended(lastRequest()), 'client');
  });

  test('before it began asks nothing', async () => {
    const before = fake.requests.length;
    assert.deepEqual((await ask(adapter(), { signal: AbortSignal.abort() })).parts, []);
    assert.equal(fake.requests.length, before);
  });

  test('does not wait for a source that does not heed its signal', async () => {
    const stop = new AbortController();
    const deaf = async () => {
      stop.abort();
      return new Response(new ReadableStream());
    };
    const asked = await ask(adapter({ fetch: deaf }), { signal: stop.signal });
    assert.equal(asked.last, undefined);
  });
});

describe('what cannot be trusted', () => {
  test('a redirect is not followed', async () => {
    respond = () => ({ status: 307, headers: { location: `${fake.origin}/elsewhere` }, steps: [] });
    const before = fake.requests.length;
    const error = errorOf(await ask(adapter()));
    assert.equal(error.kind, 'request');
    assert.match(errorSentence(error), /redirect/);
    assert.equal(fake.requests.length, before + 1);
  });

  test('a compressed answer is refused', async () => {
    respond = () => ({ headers: { ...eventStream, 'content-encoding': 'gzip' }, steps: [{ write: 'data: x\n\n' }] });
    assert.match(errorSentence(errorOf(await ask(adapter()))), /compressed/);
  });

  test('headers of any size are refused', async () => {
    respond = () => ({ headers: { ...eventStream, 'x-big': 'z'.repeat(40_000) }, steps: [] });
    assert.equal(errorOf(await ask(adapter())).kind, 'provider');
  });

  test('something that is not HTTP is refused', async () => {
    const server = createServer((socket) => void socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n\r\n')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const error = errorOf(await ask(adapterFor(`http://127.0.0.1:${port}/v1`)));
    server.close();
    assert.equal(error.kind, 'provider');
  });

  test('nothing that listens is offline, with the address', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const error = errorOf(await ask(adapterFor(`http://127.0.0.1:${port}/v1`, { local: true })));
    assert.equal(error.kind, 'offline');
    assert.match(errorSentence(error), new RegExp(`127.0.0.1:${port}.*Is Fake running\\?`));
  });

  const leaks: [name: string, response: FakeResponse][] = [
    [
      'a refusal',
      json(401, { error: { message: `Incorrect API key provided: ${testKey}. Yours ends in ${testKey.slice(-4)}` } }),
    ],
    ['a masked echo', json(401, { error: { message: `Your api key: ****${testKey.slice(-4)} is invalid` } })],
    [
      'a web page',
      {
        status: 502,
        headers: { 'content-type': 'text/html' },
        steps: [{ write: `<html><title>Bad gateway for ${testKey}</title>` }],
      },
    ],
    [
      'an error in a stream',
      { steps: [chunk({ content: 'x' }), { event: { error: `Authorization: Bearer ${testKey}` } }] },
    ],
    ['a finish reason', { steps: [chunk({ content: 'x' }), finish(testKey)] }],
    ['the name of a model', { steps: [chunk({ content: 'x' }, null, testKey), finish()] }],
    [
      'token counts',
      {
        steps: [
          chunk({ content: 'x' }),
          finish(),
          { event: { choices: [], usage: { echo: testKey, prompt_tokens: 1 } } },
        ],
      },
    ],
    ['something that is no stream', { steps: [{ write: `key was ${testKey}\n` }] }],
  ];
  for (const [name, response] of leaks) {
    test(`the key does not come back in ${name}`, async () => {
      respond = () => response;
      const told = JSON.stringify((await ask(adapter())).parts);
      assert.ok(!told.includes(testKey) && !told.includes(testKey.slice(-6)), told);
    });
  }
});

test('fifty answers at once come out whole', async () => {
  respond = (request) => {
    const words = Array.from({ length: 40 }, (_, i) => chunk({ content: `${request.json.seed}-${i} ` }));
    return { steps: [...words, finish()] };
  };
  const answers = await Promise.all(Array.from({ length: 50 }, (_, seed) => ask(adapter(), { sampling: { seed } })));
  answers.forEach(({ content }, seed) => {
    assert.equal(content, Array.from({ length: 40 }, (_, i) => `${seed}-${i} `).join(''));
  });
});

function* endless(): Generator<FakeStep> {
  for (;;) {
    yield { waitMs: 10 };
    yield chunk({ content: 'on and ' });
  }
}
