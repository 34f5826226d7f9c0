import { createContext } from 'react';

/** Formulas of one text that are drawn at once; more are shown as their source until there is room. */
export const maxDrawn = 300;

type Tell = (granted: boolean) => void;

/** The places for drawn formulas in one text. A formula far from the screen has given its place back. */
export class FormulaSlots {
  readonly #held = new Set<Tell>();
  readonly #waiting = new Set<Tell>();
  #most = maxDrawn;

  /** Takes a place, or waits for one; `tell` hears which, and when the waiting is over. Returns what gives the place back. */
  claim(tell: Tell): () => void {
    if (this.#held.size < this.#most) this.#held.add(tell);
    else {
      this.#waiting.add(tell);
      tell(false);
    }
    return () => this.#release(tell);
  }

  /** Room for all (to print, or to show a whole text), or as much as usual for those that come. */
  setRoomForAll(all: boolean): void {
    this.#most = all ? Number.POSITIVE_INFINITY : maxDrawn;
    if (!all) return;
    for (const tell of [...this.#waiting]) {
      this.#waiting.delete(tell);
      this.#held.add(tell);
      tell(true);
    }
  }

  has(tell: Tell): boolean {
    return this.#held.has(tell);
  }

  #release(tell: Tell): void {
    this.#waiting.delete(tell);
    if (!this.#held.delete(tell)) return;
    const [next] = this.#waiting;
    if (!next) return;
    this.#waiting.delete(next);
    this.#held.add(next);
    next(true);
  }
}

/** The slots of the text a formula stands in. */
export const SlotsOfText = createContext(new FormulaSlots());
