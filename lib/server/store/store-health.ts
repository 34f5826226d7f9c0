import { type StorageTrouble, type StorageTroubleCode, storageReason } from '../../storage-trouble.ts';
import { storageTroubleOf } from './store-errors.ts';

/** From this long on a write that is not done is an outage; SQLite itself gives up a lock after as long. */
const slowMs = 5_000;

/**
 * Whether what has to be saved can be. Everybody who writes what exists nowhere else watches their writes by it, under a
 * name of their own; an outage lasts until each of those that failed has succeeded, so a small write that still fits on a
 * full disk does not end it. One line in the log when it begins, one when it ends.
 */
export class StoreHealth {
  readonly #failing = new Map<string, StorageTroubleCode>();
  readonly #listeners = new Set<() => void>();
  readonly #slowMs: number;
  readonly #log: (line: string) => void;
  #trouble: StorageTrouble | undefined;

  constructor(options: { slowMs?: number; log?: (line: string) => void } = {}) {
    this.#slowMs = options.slowMs ?? slowMs;
    this.#log = options.log ?? ((line) => console.error(line));
  }

  /** Undefined while all is well. */
  get trouble(): StorageTrouble | undefined {
    return this.#trouble;
  }

  /** Calls back when an outage begins, changes its reason or ends; returns what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Does what `who` has to have saved, and remembers how that went. @throws what it throws. */
  async watch<T>(who: string, work: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#fail(who, 'busy', `no answer for ${this.#slowMs / 1000} s`), this.#slowMs);
    timer.unref();
    try {
      const result = await work();
      this.forget(who);
      return result;
    } catch (error) {
      this.#fail(who, storageTroubleOf(error), causeOf(error));
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** `who` has nothing to be saved any more. */
  forget(who: string): void {
    if (this.#failing.delete(who)) this.#tell();
  }

  #fail(who: string, code: StorageTroubleCode, cause: string): void {
    this.#failing.delete(who); // and back in as the newest
    this.#failing.set(who, code);
    this.#tell(`${who}: ${cause}`);
  }

  #tell(cause = ''): void {
    const before = this.#trouble;
    const code = [...this.#failing.values()].at(-1);
    if (code === before?.code) return;
    this.#trouble = code && { code, since: before?.since ?? Date.now() };
    if (this.#trouble && !before) this.#log(`store: ${storageReason(this.#trouble)} (${cause}) It is tried again.`);
    if (!this.#trouble && before) {
      this.#log(`store: saved again, after ${((Date.now() - before.since) / 1000).toFixed(1)} s`);
    }
    for (const listener of this.#listeners) listener();
  }
}

/** For the log: what the database said, not what people are told. */
function causeOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? cause.message : String(error);
}
