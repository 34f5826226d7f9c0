import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sql } from 'kysely';
import { AppError } from '../../../lib/errors.ts';
import type { Notice } from '../../../lib/notice.ts';
import { noticeSentence } from '../../../lib/sentences.ts';
import type { Db } from '../../../lib/server/store/engine.ts';
import { latestVersion, migrate, migrations } from '../../../lib/server/store/migrations.ts';
import { openStore, type StoreOptions } from '../../../lib/server/store/store.ts';
import type { Databases } from './contract.ts';
import { withEngine } from './engines.ts';
import { noon } from './samples.ts';

/** What version 1 wrote, and the later ones still do. */
const conversationRows: readonly string[] = [
  `insert into conversations (id, owner_id, title, created_at, updated_at, next_seq) values ('c1', 'o1', 'Old', ${noon}, ${noon + 5}, 4)`,
  `insert into threads (id, conversation_id, position, settings)
    values ('t1', 'c1', 0, '{"model":{"providerId":"replay","modelKey":"r1"},"sampling":{}}')`,
  `insert into messages (id, conversation_id, thread_id, parent_id, role, parts, created_at, seq) values
    ('q1', 'c1', 't1', null, 'user', '[{"kind":"answer","text":"Why?"}]', ${noon}, 0),
    ('a1', 'c1', 't1', 'q1', 'assistant', '[{"kind":"answer","text":"Because."}]', ${noon}, 1),
    ('q2', 'c1', 't1', 'a1', 'user', '[{"kind":"answer","text":"And?"}]', ${noon + 5}, 2),
    ('a2', 'c1', 't1', 'q2', 'assistant', '[]', ${noon + 5}, 3)`,
  `insert into generations (id, owner_id, conversation_id, thread_id, instance_id, provider_id, model_key, model_id, provider_label,
    model_label, recording, sampling, queued_at, state, finish_reason, complete, notices, reasoning_tokens, answer_tokens, usage_source) values
    ('a1', 'o1', 'c1', 't1', 'i1', 'replay', 'r1', 'r1', 'Recordings', 'R1', 1, '{}', ${noon}, 'complete', 'stop', 1, '[]', 4, 2, 'counted'),
    ('a2', 'o1', 'c1', 't1', 'i1', 'replay', 'r1', 'r1', 'Recordings', 'R1', 1, '{}', ${noon + 5}, 'running', null, null, '[]', null, null, null)`,
  `insert into checkpoints (generation_id, seq, parts) values ('a2', 0, '[{"type":"delta","seg":0,"kind":"answer","text":"Half"}]')`,
  `insert into instances (id, host, pid, started_at, heartbeat_at) values ('i1', 'here', 7, ${noon}, ${noon})`,
];

const providerRows: readonly string[] = [
  `insert into own_providers (id, owner_id, preset_id, label, base_url, sealed_key, key_end, key_origin, listed, created_at)
    values ('p1', 'o1', 'deepseek', 'Mine', 'https://api.example/v1', 'v1.x', 'wxyz', 'https://api.example', '[{"id":"m"}]', ${noon})`,
  `insert into model_overrides (owner_id, provider_id, model_key, override) values ('o1', 'p1', 'm', '{"history":"keep"}')`,
];

/**
 * Rows as the program of each version wrote them, in that version's own SQL: never changed once the version is published.
 * A new migration adds its entry here, or the first test below fails.
 */
export const rowsOfVersion: Record<number, readonly string[]> = {
  1: conversationRows,
  2: [...conversationRows, ...providerRows],
  3: [
    ...conversationRows,
    ...providerRows,
    `update generations set raw_text = '["<think>","</think>",""]', health = '{}', format_ok = 1, language_share = 0.5,
      repetition_share = 0.25, rethinks = 3, copied_from = 'a0' where id = 'a1'`,
    `update checkpoints set raw_text = 'Half' where generation_id = 'a2'`,
  ],
  4: [...conversationRows, ...providerRows, `update messages set search_stale = 0 where id = 'q1'`],
  5: [
    ...conversationRows,
    ...providerRows,
    `insert into shares (id, owner_id, conversation_id, title, column_count, snapshot, thinking, numbers, system_prompts, created_at, views)
      values ('s1', 'o1', 'c1', 'Old', 1, '{}', 'folded', 1, 0, ${noon}, 2)`,
  ],
  6: [
    ...conversationRows,
    ...providerRows,
    `update conversations set title_source = 'question' where id = 'c1'`,
    `insert into conversations (id, owner_id, title, created_at, updated_at, next_seq, deleted_at, deleted_by)
      values ('c2', 'nobody', 'Deleted', ${noon}, ${noon}, 0, ${noon}, 'o1')`,
  ],
  7: [
    ...conversationRows,
    ...providerRows,
    `update threads set leaf_id = 'a1' where id = 't1'`,
    `update generations set continues = 'a0' where id = 'a1'`,
  ],
  8: [
    ...conversationRows,
    ...providerRows,
    `update generations set imported_from = 'chatgpt', imported_id = 'c1/a1' where id = 'a1'`,
  ],
  9: [
    ...conversationRows,
    ...providerRows,
    `update generations set prompt_template = 'r1-zero', first_token_ms = 20, thinking_ms = 100, tokens_per_second = 30
      where id = 'a1'`,
  ],
  10: [
    ...conversationRows,
    ...providerRows,
    `update generations set prices_as_of = '2026-09', timeline = '{"points":[[5,4,0],[9,4,2]],"stalls":[],"stallCount":0}' where id = 'a1'`,
  ],
  11: [
    ...conversationRows,
    ...providerRows,
    `insert into attachment_contents (id, conversation_id, content) values ('b1', 'c1', 'Text')`,
    `insert into attachments (message_id, position, conversation_id, content_id, name, media_type, size)
      values ('q1', 0, 'c1', 'b1', 'a.txt', 'text/plain', 4)`,
  ],
  12: [...conversationRows, ...providerRows, `delete from token_log_marks`],
  13: [...conversationRows, ...providerRows],
  14: [
    ...conversationRows,
    ...providerRows,
    `update checkpoints set place = 4 where generation_id = 'a2'`,
    `insert into run_commands (generation_id, command, sent_at) values ('a2', 'stop', ${noon})`,
    `update generations set notices = '[{"code":"turn-cut","message":"It was cut."}]',
      error = '{"kind":"model","message":"Not there.","status":404,"fix":{"label":"Run this where Ollama runs","command":"ollama pull r1","pull":"r1"}}'
      where id = 'a1'`,
    `insert into checkpoints (generation_id, seq, parts) values ('a2', 1, '[{"type":"notice","notice":{"code":"retrying","message":"Busy. Trying again in 1 s (attempt 2).","until":1500}},{"type":"error","error":{"kind":"busy","message":"Busy."}}]')`,
  ],
  15: [
    ...conversationRows,
    ...providerRows,
    `update generations set notices = '[{"code":"turn-cut","facts":{}}]',
      error = '{"kind":"busy","code":"busy","facts":{"provider":"Lab"}}' where id = 'a1'`,
  ],
  16: [
    ...conversationRows,
    ...providerRows,
    `update generations set usage_details = '{"serverTimes":{"loadMs":5}}' where id = 'a2'`,
  ],
  17: [
    ...conversationRows,
    ...providerRows,
    `insert into lab_runs (id, owner_id, title, state, plan, facts, settings, planned, version, active_ms, created_at, updated_at)
      values ('r1', 'o1', 'Run', 'paused', '{}', '{}', '[]', 1, 1, 0, ${noon}, ${noon})`,
    `insert into lab_questions (run_id, position, question) values ('r1', 0, '{}')`,
    `insert into lab_samples (run_id, number, setting, question, sample, state) values ('r1', 0, 0, 0, 0, 'planned')`,
    `insert into lab_shares (id, owner_id, run_id, snapshot, created_at) values ('s1', 'o1', 'r1', '{}', ${noon})`,
  ],
  18: [
    ...conversationRows,
    ...providerRows,
    `insert into lab_runs (id, owner_id, title, state, plan, facts, settings, planned, version, active_ms, created_at, updated_at)
      values ('r1', 'o1', 'Run', 'paused', '{}', '{}', '[]', 1, 1, 0, ${noon}, ${noon})`,
    `insert into lab_samples (run_id, number, setting, question, sample, state, mean_logprob)
      values ('r1', 0, 0, 0, 0, 'right', -0.25)`,
  ],
  19: [...conversationRows, ...providerRows, `update instances set secret_mark = '0123456789abcdef' where id = 'i1'`],
  20: [...conversationRows, ...providerRows, `insert into rate_counts (key, began_at, count) values ('k', ${noon}, 3)`],
  21: [...conversationRows, ...providerRows],
  22: [
    ...conversationRows,
    ...providerRows,
    `insert into model_pulls (id, owner_id, renewed_at) values ('p', 'o1', ${noon})`,
  ],
};

export function describeMigrations(engineName: string, start: () => Promise<Databases>): void {
  describe(`the tables' versions on ${engineName}`, () => {
    let databases: Databases;
    before(async () => {
      databases = await start();
    });
    after(() => databases?.stop());

    test('are numbered from 1 without a hole, and each has rows to try', () => {
      const expected = Array.from({ length: latestVersion }, (_, i) => i + 1);
      assert.deepEqual(
        migrations.map((m) => m.version),
        expected,
      );
      assert.deepEqual(Object.keys(rowsOfVersion).map(Number), expected);
    });

    for (let version = 1; version <= latestVersion; version++) {
      test(`a database of version ${version} opens with all that is in it`, async () => {
        const options = await databases.create();
        await withEngine(options, async (engine) => {
          await migrate(engine, { at: noon, to: version });
          await engine.write((db) => runAll(db, rowsOfVersion[version] ?? []));
        });
        // Twice: from the old tables, then from those it has made.
        for (let opening = 0; opening < 2; opening++) await assertRows(options, version);
      });
    }

    test('files that were attached before the search looked into files are found', async () => {
      const options = await databases.create();
      await withEngine(options, async (engine) => {
        await migrate(engine, { at: noon, to: 12 });
        await engine.write((db) => runAll(db, [...(rowsOfVersion[11] ?? []), 'update messages set search_stale = 0']));
      });
      const store = await openStore(options);
      const { hits } = await store.search.find('o1', { query: 'text', limit: 5 });
      assert.deepEqual(
        hits.map(({ kind, file }) => [kind, file]),
        [['file', { id: 'q1.0', name: 'a.txt' }]],
      );
      await store.close();
    });

    test('what was told in sentences before it was told by facts keeps them', async () => {
      const options = await databases.create();
      await withEngine(options, async (engine) => {
        await migrate(engine, { at: noon, to: 14 });
        await engine.write((db) => runAll(db, rowsOfVersion[14] ?? []));
      });
      const store = await openStore(options);
      const ended = await store.generations.find('o1', 'a1');
      assert.deepEqual(ended?.notices, [{ code: 'said', facts: { text: 'It was cut.', was: 'turn-cut' } }]);
      assert.deepEqual(ended?.error, {
        kind: 'model',
        code: 'said',
        facts: { text: 'Not there.' },
        status: 404,
        fix: { provider: 'Ollama', command: 'ollama pull r1', pull: 'r1' },
      });
      const running = await store.generations.find('o1', 'a2');
      assert.deepEqual(running?.notices.map(noticeTold), ['retrying: Busy. Trying again in 1 s (attempt 2).']);
      assert.deepEqual(running?.error, { kind: 'busy', code: 'said', facts: { text: 'Busy.' } });
      await store.close();
    });

    test('tables take what a program writes that they say may go on beside them', async () => {
      for (const version of [...new Set(migrations.map((m) => m.readableFrom ?? m.version))]) {
        if (migrations.slice(version).some((later) => (later.readableFrom ?? later.version) > version)) continue;
        const options = await databases.create();
        await withEngine(options, async (engine) => {
          await migrate(engine, { at: noon });
          await engine.write((db) => runAll(db, rowsOfVersion[version] ?? []));
        });
        await assertRows(options, version);
      }
    });

    test('a database of a newer program that says so is used as it is', async () => {
      const options = await databases.create();
      await (await openStore(options)).close();
      const addVersion = (readableFrom: number, version: number) =>
        withEngine(options, (engine) =>
          engine.write((db) =>
            runAll(db, [
              `insert into schema_migrations (version, name, applied_at, readable_from)
                values (${version}, 'of tomorrow', ${noon}, ${readableFrom})`,
            ]),
          ),
        );
      await addVersion(latestVersion, latestVersion + 1);
      await (await openStore(options)).close();
      await addVersion(latestVersion + 1, latestVersion + 2);
      await assert.rejects(openStore(options), /newer version/);
    });

    test('a database of a newer program is left alone', async () => {
      const options = await databases.create();
      await withEngine(options, async (engine) => {
        await migrate(engine, { at: noon });
        const newer = `insert into schema_migrations (version, name, applied_at) values (${latestVersion + 1}, 'of tomorrow', ${noon})`;
        await engine.write((db) => runAll(db, [newer]));
      });
      await assert.rejects(openStore(options), (error) => {
        return error instanceof AppError && error.code === 'unavailable' && error.message.includes('newer version');
      });
    });

    test('many that open an empty database at once all find it ready', async () => {
      const options = await databases.create();
      const stores = await Promise.all(Array.from({ length: 5 }, () => openStore(options)));
      await Promise.all(stores.map((store) => store.ping()));
      await Promise.all(stores.map((store) => store.close()));
    });
  });
}

function noticeTold(notice: Notice): string {
  return `${notice.code}: ${noticeSentence(notice)}`;
}

async function assertRows(options: StoreOptions, version: number): Promise<void> {
  const store = await openStore(options);
  try {
    const { conversations } = await store.conversations.list('o1', { limit: 5 });
    const [{ answered, ...facts } = {}, ...others] = conversations;
    assert.deepEqual(others, []);
    assert.deepEqual(facts, { id: 'c1', title: 'Old', createdAt: noon, updatedAt: noon + 5, threadCount: 1 });
    assert.equal(answered?.models.length, 1);
    const messages = (await store.conversations.find('o1', 'c1'))?.messages;
    assert.deepEqual(
      messages?.map((m) => m.parts[0]?.text),
      ['Why?', 'Because.', 'And?', 'Half'],
    );
    assert.deepEqual((await store.generations.find('o1', 'a1'))?.usage, {
      reasoningTokens: 4,
      answerTokens: 2,
      source: 'counted',
    });
    assert.deepEqual(
      (await store.generations.listRunning('o1', 'c1')).map((g) => g.id),
      ['a2'],
    );
    assert.deepEqual(
      (await store.search.find('o1', { query: 'because', limit: 5 })).hits.map(({ messageId }) => messageId),
      ['a1'],
    );
    const key = { sealed: 'v1.x', end: 'wxyz', origin: 'https://api.example' };
    const provider = {
      id: 'p1',
      presetId: 'deepseek',
      label: 'Mine',
      baseURL: 'https://api.example/v1',
      createdAt: noon,
    };
    assert.deepEqual(
      await store.providers.list('o1'),
      version < 2 ? [] : [{ ...provider, key, listed: [{ id: 'm' }] }],
    );
    assert.deepEqual(
      await store.modelOverrides.list('o1'),
      version < 2 ? [] : [{ providerId: 'p1', modelKey: 'm', override: { history: 'keep' } }],
    );
  } finally {
    await store.close();
  }
}

export async function runAll(db: Db, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
