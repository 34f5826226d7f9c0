import { AppError } from '../../errors.ts';
import type { StorageTroubleCode } from '../../storage-trouble.ts';

/** SQLite's answer to a statement, with its extended result code (https://sqlite.org/rescode.html). */
export class SqliteError extends Error {
  readonly resultCode: number;
  /** Whether the transaction in which it happened is still there; some errors end it. */
  readonly isInTransaction: boolean;

  constructor(resultCode: number, message: string, isInTransaction = false) {
    super(message);
    this.name = 'SqliteError';
    this.resultCode = resultCode;
    this.isInTransaction = isInTransaction;
  }
}

type Trouble = StorageTroubleCode | 'taken';

/** Beneath an error of the store, by its property: Next.js bundles this file more than once, each time with another class. */
interface StoreCause extends Error {
  trouble: Trouble;
}

/**
 * What went wrong in the database, in words for the person who waits for it. Holds no SQL and no values: its cause is only the
 * engine's code and sentence.
 */
export function convertStoreError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const trouble = troubleOf(error);
  const words = `${codeOf(error)}: ${error instanceof Error ? error.message : String(error)}`;
  const cause: StoreCause = Object.assign(new Error(words), { trouble });
  switch (trouble) {
    case 'busy':
      return new AppError('unavailable', 'The storage is busy. Try again in a moment.', {
        cause,
        retryAfterSeconds: 2,
      });
    case 'unreachable':
      return new AppError('unavailable', 'The storage cannot be reached right now. Try again in a moment.', {
        cause,
        retryAfterSeconds: 5,
      });
    case 'unreadable':
      return new AppError(
        'unavailable',
        'The database cannot be opened, read or written. Whoever runs this server must look at its file.',
        { cause },
      );
    case 'full':
      return new AppError(
        'storage_full',
        'The disk is full, so nothing more can be saved. Copy what you need, then make room on the server.',
        { cause },
      );
    case 'taken':
      return new AppError('conflict', 'This id is in use.', { cause });
    case 'unknown':
      return new AppError('internal', 'The storage did not take this.', { cause });
  }
}

/** Why something could not be saved, of what the store has thrown. */
export function storageTroubleOf(error: unknown): StorageTroubleCode {
  const trouble = ((error as Error | undefined)?.cause as Partial<StoreCause> | undefined)?.trouble;
  if (trouble !== undefined && trouble !== 'taken') return trouble;
  const code = error instanceof AppError ? error.code : undefined;
  return code === 'storage_full' ? 'full' : code === 'unavailable' ? 'unreachable' : 'unknown';
}

/** Whether the database gave up a transaction only because of another one. */
export function isWorthRetrying(error: unknown): boolean {
  return ['40001', '40P01'].includes(codeOf(error)); // serialization failure, deadlock
}

function codeOf(error: unknown): string {
  if (error instanceof SqliteError) return `SQLite ${error.resultCode}`;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}

function troubleOf(error: unknown): Trouble {
  return error instanceof SqliteError ? sqliteTrouble(error.resultCode) : postgresTrouble(error);
}

function sqliteTrouble(code: number): Trouble {
  if (code === 1555 || code === 2067) return 'taken'; // a primary key, a unique column
  if (code === 4874) return 'full'; // no room for the file that the processes share beside the log
  switch (code & 0xff) {
    case 5: // busy
    case 6: // locked
      return 'busy';
    case 13:
      return 'full';
    case 8: // read-only
    case 10: // I/O error
    case 11: // corrupt
    case 14: // cannot open
    case 26: // not a database
      return 'unreadable';
    case 9: // interrupted: its thread has ended
      return 'unreachable';
    default:
      return 'unknown';
  }
}

/** Codes of https://www.postgresql.org/docs/current/errcodes-appendix.html, and node's own for sockets. */
function postgresTrouble(error: unknown): Trouble {
  const code = codeOf(error);
  if (code === '23505') return 'taken';
  if (code === '53100') return 'full';
  if (['40001', '40P01', '55P03', '57014', '53300', '53200'].includes(code)) return 'busy';
  if (/^(08|57P|28|3D)/.test(code) || /^E(CONN|HOST|NET|PIPE|TIMEDOUT|AI_)|^ENOTFOUND$/.test(code))
    return 'unreachable';
  // pg gives these no code
  const message = error instanceof Error ? error.message : '';
  return /connection (terminated|ended)|timeout exceeded when trying to connect|not queryable|timeout expired/i.test(
    message,
  )
    ? 'unreachable'
    : 'unknown';
}
