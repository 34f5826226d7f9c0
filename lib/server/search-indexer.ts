import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from './store/store.ts';

/** Between the end of an answer and its way into the search index, in ms: several that end together go in together. */
const pauseMs = 1000;

/** Keeps the search index up with what is stored, in the background; a search of what is not in it yet does a little of it itself. */
export class SearchIndexer {
  readonly #search: Pick<Store['search'], 'indexSome'>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #indexing: Promise<void> | undefined;
  #closed = false;

  constructor(search: Pick<Store['search'], 'indexSome'>) {
    this.#search = search;
  }

  /** Something was stored. */
  poke(): void {
    if (this.#closed || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#indexing = (this.#indexing ?? Promise.resolve()).then(() => this.#index());
    }, pauseMs);
    this.#timer.unref();
  }

  /** Waits for the turn that is under way; what is left is done when it opens again. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#indexing;
  }

  async #index(): Promise<void> {
    try {
      while (!this.#closed) {
        const began = performance.now();
        if (!(await this.#search.indexSome())) return;
        // An import is a minute of turns: those who ask and answer meanwhile get as much of the thread.
        await delay(performance.now() - began);
      }
    } catch (error) {
      console.error('search: the index is behind; the next search tries again;', String(error));
    }
  }
}
