import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { sql } from 'kysely';
import { AppError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import { SearchIndexer } from '../../../lib/server/search-indexer.ts';
import { openSqlite } from '../../../lib/server/store/sqlite.ts';
import { openStore } from '../../../lib/server/store/store.ts';
import type { DiskFullReport } from './disk-full-process.ts';
import { describeContracts } from './contracts.ts';
import { createSample, fullResult, newConversationOf, newSample, noon, partsOf, settings } from './samples.ts';
import { conversationOf } from './search-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'thinkglass-store-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A file that is not there yet, in a folder that is not there yet. */
function newFile() {
  files += 1;
  return { kind: 'sqlite' as const, path: join(folder, `${files}`, 'store.db') };
}

const databases = async () => ({ create: async () => newFile(), stop: async () => undefined });

describeContracts('SQLite', databases);

describe('a SQLite file', () => {
  test('is opened so that an acknowledged write survives a power cut', async () => {
    const connections = await openSqlite(newFile());
    try {
      for (const db of [connections.writer, connections.reader, connections.aggregator]) {
        const settingOf = async (pragma: string) => {
          const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${pragma}`).execute(db);
          return Object.values(rows[0] ?? {})[0];
        };
        assert.equal(await settingOf('journal_mode'), 'wal');
        assert.equal(await settingOf('synchronous'), 2); // full
        assert.equal(await settingOf('foreign_keys'), 1);
        assert.equal(await settingOf('busy_timeout'), 5_000);
        assert.equal(await settingOf('query_only'), db === connections.writer ? 0 : 1);
      }
      const { rows } = await sql.raw('pragma busy_timeout').execute(connections.finder);
      assert.deepEqual(rows, [{ timeout: 0 }]); // it is in the server's own thread, and must not wait there
    } finally {
      await connections.close();
    }
  });

  test('belongs to its user alone, and a closed one leaves no other file behind', async () => {
    const options = newFile();
    const store = await openStore(options);
    await createSample(store);
    for (const name of readdirSync(join(options.path, '..'))) {
      assert.equal(statSync(join(options.path, '..', name)).mode & 0o077, 0, name);
    }
    assert.deepEqual(store.describe().place, options.path);
    assert.match(store.describe().version, /^3\.\d+\.\d+$/);
    await store.close();
    assert.deepEqual(readdirSync(join(options.path, '..')), ['store.db']);
  });

  test('holds nothing of what was deleted for good or revoked, in none of its files, while it is open', async () => {
    const options = newFile();
    const store = await openStore(options);
    const all = () =>
      readdirSync(join(options.path, '..')).map((name) => readFileSync(join(options.path, '..', name), 'latin1'));
    const holds = (word: string) => all().some((text) => text.toLowerCase().includes(word));
    const gone = await createSample(store, { text: 'quagga '.repeat(5_000) });
    const stays = await createSample(store, { ownerId: gone.ownerId, text: 'What is an okapi?' });
    await store.generations.finish(stays.answerId, fullResult);
    const parts = [{ kind: 'answer' as const, text: 'A thylacine it is. '.repeat(2_000) }];
    await store.generations.finish(gone.answerId, { ...fullResult, parts });
    await store.search.index();
    const share = await store.shares.create(stays.ownerId, {
      conversationId: stays.conversationId,
      snapshot: { version: 1, title: `A dodo ${'and a dodo '.repeat(2_000)}`, thinking: 'folded', columns: [] },
      numbers: false,
      systemPrompts: false,
      at: noon,
    });
    for (const word of ['quagga', 'thylacine', 'dodo', 'okapi']) assert.equal(holds(word), true, word);
    assert.equal(await store.shares.revoke(stays.ownerId, share?.id ?? '', noon), true);
    assert.equal(await store.trash.put(gone.ownerId, gone.conversationId, noon), true);
    assert.equal(await store.trash.purge(noon), 1);
    while (!(await store.remains.wipe())) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const word of ['quagga', 'thylacine', 'dodo']) assert.equal(holds(word), false, word);
    assert.equal(holds('okapi'), true);
    const { hits } = await store.search.find(stays.ownerId, { query: 'okapi', limit: 5 });
    assert.equal(hits.length, 1);
    await store.close();
  });

  test('ends in the middle of the index of an import, and goes on when it is there again', async () => {
    const options = newFile();
    const store = await openStore(options);
    await store.transfers.import('somebody', [conversationOf(2_000)], { instanceId: 'test' });
    const looker = new DatabaseSync(options.path, { readOnly: true });
    const left = () => Number(looker.prepare('select sum(search_stale) as n from messages').get()?.n);
    const indexer = new SearchIndexer(store.search);
    indexer.poke();
    while (left() === 2_000) await new Promise((resolve) => setTimeout(resolve, 10));
    await indexer.close();
    assert.ok(left() > 0, 'it waited for all of the index');
    assert.ok((await store.search.index()) > 0);
    assert.equal(left(), 0);
    looker.close();
    await store.close();
  });

  test('keeps no log of a large write beside it', async () => {
    const options = newFile();
    const store = await openStore(options);
    const sample = await createSample(store, { text: 'quagga '.repeat(4_000_000) });
    const log = () => statSync(`${options.path}-wal`).size;
    assert.ok(log() > 20_000_000, String(log()));
    await store.generations.finish(sample.answerId, fullResult); // the next write begins the log anew
    assert.ok(log() <= 8 * 1024 * 1024, String(log()));
    await store.close();
  });

  test('that somebody else keeps locked is read on, and writing says that it is busy', async () => {
    const options = newFile();
    const store = await openStore(options);
    const sample = await createSample(store);
    const other = new DatabaseSync(options.path);
    other.exec('begin immediate');
    await assert.rejects(store.generations.finish(sample.answerId, fullResult), (error) => {
      return error instanceof AppError && error.code === 'unavailable' && (error.retryAfterSeconds ?? 0) > 0;
    });
    assert.deepEqual(await partsOf(store, sample), []);
    other.exec('rollback');
    other.close();
    assert.equal(await store.generations.finish(sample.answerId, fullResult), true);
    await store.close();
  });

  test('takes a question, its end and their way into the index with one message to its thread each', async () => {
    const sent: string[] = [];
    const listen = (thread: Worker) => {
      const { postMessage } = thread;
      thread.postMessage = (message: { type: string; sql?: string }, ...rest) => {
        if (message.type !== 'leave') sent.push(message.sql ?? message.type);
        postMessage.call(thread, message, ...rest);
      };
    };
    process.on('worker', listen);
    const store = await openStore(newFile());
    await createSample(store);
    process.off('worker', listen);
    const sample = newSample();
    sent.length = 0;
    const conversation = newConversationOf(sample);
    await store.asks.create(sample.ownerId, sample.conversationId, { ...sample.ask, conversation });
    await store.generations.finish(sample.answerId, fullResult);
    await store.search.indexSome();
    assert.deepEqual(sent, ['call', 'call', 'call']);
    await store.close();
  });

  test('makes whole writes beside those made statement by statement, each all or not at all', async () => {
    const store = await openStore(newFile());
    const first = await createSample(store);
    const isRefused = (round: number) => round % 4 === 3;
    const askInTurn = async () => {
      for (let round = 0; round < 12; round++) {
        const sample = newSample();
        const { ownerId, conversationId, ask } = sample;
        const asks = [{ ...ask.asks[0], ...(isRefused(round) && { answerId: first.answerId }) }];
        const asked = store.asks.create(ownerId, conversationId, {
          ...ask,
          asks,
          conversation: newConversationOf(sample),
        });
        if (isRefused(round)) {
          await assert.rejects(asked, (error) => error instanceof AppError && error.code === 'conflict');
          assert.equal(await store.conversations.find(ownerId, conversationId), undefined);
          continue;
        }
        await asked;
        const found = await store.conversations.find(ownerId, conversationId);
        assert.equal(found?.messages.length, 2);
      }
    };
    const createInTurn = async () => {
      for (let round = 0; round < 12; round++) {
        const { ownerId } = newSample();
        const threads = Array.from({ length: 8 }, () => ({ id: createId(), settings }));
        const id = createId();
        await store.conversations.create(ownerId, { id, title: '', at: noon, threads });
        await store.conversations.update(ownerId, id, { title: 'Begun', at: noon });
        assert.equal((await store.conversations.find(ownerId, id))?.title, 'Begun');
      }
    };
    await Promise.all(Array.from({ length: 6 }, () => [askInTurn(), createInTurn()]).flat());
    await store.close();
  });

  test('whose threads die is opened again at the next call', async () => {
    const threads: Worker[] = [];
    const remember = (thread: Worker) => threads.push(thread);
    process.on('worker', remember);
    const store = await openStore(newFile());
    const sample = await createSample(store);
    await partsOf(store, sample);
    process.off('worker', remember);
    const lost = assert.rejects(
      store.conversations.create(sample.ownerId, { id: createId(), title: '', at: noon, threads: [] }),
      (error) => error instanceof AppError && error.code === 'unavailable',
    );
    await Promise.all(threads.map((thread) => thread.terminate()));
    await lost;
    assert.equal(await store.generations.finish(sample.answerId, fullResult), true);
    assert.deepEqual(await partsOf(store, sample), fullResult.parts);
    await store.close();
  });

  test('that is none, or cannot be made, is told in words', async () => {
    const noDatabase = newFile();
    mkdirSync(join(noDatabase.path, '..'), { recursive: true });
    writeFileSync(noDatabase.path, 'This is a letter, not a database. '.repeat(100));
    const inAFile = { kind: 'sqlite' as const, path: join(noDatabase.path, 'store.db') };
    for (const options of [noDatabase, inAFile, { kind: 'sqlite' as const, path: folder }]) {
      await assert.rejects(openStore(options), (error) => {
        assert.ok(error instanceof AppError);
        assert.equal(error.code, 'unavailable');
        assert.match(error.message, /database cannot be opened/);
        return true;
      });
    }
  });

  test('on a full disk says so, loses nothing of before, and goes on when there is room', (t) => {
    const mount = join(folder, 'small-disk');
    mkdirSync(mount);
    // A mount namespace of its own: needs no rights here, and the small disk is gone when the process is.
    const inNamespace = ['--user', '--map-root-user', '--mount', 'sh', '-c'];
    if (spawnSync('unshare', [...inNamespace, `mount -t tmpfs none ${mount}`]).status !== 0) {
      t.skip('this machine does not let us mount a small disk');
      return;
    }
    const script = fileURLToPath(new URL('./disk-full-process.ts', import.meta.url));
    const command = `mount -t tmpfs -o size=1m none "$1" && exec "$2" "$3" "$1"`;
    const output = execFileSync('unshare', [...inNamespace, command, 'sh', mount, process.execPath, script], {
      encoding: 'utf8',
    });
    const report = JSON.parse(output) as DiskFullReport;
    assert.equal(report.refusal.code, 'storage_full');
    assert.match(report.refusal.message, /disk is full/i);
    assert.ok(report.acknowledged > 0);
    assert.equal(report.found, report.acknowledged);
    assert.equal(report.goesOn, true);
  });
});
