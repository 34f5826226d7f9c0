import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { AppError } from '../../errors.ts';
import type { Connections } from './engine.ts';
import type { Database } from './schema.ts';

/** PostgreSQL's numbers for bigint, and for what it makes of a sum of them. Both come as text; ours fit a double. */
const typesReadAsNumber = new Set<number>([pg.types.builtins.INT8, pg.types.builtins.NUMERIC]);

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    typesReadAsNumber.has(oid)
      ? Number
      : pg.types.getTypeParser(oid, format as 'text')) as pg.CustomTypesConfig['getTypeParser'],
};

/**
 * Makes a pool for a PostgreSQL URL. It connects on first use.
 * @throws AppError `unavailable` when this is no such URL.
 */
export function openPostgres(options: { url: string }): Connections {
  const { url } = options;
  const place = placeOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    types,
    application_name: 'thinkglass',
    connectionTimeoutMillis: 5_000,
    lock_timeout: 5_000,
    keepAlive: true,
  });
  // A connection that is cut says so on itself when it is in use and on the pool when it is idle; unheard, either ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined)); // whoever uses it learns of it from its query
  pool.on('error', () => undefined); // the pool has dropped it already
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'postgres',
    writer: db,
    reader: db,
    aggregator: db,
    finder: db,
    place,
    close: () => db.destroy(),
  };
}

function placeOf(url: string): string {
  try {
    const { host, port, database } = new pg.Client({ connectionString: url });
    return `${host.startsWith('/') ? host : `${host}:${port}`}/${database ?? ''}`;
  } catch {
    // Its own message would repeat the password.
    throw new AppError(
      'unavailable',
      'The address of the PostgreSQL database cannot be understood. It looks like postgres://user:password@host:5432/name.',
    );
  }
}
