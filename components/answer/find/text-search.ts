import { findPattern } from '../../../lib/reasoning/find-text.ts';
import { Observable } from '../../ui/observable.ts';
import { HitMarks } from './hit-marks.ts';

/** What a search says of itself. */
export interface FindView {
  count: number;
  /** Which hit the reader is at, from 0. */
  current: number;
}

/**
 * What the searches of one thought and of a whole conversation share: one query after another, how many hits it has and
 * which of them the reader is at, and marks on what is drawn, which are made again while that changes.
 */
export abstract class TextSearch {
  readonly #view = new Observable<FindView>({ count: 0, current: 0 });
  readonly #marks = new HitMarks();
  readonly #markPace: number;
  #query = '';
  #asked = 0;

  /** @param markPace while something changes on the screen, hits are marked again this often, in ms. */
  constructor(markPace: number) {
    this.#markPace = markPace;
  }

  readonly getView = this.#view.get;
  readonly subscribe = this.#view.subscribe;

  /** Counts the hits of a query in all of the text. */
  protected abstract search(): void;
  /** Leads to a hit and shows that the reader is at it. */
  protected abstract goTo(index: number): void;
  /** The elements on the screen in which hits are to be marked. */
  protected abstract drawn(): Iterable<Element>;
  /** Where a hit stands on the screen, if its part is drawn. */
  protected abstract rangeOf(index: number): Range | undefined;

  protected get query(): string {
    return this.#query;
  }

  /** What finds the query in drawn text; undefined while there is none. */
  protected get pattern(): RegExp | undefined {
    return findPattern(this.#query)?.pattern;
  }

  /** Takes another query; false if it is the same one. */
  protected ask(query: string): boolean {
    const isOther = query.trim() !== this.#query.trim();
    if (isOther) this.#query = query;
    return isOther;
  }

  /** To the next hit, or the one before; after the last comes the first. */
  step(by: 1 | -1): void {
    const { count, current } = this.getView();
    if (count > 0) this.goTo((current + by + count) % count);
  }

  protected show(view: FindView): void {
    this.#view.set(view);
  }

  /** Marks what is drawn within `element` again whenever that changes. Returns what ends it, and takes the marks away. */
  protected follow(element: Element | undefined, what: MutationObserverInit = {}): () => void {
    const changes = new MutationObserver(() => this.markSoon());
    if (element) changes.observe(element, { childList: true, subtree: true, ...what });
    return () => {
      changes.disconnect();
      clearTimeout(this.#asked);
      this.#asked = 0;
      this.#marks.clear();
    };
  }

  protected markSoon(): void {
    if (this.#asked) return;
    this.#asked = window.setTimeout(() => {
      this.#asked = 0;
      this.search();
      this.mark();
    }, this.#markPace);
  }

  protected mark(): void {
    const { pattern } = this;
    this.#marks.clear();
    if (!pattern) return;
    for (const element of this.drawn()) this.#marks.addAll(element, pattern);
    const current = this.rangeOf(this.getView().current);
    if (current) this.#marks.add(current, { current: true });
  }
}
