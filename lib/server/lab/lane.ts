/** How a call ended, as far as a provider's limits are concerned. */
export interface LaneEnd {
  /** The provider said that these were too many requests, be it before it answered after all. */
  limited: boolean;
  /** Ms it asked to be left alone. */
  waitMs?: number | undefined;
  /** When the call began (ms, the lane's clock): one that was on its way when the lane was halved halves it no more. */
  began: number;
}

const firstMost = 4;
/** More calls at once must end so many times as many in a second, where more would only wait there. */
const worthwhile = 1.1;
/** Not told how long, and asked to slow down: so long nothing new begins; twice as long each time in a row. */
const usualWaitMs = { first: 1_000, longest: 60_000 };

/**
 * How many calls may be under way at one provider: begins at 4, doubles when as many calls ended well as may be under way
 * (on one's own machine only while that ends more of them in a second), halves when the provider says that there were too many, and waits as long as it asks. After Inspect's adaptive connections.
 */
export class Lane {
  readonly #ceiling: number;
  readonly #mustPay: boolean;
  #most: number;
  #active = 0;
  #well = 0;
  #until = 0;
  #limitedInRow = 0;
  #windowBegan: number | undefined;
  /** Ended in a ms, before it was doubled last. */
  #rateBefore = 0;
  #isSettled = false;
  #halvedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param options.ceiling calls that are never exceeded, however well it goes
   * @param options.mustPay it grows only while more calls at once end faster: a server that takes one after another says
   *   nothing of those that wait, and a chat would wait behind them
   */
  constructor({ ceiling, mustPay = false }: { ceiling: number; mustPay?: boolean }) {
    this.#ceiling = ceiling;
    this.#mustPay = mustPay;
    this.#most = Math.min(firstMost, ceiling);
  }

  get active(): number {
    return this.#active;
  }

  /** Calls that may be under way at once. */
  get most(): number {
    return this.#most;
  }

  /** Until when nothing begins, in ms of the lane's clock; a moment of the past when nothing is waited for. */
  get until(): number {
    return this.#until;
  }

  /** Takes a place, if there is one now. */
  take(now: number): boolean {
    if (now < this.#until || this.#active >= this.#most) return false;
    this.#active++;
    this.#windowBegan ??= now;
    return true;
  }

  /** Gives a place back that was not used. */
  giveBack(): void {
    this.#active--;
  }

  /** A call is over. */
  end({ limited, waitMs, began }: LaneEnd, now: number): void {
    this.#active--;
    if (!limited) {
      this.#limitedInRow = 0;
      this.#well++;
      if (this.#well < this.#most) return;
      this.#grow(now);
      return;
    }
    this.#well = 0;
    if (waitMs !== undefined) this.#until = Math.max(this.#until, now + waitMs);
    if (began < this.#halvedAt) return;
    if (waitMs === undefined) {
      const { first, longest } = usualWaitMs;
      this.#until = Math.max(this.#until, now + Math.min(longest, first * 2 ** this.#limitedInRow));
    }
    this.#limitedInRow++;
    this.#most = Math.max(1, Math.floor(this.#most / 2));
    this.#halvedAt = now;
  }

  #grow(now: number): void {
    const rate = this.#well / Math.max(1, now - (this.#windowBegan ?? now));
    this.#well = 0;
    this.#windowBegan = now;
    if (!this.#mustPay) this.#most = Math.min(this.#most * 2, this.#ceiling);
    else if (this.#isSettled) return;
    else if (rate > this.#rateBefore * worthwhile) {
      this.#rateBefore = rate;
      this.#isSettled = this.#most === this.#ceiling;
      this.#most = Math.min(this.#most * 2, this.#ceiling);
    } else {
      this.#isSettled = true;
      this.#most = Math.max(firstMost, Math.floor(this.#most / 2));
    }
  }
}
