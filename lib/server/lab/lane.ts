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
/** Not told how long, and asked to slow down: so long nothing new begins; twice as long each time in a row. */
const usualWaitMs = { first: 1_000, longest: 60_000 };

/**
 * How many calls may be under way at one provider: begins at 4, doubles when as many calls ended well as may be under way,
 * halves when the provider says that there were too many, and waits as long as it asks. After Inspect's adaptive connections.
 */
export class Lane {
  readonly #ceiling: number;
  #most: number;
  #active = 0;
  #well = 0;
  #until = 0;
  #limitedInRow = 0;
  #halvedAt = Number.NEGATIVE_INFINITY;

  /** @param options.ceiling calls that are never exceeded, however well it goes. */
  constructor({ ceiling }: { ceiling: number }) {
    this.#ceiling = ceiling;
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
      this.#well = 0;
      this.#most = Math.min(this.#most * 2, this.#ceiling);
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
}
