import type { LabLane } from '../../lab/run.ts';
import { Lane, type LaneEnd } from './lane.ts';

/** Calls of the lab at one provider, however well it goes. */
const ceiling = 64;

/** The lanes of all providers of this process. Chats come first: while one is answered, its provider is left to it. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #isChatting: (providerId: string) => boolean;
  readonly #isOwnMachine: (providerId: string) => boolean;
  readonly #onFree: () => void;

  /**
   * @param options.isChatting whether a person waits for an answer of this provider
   * @param options.onFree told when a place may have become free
   */
  constructor(options: {
    isChatting: (providerId: string) => boolean;
    isOwnMachine: (providerId: string) => boolean;
    onFree: () => void;
  }) {
    this.#isChatting = options.isChatting;
    this.#isOwnMachine = options.isOwnMachine;
    this.#onFree = options.onFree;
  }

  take(providerId: string, now: number): boolean {
    return !this.#isChatting(providerId) && this.#lane(providerId).take(now);
  }

  end(providerId: string, end: LaneEnd, now: number): void {
    this.#lane(providerId).end(end, now);
  }

  giveBack(providerId: string): void {
    this.#lane(providerId).giveBack();
  }

  /** Other runs may take the place. */
  freed(): void {
    this.#onFree();
  }

  /** Until when a provider is left alone, on the clock of `take`. */
  until(providerId: string): number {
    return this.#lane(providerId).until;
  }

  /** As they are now; four may be where nothing was asked yet. */
  look(providerId: string): { active: number; most: number } {
    const { active, most } = this.#lane(providerId);
    return { active, most };
  }

  /** Why nothing more is asked of a provider now, however many places are free. */
  waitAt(providerId: string): LabLane['waits'] {
    if (this.#isChatting(providerId)) return { for: 'chat' };
    const restMs = this.until(providerId) - performance.now();
    return restMs > 0 ? { for: 'provider', until: Math.round(Date.now() + restMs) } : undefined;
  }

  #lane(providerId: string): Lane {
    const known = this.#lanes.get(providerId);
    if (known) return known;
    const lane = new Lane({ ceiling, mustPay: this.#isOwnMachine(providerId) });
    this.#lanes.set(providerId, lane);
    return lane;
  }
}
