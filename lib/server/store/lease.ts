import { sql } from 'kysely';
import { databaseNow } from './clock.ts';
import type { Db, Engine } from './engine.ts';

/** Renews in the transaction of another write, where the last renewal is not of just now. */
export async function renewWithin(engine: Engine, db: Db, instanceId: string): Promise<void> {
  const now = databaseNow(engine);
  await db
    .updateTable('instances')
    .set({ heartbeat_at: now })
    .where('id', '=', instanceId)
    .where('heartbeat_at', '<', sql<number>`${now} - 1000`)
    .execute();
}
