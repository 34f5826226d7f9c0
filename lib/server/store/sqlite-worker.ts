/** Runs SQL on one SQLite connection, in a thread of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import {
  convertFailure,
  type SqliteFailure,
  type SqlitePlace,
  type SqliteResult,
  SqliteSession,
} from './sqlite-session.ts';

export type SqliteRequest =
  /** `before`: what is to be run first, in the same transaction or to begin it. */
  | { id: number; type: 'run'; sql: string; parameters: readonly unknown[]; before?: readonly string[] }
  | { id: number; type: 'rollback' }
  | { id: number; type: 'close' }
  /** Ends a transaction that only read. Nobody waits for it, and nothing is answered. */
  | { id?: undefined; type: 'leave' };

export type SqliteResponse = (SqliteResult & { id: number; error?: undefined }) | { id: number; error: SqliteFailure };

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread.');

const session = new SqliteSession(workerData as SqlitePlace); // made by sqlite.ts alone

function work(request: SqliteRequest): SqliteResult {
  if (request.type === 'run') {
    for (const sql of request.before ?? []) session.run(sql, []);
    return session.run(request.sql, request.parameters);
  }
  if (request.type === 'close') session.close();
  else session.rollback();
  return { rows: [], changes: 0 };
}

function answer(request: SqliteRequest & { id: number }): SqliteResponse {
  const { id } = request;
  try {
    return { id, ...work(request) };
  } catch (error) {
    return { id, error: { ...convertFailure(error), isOpen: session.isInTransaction } };
  }
}

port.on('message', (request: SqliteRequest) => {
  if (request.type === 'leave') return session.rollback();
  port.postMessage(answer(request));
  if (request.type === 'close') port.close();
});
