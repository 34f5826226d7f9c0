import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import type { Engine } from '../../lib/server/store/engine.ts';
import { findVersion, latestVersion, migrate, migrations } from '../../lib/server/store/migrations.ts';
import { openStore, type StoreOptions } from '../../lib/server/store/store.ts';
import { type FakePostgres, startPostgres } from '../fakes/postgres.ts';
import { withEngine } from '../integration/store/engines.ts';
import { rowsOfVersion, runAll } from '../integration/store/migrations-contract.ts';
import { noon } from '../integration/store/samples.ts';

const script = path.resolve(import.meta.dirname, '../../scripts/migrate.mjs');
/** The oldest whose program may go on beside the tables of today. */
const oldest = migrations.at(-1)?.readableFrom ?? latestVersion;

interface Place {
  options: StoreOptions;
  /** For the command. */
  env: Record<string, string>;
}

/** `npm run migrate`, to its end. */
async function runMigrate(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [script], { env: { ...process.env, DATABASE_URL: '', ...env } });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, said };
}

/** What a program of the oldest version does all the time: it renews its lease, keeps what comes, and reads. */
async function workOnce(engine: Engine, seq: number): Promise<void> {
  await engine.write((db) => sql`update instances set heartbeat_at = ${noon + seq} where id = 'i1'`.execute(db));
  await engine.write((db) =>
    sql`insert into checkpoints (generation_id, seq, parts) values ('a2', ${seq}, '[]')`.execute(db),
  );
  const { rows } = await engine.read((db) =>
    sql<{ id: string }>`select messages.id from messages inner join threads on threads.id = messages.thread_id
      inner join conversations on conversations.id = messages.conversation_id
      left join generations on generations.id = messages.id order by messages.seq`.execute(db),
  );
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['q1', 'a1', 'q2', 'a2'],
  );
}

function describeMigrate(name: string, create: () => Promise<Place>): void {
  describe(`npm run migrate on ${name}`, () => {
    /** Tables of the oldest version, with its rows. */
    async function createOld(): Promise<Place> {
      const place = await create();
      await withEngine(place.options, async (engine) => {
        await migrate(engine, { at: noon, to: oldest });
        await engine.write((db) => runAll(db, rowsOfVersion[oldest] ?? []));
      });
      return place;
    }

    test('brings an older program’s tables up to date while that program works on', async () => {
      const { options, env } = await createOld();
      await withEngine(options, async (older) => {
        let seq = 1;
        let isOver = false;
        const migrating = runMigrate(env).finally(() => {
          isOver = true;
        });
        while (!isOver) await workOnce(older, seq++);
        assert.deepEqual(await migrating, { code: 0, said: `The tables are at version ${latestVersion}.\n` });
        assert.equal(await findVersion(older), latestVersion);
        await workOnce(older, seq++);
        const { rows } = await older.read((db) => sql`select seq from checkpoints order by seq`.execute(db));
        assert.equal(rows.length, seq);
      });
      assert.equal((await runMigrate(env)).code, 0); // once more does nothing
      const store = await openStore(options);
      assert.equal((await store.conversations.find('o1', 'c1'))?.messages.length, 4);
      await store.close();
    });

    test('several at once bring them up to date once', async () => {
      const { env, options } = await createOld();
      const all = await Promise.all(Array.from({ length: 3 }, () => runMigrate(env)));
      for (const { code, said } of all) assert.equal(code, 0, said);
      await withEngine(options, async (engine) => assert.equal(await findVersion(engine), latestVersion));
    });

    test('leaves newer tables as they are: those that may be worked on, and those that may not', async () => {
      const { env, options } = await createOld();
      await runMigrate(env);
      const addVersion = (version: number, readableFrom: number) =>
        withEngine(options, (engine) =>
          engine.write((db) =>
            sql`insert into schema_migrations (version, name, applied_at, readable_from)
              values (${version}, 'of tomorrow', ${noon}, ${readableFrom})`.execute(db),
          ),
        );
      await addVersion(latestVersion + 1, latestVersion);
      const readable = await runMigrate(env);
      assert.equal(readable.code, 0, readable.said);
      assert.match(readable.said, new RegExp(`at version ${latestVersion + 1}, newer than this program's`));
      await addVersion(latestVersion + 2, latestVersion + 1);
      const refused = await runMigrate(env);
      assert.equal(refused.code, 1);
      assert.match(refused.said, /written by a newer version of this program/);
      await withEngine(options, async (engine) => assert.equal(await findVersion(engine), latestVersion + 2));
    });
  });
}

let folder: string;
let postgres: FakePostgres;
before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-migrate-'));
  postgres = await startPostgres();
});
after(async () => {
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describeMigrate('SQLite', async () => {
  const data = mkdtempSync(path.join(folder, 'data-'));
  return { options: { kind: 'sqlite', path: path.join(data, 'thinkglass.db') }, env: { THINKGLASS_DATA: data } };
});
describeMigrate('PostgreSQL', async () => {
  const url = await postgres.createDatabase();
  return { options: { kind: 'postgres', url }, env: { DATABASE_URL: url } };
});
