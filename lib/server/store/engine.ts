import type { Kysely, Transaction } from 'kysely';
import { AppError } from '../../errors.ts';
import type { Database } from './schema.ts';
import { convertStoreError, isWorthRetrying } from './store-errors.ts';
import { WriteGroups } from './write-groups.ts';

export type Db = Transaction<Database>;

/** Where single statements are asked, in a transaction or without one. */
export type Queries = Kysely<Database>;

/** What an engine's own file opens. */
export interface Connections {
  kind: 'sqlite' | 'postgres';
  writer: Kysely<Database>;
  reader: Kysely<Database>;
  /** For searches and sums, which may take long and must not hold up the reader. */
  aggregator: Kysely<Database>;
  /** For what is looked up by a key. */
  finder: Kysely<Database>;
  /** The path, or host and database; never a password. */
  place: string;
  /** Has a whole write made where the database is, by its name (in-thread.ts). */
  call?(name: string, args: readonly unknown[]): Promise<unknown>;
  /** Brings all of a log beside the file into it and empties it; false when others keep it from that now. */
  foldLog?(): Promise<boolean>;
  close(): Promise<void>;
}

/** A database as the nouns use it. Everything it throws is an `AppError`. */
export interface Engine {
  readonly kind: Connections['kind'];
  readonly place: string;
  /** One transaction that is on the disk when this resolves. `work` may run again when the database asks for it. */
  write<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Has a whole write made in the thread that writes, where there is one: for `inThread` alone. */
  readonly call?: ((name: string, args: readonly unknown[]) => Promise<unknown>) | undefined;
  /** Reads that see one moment. */
  read<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /**
   * The same, of a few rows by their keys: on SQLite in this very thread, which takes less than to ask another one. Not for what
   * grows with the database.
   */
  lookUp<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** The same with one statement, which sees one moment by itself: a transaction around it would cost more than it does. */
  lookUpOnce<T>(query: (db: Queries) => Promise<T>): Promise<T>;
  /** The same, on the connection for searches and sums. */
  aggregate<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Chosen rows stay as they are until the transaction ends. On SQLite a writer is alone anyway. */
  lock<Q extends { forUpdate(): Q }>(query: Q): Q;
  /** Something was deleted of which nothing may remain; see remains.ts. */
  markForgotten(): void;
  /** Whether something was since the last call. */
  takeForgotten(): boolean;
  /** Empties a log beside the file, where there is one; false when others keep it from that now. */
  foldLog(): Promise<boolean>;
  /** Waits for what is under way; what comes later is refused. */
  close(): Promise<void>;
}

/** A noun's functions as a caller has them: without the engine, which comes first in each. */
type Bound<F> = {
  [Name in keyof F]: F[Name] extends (engine: Engine, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

/** Gives the functions of a noun the engine that they work on. */
export function bind<F extends Record<string, (engine: Engine, ...rest: never[]) => unknown>>(
  engine: Engine,
  functions: F,
): Bound<F> {
  const bound = Object.entries(functions).map(([name, call]) => [name, call.bind(undefined, engine)]);
  return Object.fromEntries(bound) as Bound<F>; // entry by entry, the type above
}

/** A deadlock or a lost race is tried this often before a person hears of it. */
const attempts = 4;

/** Puts the rules both engines share over their connections: transactions, retries, errors in words, an orderly end. */
export function createEngine(connections: Connections): Engine {
  const { kind, place, writer, reader, aggregator, finder } = connections;
  const call = connections.call?.bind(connections);
  const groups = kind === 'sqlite' ? new WriteGroups(writer) : undefined;
  const underWay = new Set<Promise<unknown>>();
  let forgotten = false;
  let closing: Promise<void> | undefined;

  function track<T>(start: () => Promise<T>): Promise<T> {
    if (closing) return Promise.reject(new AppError('unavailable', 'The server is stopping. Try again in a moment.'));
    const work = start().catch((error: unknown) => {
      throw convertStoreError(error);
    });
    const settled: Promise<unknown> = work.then(forget, forget);
    function forget() {
      underWay.delete(settled);
    }
    underWay.add(settled);
    return work;
  }

  function readOn<T>(db: Kysely<Database>, work: (db: Db) => Promise<T>): Promise<T> {
    const transaction = db.transaction().setAccessMode('read only');
    return kind === 'postgres'
      ? transaction.setIsolationLevel('repeatable read').execute(work)
      : transaction.execute(work);
  }

  /** SQLite's finder waits for no lock; the reader does. */
  const isNoAnswer = (error: unknown) => kind === 'sqlite' && !(error instanceof AppError);

  return {
    kind,
    place,
    write: (work) => track(() => retry(() => groups?.write(work) ?? writer.transaction().execute(work))),
    call: call && ((name, args) => track(() => call(name, args))),
    read: (work) => track(() => readOn(reader, work)),
    lookUp: (work) =>
      track(() =>
        readOn(finder, work).catch((error: unknown) => {
          if (isNoAnswer(error)) return readOn(reader, work);
          throw error;
        }),
      ),
    lookUpOnce: (query) =>
      track(() =>
        query(finder).catch((error: unknown) => {
          if (isNoAnswer(error)) return query(reader);
          throw error;
        }),
      ),
    aggregate: (work) => track(() => readOn(aggregator, work)),
    markForgotten() {
      forgotten = true;
    },
    takeForgotten() {
      const was = forgotten;
      forgotten = false;
      return was;
    },
    foldLog: () => track(async () => (await connections.foldLog?.()) ?? true),
    lock: (query) => (kind === 'postgres' ? query.forUpdate() : query),
    close() {
      closing ??= Promise.allSettled(underWay).then(() => connections.close());
      return closing;
    },
  };
}

async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !isWorthRetrying(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
    }
  }
}
