import { type Kysely, sql } from 'kysely';
import type { Engine } from './engine.ts';

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
  // What is still running or was copied is in no sum, and so in no index.
  const meant = "where state <> 'running' and copied_from is null";
  const statement =
    kind === 'sqlite'
      ? `(owner_id, provider_id, model_key, queued_at, ${summedColumns.join(', ')}) ${meant}`
      : `(owner_id, queued_at) include (provider_id, model_key, ${summedColumns.join(', ')}) ${meant}`;
  await sql.raw(`create index generations_token_log on generations ${statement}`).execute(db);
}
