import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { copiedTables, copyStore, leftBehind } from '../../lib/server/store/copy-store.ts';
import type { Engine } from '../../lib/server/store/engine.ts';
import { openEngine, openStore, type StoreOptions } from '../../lib/server/store/store.ts';
import { type FakePostgres, startPostgres } from '../fakes/postgres.ts';
import { rejects } from '../integration/store/contract.ts';
import { createSample, fullResult, type Sample, someParts } from '../integration/store/samples.ts';

/** More than two statements' rows. */
const count = 210;

describe('a copy of all that lasts', () => {
  let server: FakePostgres;
  let folder: string;
  let file: StoreOptions;
  let samples: Sample[];

  before(async () => {
    server = await startPostgres();
    folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-copy-'));
    file = { kind: 'sqlite', path: path.join(folder, 'store.db') };
    const store = await openStore(file);
    const ownerId = 'somebody';
    samples = [];
    for (let i = 0; i < count; i++)
      samples.push(await createSample(store, { ownerId, text: `Question ${i}, naïve 张三` }));
    const [done, running] = samples as [Sample, Sample];
    await store.generations.finish(done.answerId, fullResult);
    await store.checkpoints.append([{ generationId: running.answerId, seq: 0, parts: someParts }]);
    await store.close();
  });
  after(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true });
  });

  async function copy(from: StoreOptions, to: StoreOptions, onTable?: (table: { name: string }) => void) {
    const engines: Engine[] = [];
    try {
      for (const options of [from, to]) engines.push(await openEngine(options));
      const [source, target] = engines as [Engine, Engine];
      return await copyStore(source, target, { ...(onTable && { onTable }) });
    } finally {
      for (const engine of engines) await engine.close();
    }
  }

  test('from SQLite to PostgreSQL and back is the same, broken off and begun again or not', async () => {
    const database: StoreOptions = { kind: 'postgres', url: await server.createDatabase() };
    const begun: string[] = [];
    const brokenOff = copy(file, database, ({ name }) => {
      begun.push(name);
      if (name === 'messages') throw new Error('the lights went out');
    });
    await assert.rejects(brokenOff);
    assert.equal(begun.at(-1), 'messages');
    const rows = await copy(file, database);
    assert.equal(rows.find(({ name }) => name === 'messages')?.rows, 2 * count);
    const back: StoreOptions = { kind: 'sqlite', path: path.join(folder, 'back.db') };
    assert.deepEqual(await copy(database, back), rows);
    const found = [];
    for (const options of [file, database, back]) {
      const store = await openStore(options);
      const read = samples.slice(0, 3).map((s) => store.conversations.find(s.ownerId, s.conversationId));
      found.push(await Promise.all(read));
      await store.close();
    }
    assert.deepEqual(found[1], found[0]);
    assert.deepEqual(found[2], found[0]);
  });

  test('is searched by its own index', async () => {
    const database: StoreOptions = { kind: 'postgres', url: await server.createDatabase() };
    await copy(file, database);
    const store = await openStore(database);
    const { hits } = await store.search.find('somebody', { query: '张三', limit: 5 });
    await store.close();
    assert.ok(hits.length > 0);
  });

  test('is refused where something else is, and where a row differs', async () => {
    const database: StoreOptions = { kind: 'postgres', url: await server.createDatabase() };
    const store = await openStore(database);
    await createSample(store);
    await store.close();
    await rejects('conflict', async () => void (await copy(file, database)));

    const other: StoreOptions = { kind: 'postgres', url: await server.createDatabase() };
    await copy(file, other);
    const engine = await openEngine(other);
    await engine.write((db) => sql`update messages set created_at = created_at + 1 where seq = 1`.execute(db));
    await engine.close();
    await rejects('conflict', async () => void (await copy(file, other)));
  });

  test('leaves no table out that nobody has thought of', async () => {
    const engine = await openEngine(file);
    const { rows } = await engine.read((db) =>
      sql<{ name: string }>`select name from sqlite_master where type = 'table' and name not like 'sqlite%'
        and name not like 'search_fts%'`.execute(db),
    );
    await engine.close();
    assert.deepEqual(rows.map(({ name }) => name).sort(), [...copiedTables, ...leftBehind].sort());
  });

  test('is what the scripts make: a move to PostgreSQL, a backup of it, and that put in place', async () => {
    writeFileSync(path.join(folder, 'secret'), 's'.repeat(43), { mode: 0o600 });
    await copy(file, { kind: 'sqlite', path: path.join(folder, 'thinkglass.db') });
    const run = (script: string, url: string, ...args: string[]) => {
      const scripts = path.resolve(import.meta.dirname, '../../scripts');
      const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(scripts, `${script}.mjs`), ...args], {
        env: { ...process.env, THINKGLASS_DATA: folder, DATABASE_URL: url, THINKGLASS_SECRET: '' },
        encoding: 'utf8',
      });
      assert.equal(status, 0, stdout + stderr);
      return stdout + stderr;
    };
    const [first, second] = [await server.createDatabase(), await server.createDatabase()];
    const backup = path.join(folder, 'backup');
    const moved = run('migrate-postgres', first);
    assert.match(moved, new RegExp(`messages: ${2 * count} rows, compared`));
    assert.match(moved, new RegExp(`^In PostgreSQL: ${count} conversations\\.$`, 'm'));
    assert.match(run('backup', first, backup), new RegExp(`^${count} conversations and the secret are in `, 'm'));
    assert.match(
      run('restore', second, backup),
      new RegExp(`^${count} conversations and the secret are in place`, 'm'),
    );
  });
});
