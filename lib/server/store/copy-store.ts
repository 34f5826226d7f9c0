import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { AppError } from '../../errors.ts';
import type { Db, Engine } from './engine.ts';
import type { Database } from './schema.ts';
import { lookAtTables } from './statistics.ts';

/**
 * What is copied, each table behind those it refers to, and the columns that order its rows: a message comes behind its
 * parent. Processes and what is said to them are of the moment; the search index and the sums of the token log are made
 * anew where the copy is used.
 */
const tables: readonly [name: keyof Database, key: readonly [string, ...string[]]][] = [
  ['conversations', ['id']],
  ['threads', ['id']],
  ['messages', ['conversation_id', 'seq']],
  ['generations', ['id']],
  ['checkpoints', ['generation_id', 'seq']],
  ['attachment_contents', ['id']],
  ['attachments', ['message_id', 'position']],
  ['shares', ['id']],
  ['own_providers', ['id']],
  ['model_overrides', ['owner_id', 'provider_id', 'model_key']],
  ['lab_runs', ['id']],
  ['lab_questions', ['run_id', 'position']],
  ['lab_samples', ['run_id', 'number']],
  ['lab_shares', ['id']],
];

/** Of all tables that a database has, those that are not copied. */
export const leftBehind: readonly string[] = [
  'instances',
  'model_pulls',
  'rate_counts',
  'run_commands',
  'schema_migrations',
  'search_entries',
  'token_log_days',
  'token_log_marks', // set by the database as generations come in
];

/** The names of the tables that are copied. */
export const copiedTables: readonly string[] = tables.map(([name]) => name);

export interface CopiedTable {
  name: string;
  rows: number;
}

/** Rows of one statement: of the widest table fewer values than SQLite or PostgreSQL take. */
const rowsAtOnce = 200;

type Row = Record<string, unknown>;

/**
 * Copies all that lasts from one database to another, of whichever engine, and compares both: the number of rows and a sum
 * over all that is in them. Reads one moment. What an earlier try has brought stays, so it may be broken off and begun again.
 * @param options.onTable told of each table when it is there
 * @throws AppError `conflict` when other conversations are there already, or the copy is not what was copied.
 */
export async function copyStore(
  from: Engine,
  to: Engine,
  options: { onTable?: (table: CopiedTable) => void } = {},
): Promise<CopiedTable[]> {
  return from.read(async (source) => {
    await assertOurs(source, to);
    const copied: CopiedTable[] = [];
    for (const [name, key] of tables) {
      const sum = new TableSum();
      for await (const rows of pagesOf(source, name, key)) {
        sum.add(rows);
        await to.write((db) => insert(db, name, rows));
      }
      const there = await to.read((db) => sumOf(db, name, key));
      if (!there.equals(sum)) {
        throw new AppError(
          'conflict',
          `The copy of "${name}" is not what was copied: ${there.rows} rows of ${sum.rows}. Begin with an empty database.`,
        );
      }
      copied.push({ name, rows: sum.rows });
      options.onTable?.({ name, rows: sum.rows });
    }
    await to.write(markUnsearched);
    await lookAtTables(to, ['conversations', 'messages', 'generations']);
    return copied;
  });
}

/** An empty database, or one that an earlier try has begun. */
async function assertOurs(source: Db, to: Engine): Promise<void> {
  await to.read(async (target) => {
    for await (const rows of pagesOf(target, 'conversations', ['id'])) {
      const ids = rows.map((row) => row.id as string);
      const known = await source.selectFrom('conversations').select('id').where('id', 'in', ids).execute();
      if (known.length === ids.length) continue;
      throw new AppError('conflict', 'Other conversations are in that database already. Name an empty one.');
    }
  });
}

/** All rows of a table in the order of their keys, as this database orders them. */
async function* pagesOf(db: Db, name: string, key: readonly string[]): AsyncGenerator<Row[]> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  let behind: RawBuilder<unknown> = sql``;
  for (;;) {
    const { rows } =
      await sql<Row>`select * from ${sql.table(name)} ${behind} order by ${columns} limit ${sql.lit(rowsAtOnce)}`.execute(
        db,
      );
    const last = rows.at(-1);
    if (last) yield rows;
    if (!last || rows.length < rowsAtOnce) return;
    behind = sql`where (${columns}) > (${sql.join(key.map((column) => last[column]))})`;
  }
}

/** Rows that are there already stay as they are; the comparison tells whether they are the same. */
async function insert(db: Db, name: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
  await sql`insert into ${sql.table(name)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(values)} on conflict do nothing`.execute(db);
}

async function sumOf(db: Db, name: string, key: readonly string[]): Promise<TableSum> {
  const sum = new TableSum();
  for await (const rows of pagesOf(db, name, key)) sum.add(rows);
  return sum;
}

/** Nothing of it is in the index of the copy yet; what the lab asks and what is deleted never will be. */
async function markUnsearched(db: Db): Promise<void> {
  await sql`update conversations set search_stale = 1 where lab_run_id is null and deleted_at is null`.execute(db);
  await sql`update messages set search_stale = 1 where conversation_id in
    (select id from conversations where lab_run_id is null and deleted_at is null)`.execute(db);
}

/** How many rows, and what is in them: a sum of their hashes, so that two orders of the same rows come to the same. */
class TableSum {
  rows = 0;
  #sum = 0n;

  add(rows: readonly Row[]): void {
    for (const row of rows) {
      const fields = Object.entries(row).filter(([column]) => column !== 'search_stale');
      const text = JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
      this.#sum += createHash('sha256').update(text).digest().readBigUInt64BE();
      this.rows += 1;
    }
  }

  equals(other: TableSum): boolean {
    return this.rows === other.rows && this.#sum === other.#sum;
  }
}
