import { createEngine, type Engine } from '../../../lib/server/store/engine.ts';
import { openPostgres } from '../../../lib/server/store/postgres.ts';
import { openSqlite } from '../../../lib/server/store/sqlite.ts';
import type { StoreOptions } from '../../../lib/server/store/store.ts';

/** The engine below a store, for what a store does not let through. */
export async function withEngine<T>(options: StoreOptions, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = createEngine(options.kind === 'sqlite' ? await openSqlite(options) : openPostgres(options));
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}
