import { type Kysely, sql } from 'kysely';
import { AppError } from '../../errors.ts';
import { createAttachmentTables } from './attachments.ts';
import { addBranchColumns } from './branches.ts';
import type { Engine } from './engine.ts';
import { addTimelineColumns, addUsageDetails } from './generations.ts';
import { createSearchTables, markQuestionsWithFiles } from './search.ts';
import { addModelPulls } from './model-pulls.ts';
import { addRateCounts } from './rate-counts.ts';
import { addRunLog } from './run-commands.ts';
import { addRunningIndex } from './running.ts';
import { addSampleLikelihood, createLabTables } from './lab-tables.ts';
import { addImportColumns } from './transfers.ts';
import { tellByFacts } from './told-rows.ts';
import { addTokenLog, addTokenLogDays } from './token-log-tables.ts';

interface Migration {
  version: number;
  name: string;
  /**
   * The oldest version whose program can work beside a program of this one, and start on its tables (absent: this one): what
   * it writes, these tables take, and what it reads is there. Its rows are tried on them (migrations-contract.ts).
   */
  readableFrom?: number;
  // A migration speaks of tables as they were then, which the types of today do not know.
  up(db: Kysely<unknown>, kind: Engine['kind']): Promise<void>;
}

/** Every version of the tables, in order. A published one is never changed: add the next. */
export const migrations: readonly Migration[] = [
  { version: 1, name: 'conversations, generations and their checkpoints', up: createFirstTables },
  { version: 2, name: 'providers of a person, and what they say about models', up: createProviderTables },
  { version: 3, name: 'exact texts, the health of a thought, copies of answers', up: addTraceColumns },
  { version: 4, name: 'full-text search', up: createSearchTables },
  { version: 5, name: 'shared links', up: createShareTable },
  { version: 6, name: 'pinned, archived, deleted with a way back, and who made a title', up: addManagingColumns },
  { version: 7, name: 'the branch looked at, and answers that go on with another', up: addBranchColumns },
  { version: 8, name: 'where an imported answer comes from', up: addImportColumns },
  { version: 9, name: 'sums over the token log', up: addTokenLog },
  { version: 10, name: 'how the tokens of an answer came, and the day of its prices', up: addTimelineColumns },
  { version: 11, name: 'files attached to questions', up: createAttachmentTables },
  { version: 12, name: 'sums of each day of the token log', up: addTokenLogDays },
  { version: 13, name: 'attached files in the full-text search', up: markQuestionsWithFiles },
  { version: 14, name: 'places in the log of a running answer, and commands to whoever runs it', up: addRunLog },
  { version: 15, name: 'notices and errors by code and facts', up: tellByFacts },
  { version: 16, name: 'tokens that no text shows, and times by the server that answered', up: addUsageDetails },
  { version: 17, name: 'runs of the lab', up: createLabTables },
  { version: 18, name: 'how sure the tokens of a sample were', up: addSampleLikelihood },
  {
    version: 19,
    name: 'the secret a process has, and which programs may start on newer tables',
    readableFrom: 18,
    up: addMixtureMarks,
  },
  { version: 20, name: 'what limits have counted at several processes', readableFrom: 18, up: addRateCounts },
  { version: 21, name: 'what of a person runs, to be counted', readableFrom: 18, up: addRunningIndex },
  { version: 22, name: 'downloads of models that run', readableFrom: 18, up: addModelPulls },
];

export const latestVersion = migrations.length;

interface MigrationTable {
  schema_migrations: { version: number; name: string; applied_at: number; readable_from?: number | null };
}

/** From this version on `schema_migrations` says which programs may start on it. */
const saysReadable = 19;

/** Any number, known only to us: instances that start together on one PostgreSQL wait for each other on it. */
export const migrationLock = 7_482_116_301;

/**
 * Brings the tables to `to` (the latest unless said otherwise) in one transaction that other processes wait for.
 * A database of a newer program is left as it is where that one says that this program can work with it.
 * @throws AppError `unavailable` when it is newer and does not.
 */
export async function migrate(engine: Engine, options: { at: number; to?: number }): Promise<void> {
  const target = options.to ?? latestVersion;
  await engine.write(async (trx) => {
    if (engine.kind === 'postgres') await waitForOthers(trx as unknown as Kysely<unknown>);
    const db = trx as unknown as Kysely<MigrationTable>; // a table that no query of the app may touch
    await db.schema
      .createTable('schema_migrations')
      .ifNotExists()
      .addColumn('version', 'integer', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('applied_at', 'bigint', (c) => c.notNull())
      .execute();
    const last = await db
      .selectFrom('schema_migrations')
      .select('version')
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();
    const current = last?.version ?? 0;
    if (current > latestVersion) {
      if (await isReadable(db)) return;
      throw new AppError(
        'unavailable',
        `The database was written by a newer version of this program (its tables are at ${current}, this one knows ${latestVersion}). Start the newer version, or name another database.`,
      );
    }
    for (const { version, name, readableFrom, up } of migrations.slice(current, target)) {
      await up(trx as unknown as Kysely<unknown>, engine.kind);
      const readable = version >= saysReadable && { readable_from: readableFrom ?? version };
      await db
        .insertInto('schema_migrations')
        .values({ version, name, applied_at: options.at, ...readable })
        .execute();
    }
  });
}

/** One that starts together with us may be long at it. Nothing else in here waits longer than any write does. */
async function waitForOthers(db: Kysely<unknown>): Promise<void> {
  await sql`set local lock_timeout = 0`.execute(db);
  await sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(db);
  await sql`set local lock_timeout to default`.execute(db);
}

/** Whether all that is newer than this program may be used by it. */
async function isReadable(db: Kysely<MigrationTable>): Promise<boolean> {
  const newer = await db
    .selectFrom('schema_migrations')
    .select('readable_from')
    .where('version', '>', latestVersion)
    .execute();
  return newer.every(({ readable_from: from }) => typeof from === 'number' && from <= latestVersion);
}

async function addMixtureMarks(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('instances').addColumn('secret_mark', 'text').execute();
  await db.schema.alterTable('schema_migrations').addColumn('readable_from', 'integer').execute();
}

/** Which version the tables are at. */
export async function findVersion(engine: Engine): Promise<number> {
  const { rows } = await engine.read((db) =>
    sql<{ version: number | null }>`select max(version) as version from schema_migrations`.execute(db),
  );
  return rows[0]?.version ?? 0;
}

/** @throws AppError `conflict` when the tables are not at the latest version. */
export async function assertLatest(engine: Engine): Promise<void> {
  const version = await findVersion(engine);
  if (version === latestVersion) return;
  throw new AppError(
    'conflict',
    `The database's tables are at ${version}, this program knows ${latestVersion}. Use the version of the program that runs on it.`,
  );
}

async function createFirstTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('conversations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('next_seq', 'integer', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('conversations_by_activity')
    .on('conversations')
    .columns(['owner_id', 'updated_at', 'id'])
    .execute();

  await db.schema
    .createTable('threads')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('conversation_id', 'text', (c) => c.notNull().references('conversations.id'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('settings', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('threads_by_conversation')
    .on('threads')
    .columns(['conversation_id', 'position'])
    .execute();

  await db.schema
    .createTable('messages')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('conversation_id', 'text', (c) => c.notNull().references('conversations.id'))
    .addColumn('thread_id', 'text', (c) => c.notNull().references('threads.id'))
    .addColumn('parent_id', 'text', (c) => c.references('messages.id'))
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('parts', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('seq', 'integer', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('messages_by_conversation')
    .unique()
    .on('messages')
    .columns(['conversation_id', 'seq'])
    .execute();
  await db.schema.createIndex('messages_by_thread').on('messages').columns(['thread_id', 'seq']).execute();
  await db.schema.createIndex('messages_by_parent').on('messages').column('parent_id').execute();

  await db.schema
    .createTable('generations')
    .addColumn('id', 'text', (c) => c.primaryKey().references('messages.id'))
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('conversation_id', 'text', (c) => c.notNull().references('conversations.id'))
    .addColumn('thread_id', 'text', (c) => c.notNull().references('threads.id'))
    .addColumn('instance_id', 'text', (c) => c.notNull())
    .addColumn('provider_id', 'text', (c) => c.notNull())
    .addColumn('model_key', 'text', (c) => c.notNull())
    .addColumn('model_id', 'text', (c) => c.notNull())
    .addColumn('answered_model', 'text')
    .addColumn('provider_label', 'text', (c) => c.notNull())
    .addColumn('model_label', 'text', (c) => c.notNull())
    .addColumn('recording', 'integer', (c) => c.notNull())
    .addColumn('sampling', 'text', (c) => c.notNull())
    .addColumn('queued_at', 'bigint', (c) => c.notNull())
    .addColumn('first_byte_ms', 'double precision')
    .addColumn('reasoning_start_ms', 'double precision')
    .addColumn('reasoning_end_ms', 'double precision')
    .addColumn('answer_start_ms', 'double precision')
    .addColumn('end_ms', 'double precision')
    .addColumn('prompt_tokens', 'bigint')
    .addColumn('cached_prompt_tokens', 'bigint')
    .addColumn('reasoning_tokens', 'bigint')
    .addColumn('answer_tokens', 'bigint')
    .addColumn('usage_source', 'text')
    .addColumn('usage_raw', 'text')
    .addColumn('cost', 'double precision')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('finish_reason', 'text')
    .addColumn('raw_finish_reason', 'text')
    .addColumn('complete', 'integer')
    .addColumn('error', 'text')
    .addColumn('notices', 'text', (c) => c.notNull())
    .addColumn('request_url', 'text')
    .addColumn('request_body', 'text')
    .execute();
  await db.schema.createIndex('generations_by_owner').on('generations').columns(['owner_id', 'queued_at']).execute();
  await db.schema.createIndex('generations_by_state').on('generations').columns(['state', 'instance_id']).execute();
  await db.schema.createIndex('generations_by_conversation').on('generations').column('conversation_id').execute();
  await db.schema.createIndex('generations_by_thread').on('generations').column('thread_id').execute();

  await db.schema
    .createTable('checkpoints')
    .addColumn('generation_id', 'text', (c) => c.notNull().references('generations.id'))
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('parts', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('checkpoints_key', ['generation_id', 'seq'])
    .execute();

  await db.schema
    .createTable('instances')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('host', 'text', (c) => c.notNull())
    .addColumn('pid', 'integer', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('heartbeat_at', 'bigint', (c) => c.notNull())
    .execute();
}

async function createProviderTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('own_providers')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('preset_id', 'text')
    .addColumn('label', 'text', (c) => c.notNull())
    .addColumn('base_url', 'text', (c) => c.notNull())
    .addColumn('sealed_key', 'text')
    .addColumn('key_end', 'text')
    .addColumn('key_origin', 'text')
    .addColumn('listed', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('own_providers_by_owner')
    .on('own_providers')
    .columns(['owner_id', 'created_at', 'id'])
    .execute();

  await db.schema
    .createTable('model_overrides')
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('provider_id', 'text', (c) => c.notNull())
    .addColumn('model_key', 'text', (c) => c.notNull())
    .addColumn('override', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('model_overrides_key', ['owner_id', 'provider_id', 'model_key'])
    .execute();
}

async function addTraceColumns(db: Kysely<unknown>): Promise<void> {
  // SQLite adds one column a statement.
  await db.schema.alterTable('generations').addColumn('raw_text', 'text').execute();
  await db.schema.alterTable('generations').addColumn('health', 'text').execute();
  await db.schema.alterTable('generations').addColumn('format_ok', 'integer').execute();
  await db.schema.alterTable('generations').addColumn('language_share', 'double precision').execute();
  await db.schema.alterTable('generations').addColumn('repetition_share', 'double precision').execute();
  await db.schema.alterTable('generations').addColumn('rethinks', 'integer').execute();
  await db.schema.alterTable('generations').addColumn('copied_from', 'text').execute();
  await db.schema.alterTable('checkpoints').addColumn('raw_text', 'text').execute();
}

async function createShareTable(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('shares')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('conversation_id', 'text', (c) => c.notNull().references('conversations.id'))
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('column_count', 'integer', (c) => c.notNull())
    .addColumn('snapshot', 'text', (c) => c.notNull())
    .addColumn('thinking', 'text', (c) => c.notNull())
    .addColumn('numbers', 'integer', (c) => c.notNull())
    .addColumn('system_prompts', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .addColumn('views', 'integer', (c) => c.notNull())
    .addColumn('last_view_at', 'bigint')
    .execute();
  await db.schema.createIndex('shares_by_owner').on('shares').columns(['owner_id', 'created_at']).execute();
  await db.schema.createIndex('shares_by_conversation').on('shares').column('conversation_id').execute();
}

async function addManagingColumns(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('conversations').addColumn('pinned_at', 'bigint').execute();
  await db.schema.alterTable('conversations').addColumn('archived_at', 'bigint').execute();
  await db.schema.alterTable('conversations').addColumn('deleted_at', 'bigint').execute();
  await db.schema.alterTable('conversations').addColumn('deleted_by', 'text').execute();
  await db.schema
    .alterTable('conversations')
    .addColumn('title_source', 'text', (c) => c.notNull().defaultTo('person'))
    .execute();
  await sql`create index conversations_deleted on conversations (deleted_at) where deleted_at is not null`.execute(db);
  await sql`create index conversations_pinned on conversations (owner_id, pinned_at) where pinned_at is not null`.execute(
    db,
  );
}
