import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationDetail } from '../../lib/conversation.ts';
import { createId } from '../../lib/ids.ts';
import { ApiClient, type Asked } from '../fakes/api-client.ts';
import { type FakePostgres, startPostgres } from '../fakes/postgres.ts';
import { createFakeProvider, type FakeProvider } from '../fakes/provider.ts';
import { type FakeRedis, startRedis } from '../fakes/redis.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

const short = { providerId: 'custom', modelKey: 'pace:20ms:tokens:60' };
const long = { providerId: 'custom', modelKey: 'pace:20ms:tokens:30000' };
/** Whatever is waited for, a busy machine has done by then. */
const patienceMs = 120_000;

describe('two servers on PostgreSQL and Redis', () => {
  let postgres: FakePostgres;
  let redis: FakeRedis;
  let provider: FakeProvider;
  const servers: AppServer[] = [];
  let clients: [ApiClient, ApiClient];

  before(async () => {
    [postgres, redis, provider] = await Promise.all([
      startPostgres(),
      startRedis(),
      createFakeProvider({ models: [short, long].map(({ modelKey }) => ({ id: modelKey, object: 'model' })) }),
    ]);
    const env = {
      CUSTOM_BASE_URL: provider.baseURL,
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
      THINKGLASS_SECRET: 'the same for both of these servers',
    };
    servers.push(...(await Promise.all([startApp({ env }), startApp({ env })])));
    clients = servers.map(({ url }) => new ApiClient(url)) as [ApiClient, ApiClient];
    await clients[0].json('GET', '/api/models');
    clients[1].cookie = clients[0].cookie;
  });
  after(async () => {
    for (const server of servers) await server.kill();
    await provider?.close();
    await redis?.stop();
    await postgres?.stop();
  });

  const at = (number: number) => clients[number % 2 === 0 ? 0 : 1];

  interface Question extends Asked {
    text: string;
    body: object;
  }

  function question(text: string, model: typeof short): Question {
    const [conversationId, threadId, questionId, answerId] = Array.from({ length: 4 }, createId) as [
      string,
      string,
      string,
      string,
    ];
    const ask = { text, threads: [{ threadId, parentId: null, questionId, answerId }] };
    const threads = [{ id: threadId, settings: { model, sampling: {} } }];
    const body = { id: conversationId, threads, ask };
    return { conversationId, threadId, questionId, answerId, cursor: undefined, text, body };
  }

  /** Does it again until it is taken, each time at the other server. */
  async function insist(
    what: string,
    first: number,
    call: (client: ApiClient) => Promise<Response>,
  ): Promise<Response> {
    const deadline = performance.now() + patienceMs;
    for (let turn = first; ; turn++) {
      const response = await call(at(turn)).catch(() => undefined);
      if (response?.ok) return response;
      const said = await response?.text();
      assert.ok(!response || response.status === 503, `${what}: ${response?.status} ${said}`);
      assert.ok(performance.now() < deadline, `${what}: not within ${patienceMs} ms: ${said}`);
      await delay(200);
    }
  }

  async function ask(asked: Question, first: number): Promise<void> {
    const response = await insist('ask', first, (client) => client.request('POST', '/api/conversations', asked.body));
    asked.cursor = ((await response.json()) as ConversationDetail).cursor;
  }

  /** Reads to the end, as a page does (what breaks off is joined again where it was), and looks what it was. */
  async function endOf(asked: Question, first: number): Promise<string> {
    const deadline = performance.now() + patienceMs;
    let { cursor } = asked;
    for (let turn = first; performance.now() < deadline; turn++) {
      try {
        for await (const event of at(turn).events(asked.conversationId, cursor)) {
          cursor = event.id ?? cursor;
          if (event.event === 'end') return (await at(turn).generation(asked.answerId)).state;
        }
      } catch {
        // cut off, or nobody is there
      }
      await delay(100);
    }
    assert.fail(`"${asked.text}" came to no end within ${patienceMs} ms`);
  }

  const requestsOf = (text: string) => provider.requests.filter(({ body }) => body.includes(text));

  test('a question that comes ten times at once, at both, is asked once', async () => {
    const all = Array.from({ length: 6 }, (_, i) => question(`Question ${i} of many hands.`, short));
    await Promise.all(
      all.map(async (asked) => {
        const post = (i: number) => at(i).request('POST', '/api/conversations', asked.body);
        const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => post(i)));
        for (const answer of answers) assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
        assert.equal(await endOf(asked, 1), 'complete');
        assert.equal(requestsOf(asked.text).length, 1);
      }),
    );
  });

  test('Stop at the other server ends an answer, however soon it comes', async () => {
    await Promise.all(
      [0, 0, 1, 2, 5, 10, 20, 40, 70, 100].map(async (ms, i) => {
        const asked = question(`Stopped after ${ms} ms (${i}).`, long);
        await ask(asked, i);
        await delay(ms);
        await insist('stop', i + 1, (client) => client.request('POST', `/api/generations/${asked.answerId}/stop`));
        assert.equal(await endOf(asked, i), 'stopped');
        const [request] = requestsOf(asked.text);
        if (request) assert.equal(await provider.ended(request), 'client');
      }),
    );
  });

  test('while PostgreSQL and Redis are restarted again and again, every question comes to one end', async () => {
    const all = Array.from({ length: 60 }, (_, i) => question(`Through the storm, ${i}.`, short));
    let isOver = false;
    const storm = async () => {
      for (let i = 0; !isOver && i < 4; i++) {
        const server = i % 2 === 0 ? postgres : redis;
        await server.halt();
        await delay(500);
        await server.resume();
        await delay(1_500);
      }
    };
    const asking = async (lane: number) => {
      for (let i = lane; i < all.length; i += 6) {
        const asked = all[i] as Question; // i is in range
        await ask(asked, i);
        await delay(100);
      }
    };
    await Promise.all([storm(), ...Array.from({ length: 6 }, (_, lane) => asking(lane))]);
    isOver = true;
    const outcomes = await Promise.all(
      all.map(async (asked, i) => {
        const outcome = await endOf(asked, i + 1);
        const conversation = await at(i).conversation(asked.conversationId);
        assert.equal(conversation.messages.length, 2);
        assert.ok(requestsOf(asked.text).length <= 1, asked.text);
        return outcome;
      }),
    );
    const interrupted = outcomes.filter((outcome) => outcome === 'interrupted').length;
    console.log(`of ${all.length} answers ${interrupted} were interrupted`);
    for (const outcome of outcomes) assert.match(outcome, /^(complete|interrupted)$/);
  });
});
