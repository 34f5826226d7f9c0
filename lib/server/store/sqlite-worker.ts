/**
 * Runs SQL on one SQLite connection, in a thread of its own: statement by statement as they are sent, and, in the thread that
 * writes, whole writes by their names (in-thread.ts). Those that wait at the same time share a transaction, and so the way to
 * the disk (write-groups.ts).
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { SentError } from './in-thread.ts';
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
  | { id: number; type: 'call'; name: string; args: readonly unknown[] }
  | { id: number; type: 'rollback' }
  | { id: number; type: 'close' }
  /** Ends a transaction that only read. Nobody waits for it, and nothing is answered. */
  | { id?: undefined; type: 'leave' };

export type SqliteResponse =
  | (SqliteResult & { id: number; error?: undefined })
  | { id: number; error: SqliteFailure }
  | { id: number; called: unknown; error?: undefined }
  | { id: number; refused: SentError; error?: undefined };

type Call = Extract<SqliteRequest, { type: 'call' }>;

const port = parentPort;
if (!port) throw new Error('This file runs as a worker thread.');

const place = workerData as SqlitePlace; // made by sqlite.ts alone
const session = new SqliteSession(place);
const queue: SqliteRequest[] = [];
let isWorking = false;
let namedWrites: Promise<typeof import('./sqlite-writes.ts')> | undefined;

function work(request: Exclude<SqliteRequest, Call>): SqliteResult {
  if (request.type === 'run') {
    for (const sql of request.before ?? []) session.run(sql, []);
    return session.run(request.sql, request.parameters);
  }
  if (request.type === 'close') session.close();
  else session.rollback();
  return { rows: [], changes: 0 };
}

function answer(request: Exclude<SqliteRequest, Call>): void {
  const { id } = request;
  if (id === undefined) return session.rollback();
  let response: SqliteResponse;
  try {
    response = { id, ...work(request) };
  } catch (error) {
    response = { id, error: { ...convertFailure(error), isOpen: session.isInTransaction } };
  }
  port?.postMessage(response);
  if (request.type === 'close') port?.close();
}

async function answerCalls(calls: readonly Call[]): Promise<void> {
  namedWrites ??= import('./sqlite-writes.ts');
  const { callWrite } = await namedWrites;
  await Promise.all(
    calls.map(async ({ id, name, args }) => {
      port?.postMessage({ id, ...(await callWrite(session, name, args)) } satisfies SqliteResponse);
    }),
  );
}

/** A whole write waits while a transaction is made statement by statement; what comes for that goes past it. */
async function workOff(): Promise<void> {
  for (;;) {
    const calls = session.isInTransaction ? [] : queue.filter((request) => request.type === 'call');
    if (calls.length > 0) {
      for (const call of calls) queue.splice(queue.indexOf(call), 1);
      await answerCalls(calls);
      continue;
    }
    const at = queue.findIndex(({ type }) => type !== 'call');
    const [request] = at < 0 ? [] : queue.splice(at, 1);
    if (!request) return;
    answer(request as Exclude<SqliteRequest, Call>); // no call, by where it was found
  }
}

async function workAll(): Promise<void> {
  await workOff();
  isWorking = false;
}

port.on('message', (request: SqliteRequest) => {
  queue.push(request);
  if (isWorking) return;
  isWorking = true;
  // once all have come that have been sent, so that they share a transaction
  setImmediate(() => void workAll());
});
