import { createEngine, type Engine } from './engine.ts';
import { makeWrite, type SentError, sendError } from './in-thread.ts';
import { connect, HereDriver } from './sqlite-here.ts';
import type { SqliteSession } from './sqlite-session.ts';
// each tells its writes by importing it
import './asks.ts';
import './checkpoints.ts';
import './generations.ts';
import './search.ts';

let engine: Engine | undefined;

/** Makes a write in this thread, by its name. */
export async function callWrite(
  session: SqliteSession,
  name: string,
  args: readonly unknown[],
): Promise<{ called: unknown } | { refused: SentError }> {
  engine ??= engineOn(session);
  try {
    return { called: await makeWrite(engine, name, args) };
  } catch (error) {
    return { refused: sendError(error) };
  }
}

/** It lives as long as its thread. */
function engineOn(session: SqliteSession): Engine {
  const db = connect(new HereDriver(session, 'writer'));
  return createEngine({
    kind: 'sqlite',
    place: '',
    writer: db,
    reader: db,
    aggregator: db,
    finder: db,
    close: async () => {},
  });
}
