import { sql } from 'kysely';
import type { Engine } from './engine.ts';
import type { Database } from './schema.ts';

/**
 * Has PostgreSQL look anew at what is in tables that have just grown by much: by that it plans, and by itself it looks once a
 * minute. Of a store that is new it knows nothing until then. SQLite's plans need none. Never fails: nothing depends on it.
 */
export async function lookAtTables(engine: Engine, tables: readonly (keyof Database)[]): Promise<void> {
  if (engine.kind !== 'postgres') return;
  const analyze = tables.map((table) => engine.write((db) => sql`analyze ${sql.table(table)}`.execute(db)));
  await Promise.allSettled(analyze);
}
