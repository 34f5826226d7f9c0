/** Something that was just done and can be taken back. */
export interface UndoOffer {
  words: string;
  undo: () => Promise<void>;
}

/** The one offer the page makes at a time: a newer one takes its place. */
class Undo {
  #offer: UndoOffer | undefined;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getOffer = (): UndoOffer | undefined => this.#offer;

  offer(offer: UndoOffer | undefined): void {
    this.#offer = offer;
    for (const listener of this.#listeners) listener();
  }
}

export const undo = new Undo();
