import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Message } from '../../lib/conversation.ts';
import { errorSentence } from '../../lib/sentences.ts';
import type { GenerationErrorKind } from '../../lib/errors.ts';
import { createId } from '../../lib/ids.ts';
import type { ModelRef } from '../../lib/model.ts';
import { type MessageState, textOfKind } from '../../lib/stream-part.ts';
import { ApiClient, applyApiEvent, type Asked } from '../fakes/api-client.ts';
import { createFaultServer, type FaultItem, type FaultServer } from '../fakes/faults.ts';
import { type FakePostgres, startPostgres } from '../fakes/postgres.ts';
import { type AppServer, freePort, startApp } from '../fakes/server.ts';

/** What the file says must come of an item; only the fields it uses. */
interface Expectation {
  outcome?: FaultOutcome;
  outcomeAnyOf?: FaultOutcome[];
  answer?: string;
  reasoning?: string;
  errorKind?: string;
  upstreamCalls?: number;
  upstreamCallsMax?: number;
  /** Milliseconds, or a sum of a limit's name and milliseconds. */
  settledWithinMs?: number | string;
  exitWithinMs?: number | string;
  upstreamClosedWithinMs?: number;
  rssGrowthMbMax?: number;
  lostTailMsMax?: number;
  draftKept?: boolean;
  sameOnBothStores?: boolean;
  storedUserMessages?: number;
  columns?: Expectation[];
  eachOutcome?: FaultOutcome;
  eachAnswer?: string;
  keyLeak?: string;
}

type FaultOutcome = 'complete' | 'complete-with-warning' | 'error' | 'interrupted' | 'stopped';

interface Fault extends FaultItem {
  during?: { atMs: number; do: string }[];
  expect: Expectation;
}

const file = JSON.parse(readFileSync(new URL('../fixtures/reliability/faults.json', import.meta.url), 'utf8')) as {
  testConfig: Record<string, number>;
  items: Fault[];
};
const { testConfig } = file;

/** Their words for what went wrong, and ours. One word of theirs may be two of ours: they ask whose fault, we ask what to do. */
const errorKinds: Record<string, readonly GenerationErrorKind[]> = {
  auth: ['auth'],
  forbidden: ['auth'],
  billing: ['balance'],
  'model-not-found': ['model'],
  'invalid-request': ['request'],
  'context-length': ['context'],
  'rate-limit': ['rate'],
  'queued-too-long': ['interrupted', 'rate'],
  overloaded: ['busy'],
  'provider-down': ['busy'],
  'provider-error': ['provider'],
  'bad-response': ['provider'],
  'too-large': ['provider'],
  network: ['offline', 'interrupted'],
  timeout: ['interrupted', 'offline'],
  stalled: ['interrupted'],
  empty: ['empty', 'limit', 'filtered'],
};

/** What the file does not have, in its format: nothing there, no first byte, only comments, compressed, odd bytes. */
const ownItems: Fault[] = [
  {
    id: 'own-refuse',
    title: 'nothing listens',
    connect: 'refuse',
    expect: { outcome: 'error', errorKind: 'network', upstreamCalls: 0, settledWithinMs: 2000 },
  },
  {
    id: 'own-first-byte',
    title: 'accepted, then silence',
    connect: 'accept',
    steps: [{ action: 'stall', forMs: 60_000 }],
    expect: { outcome: 'error', errorKind: 'timeout', settledWithinMs: 'firstByteTimeoutMs+2000' },
  },
  {
    id: 'own-comments',
    title: 'nothing but comments',
    headers: { 'content-type': 'text/event-stream' },
    steps: [{ action: 'repeat', bytes: ': still here\n\n', everyMs: 200, forMs: 60_000 }],
    expect: { outcome: 'error', errorKind: 'stalled', settledWithinMs: 'keepAliveOnlyTimeoutMs+2000' },
  },
  {
    id: 'own-gzip',
    title: 'a bomb in gzip that nobody asked for',
    headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' },
    steps: [{ gzipOf: { repeat: ': bomb\n\n', times: 4_000_000 } }, { action: 'end' }],
    expect: { outcome: 'error', errorKind: 'bad-response', upstreamCalls: 1, rssGrowthMbMax: 60 },
  },
  {
    id: 'own-not-http',
    title: 'something that is not HTTP, a byte at a time',
    connect: 'accept',
    rawSteps: [{ dripText: 'SSH-2.0-OpenSSH_9.2\r\n\r\n', everyMs: 1 }],
    steps: [{ action: 'truncate' }],
    expect: { outcome: 'error', errorKind: 'bad-response' },
  },
  {
    id: 'own-bytes',
    title: 'base64 and repeated bytes',
    headers: { 'content-type': 'text/event-stream' },
    steps: [
      { repeatBytes: { bytes: 'data: {"choices":[{"index":0,"delta":{"content":"na "}}]}\n\n', times: 8 } },
      {
        base64: Buffer.from('data: {"choices":[{"index":0,"delta":{"content":"🦇"}}]}\n\n').toString('base64'),
        split: 1,
      },
      { bytes: 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n' },
      { action: 'end' },
    ],
    expect: { outcome: 'complete', answer: `${'na '.repeat(8)}🦇` },
  },
];

const items = [...file.items, ...ownItems];
const itemOf = (id: string) => {
  const item = items.find((one) => one.id === id);
  assert.ok(item, id);
  return item;
};
/** Items in which something is done to our side; each has its test below. */
const ours = items.filter(({ during, columns }) => during ?? columns);
/** Memory is measured: nothing else may run. */
const alone = items.filter(({ expect }) => expect.rssGrowthMbMax !== undefined);
const upstreams = items.filter((item) => !ours.includes(item) && !alone.includes(item));

const key = 'tg-canary-8c41f7e2b96d';
/** Everything that any answer of the app held; searched for the key at the end. */
const answers: string[] = [];

/** Somebody at a page, who keeps what was shown. */
class Person extends ApiClient {
  constructor(app: AppServer, cookie = '') {
    super(app.url, async (request) => {
      const response = await fetch(request);
      if (!response.body) return response;
      const [kept, used] = response.body.tee();
      void new Response(kept).text().then(
        (text) => answers.push(text),
        () => {}, // a stream that broke, as some must
      );
      return new Response(used, response);
    });
    this.cookie = cookie;
  }
}

function environmentOf(upstream: FaultServer): Record<string, string> {
  return {
    CUSTOM_BASE_URL: `${upstream.origin}/v1`,
    CUSTOM_API_KEY: key,
    THINKGLASS_LOCAL_SERVERS: `ollama=${upstream.origin}/ollama/v1`,
    PROVIDER_FIRST_BYTE_MS: String(testConfig.firstByteTimeoutMs),
    PROVIDER_FIRST_BYTE_LOCAL_MS: String(testConfig.firstByteTimeoutMs),
    PROVIDER_IDLE_MS: String(testConfig.idleTimeoutMs),
    PROVIDER_KEEP_ALIVE_ONLY_MS: String(testConfig.keepAliveOnlyTimeoutMs),
  };
}

describe('what an upstream may do, and what our own side may do meanwhile', () => {
  let upstream: FaultServer;
  let app: AppServer;
  before(async () => {
    upstream = await createFaultServer(items);
    app = await startApp({ env: environmentOf(upstream) });
  });
  after(async () => {
    await app?.stop();
    await upstream?.close();
  });

  describe('upstream, several at once', { concurrency: 6 }, () => {
    for (const item of upstreams) {
      test(`${item.id}: ${item.title}`, async () => expectFault(await runFault(item, { app, upstream }), item.expect));
    }
  });

  for (const item of alone) {
    test(`${item.id}: ${item.title}, in little memory`, async () => {
      resetPeakMemory(app);
      const before = memoryMb(app, 'VmRSS');
      expectFault(await runFault(item, { app, upstream }), item.expect);
      const growth = memoryMb(app, 'VmHWM') - before;
      assert.ok(growth <= Number(item.expect.rssGrowthMbMax), `grew by ${growth} MB`);
    });
  }

  test('pf-023: a reload in the middle joins the same answer', async () => {
    const item = itemOf('pf-023');
    const first = new Person(app);
    const asked = await first.askNew(modelOf(item), 'Will this survive a reload?');
    const call = await upstream.firstCallOf(item.id);
    const tab = follow(first, asked);
    await at(item, 'reload', await call.firstByte);
    tab.leave();
    const second = new Person(app, first.cookie);
    const { cursor, messages } = await second.conversation(asked.conversationId);
    const again = follow(second, { ...asked, cursor }, messages);
    const shown = await again.ended;
    const seen = await readBack(second, asked);
    expectFault({ ...seen, calls: upstream.callsOf(item.id).length }, item.expect);
    assert.equal(textOfKind(shown?.segments ?? [], 'answer'), trim(item.expect.answer));
    assert.equal(textOfKind(shown?.segments ?? [], 'reasoning'), textOfKind(seen.message.parts, 'reasoning'));
  });

  test('pf-024: stop closes the connection upstream and keeps what had come', async () => {
    const item = itemOf('pf-024');
    const client = new Person(app);
    const asked = await client.askNew(modelOf(item), 'Stop me');
    const call = await upstream.firstCallOf(item.id);
    const tab = follow(client, asked);
    await at(item, 'stop', await call.firstByte);
    const stopped = performance.now();
    await client.json('POST', `/api/generations/${asked.answerId}/stop`);
    const closedAfter = (await call.closed) - stopped;
    const shown = await tab.ended;
    const seen = await readBack(client, asked);
    expectFault(seen, item.expect);
    assert.ok(closedAfter <= Number(item.expect.upstreamClosedWithinMs), `closed after ${closedAfter} ms`);
    const answer = textOfKind(seen.message.parts, 'answer');
    assert.match(answer, /^w0( w\d+)+$/);
    assert.equal(textOfKind(shown?.segments ?? [], 'answer'), answer);
  });

  test('pf-027: a conversation deleted in a second tab leaves nothing behind', async () => {
    const item = itemOf('pf-027');
    const client = new Person(app);
    const asked = await client.askNew(modelOf(item), 'Delete me');
    const call = await upstream.firstCallOf(item.id);
    const tab = follow(client, asked);
    await at(item, 'delete-conversation-in-second-tab', await call.firstByte);
    const otherTab = new Person(app, client.cookie);
    assert.equal((await otherTab.request('DELETE', `/api/conversations/${asked.conversationId}`)).status, 204);
    await call.closed;
    await tab.ended;
    for (const path of [`/api/conversations/${asked.conversationId}`, `/api/generations/${asked.answerId}`]) {
      assert.equal((await client.request('GET', path)).status, 404, path);
    }
    const ids = [asked.conversationId, asked.threadId, asked.questionId, asked.answerId];
    // It may be taken back for half a minute; the heartbeat after that makes it final.
    const deadline = Date.now() + 60_000;
    while (rowsThatName(app.dataFolder, ids).length > 0 && Date.now() < deadline) await delay(1000);
    assert.deepEqual(rowsThatName(app.dataFolder, ids), []);
  });

  test('pf-028: the same question sent three times is asked once', async () => {
    const item = itemOf('pf-028');
    const client = new Person(app);
    await client.request('GET', '/api/models');
    const ids = { conversationId: createId(), threadId: createId(), questionId: createId(), answerId: createId() };
    const { conversationId: id, threadId, questionId, answerId } = ids;
    const body = {
      id,
      threads: [{ id: threadId, settings: { model: modelOf(item), sampling: {} } }],
      ask: { text: 'Once is enough', threads: [{ threadId, parentId: null, questionId, answerId }] },
    };
    const began = performance.now();
    const submits = (item.during ?? []).map(async ({ atMs }) => {
      await until(began + atMs);
      return client.json('POST', '/api/conversations', body);
    });
    await Promise.all(submits);
    await client.follow(id);
    const { messages } = await client.conversation(id);
    const questions = messages.filter(({ role }) => role === 'user');
    assert.equal(questions.length, item.expect.storedUserMessages);
    assert.equal(messages.length, 2);
    const seen = await readBack(client, { ...ids, cursor: undefined });
    expectFault({ ...seen, calls: upstream.callsOf(item.id).length }, { ...item.expect, answer: 'Hello world' });
  });

  test('pf-029: of two columns one fails and the other does not mind', async () => {
    const item = itemOf('pf-029');
    const client = new Person(app);
    const id = createId();
    const columns = (item.columns ?? []).map((_, i) => ({
      model: { providerId: 'custom', modelKey: `${item.id}.${i}` },
      ids: {
        conversationId: id,
        threadId: createId(),
        questionId: createId(),
        answerId: createId(),
        cursor: undefined,
      },
    }));
    await client.json('POST', '/api/conversations', {
      id,
      threads: columns.map(({ model, ids }) => ({ id: ids.threadId, settings: { model, sampling: {} } })),
      ask: {
        text: 'Both of you',
        threads: columns.map(({ ids: { threadId, questionId, answerId } }) => ({
          threadId,
          parentId: null,
          questionId,
          answerId,
        })),
      },
    });
    await client.follow(id);
    for (const [i, { ids }] of columns.entries()) {
      expectFault(await readBack(client, ids), item.expect.columns?.[i] ?? {});
    }
  });

  test('pf-030: fifty answers at the same time, each whole', async () => {
    const item = itemOf('pf-030');
    const client = new Person(app);
    await client.request('GET', '/api/models');
    const all = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const asked = await client.askNew(modelOf(item), `Number ${i}`);
        const shown = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
        return { ...(await readBack(client, asked)), shown };
      }),
    );
    for (const { shown, ...seen } of all) {
      const { eachOutcome, eachAnswer } = item.expect;
      expectFault(seen, { ...(eachOutcome && { outcome: eachOutcome }), ...(eachAnswer && { answer: eachAnswer }) });
      assert.equal(textOfKind(shown?.segments ?? [], 'answer'), trim(eachAnswer));
    }
  });

  test('the server is the same process and nothing threw; the key is in no answer, no output and no file', async () => {
    assert.equal((await fetch(`${app.url}/api/health`)).status, 200);
    assert.doesNotMatch(app.output(), /unhandled|uncaught|unexpected|TypeError/i);
    assert.equal(app.output().includes(key), false, 'in the output');
    assert.ok(answers.length > 100);
    for (const leak of [key, ...items.flatMap(({ expect }) => expect.keyLeak ?? [])]) {
      assert.equal(
        answers.find((text) => text.includes(leak)),
        undefined,
      );
    }
    assert.deepEqual(rowsThatName(app.dataFolder, [key]), []);
  });

  test('there are thirty items, and each has been run', () => {
    assert.equal(file.items.length, 30);
    const here = ['pf-023', 'pf-024', 'pf-027', 'pf-028', 'pf-029', 'pf-030', 'pf-025', 'pf-026'];
    assert.deepEqual(ours.map(({ id }) => id).sort(), here.sort());
  });
});

describe('the server itself ends in the middle of an answer', () => {
  /** The server, the question and what was seen of its answer, at the moment the item says. */
  async function untilMoment(t: TestContext, item: Fault, what: string) {
    const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-faults-'));
    t.after(() => rmSync(dataFolder, { recursive: true, force: true }));
    const upstream = await createFaultServer([item]);
    t.after(() => upstream.close());
    const start = async () => {
      const app = await startApp({ dataFolder, env: environmentOf(upstream) });
      t.after(() => app.kill());
      return app;
    };
    const app = await start();
    const client = new Person(app);
    const asked = await client.askNew(modelOf(item), 'Will you be there?');
    const call = await upstream.firstCallOf(item.id);
    const tab = follow(client, asked);
    const began = await call.firstByte;
    await at(item, what, began);
    return { app, client, asked, tab, began, start };
  }

  test('pf-025: SIGKILL loses no question and at most two seconds of the answer', async (t) => {
    const item = itemOf('pf-025');
    const { app, client, asked, tab, began, start } = await untilMoment(t, item, 'server-sigkill');
    const killedAt = performance.now();
    await app.kill();
    await tab.ended;
    await at(item, 'server-start', began);
    const again = await start();
    const seen = await readBack(new Person(again, client.cookie), asked);
    expectFault(seen, item.expect);
    assert.equal(textOfKind(seen.question.parts, 'answer'), 'Will you be there?');
    const answer = textOfKind(seen.message.parts, 'answer');
    const mustBeThere = tab.shown.findLast((s) => s.at <= killedAt - Number(item.expect.lostTailMsMax))?.answer ?? '';
    assert.ok(mustBeThere.length > 0);
    assert.ok(answer.startsWith(mustBeThere), `${answer.length} of ${mustBeThere.length} characters`);
  });

  test('pf-026: SIGTERM ends in time and in order, with all that was seen', async (t) => {
    const item = itemOf('pf-026');
    const { app, client, asked, tab, start } = await untilMoment(t, item, 'server-sigterm');
    const told = performance.now();
    assert.equal(await app.stop(), 0);
    const exitAfter = performance.now() - told;
    assert.ok(exitAfter <= millisecondsOf(item.expect.exitWithinMs), `ended after ${exitAfter} ms`);
    await tab.ended;
    const again = await start();
    const seen = await readBack(new Person(again, client.cookie), asked);
    expectFault(seen, item.expect);
    assert.equal(textOfKind(seen.message.parts, 'answer'), tab.shown.at(-1)?.answer);
  });
});

describe('on PostgreSQL', () => {
  let postgres: FakePostgres;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres?.stop());

  for (const item of items.filter(({ expect }) => expect.sameOnBothStores)) {
    test(`${item.id}: ${item.title}, stored alike on both stores`, async (t) => {
      const upstream = await createFaultServer([item]);
      t.after(() => upstream.close());
      const texts: string[] = [];
      const stores: Record<string, string>[] = [{}, { DATABASE_URL: await postgres.createDatabase() }];
      for (const store of stores) {
        const app = await startApp({ env: { ...environmentOf(upstream), ...store } });
        t.after(() => app.stop());
        const seen = await runFault(item, { app, upstream });
        expectFault(seen, item.expect);
        texts.push(textOfKind(seen.message.parts, 'answer'));
      }
      assert.deepEqual(texts, ['q\uFFFDr', 'q\uFFFDr']);
    });
  }
});

/** What came of one question. */
interface Seen {
  question: Message;
  message: Message;
  calls?: number;
  settledAfterMs?: number;
}

function modelOf(item: Fault): ModelRef {
  return { providerId: item.protocol === 'ollama-ndjson' ? 'ollama' : 'custom', modelKey: item.id };
}

/** Asks, waits for the end, reads back; then what holds after every item. */
async function runFault(item: Fault, { app, upstream }: { app: AppServer; upstream: FaultServer }): Promise<Seen> {
  const client = new Person(app);
  await client.request('GET', '/api/models');
  const model = item.connect === 'refuse' ? await addDeadProvider(client) : modelOf(item);
  const before = upstream.callsOf(item.id).length;
  const asked = await client.askNew(model, `What about ${item.title}?`);
  const shown = (await client.follow(asked.conversationId, asked.cursor)).get(asked.answerId);
  const settledAt = performance.now();
  const seen = await readBack(client, asked);
  assert.equal(textOfKind(seen.question.parts, 'answer'), `What about ${item.title}?`);
  assert.deepEqual(shown?.segments.filter(({ text }) => text !== '') ?? [], seen.message.parts, 'shown is not stored');
  const faultAt = upstream.callsOf(item.id).at(-1)?.faultAt ?? settledAt;
  const calls = upstream.callsOf(item.id).length - before;
  assert.equal((await client.request('GET', '/api/health')).status, 200);
  if (item.expect.draftKept) {
    const threads = [{ threadId: asked.threadId, questionId: asked.questionId, answerId: createId() }];
    await client.json('POST', `/api/conversations/${asked.conversationId}/retry`, { threads });
    await client.follow(asked.conversationId);
    assert.equal(upstream.callsOf(item.id).length - before, calls * 2, 'one action asks the same again');
  }
  return { ...seen, calls, settledAfterMs: settledAt - faultAt };
}

async function addDeadProvider(client: ApiClient): Promise<ModelRef> {
  const providerId = createId();
  const modelKey = 'nobody';
  const baseURL = `http://127.0.0.1:${await freePort()}/v1`;
  await client.json('POST', '/api/providers', { id: providerId, label: 'Dead', baseURL, apiKey: key });
  await client.json('PUT', '/api/models/overrides', {
    overrides: [{ providerId, modelKey, override: { added: true } }],
  });
  return { providerId, modelKey };
}

async function readBack(client: ApiClient, asked: Asked): Promise<Seen> {
  const { messages } = await client.conversation(asked.conversationId);
  const question = messages.find(({ id }) => id === asked.questionId);
  const message = messages.find(({ id }) => id === asked.answerId);
  assert.ok(question && message);
  return { question, message };
}

function expectFault(seen: Seen, expect: Expectation): void {
  const { parts, generation } = seen.message;
  assert.ok(generation?.finish, 'it has not ended');
  const words = JSON.stringify({ state: generation.state, error: generation.error, notices: generation.notices });
  const outcomes = expect.outcomeAnyOf ?? (expect.outcome ? [expect.outcome] : []);
  if (outcomes.length > 0)
    assert.ok(outcomes.includes(outcomeOf(seen.message)), `${outcomeOf(seen.message)}: ${words}`);
  if (expect.answer !== undefined) assert.equal(textOfKind(parts, 'answer'), trim(expect.answer));
  if (expect.reasoning !== undefined) assert.equal(textOfKind(parts, 'reasoning'), trim(expect.reasoning));
  if (expect.errorKind !== undefined) {
    const { error } = generation;
    assert.ok(error, words);
    assert.ok(errorKinds[expect.errorKind]?.includes(error.kind), `${expect.errorKind}: ${words}`);
    assert.ok(errorSentence(error).length > 20, 'words for a person');
  }
  if (expect.upstreamCalls !== undefined) assert.equal(seen.calls, expect.upstreamCalls);
  if (expect.upstreamCallsMax !== undefined) assert.ok(Number(seen.calls) <= expect.upstreamCallsMax, `${seen.calls}`);
  if (expect.settledWithinMs !== undefined) {
    const limit = millisecondsOf(expect.settledWithinMs);
    assert.ok(Number(seen.settledAfterMs) <= limit, `settled after ${seen.settledAfterMs} ms, not ${limit}`);
  }
}

/** Ours in their words: an answer that broke off before its first character is an error, after it an interruption. */
function outcomeOf({ parts, generation }: Message): FaultOutcome {
  switch (generation?.finish?.outcome) {
    case 'complete': {
      // What was waited for before the answer began is no warning about it.
      const warnings = generation.notices.filter(({ code }) => code !== 'retrying');
      const warned = warnings.length > 0 || ['length', 'filtered'].includes(generation.finish.reason);
      return warned ? 'complete-with-warning' : 'complete';
    }
    case 'stopped':
      return 'stopped';
    case 'interrupted':
      return parts.every(({ text }) => text === '') ? 'error' : 'interrupted';
    default:
      return 'error';
  }
}

/** Exactly as it was sent, but for the white space around it: the splitter keeps none (its law 8). */
function trim(text: string | undefined): string {
  return (text ?? '').replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');
}

/** `idleTimeoutMs+2000`, or a number. */
function millisecondsOf(value: number | string | undefined): number {
  return String(value)
    .split('+')
    .reduce((sum, term) => sum + (testConfig[term] ?? Number(term)), 0);
}

/** The moment of an action of the item, from the first byte on. */
async function at(item: Fault, what: string, firstByte: number): Promise<void> {
  const action = item.during?.find((one) => one.do === what);
  assert.ok(action, `${item.id} has no ${what}`);
  await until(firstByte + action.atMs);
}

function until(moment: number): Promise<void> {
  return delay(Math.max(0, moment - performance.now()));
}

/** A tab that shows an answer, until it ends or is left. */
function follow(
  client: ApiClient,
  asked: Asked,
  known: readonly Message[] = [],
): { shown: { at: number; answer: string }[]; ended: Promise<MessageState | undefined>; leave(): void } {
  const messages = new Map<string, MessageState>();
  for (const { id, parts, generation } of known) {
    if (generation) {
      messages.set(id, { segments: parts, phase: generation.phase ?? 'queued', times: generation.times, notices: [] });
    }
  }
  const shown: { at: number; answer: string }[] = [];
  let left = false;
  const read = async () => {
    for await (const event of client.events(asked.conversationId, asked.cursor)) {
      if (left) break;
      applyApiEvent(messages, event);
      const answer = textOfKind(messages.get(asked.answerId)?.segments ?? [], 'answer');
      shown.push({ at: performance.now(), answer });
    }
  };
  const ended = read().then(
    () => messages.get(asked.answerId),
    () => undefined, // the server was killed
  );
  return {
    shown,
    ended,
    leave() {
      left = true;
    },
  };
}

/** A line of /proc/<pid>/status, in MB. */
function memoryMb({ pid }: AppServer, name: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}

/** Linux begins to look for the peak anew (proc(5), clear_refs). */
function resetPeakMemory({ pid }: AppServer): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Rows of any table that hold any of these texts, as `table: row`. */
function rowsThatName(dataFolder: string, texts: readonly string[]): string[] {
  const db = new DatabaseSync(path.join(dataFolder, 'thinkglass.db'), { readOnly: true });
  try {
    const tables = db.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[];
    return tables.flatMap(({ name }) => {
      const all = db.prepare(`select * from "${name}"`);
      all.setReadBigInts(true); // the search index has numbers that are too large otherwise
      const rows = all
        .all()
        .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
      return rows.filter((row) => texts.some((text) => row.includes(text))).map((row) => `${name}: ${row}`);
    });
  } finally {
    db.close();
  }
}
