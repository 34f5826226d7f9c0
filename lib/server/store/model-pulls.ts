import { type Kysely, sql } from 'kysely';
import { databaseNow } from './clock.ts';
import { bind, type Db, type Engine } from './engine.ts';

/** How long a download counts that nobody renews: its process is dead, or the store was away from it. */
const lapsesAfterMs = 30_000;

/** Downloads of models that run, at all processes of the store together. */
export function createModelPulls(engine: Engine) {
  return bind(engine, { begin: beginPull, renew: renewPull, end: endPull });
}

/** How many downloads may run. */
export interface PullLimits {
  perOwner: number;
  all: number;
}

/**
 * Enters a download, unless more would then run than may.
 * @param lapsesAfter what was not renewed for so many ms is forgotten.
 * @returns false when it was not entered
 */
async function beginPull(
  engine: Engine,
  pull: { id: string; ownerId: string },
  { limits, lapsesAfter = lapsesAfterMs }: { limits: PullLimits; lapsesAfter?: number },
): Promise<boolean> {
  return engine.write(async (db) => {
    // One after another: nobody sees what others have not yet committed.
    if (engine.kind === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(pullsLock)})`.execute(db);
    const { now } = await db.selectNoFrom(databaseNow(engine).as('now')).executeTakeFirstOrThrow();
    await db
      .deleteFrom('model_pulls')
      .where('renewed_at', '<', now - lapsesAfter)
      .execute();
    const running = await db.selectFrom('model_pulls').select('owner_id').execute();
    const own = running.filter((row) => row.owner_id === pull.ownerId).length;
    if (own >= limits.perOwner || running.length >= limits.all) return false;
    await insertPull(db, { id: pull.id, owner_id: pull.ownerId, renewed_at: now });
    return true;
  });
}

/** Any number, known only to us. */
const pullsLock = 7_482_116_302;

/** Says that a download runs, also of one that was forgotten meanwhile. */
async function renewPull(engine: Engine, { id, ownerId }: { id: string; ownerId: string }): Promise<void> {
  await engine.write(async (db) => {
    const { now } = await db.selectNoFrom(databaseNow(engine).as('now')).executeTakeFirstOrThrow();
    await insertPull(db, { id, owner_id: ownerId, renewed_at: now });
  });
}

async function insertPull(db: Db, row: { id: string; owner_id: string; renewed_at: number }): Promise<void> {
  await db
    .insertInto('model_pulls')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ renewed_at: row.renewed_at }))
    .execute();
}

async function endPull(engine: Engine, id: string): Promise<void> {
  await engine.write((db) => db.deleteFrom('model_pulls').where('id', '=', id).execute());
}

/** Downloads that run, for several processes. */
export async function addModelPulls(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('model_pulls')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('renewed_at', 'bigint', (c) => c.notNull())
    .execute();
}
