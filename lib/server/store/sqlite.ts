import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type Kysely,
  type QueryResult,
  sql,
  type TransactionSettings,
} from 'kysely';
import { AppError } from '../../errors.ts';
import type { Connections } from './engine.ts';
import type { Database } from './schema.ts';
import { receiveError } from './in-thread.ts';
import { connect, HereDriver } from './sqlite-here.ts';
import { busyTimeoutMs, type SqlitePlace, SqliteSession } from './sqlite-session.ts';
import type { SqliteRequest, SqliteResponse } from './sqlite-worker.ts';
import { convertStoreError, SqliteError } from './store-errors.ts';

/** From here on a log that is reset while another process reads it can no longer damage the file. */
const oldestVersion = [3, 51, 3] as const;

/**
 * Opens a SQLite file, making it and its folder when they are missing: one thread that writes, two that read, and a connection in
 * this thread for what is looked up by a key. That takes some 20 us, and a message to a thread and back ten times as much.
 * @throws AppError `unavailable` when it cannot be opened, or SQLite is too old.
 */
export async function openSqlite(options: { path: string }): Promise<Connections> {
  const path = resolve(options.path);
  const writing = new WorkerDriver({ path, role: 'writer' });
  const writer = connect(writing);
  const reader = connect(new WorkerDriver({ path, role: 'reader' }));
  const aggregator = connect(new WorkerDriver({ path, role: 'reader' }));
  const finder = connect(new HereDriver(new SqliteSession({ path, role: 'reader' }, 0), 'reader'));
  // The writer last: whoever closes the file last folds the log into it, and a reader may not.
  const close = async () => {
    await Promise.all([reader.destroy(), aggregator.destroy(), finder.destroy()]);
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
  const call = (name: string, args: readonly unknown[]) => writing.call(name, args);
  return {
    kind: 'sqlite',
    writer,
    reader,
    aggregator,
    finder,
    place: path,
    call,
    foldLog: () => foldLog(writer),
    close,
  };
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

/** Sends compiled SQL to the thread that holds the connection. A thread that died is replaced; its transaction is lost with it. */
class WorkerDriver implements Driver {
  readonly #data: SqlitePlace;
  #connection: WorkerConnection | undefined;

  constructor(data: SqlitePlace) {
    this.#data = data;
  }

  async init(): Promise<void> {}

  // Must not throw: Kysely would keep its lock on the connection for ever.
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connect();
  }

  #connect(): WorkerConnection {
    if (!this.#connection || this.#connection.ended) this.#connection = new WorkerConnection(this.#data);
    return this.#connection;
  }

  /** Has a whole write made in the thread (in-thread.ts). */
  call(name: string, args: readonly unknown[]): Promise<unknown> {
    return this.#connect().call(name, args);
  }

  async beginTransaction(connection: WorkerConnection, settings: TransactionSettings): Promise<void> {
    connection.begin(settings.accessMode === 'read only' ? 'begin' : 'begin immediate');
  }

  async commitTransaction(connection: WorkerConnection): Promise<void> {
    if (this.#data.role === 'reader') connection.leave();
    else await connection.commit();
  }

  async rollbackTransaction(connection: WorkerConnection): Promise<void> {
    await connection.rollback();
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection && !connection.ended) await connection.end();
  }
}

type WithoutId<T> = T extends { id: number } ? Omit<T, 'id'> : never;

const abortCode = 4;
/** What needs no answer, and can be said with the statement after it. */
const goesWithTheNext = /^(savepoint|release) /;

type Answer = Extract<SqliteResponse, { error?: undefined }>;

interface Waiting {
  resolve(response: Answer): void;
  reject(error: Error): void;
}

class WorkerConnection implements DatabaseConnection {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** Statements that go with the next one, so that they cost no message of their own. */
  #before: string[] = [];
  /** Whether a transaction has begun in the thread; `lost`: it could not, or SQLite has rolled it back. */
  #state: 'none' | 'begun' | 'lost' = 'none';
  #lastId = 0;
  ended = false;

  constructor(data: SqlitePlace) {
    this.#worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
      workerData: data,
      name: `store-${data.role}`,
    });
    this.#worker.unref(); // an idle store keeps no process alive
    this.#worker.on('message', (response: SqliteResponse) => this.#settle(response));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('its thread has ended')));
  }

  /** A transaction begins with its first statement. */
  begin(sql: string): void {
    this.#state = 'none';
    this.#before = [sql];
  }

  async commit(): Promise<void> {
    const before = this.#end();
    if (before) await this.send({ type: 'run', sql: 'commit', parameters: [], before });
  }

  async rollback(): Promise<void> {
    if (this.#end() && !this.ended) await this.send({ type: 'rollback' });
  }

  /** Ends a transaction that only read. */
  leave(): void {
    if (this.#end() && !this.ended) this.#worker.postMessage({ type: 'leave' } satisfies SqliteRequest);
  }

  /** Statements that have not been sent yet; undefined when no transaction was begun in the thread at all. */
  #end(): string[] | undefined {
    const before = this.#state === 'none' ? undefined : this.#before;
    this.#before = [];
    this.#state = 'none';
    return before;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    // Without the transaction that it belongs to a statement would be one of its own.
    if (this.#state === 'lost') throw new SqliteError(abortCode, 'its transaction is over');
    const { sql: text, parameters } = query;
    const isInTransaction = this.#state !== 'none' || this.#before.length > 0;
    if (isInTransaction && goesWithTheNext.test(text)) {
      this.#before.push(text);
      return { rows: [] };
    }
    const before = this.#before;
    this.#before = [];
    if (before[0]?.startsWith('begin')) this.#state = 'begun';
    try {
      const request = { type: 'run' as const, sql: text, parameters };
      const answer = await this.send(before.length > 0 ? { ...request, before } : request);
      const { rows, changes } = answer as Extract<SqliteResponse, { rows: unknown[] }>; // what a statement is answered with
      return { rows: rows as R[], numAffectedRows: BigInt(changes) };
    } catch (error) {
      if (this.#state === 'begun' && error instanceof SqliteError && !error.isInTransaction) this.#state = 'lost';
      throw error;
    }
  }

  // biome-ignore lint/correctness/useYield: Kysely asks for the method; nothing here streams rows
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('Rows are not streamed from SQLite.');
  }

  async call(name: string, args: readonly unknown[]): Promise<unknown> {
    const answer = await this.send({ type: 'call', name, args });
    if ('refused' in answer) throw receiveError(answer.refused);
    return 'called' in answer ? answer.called : undefined;
  }

  send(request: WithoutId<SqliteRequest>): Promise<Answer> {
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
    if (response.error)
      waiting?.reject(new SqliteError(response.error.code, response.error.message, response.error.isOpen));
    else waiting?.resolve(response);
  }

  #fail(error: unknown): void {
    this.ended = true;
    const failure = new SqliteError(9, error instanceof Error ? error.message : String(error));
    for (const waiting of this.#waiting.values()) waiting.reject(failure);
    this.#waiting.clear();
  }
}
