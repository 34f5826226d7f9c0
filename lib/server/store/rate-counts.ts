import type { Kysely } from 'kysely';
import { databaseNow } from './clock.ts';
import { bind, type Engine } from './engine.ts';

/** Counts of times that began longer ago are taken away. */
const forgottenAfterMs = 600_000;

/** How often things were done, at all processes of the store together. */
export function createRateCounts(engine: Engine) {
  return bind(engine, { add: addCounts });
}

/**
 * Counts one more under each of these keys, in the time of `windowMs` that runs now; all processes begin one together.
 * @returns the counts in the order of the keys, and how long that time goes on.
 */
async function addCounts(
  engine: Engine,
  { keys, windowMs }: { keys: readonly string[]; windowMs: number },
): Promise<{ counts: number[]; leftMs: number }> {
  return engine.write(async (db) => {
    const { now } = await db.selectNoFrom(databaseNow(engine).as('now')).executeTakeFirstOrThrow();
    const began = now - (now % windowMs);
    const counts: number[] = [];
    for (const key of keys) {
      const { count } = await db
        .insertInto('rate_counts')
        .values({ key, began_at: began, count: 1 })
        .onConflict((conflict) =>
          conflict.columns(['key', 'began_at']).doUpdateSet((is) => ({ count: is('rate_counts.count', '+', 1) })),
        )
        .returning('count')
        .executeTakeFirstOrThrow();
      counts.push(count);
    }
    if (counts.includes(1))
      await db
        .deleteFrom('rate_counts')
        .where('began_at', '<', began - forgottenAfterMs)
        .execute();
    return { counts, leftMs: began + windowMs - now };
  });
}

/** What limits by time have counted, for several processes. */
export async function addRateCounts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('rate_counts')
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('began_at', 'bigint', (c) => c.notNull())
    .addColumn('count', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('rate_counts_key', ['key', 'began_at'])
    .execute();
}
