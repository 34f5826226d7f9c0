/**
 * Runs SQL on one SQLite connection, in a thread of its own. Knows nothing of the app and imports nothing but node's own modules,
 * so that it runs as it stands and as a bundler copies it.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

export interface SqliteWorkerData {
  path: string;
  role: 'writer' | 'reader';
}

export type SqliteRequest =
  | { id: number; type: 'run'; sql: string; parameters: readonly unknown[] }
  | { id: number; type: 'rollback' }
  | { id: number; type: 'close' };

/** An error as it crosses the thread's border; `code` is SQLite's extended result code. */
export interface SqliteFailure {
  code: number;
  message: string;
}

export type SqliteResponse =
  | { id: number; rows: unknown[]; changes: number; error?: undefined }
  | { id: number; error: SqliteFailure };

/** Statements kept prepared; the app has fewer shapes than this, but for inserts of many rows. */
const keptStatements = 128;
const busyTimeoutMs = 5_000;
const sqliteBusy = 5;
const sqliteFull = 13;
const sqliteCannotOpen = 14;

const { path, role } = workerData as SqliteWorkerData; // made by sqlite.ts alone
const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread.');

const statements = new Map<string, StatementSync>();
let database: DatabaseSync | undefined;

function open(): DatabaseSync {
  if (role === 'writer') {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600)); // SQLite gives its other files the rights of this one
  }
  const opened = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  opened.exec('pragma foreign_keys = on');
  useWriteAheadLog(opened);
  opened.exec('pragma synchronous = full');
  opened.exec('pragma secure_delete = on'); // of what is deleted no page keeps anything
  if (role === 'reader') opened.exec('pragma query_only = on');
  return opened;
}

/** Two processes that open a new file together exclude each other here, and SQLite answers "busy" at once instead of waiting. */
function useWriteAheadLog(opened: DatabaseSync): void {
  const giveUpAt = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      const mode = opened.prepare('pragma journal_mode = wal').get()?.journal_mode;
      if (mode !== 'wal') throw new Error(`SQLite cannot keep a write-ahead log here (it says "${String(mode)}").`);
      return;
    } catch (error) {
      if ((convertFailure(error).code & 0xff) !== sqliteBusy || performance.now() > giveUpAt) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function prepare(connection: DatabaseSync, sql: string): StatementSync {
  const kept = statements.get(sql);
  if (kept) {
    statements.delete(sql); // and back in as the newest
    statements.set(sql, kept);
    return kept;
  }
  const statement = connection.prepare(sql);
  statements.set(sql, statement);
  const oldest = statements.size > keptStatements ? statements.keys().next().value : undefined;
  if (oldest !== undefined) statements.delete(oldest);
  return statement;
}

function answer(request: SqliteRequest): SqliteResponse {
  const { id } = request;
  try {
    if (request.type === 'close') {
      statements.clear();
      database?.close();
      return { id, rows: [], changes: 0 };
    }
    database ??= open();
    if (request.type === 'rollback') {
      if (database.isTransaction) database.exec('rollback'); // a full disk has already rolled back
      return { id, rows: [], changes: 0 };
    }
    const statement = prepare(database, request.sql);
    const parameters = request.parameters as SQLInputValue[]; // made by sqlite.ts alone
    if (statement.columns().length > 0) return { id, rows: statement.all(...parameters), changes: 0 };
    return { id, rows: [], changes: Number(statement.run(...parameters).changes) };
  } catch (error) {
    return { id, error: convertFailure(error) };
  }
}

function convertFailure(error: unknown): SqliteFailure {
  const { errcode, message, code, syscall } = error as NodeJS.ErrnoException & { errcode?: number };
  return { code: errcode ?? (syscall ? codeOfFileError(code) : 0), message: message ?? String(error) };
}

/** What SQLite would have said, where we were first to touch the file. */
function codeOfFileError(code: string | undefined): number {
  return code === 'ENOSPC' || code === 'EDQUOT' ? sqliteFull : sqliteCannotOpen;
}

port.on('message', (request: SqliteRequest) => {
  port.postMessage(answer(request));
  if (request.type === 'close') port.close();
});
