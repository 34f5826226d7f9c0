import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { TokenLogFilter } from '../../token-log.ts';
import type { Db, Engine } from './engine.ts';
import type { TokenLogDayRow } from './schema.ts';
import { type StoredSums, type SummedRow, TokenSums } from './token-sums.ts';

/**
 * The sums of each day of UTC, so that those of years need not look at every generation. They are made when they are asked
 * for, of the days in which something was written since (`token_log_marks`).
 */

export const dayMs = 86_400_000;

/** From this on (epoch ms), and before `to`. */
export interface Span {
  from: number;
  to: number;
}

/** Generations that are read at once: a thread that takes more of them does nothing else for too long. */
const rowsAtOnce = 2_000;
/** Days whose sums are made in one transaction. */
const daysAtOnce = 7;

/** Makes the sums of all days again in which something was written since. */
export async function refreshDays(engine: Engine, ownerId: string): Promise<void> {
  const findMarks = (db: Db) =>
    db.selectFrom('token_log_marks').selectAll().where('owner_id', '=', ownerId).orderBy('day').orderBy('writer');
  const waiting = await engine.aggregate((db) => findMarks(db).execute());
  const days = [...new Set(waiting.map((mark) => mark.day))];
  for (let i = 0; i < days.length; i += daysAtOnce) {
    const some = days.slice(i, i + daysAtOnce);
    await engine.write(async (db) => {
      // Whoever else is making these sums has made them when the marks are ours.
      const marks = await engine.lock(findMarks(db).where('day', 'in', some)).execute();
      for (const day of new Set(marks.map((mark) => mark.day))) await makeDay(db, ownerId, day);
      for (const { day, writer } of marks) {
        await db
          .deleteFrom('token_log_marks')
          .where('owner_id', '=', ownerId)
          .where('day', '=', day)
          .where('writer', '=', writer)
          .execute();
      }
    });
  }
}

async function makeDay(db: Db, ownerId: string, day: number): Promise<void> {
  const cells = new Map<string, { sums: TokenSums; row: Omit<TokenLogDayRow, 'generations' | 'sums'> }>();
  const span = { from: day * dayMs, to: (day + 1) * dayMs };
  await readRows(db, ownerId, { span, filter: {} }, (generation) => {
    const { provider_id, model_key, recording } = generation;
    const prompt_template = generation.prompt_template ?? '';
    const key = JSON.stringify([provider_id, model_key, prompt_template, recording]);
    const cell = cells.get(key) ?? {
      sums: new TokenSums({ exact: false }),
      row: { owner_id: ownerId, day, provider_id, model_key, prompt_template, recording, last_id: '' },
    };
    cells.set(key, cell);
    cell.sums.add(generation);
    if (generation.id > cell.row.last_id) cell.row.last_id = generation.id;
  });
  await db.deleteFrom('token_log_days').where('owner_id', '=', ownerId).where('day', '=', day).execute();
  for (const { row, sums } of cells.values()) {
    await db
      .insertInto('token_log_days')
      .values({ ...row, generations: sums.generations, sums: JSON.stringify(sums.toStored()) })
      .execute();
  }
}

/** A day's sums, with what they are of. */
type TokenLogDay = Pick<TokenLogDayRow, 'day' | 'provider_id' | 'model_key'> & { stored: StoredSums };

/** Gives `take` the sums of the days that lie wholly in a span, narrowed by the rest of the filter. */
export async function readDays(
  db: Db,
  ownerId: string,
  { span, filter }: { span: Span; filter: TokenLogFilter },
  take: (day: TokenLogDay) => void,
): Promise<void> {
  for (let first = Math.ceil(span.from / dayMs); first < Math.floor(span.to / dayMs); ) {
    const end = Math.min(first + daysReadAtOnce, Math.floor(span.to / dayMs));
    const rows = await daysQuery(db, ownerId, { first, end, filter })
      .select(['day', 'provider_id', 'model_key', 'sums'])
      .execute();
    for (const { sums, ...day } of rows) take({ ...day, stored: JSON.parse(sums) as StoredSums });
    first = end;
  }
}

const daysReadAtOnce = 60;

/** How many generations the days have that a span touches: at least as many as there are in it. */
export async function countAbout(
  db: Db,
  ownerId: string,
  { span, filter }: { span: Span; filter: TokenLogFilter },
): Promise<number> {
  const touched = { first: Math.floor(span.from / dayMs), end: Math.ceil(span.to / dayMs), filter };
  const { count } = await daysQuery(db, ownerId, touched)
    .select((e) => e.fn.sum<number | null>('generations').as('count'))
    .executeTakeFirstOrThrow();
  return Number(count ?? 0);
}

function daysQuery(
  db: Db,
  ownerId: string,
  { first, end, filter }: { first: number; end: number; filter: TokenLogFilter },
) {
  const query = db
    .selectFrom('token_log_days')
    .where('owner_id', '=', ownerId)
    .where('day', '>=', first)
    .where('day', '<', end);
  return narrowed(filter).reduce((narrower, condition) => narrower.where(condition), query);
}

/** What of a filter days are kept apart by; generations have the same columns. */
function narrowed({ providerId, modelKey, template, recordings, lab }: TokenLogFilter): RawBuilder<SqlBool>[] {
  return [
    ...(providerId === undefined ? [] : [sql<SqlBool>`provider_id = ${providerId}`]),
    ...(modelKey === undefined ? [] : [sql<SqlBool>`model_key = ${modelKey}`]),
    ...(template === undefined ? [] : [sql<SqlBool>`prompt_template = ${template}`]),
    ...(recordings === undefined
      ? []
      : [sql<SqlBool>`recording in (${sql.raw(recordings === 'only' ? '1, 3' : '0, 2')})`]),
    ...(lab === undefined ? [] : [sql<SqlBool>`recording in (${sql.raw(lab === 'only' ? '2, 3' : '0, 1')})`]),
  ];
}

/** Gives `take` what the sums read of each generation of a span, oldest first. */
export async function readRows(
  db: Db,
  ownerId: string,
  { span, filter }: { span: Span; filter: TokenLogFilter },
  take: (row: SummedRow) => void,
): Promise<void> {
  for (let behind = sql``; ; ) {
    const { rows } = await sql<SummedRow>`
      select id, queued_at, provider_id, model_key, prompt_template, recording, state, finish_reason, prompt_tokens,
        cached_prompt_tokens, reasoning_tokens, answer_tokens, usage_source, cost, first_token_ms, tokens_per_second,
        answer_start_ms, format_ok, language_share
      from generations where ${meantAnyTime(ownerId, filter)}
        and queued_at >= ${span.from} and queued_at < ${span.to} ${behind}
      order by queued_at, id limit ${sql.lit(rowsAtOnce)}`.execute(db);
    for (const row of rows) take(row);
    const last = rows.at(-1);
    if (!last || rows.length < rowsAtOnce) return;
    behind = behindRow(last.queued_at, last.id);
  }
}

/** Which generations a filter means, but for its time. What still runs or was copied is in no sum. */
export function meantAnyTime(ownerId: string, filter: TokenLogFilter): RawBuilder<unknown> {
  const { conversationId } = filter;
  const conditions: RawBuilder<unknown>[] = [
    sql`state <> 'running' and copied_from is null`, // the words of the index: SQLite takes it only then
    // A conversation's few are found by the conversation, not among all of its owner's; so the owner is no plain column.
    conversationId === undefined
      ? sql`owner_id = ${ownerId}`
      : sql`owner_id || '' = ${ownerId} and conversation_id = ${conversationId}`,
    ...narrowed(filter),
  ];
  return sql.join(conditions, sql` and `);
}

/** Rows that come after this one, ordered by time and id. */
export function behindRow(queuedAt: number, id: string): RawBuilder<unknown> {
  return sql`and queued_at >= ${queuedAt} and (queued_at > ${queuedAt} or id > ${id})`;
}
