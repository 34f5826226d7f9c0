import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Store } from './store/store.ts';

/** Counts that several processes share. */
export type SharedCounts = Pick<Store['rateCounts'], 'add'>;

// Next.js evaluates a route's modules more than once, and each has limits of its own.
const place = globalThis as { thinkglassRateCounts?: SharedCounts | undefined };

/** From now on limits count what all processes of a store do (undefined: what this one does). */
export function shareCounts(counts: SharedCounts | undefined): void {
  place.thinkglassRateCounts = counts;
}

/** How often something may be done, by one person and by all together: at this process, or at all that share a store. */
export class RateLimit {
  readonly #words: string;
  readonly #windowMs: number;
  readonly #each: number;
  readonly #all: number;
  readonly #now: () => number;
  #began = 0;
  #total = 0;
  #counts = new Map<string, number>();

  /** @param options `words` say what was done too often; `now` is in ms. */
  constructor(options: { words: string; windowMs: number; each: number; all: number; now?: () => number }) {
    this.#words = options.words;
    this.#windowMs = options.windowMs;
    this.#each = options.each;
    this.#all = options.all;
    this.#now = options.now ?? (() => performance.now());
  }

  /** @throws AppError `too_many_requests`, saying when to try again. */
  async take(who: string): Promise<void> {
    this.#takeHere(who);
    const shared = place.thinkglassRateCounts;
    if (!shared) return;
    const keys = [this.#keyOf(who), this.#keyOf('')]; // everybody's last: nobody waits for it and holds another one's
    const counted = await shared.add({ keys, windowMs: this.#windowMs }).catch(() => undefined);
    if (!counted) return; // a store that is away refuses by itself; here it is counted all the same
    const [own = 0, all = 0] = counted.counts;
    if (own > this.#each || all > this.#all) throw this.#refusal(counted.leftMs);
  }

  #takeHere(who: string): void {
    const now = this.#now();
    if (this.#counts.size === 0 || now - this.#began >= this.#windowMs) {
      this.#began = now;
      this.#total = 0;
      this.#counts = new Map();
    }
    const count = this.#counts.get(who) ?? 0;
    if (count >= this.#each || this.#total >= this.#all) throw this.#refusal(this.#began + this.#windowMs - now);
    this.#counts.set(who, count + 1);
    this.#total++;
  }

  #refusal(leftMs: number): AppError {
    const retryAfterSeconds = Math.max(1, Math.ceil(leftMs / 1000));
    return new AppError('too_many_requests', `${this.#words} Try again in ${retryAfterSeconds} s.`, {
      retryAfterSeconds,
    });
  }

  /** Which limit, and of whom; an address is nobody's business in a database. */
  #keyOf(who: string): string {
    return createHash('sha256').update(`${this.#words}\n${who}`).digest('base64url').slice(0, 22);
  }
}
