import assert from 'node:assert/strict';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createId } from '../../lib/ids.ts';
import { ApiClient, type Asked } from '../fakes/api-client.ts';
import { type FakePostgres, startPostgres } from '../fakes/postgres.ts';
import { createFakeProvider, type FakeProvider } from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

const model = { providerId: 'custom', modelKey: 'pace:20ms:tokens:50' };
/** Whatever is waited for, a busy machine has done by then. */
const patienceMs = 60_000;

/** Stands between a server and PostgreSQL. */
interface Wire {
  url: string;
  /**
   * Of the next transaction that stores an answer the database's "done" is lost: it is committed, and the connection breaks
   * before anybody hears of it. Resolves when that was so.
   */
  loseNextDone(): Promise<void>;
  close(): void;
}

async function openWire(databaseUrl: string): Promise<Wire> {
  const target = new URL(databaseUrl);
  let lost: PromiseWithResolvers<void> | undefined;
  const server = net.createServer((near) => {
    const far = net.connect(Number(target.port), target.hostname);
    let stores = false;
    let commits = false;
    const end = () => {
      near.destroy();
      far.destroy();
    };
    near.on('data', (bytes) => {
      const said = bytes.toString('latin1');
      stores ||= lost !== undefined && said.includes('insert into "generations"');
      commits ||= stores && /commit\0/.test(said);
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (!commits || !lost) {
        near.write(bytes);
        return;
      }
      end();
      lost.resolve();
      lost = undefined;
    });
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    loseNextDone() {
      lost = Promise.withResolvers();
      return lost.promise;
    },
    close: () => server.close(),
  };
}

describe('a question whose "done" was lost on the way from the database', () => {
  let postgres: FakePostgres;
  let provider: FakeProvider;
  let wire: Wire;
  const servers: AppServer[] = [];

  before(async () => {
    [postgres, provider] = await Promise.all([
      startPostgres(),
      createFakeProvider({ models: [{ id: model.modelKey, object: 'model' }] }),
    ]);
    const direct = await postgres.createDatabase();
    wire = await openWire(direct);
    const env = { CUSTOM_BASE_URL: provider.baseURL, THINKGLASS_SECRET: 'the same for both of these servers' };
    for (const DATABASE_URL of [wire.url, direct]) servers.push(await startApp({ env: { ...env, DATABASE_URL } }));
  });
  after(async () => {
    for (const server of servers) await server.kill();
    wire?.close();
    await provider?.close();
    await postgres?.stop();
  });

  async function until(look: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!(await look())) {
      assert.ok(performance.now() < deadline, `not within ${patienceMs} ms`);
      await delay(200);
    }
  }

  test('is stored once, does not run for ever, and can be asked again, at any server', async () => {
    const [here, there] = servers.map(({ url }) => new ApiClient(url)) as [ApiClient, ApiClient];
    await here.json('GET', '/api/models');
    there.cookie = here.cookie;
    const [id, threadId, questionId, answerId] = Array.from({ length: 4 }, createId) as [
      string,
      string,
      string,
      string,
    ];
    const body = {
      id,
      threads: [{ id: threadId, settings: { model, sampling: {} } }],
      ask: { text: 'Is anybody there?', threads: [{ threadId, parentId: null, questionId, answerId }] },
    };
    const lost = wire.loseNextDone();
    const first = await here.request('POST', '/api/conversations', body);
    await lost;
    assert.equal(first.status, 503, await first.text());
    const again = await there.request('POST', '/api/conversations', body); // as a page does
    assert.ok(again.ok, await again.text());
    await until(async () => (await there.generation(answerId)).state === 'interrupted');
    assert.equal((await here.conversation(id)).messages.length, 2);
    const retried = createId();
    const threads = [{ threadId, questionId, answerId: retried }];
    const { cursor } = await there.json<Asked>('POST', `/api/conversations/${id}/retry`, { threads });
    const messages = await here.follow(id, cursor);
    assert.equal(messages.get(retried)?.finish?.outcome, 'complete');
  });
});
