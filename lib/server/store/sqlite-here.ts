import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Database } from './schema.ts';
import { convertFailure, type SqliteResult, type SqliteSession } from './sqlite-session.ts';
import { SqliteError } from './store-errors.ts';

/** A database on a driver of one connection. */
export function connect(driver: Driver): Kysely<Database> {
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(), // says there is one connection, so Kysely lets one transaction in at a time
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new Kysely<Database>({ dialect });
}

/** Runs SQL in this thread: in the server's own only what takes microseconds and never waits for a lock. */
export class HereDriver implements Driver {
  readonly #session: SqliteSession;
  readonly #connection: HereConnection;
  readonly #begin: string;

  constructor(session: SqliteSession, role: 'writer' | 'reader') {
    this.#session = session;
    this.#connection = new HereConnection(session);
    this.#begin = role === 'writer' ? 'begin immediate' : 'begin';
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(connection: HereConnection): Promise<void> {
    connection.run(this.#begin);
  }

  async commitTransaction(connection: HereConnection): Promise<void> {
    connection.run('commit');
  }

  async rollbackTransaction(): Promise<void> {
    this.#session.rollback();
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#session.close();
  }
}

class HereConnection implements DatabaseConnection {
  readonly #session: SqliteSession;

  constructor(session: SqliteSession) {
    this.#session = session;
  }

  run(text: string, parameters: readonly unknown[] = []): SqliteResult {
    try {
      return this.#session.run(text, parameters);
    } catch (error) {
      const { code, message } = convertFailure(error);
      throw new SqliteError(code, message, this.#session.isInTransaction);
    }
  }

  async executeQuery<R>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = this.run(text, parameters);
    // SQLite's have no prototype; those that come from another thread have.
    return { rows: rows.map((row) => ({ ...(row as R) })), numAffectedRows: BigInt(changes) };
  }

  // biome-ignore lint/correctness/useYield: Kysely asks for the method; nothing here streams rows
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Rows are not streamed from SQLite.');
  }
}
