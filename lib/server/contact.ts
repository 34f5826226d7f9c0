/** A moment at which the database answered: by its clock (epoch ms) and by our monotonic one (ms). */
export interface Heard {
  database: number;
  here: number;
}

/**
 * For how long the database has been heard without a break. A pause of ours, of the database or of both, and a clock of
 * its that is set, all break it: during each, others may have been unable to renew, or seem so.
 */
export class Contact {
  readonly #brokenAfterMs: number;
  #first: Heard | undefined;
  #last: Heard | undefined;

  /** @param options.brokenAfterMs a longer time between two answers, by either clock, is a break. */
  constructor(options: { brokenAfterMs: number }) {
    this.#brokenAfterMs = options.brokenAfterMs;
  }

  /** The database's moment at the last answer. */
  get lastAt(): number | undefined {
    return this.#last?.database;
  }

  /** By the clock that has gone less far. */
  get unbrokenMs(): number {
    if (!this.#first || !this.#last) return 0;
    return Math.min(this.#last.database - this.#first.database, this.#last.here - this.#first.here);
  }

  hear(heard: Heard): void {
    if (!this.#last || !this.#follows(this.#last, heard)) this.#first = heard;
    this.#last = heard;
  }

  /** It did not answer. */
  lose(): void {
    this.#first = undefined;
    this.#last = undefined;
  }

  #follows(last: Heard, next: Heard): boolean {
    const gaps = [next.database - last.database, next.here - last.here];
    return gaps.every((gap) => gap >= 0 && gap <= this.#brokenAfterMs);
  }
}
