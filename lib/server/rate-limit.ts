import { AppError } from '../errors.ts';

/** How often something may be done, by one person and by all together; counted in this process. */
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
  take(who: string): void {
    const now = this.#now();
    if (this.#counts.size === 0 || now - this.#began >= this.#windowMs) {
      this.#began = now;
      this.#total = 0;
      this.#counts = new Map();
    }
    const count = this.#counts.get(who) ?? 0;
    if (count >= this.#each || this.#total >= this.#all) {
      const retryAfterSeconds = Math.max(1, Math.ceil((this.#began + this.#windowMs - now) / 1000));
      throw new AppError('too_many_requests', `${this.#words} Try again in ${retryAfterSeconds} s.`, {
        retryAfterSeconds,
      });
    }
    this.#counts.set(who, count + 1);
    this.#total++;
  }
}
