import { type Kysely, sql } from 'kysely';
import type { Engine } from './engine.ts';
import { deletedOwner } from './deleted-owner.ts';

/**
 * What the sums over a person's token log read, and nothing of the rows themselves: these hold whole requests, and on SQLite
 * a column behind a long text costs a walk through it. Model before time: then the sums by model, which are most of the work,
 * need no sorting.
 */
const summedColumns = [
  'prompt_template',
  'recording',
  'state',
  'copied_from',
  'finish_reason',
  'reasoning_tokens',
  'answer_tokens',
  'prompt_tokens',
  'cached_prompt_tokens',
  'usage_source',
  'cost',
  'first_token_ms',
  'tokens_per_second',
  'thinking_ms',
  'answer_start_ms',
  'format_ok',
  'language_share',
  'conversation_id',
  'id',
];

/** What is still running or was copied is in no sum. */
const isSummed = (row: string) => `${row}state <> 'running' and ${row}copied_from is null`;

/** The template of each generation, three figures made of its times, and the index for sums. */
export async function addTokenLog(db: Kysely<unknown>, kind: Engine['kind']): Promise<void> {
  await db.schema.alterTable('generations').addColumn('prompt_template', 'text').execute();
  for (const name of ['first_token_ms', 'thinking_ms', 'tokens_per_second']) {
    await db.schema.alterTable('generations').addColumn(name, 'double precision').execute();
  }
  await fillFigures(db);
  await createTokenLogIndex(db, kind);
}

/** As `figuresOfTimes` (generations.ts) makes them, for the rows that are there already. */
async function fillFigures(db: Kysely<unknown>): Promise<void> {
  await sql`update generations set first_token_ms = case
      when reasoning_start_ms is null then answer_start_ms
      when answer_start_ms is null or reasoning_start_ms < answer_start_ms then reasoning_start_ms
      else answer_start_ms end,
    thinking_ms = case when coalesce(reasoning_end_ms, answer_start_ms, end_ms) >= reasoning_start_ms
      then coalesce(reasoning_end_ms, answer_start_ms, end_ms) - reasoning_start_ms end`.execute(db);
  await sql`update generations set tokens_per_second =
      (answer_tokens + case when reasoning_start_ms is null then 0 else reasoning_tokens end) * 1000.0
        / (end_ms - first_token_ms)
    where end_ms - first_token_ms >= 200
      and answer_tokens + case when reasoning_start_ms is null then 0 else reasoning_tokens end > 0`.execute(db);
}

async function createTokenLogIndex(db: Kysely<unknown>, kind: Engine['kind']): Promise<void> {
  const meant = `where ${isSummed('')}`;
  const statement =
    kind === 'sqlite'
      ? `(owner_id, provider_id, model_key, queued_at, ${summedColumns.join(', ')}) ${meant}`
      : `(owner_id, queued_at) include (provider_id, model_key, ${summedColumns.join(', ')}) ${meant}`;
  await sql.raw(`create index generations_token_log on generations ${statement}`).execute(db);
}

/** ms of a day of UTC, by which sums are kept. */
const dayMs = 86_400_000;

/**
 * The sums of each day (token-log-days.ts), and marks of the days whose sums are to be made again. The database sets the
 * marks itself, so that no way of writing a generation can forget to.
 */
export async function addTokenLogDays(db: Kysely<unknown>, kind: Engine['kind']): Promise<void> {
  await db.schema
    .createTable('token_log_days')
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('day', 'integer', (c) => c.notNull())
    .addColumn('provider_id', 'text', (c) => c.notNull())
    .addColumn('model_key', 'text', (c) => c.notNull())
    .addColumn('prompt_template', 'text', (c) => c.notNull())
    .addColumn('recording', 'integer', (c) => c.notNull())
    .addColumn('generations', 'integer', (c) => c.notNull())
    .addColumn('last_id', 'text', (c) => c.notNull())
    .addColumn('sums', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('token_log_days_key', [
      'owner_id',
      'day',
      'provider_id',
      'model_key',
      'prompt_template',
      'recording',
    ])
    .execute();
  await db.schema
    .createIndex('token_log_days_models')
    .on('token_log_days')
    .columns(['owner_id', 'provider_id', 'model_key', 'day', 'prompt_template', 'recording', 'generations', 'last_id'])
    .execute();
  await db.schema
    .createTable('token_log_marks')
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('day', 'integer', (c) => c.notNull())
    .addColumn('writer', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('token_log_marks_key', ['owner_id', 'day', 'writer'])
    .execute();
  await sql`insert into token_log_marks (owner_id, day, writer)
    select distinct owner_id, queued_at / ${sql.lit(dayMs)}, '' from generations
    where ${sql.raw(isSummed(''))} and owner_id <> ${sql.lit(deletedOwner)}`.execute(db);
  if (kind === 'sqlite') {
    await createSqliteMarks(db);
    await orderIndexByTime(db);
  } else {
    await createPostgresMarks(db);
  }
}

const marked = ['owner_id', 'queued_at', 'provider_id', 'model_key', ...summedColumns.filter((name) => name !== 'id')];

async function createSqliteMarks(db: Kysely<unknown>): Promise<void> {
  const mark = (row: 'new' | 'old') =>
    `insert or ignore into token_log_marks (owner_id, day, writer)
      select ${row}.owner_id, ${row}.queued_at / ${dayMs}, ''
      where ${isSummed(`${row}.`)} and ${row}.owner_id <> '${deletedOwner}';`;
  // What is gone or hidden is in no sum any more, not even until the next one is made.
  const forget = `delete from token_log_days where owner_id = old.owner_id and day = old.queued_at / ${dayMs}`;
  const statements = [
    `create trigger token_log_added after insert on generations begin ${mark('new')} end`,
    `create trigger token_log_changed after update of ${marked.join(', ')} on generations begin
      ${mark('old')} ${mark('new')} ${forget} and old.owner_id <> new.owner_id; end`,
    `create trigger token_log_removed after delete on generations begin ${mark('old')} ${forget}; end`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/**
 * A mark is its transaction's own: one that is being written while the sums are made is not among those that are then taken
 * away.
 */
async function createPostgresMarks(db: Kysely<unknown>): Promise<void> {
  const mark = (row: 'new' | 'old') =>
    `if ${isSummed(`${row}.`)} and ${row}.owner_id <> '${deletedOwner}' then
      insert into token_log_marks (owner_id, day, writer)
        values (${row}.owner_id, ${row}.queued_at / ${dayMs}, pg_current_xact_id()::text) on conflict do nothing;
    end if;`;
  const statements = [
    `create function token_log_mark() returns trigger language plpgsql as $$ begin
      if tg_op <> 'INSERT' then
        ${mark('old')}
        if tg_op = 'DELETE' or old.owner_id <> new.owner_id then
          delete from token_log_days where owner_id = old.owner_id and day = old.queued_at / ${dayMs};
        end if;
      end if;
      if tg_op <> 'DELETE' then ${mark('new')} end if;
      return null;
    end $$`,
    `create trigger token_log_marked after insert or delete or update of ${marked.join(', ')} on generations
      for each row execute function token_log_mark()`,
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** Sums over many days are kept by now, and those over a few want the index by time, as PostgreSQL has had it. */
async function orderIndexByTime(db: Kysely<unknown>): Promise<void> {
  await sql`drop index generations_token_log`.execute(db);
  await sql
    .raw(
      `create index generations_token_log
        on generations (owner_id, queued_at, id, provider_id, model_key, ${summedColumns.filter((name) => name !== 'id').join(', ')})
        where ${isSummed('')}`,
    )
    .execute(db);
}
