import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { AppError } from '../../lib/errors.ts';
import { createId } from '../../lib/ids.ts';
import { openStore, type Store } from '../../lib/server/store/store.ts';
import { type FakePostgres, postgresPassword, startPostgres } from '../fakes/postgres.ts';
import { describeContracts } from '../integration/store/contracts.ts';
import { createSample, fullResult, partsOf } from '../integration/store/samples.ts';

let server: FakePostgres;
before(async () => {
  server = await startPostgres();
});
after(() => server?.stop());

const databases = async () => ({
  create: async () => ({ kind: 'postgres' as const, url: await server.createDatabase() }),
  stop: async () => undefined,
});

describeContracts('PostgreSQL', databases);

describe('a PostgreSQL server', () => {
  test('is described without its password', async () => {
    await withStore(async (store, url) => {
      const { kind, place, version } = store.describe();
      assert.equal(kind, 'postgres');
      assert.equal(place, `${new URL(url).host}${new URL(url).pathname}`);
      assert.match(version, /^\d+\.\d+/);
    });
  });

  test('that cuts its connections is found again', async () => {
    await withStore(async (store, url) => {
      const sample = await createSample(store);
      await Promise.all(Array.from({ length: 5 }, () => store.ping()));
      await server.cutConnections(url);
      // The pool may hear of it only when it is next used: then that call is refused in words, and no later one.
      const outcomes = [];
      for (let i = 0; i < 12; i++) outcomes.push(await store.ping().catch((error: AppError) => error.code));
      assert.deepEqual(
        outcomes.filter((outcome) => outcome !== undefined && outcome !== 'unavailable'),
        [],
      );
      assert.equal(outcomes.at(-1), undefined);
      assert.equal(await store.generations.finish(sample.answerId, fullResult), true);
      assert.deepEqual(await partsOf(store, sample), fullResult.parts);
    });
  });

  test('plans by what an import has just brought in', async () => {
    await withStore(async (store, url) => {
      const ownerId = createId();
      const { conversationId } = await createSample(store, { ownerId });
      const exported = await store.transfers.export(ownerId, conversationId);
      assert.ok(exported);
      const messages = Array.from({ length: 500 }, (_, i) => {
        const [question, answer] = exported.messages.map((message) => ({ ...message, id: `${i}/${message.id}` }));
        assert.ok(question && answer);
        return [question, { ...answer, parentId: question.id }];
      }).flat();
      const threads = exported.threads.map(({ id, settings }) => ({ id, settings }));
      await store.transfers.import(ownerId, [{ ...exported, threads, messages }], { instanceId: 'here' });
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query("select reltuples from pg_class where relname = 'messages'");
      await client.end();
      assert.equal(rows[0]?.reltuples, 1_002);
    });
  });

  test('deletes a conversation while another instance is in the middle of a checkpoint of it', async () => {
    await withStore(async (store, url) => {
      const sample = await createSample(store);
      const [other, watcher] = [new pg.Client({ connectionString: url }), new pg.Client({ connectionString: url })];
      await Promise.all([other.connect(), watcher.connect()]);
      await other.query('begin');
      await other.query('select id from generations where id = $1 for update', [sample.answerId]);
      const deleted = store.conversations.delete(sample.ownerId, sample.conversationId);
      const waiting = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      while ((await watcher.query(waiting)).rowCount === 0) await setImmediate();
      await other.query("insert into checkpoints (generation_id, seq, parts) values ($1, 0, '[]')", [sample.answerId]);
      await other.query('commit');
      await Promise.all([other.end(), watcher.end()]);
      assert.equal(await deleted, true);
      assert.equal(await store.conversations.find(sample.ownerId, sample.conversationId), undefined);
    });
  });

  test('that cannot be reached, or does not know us, is told in words without the password', async () => {
    const url = await server.createDatabase();
    const wrong = (change: (url: URL) => void) => {
      const changed = new URL(url);
      change(changed);
      return changed.href;
    };
    const urls = [
      wrong((u) => (u.port = '1')),
      wrong((u) => (u.username = 'somebody')),
      wrong((u) => (u.pathname = `/${createId()}`)),
      `postgres://me:${postgresPassword}@127.0.0.1:not-a-port/name`,
    ];
    for (const one of urls) {
      await assert.rejects(openStore({ kind: 'postgres', url: one }), (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'unavailable');
        assert.doesNotMatch(`${error.message} ${error.stack} ${error.cause}`, new RegExp(postgresPassword));
        return true;
      });
    }
  });
});

async function withStore(use: (store: Store, url: string) => Promise<void>): Promise<void> {
  const url = await server.createDatabase();
  const store = await openStore({ kind: 'postgres', url });
  try {
    await use(store, url);
  } finally {
    await store.close();
  }
}
