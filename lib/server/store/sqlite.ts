import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
  type TransactionSettings,
} from 'kysely';
import { AppError } from '../../errors.ts';
import type { Connections } from './engine.ts';
import type { Database } from './schema.ts';
import type { SqliteRequest, SqliteResponse, SqliteWorkerData } from './sqlite-worker.ts';
import { convertStoreError, SqliteError } from './store-errors.ts';

/** As in sqlite-worker.ts, which imports nothing. */
const busyTimeoutMs = 5_000;

/** From here on a log that is reset while another process reads it can no longer damage the file. */
const oldestVersion = [3, 51, 3] as const;

/**
 * Opens a SQLite file, making it and its folder when they are missing: one thread that writes, two that read.
 * @throws AppError `unavailable` when it cannot be opened, or SQLite is too old.
 */
export async function openSqlite(options: { path: string }): Promise<Connections> {
  const path = resolve(options.path);
  const writer = connect({ path, role: 'writer' });
  const reader = connect({ path, role: 'reader' });
  const aggregator = connect({ path, role: 'reader' });
  // The writer last: whoever closes the file last folds the log into it, and a reader may not.
  const close = async () => {
    await Promise.all([reader.destroy(), aggregator.destroy()]);
    await writer.destroy();
  };
  try {
    assertVersion(
      (await sql<{ version: string }>`select sqlite_version() as version`.execute(writer)).rows[0]?.version,
    );
  } catch (error) {
    await close().catch(() => undefined); // the first error is the one to tell
    throw convertStoreError(error);
  }
  return { kind: 'sqlite', writer, reader, aggregator, place: path, foldLog: () => foldLog(writer), close };
}

/** Does not wait for readers: whoever writes would wait behind it. */
function foldLog(writer: Kysely<Database>): Promise<boolean> {
  return writer.connection().execute(async (db) => {
    await sql`pragma busy_timeout = 0`.execute(db);
    try {
      const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db);
      return rows[0]?.busy === 0;
    } finally {
      await sql.raw(`pragma busy_timeout = ${busyTimeoutMs}`).execute(db);
    }
  });
}

function assertVersion(version = ''): void {
  const numbers = version.split('.').map(Number);
  const difference = oldestVersion.map((n, i) => (numbers[i] ?? 0) - n).find((d) => d !== 0) ?? 0;
  if (difference >= 0) return;
  throw new AppError(
    'unavailable',
    `SQLite ${version} is too old: ${oldestVersion.join('.')} or newer is needed, which Node 24.15 brings.`,
  );
}

function connect(data: SqliteWorkerData): Kysely<Database> {
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(), // says there is one connection, so Kysely lets one transaction in at a time
    createDriver: () => new WorkerDriver(data),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new Kysely<Database>({ dialect });
}

/** Sends compiled SQL to the thread that holds the connection. A thread that died is replaced; its transaction is lost with it. */
class WorkerDriver implements Driver {
  readonly #data: SqliteWorkerData;
  #connection: WorkerConnection | undefined;

  constructor(data: SqliteWorkerData) {
    this.#data = data;
  }

  async init(): Promise<void> {}

  // Must not throw: Kysely would keep its lock on the connection for ever.
  async acquireConnection(): Promise<DatabaseConnection> {
    if (!this.#connection || this.#connection.ended) this.#connection = new WorkerConnection(this.#data);
    return this.#connection;
  }

  async beginTransaction(connection: WorkerConnection, settings: TransactionSettings): Promise<void> {
    const begin = settings.accessMode === 'read only' ? 'begin' : 'begin immediate';
    await connection.executeQuery(CompiledQuery.raw(begin));
  }

  async commitTransaction(connection: WorkerConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: WorkerConnection): Promise<void> {
    if (!connection.ended) await connection.send({ type: 'rollback' });
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection && !connection.ended) await connection.end();
  }
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

interface Waiting {
  resolve(response: Extract<SqliteResponse, { error?: undefined }>): void;
  reject(error: Error): void;
}

class WorkerConnection implements DatabaseConnection {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  ended = false;

  constructor(data: SqliteWorkerData) {
    this.#worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
      workerData: data,
      name: `store-${data.role}`,
    });
    this.#worker.unref(); // an idle store keeps no process alive
    this.#worker.on('message', (response: SqliteResponse) => this.#settle(response));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('its thread has ended')));
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, changes } = await this.send({ type: 'run', sql: query.sql, parameters: query.parameters });
    return { rows: rows as R[], numAffectedRows: BigInt(changes) };
  }

  // biome-ignore lint/correctness/useYield: Kysely asks for the method; nothing here streams rows
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Rows are not streamed from SQLite.');
  }

  send(request: WithoutId<SqliteRequest>): Promise<Extract<SqliteResponse, { error?: undefined }>> {
    if (this.ended) return Promise.reject(new SqliteError(9, 'its thread has ended'));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id });
    });
  }

  async end(): Promise<void> {
    await this.send({ type: 'close' });
    this.ended = true;
    await this.#worker.terminate();
  }

  #settle(response: SqliteResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (response.error) waiting?.reject(new SqliteError(response.error.code, response.error.message));
    else waiting?.resolve(response);
  }

  #fail(error: unknown): void {
    this.ended = true;
    const failure = new SqliteError(9, error instanceof Error ? error.message : String(error));
    for (const waiting of this.#waiting.values()) waiting.reject(failure);
    this.#waiting.clear();
  }
}
