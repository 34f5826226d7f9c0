import type { Store } from './store/store.ts';

/** Between the end of an answer and its way into the search index, in ms: several that end together go in together. */
const pauseMs = 1000;

/** Keeps the search index up with what is stored, in the background; a search of what is not in it yet does a little of it itself. */
export class SearchIndexer {
  readonly #search: Pick<Store['search'], 'index'>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #indexing: Promise<void> | undefined;
  #closed = false;

  constructor(search: Pick<Store['search'], 'index'>) {
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

  /** Waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#indexing;
  }

  async #index(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#search.index();
    } catch (error) {
      console.error('search: the index is behind; the next search tries again;', String(error));
    }
  }
}
