/** So far this machine's clock and its database's may be apart and count as the same, in ms. */
const toleratedMs = 500;

/**
 * What time it is by the database's clock, as it is reckoned here. Moments that other processes act on are told by it, since
 * each has a clock of its own, which may be wrong. Where the two agree it is this machine's.
 */
export class StoreClock {
  readonly #here: () => number;
  #ahead = 0;

  /** @param here this machine's clock, epoch ms. */
  constructor(here: () => number = Date.now) {
    this.#here = here;
  }

  /** Epoch ms. */
  readonly now = (): number => this.#here() + this.#ahead;

  /** @param database its moment, epoch ms, as it has just answered; @param tookMs how long that took. */
  hear(database: number, tookMs: number): void {
    const ahead = Math.round(database + tookMs / 2 - this.#here());
    const unsureMs = toleratedMs + tookMs / 2;
    if (Math.abs(ahead - this.#ahead) <= unsureMs) return;
    this.#ahead = Math.abs(ahead) <= unsureMs ? 0 : ahead;
  }
}
