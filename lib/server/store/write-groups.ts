import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from './schema.ts';

/** A group takes no more in once it has worked for so long, in ms: its first writer waits for its last. */
const groupMs = 4;

type Db = Transaction<Database>;

interface Waiting {
  /** Does the work, and says what is to be done once it is on the disk. */
  work(db: Db): Promise<() => void>;
  reject(error: unknown): void;
}

/**
 * Writes of a database with one writer, those that wait for each other together in one transaction: bringing it to the disk is what
 * costs, and it is paid once (group commit). Each write has a savepoint, so that one that fails takes nothing of the others with it.
 */
export class WriteGroups {
  readonly #writer: Kysely<Database>;
  readonly #waiting: Waiting[] = [];
  #working = false;

  constructor(writer: Kysely<Database>) {
    this.#writer = writer;
  }

  /** Resolves when what `work` wrote is on the disk. */
  write<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        async work(db) {
          const result = await work(db);
          return () => resolve(result);
        },
        reject,
      });
      if (!this.#working) void this.#workOff();
    });
  }

  async #workOff(): Promise<void> {
    this.#working = true;
    while (this.#waiting.length > 0) await this.#writeGroup();
    this.#working = false;
  }

  /** Never fails: whoever waits is told. */
  async #writeGroup(): Promise<void> {
    const group = new Map<Waiting, () => void>();
    try {
      await this.#writer.transaction().execute(async (db) => {
        const until = performance.now() + groupMs;
        for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
          group.set(next, nothing); // told of the group's failure, if it comes to that
          const done = group.size === 1 ? await next.work(db) : await this.#writeApart(db, next);
          if (done) group.set(next, done);
          else group.delete(next);
          if (performance.now() >= until) return;
        }
      });
    } catch (error) {
      // one that could not even begin has none yet: whoever waited for it is told
      for (const one of group.size > 0 ? group.keys() : this.#waiting.splice(0)) one.reject(error);
      return;
    }
    for (const done of group.values()) done();
  }

  /** @returns undefined when it has failed, alone, and nothing of it remains. */
  async #writeApart(db: Db, one: Waiting): Promise<(() => void) | undefined> {
    await sql`savepoint one`.execute(db);
    try {
      const done = await one.work(db);
      await sql`release one`.execute(db);
      return done;
    } catch (error) {
      try {
        await sql`rollback to one`.execute(db);
        await sql`release one`.execute(db);
      } catch {
        throw error; // SQLite has given up the whole transaction, as it does when the disk is full
      }
      one.reject(error);
      return undefined;
    }
  }
}

const nothing = () => {};
