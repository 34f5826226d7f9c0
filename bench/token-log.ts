/**
 * `npm run bench -- token-log`: what the compute page asks of a token log of a million generations, on SQLite and PostgreSQL.
 * The rows are made by SQL, each with a request as long as a short one is; nobody else uses the store meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { createEngine, type Engine } from '../lib/server/store/engine.ts';
import { migrate } from '../lib/server/store/migrations.ts';
import { openPostgres } from '../lib/server/store/postgres.ts';
import { openSqlite } from '../lib/server/store/sqlite.ts';
import { createTokenLog } from '../lib/server/store/token-log.ts';
import type { TokenLogFilter } from '../lib/token-log.ts';
import { startPostgres } from '../tests/fakes/postgres.ts';
import type { BenchRow } from './row.ts';

const owner = 'owner-of-a-million-generations-00000';
const end = 1_795_000_000_000;
const day = 86_400_000;
/** The log is of two years. */
const spanMs = 730 * day;

/** What is asked, and what it may take in ms; a page is waited for, not looked at while it is made. */
const questions: { name: string; filter: TokenLogFilter; goalMs?: number }[] = [
  { name: '7 days', filter: { from: end - 7 * day }, goalMs: 1_000 },
  { name: '30 days', filter: { from: end - 30 * day }, goalMs: 2_000 },
  { name: '30 days of one model', filter: { from: end - 30 * day, providerId: 'p1', modelKey: 'm1' }, goalMs: 1_000 },
  { name: 'one conversation', filter: { conversationId: 'c500' }, goalMs: 1_000 },
  { name: 'all', filter: {}, goalMs: 2_000 },
];

export async function runTokenLogBench({ quick }: { quick: boolean }): Promise<BenchRow[]> {
  const rows = quick ? 100_000 : 1_000_000;
  const folder = mkdtempSync(join(tmpdir(), 'thinkglass-bench-'));
  const results: BenchRow[] = [];
  try {
    const sqlite = createEngine(await openSqlite({ path: join(folder, 'store.db') }));
    results.push(...(await measureEngine(sqlite, 'SQLite', rows)));
    await sqlite.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const server = await startPostgres();
  try {
    const url = await server.createDatabase();
    const postgres = createEngine(openPostgres({ url }));
    results.push(...(await measureEngine(postgres, 'PostgreSQL', rows, () => vacuum(url))));
    await postgres.close();
  } finally {
    await server.stop();
  }
  return results;
}

async function measureEngine(
  engine: Engine,
  name: string,
  rows: number,
  settle?: () => Promise<void>,
): Promise<BenchRow[]> {
  await migrate(engine, { at: end });
  await seed(engine, rows);
  await settle?.();
  const tokenLog = createTokenLog(engine);
  const began = performance.now();
  await tokenLog.read(owner, { from: end }, { timeZone: 'Europe/Berlin' });
  const first = performance.now() - began;
  const results: BenchRow[] = [rowOf(`${name}: the sums of all its days made, once`, first, undefined)];
  for (const { name: question, filter, goalMs } of questions) {
    const ms = await medianOf(() => tokenLog.read(owner, filter, { timeZone: 'Europe/Berlin' }));
    results.push(rowOf(`${name}, ${rows.toLocaleString('en')} generations: ${question}`, ms, goalMs));
  }
  const ms = await medianOf(() => tokenLog.list(owner, {}, { limit: 1_000 }));
  results.push(rowOf(`${name}: a thousand rows for a file`, ms, 200));
  return results;
}

function rowOf(name: string, ms: number, goalMs: number | undefined): BenchRow {
  return {
    case: name,
    figure: 'time',
    value: ms,
    unit: 'ms',
    floor: null,
    ratio: null,
    goal: goalMs === undefined ? '' : `≤ ${goalMs} ms`,
    met: goalMs === undefined ? null : ms <= goalMs,
  };
}

const times = 3;

async function medianOf(work: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await work();
    took.push(performance.now() - began);
  }
  return took.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
}

/** Five generations a conversation, ten models of three providers, lengths and times spread as they are in life. */
async function seed(engine: Engine, rows: number): Promise<void> {
  const numbers =
    engine.kind === 'sqlite'
      ? `n(i) as (select 0 union all select i + 1 from n where i < ${rows - 1})`
      : `n(i) as (select * from generate_series(0, ${rows - 1}))`;
  const few = numbers.replaceAll(String(rows - 1), String(Math.ceil(rows / 5) - 1));
  const statements = [
    `with recursive ${few} insert into conversations (id, owner_id, title, created_at, updated_at, next_seq)
      select 'c' || i, '${owner}', 'Seeded', ${end}, ${end}, 5 from n`,
    `with recursive ${few} insert into threads (id, conversation_id, position, settings) select 't' || i, 'c' || i, 0, '{}' from n`,
    `with recursive ${numbers} insert into messages (id, conversation_id, thread_id, role, parts, created_at, seq, search_stale)
      select 'message-of-a-generation-number-' || i, 'c' || (i / 5), 't' || (i / 5), 'assistant', '[]', ${end}, i % 5, 0 from n`,
    `with recursive ${numbers}, r as (select i, (cast(i as bigint) * 7919) % 1000003 / 1000003.0 as u,
        (cast(i as bigint) * 104729) % 1000003 / 1000003.0 as v from n)
      insert into generations (id, owner_id, conversation_id, thread_id, instance_id, provider_id, model_key, model_id,
        provider_label, model_label, recording, sampling, queued_at, state, finish_reason, complete, notices, request_body,
        prompt_tokens, cached_prompt_tokens, reasoning_tokens, answer_tokens, usage_source, cost, first_byte_ms,
        reasoning_start_ms, reasoning_end_ms, answer_start_ms, end_ms, first_token_ms, thinking_ms, tokens_per_second,
        format_ok, language_share, prompt_template)
      select 'message-of-a-generation-number-' || i, '${owner}', 'c' || (i / 5), 't' || (i / 5), 'i', 'p' || (i % 3),
        'm' || (i % 10), 'm', 'Provider', 'Model', 0, '{}', ${end - spanMs} + i * cast(${Math.floor(spanMs / rows)} as bigint),
        case when i % 50 = 0 then 'failed' else 'complete' end, case when i % 40 = 1 then 'length' else 'stop' end, 1, '[]',
        '${'x'.repeat(1_000)}', 50 + i % 4000, i % 50, cast(exp(3 + 7 * v) as integer), cast(exp(2 + 6 * u) as integer),
        case i % 3 when 0 then 'reported' when 1 then 'split' else 'counted' end, case when i % 3 = 0 then u * 0.05 end,
        100 + u * 900, 200 + u * 900, 200 + u * 900 + exp(5 + 5 * v), 200 + u * 900 + exp(5 + 5 * v),
        400 + u * 900 + exp(5 + 5 * v) + exp(4 + 4 * u), 200 + u * 900, exp(5 + 5 * v), 20 + u * 80,
        case when i % 9 > 0 then 1 else 0 end, 0.8 + u * 0.2, 'chat' from r`,
  ];
  await engine.write(async (db) => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  });
}

/** What autovacuum does by itself after a while; before it, the index alone is not enough. */
async function vacuum(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('vacuum analyze');
  await client.end();
}
