import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

export interface SqlitePlace {
  path: string;
  role: 'writer' | 'reader';
}

/** Bytes that the log beside the file keeps of a large write (an import) once it is folded in; SQLite itself keeps all. */
const longestLog = 8 * 1024 * 1024;
/** Ms that a statement waits for the locks of other processes. */
export const busyTimeoutMs = 5_000;
/** Statements kept prepared; the app has fewer shapes than this, but for inserts of many rows. */
const keptStatements = 128;
const sqliteBusy = 5;
const sqliteFull = 13;
const sqliteCannotOpen = 14;

/** What a statement brought: its rows, or how many it changed. */
export interface SqliteResult {
  rows: unknown[];
  changes: number;
}

/** An error as it crosses a thread's border; `code` is SQLite's extended result code. */
export interface SqliteFailure {
  code: number;
  message: string;
  /** Whether the transaction it happened in is still there. */
  isOpen: boolean;
}

interface Prepared {
  statement: StatementSync;
  /** What it brings are rows. */
  hasRows: boolean;
}

/** One connection to a SQLite file, opened at its first statement. Its calls hold up the thread that makes them. */
export class SqliteSession {
  readonly #place: SqlitePlace;
  readonly #waitMs: number;
  readonly #statements = new Map<string, Prepared>();
  #database: DatabaseSync | undefined;

  /** @param waitMs so long a statement waits for the locks of others. */
  constructor(place: SqlitePlace, waitMs = busyTimeoutMs) {
    this.#place = place;
    this.#waitMs = waitMs;
  }

  get isInTransaction(): boolean {
    return this.#database?.isTransaction ?? false;
  }

  run(sql: string, parameters: readonly unknown[]): SqliteResult {
    const { statement, hasRows } = this.#prepare(this.#open(), sql);
    const values = parameters as SQLInputValue[]; // made by Kysely, of what the nouns gave it
    if (hasRows) return { rows: statement.all(...values), changes: 0 };
    return { rows: [], changes: Number(statement.run(...values).changes) };
  }

  /** What a full disk has already rolled back stays so. */
  rollback(): void {
    const database = this.#open();
    if (database.isTransaction) database.exec('rollback');
  }

  close(): void {
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  #open(): DatabaseSync {
    if (this.#database) return this.#database;
    const { path, role } = this.#place;
    if (role === 'writer') {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      closeSync(openSync(path, 'a', 0o600)); // SQLite gives its other files the rights of this one
    }
    const opened = new DatabaseSync(path, { timeout: this.#waitMs, enableForeignKeyConstraints: true });
    opened.exec('pragma foreign_keys = on');
    this.#useWriteAheadLog(opened);
    opened.exec('pragma synchronous = full');
    opened.exec('pragma secure_delete = on'); // of what is deleted no page keeps anything
    if (role === 'reader') opened.exec('pragma query_only = on');
    else opened.exec(`pragma journal_size_limit = ${longestLog}`);
    this.#database = opened;
    return opened;
  }

  /** Two processes that open a new file together exclude each other here, and SQLite answers "busy" at once instead of waiting. */
  #useWriteAheadLog(opened: DatabaseSync): void {
    const giveUpAt = performance.now() + this.#waitMs;
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

  #prepare(connection: DatabaseSync, sql: string): Prepared {
    const kept = this.#statements.get(sql);
    if (kept) {
      this.#statements.delete(sql); // and back in as the newest
      this.#statements.set(sql, kept);
      return kept;
    }
    const statement = connection.prepare(sql);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    this.#statements.set(sql, prepared);
    const oldest = this.#statements.size > keptStatements ? this.#statements.keys().next().value : undefined;
    if (oldest !== undefined) this.#statements.delete(oldest);
    return prepared;
  }
}

/** What SQLite or the file system said. */
export function convertFailure(error: unknown): Omit<SqliteFailure, 'isOpen'> {
  const { errcode, message, code, syscall } = error as NodeJS.ErrnoException & { errcode?: number };
  return { code: errcode ?? (syscall ? codeOfFileError(code) : 0), message: message ?? String(error) };
}

/** What SQLite would have said, where we were first to touch the file. */
function codeOfFileError(code: string | undefined): number {
  return code === 'ENOSPC' || code === 'EDQUOT' ? sqliteFull : sqliteCannotOpen;
}
