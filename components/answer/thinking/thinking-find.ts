import { findPattern, type Hit, TextFinder } from '../../../lib/reasoning/find-text.ts';
import { findRanges } from '../../markdown/find-ranges.ts';
import { HitMarks, rangeOfHit } from './hit-marks.ts';
import type { Guide } from './thinking-guide.ts';

export interface FindView {
  count: number;
  /** Which hit the reader is at, from 0. */
  current: number;
}

/** While something changes on the screen, hits are marked again this often, in ms. */
const markPace = 150;

/**
 * The search for one query after another in a thought. Hits are counted in the text, and marked where it is drawn with
 * the browser's own highlights, which touch no element.
 */
export class FindSession {
  readonly #guide: Guide;
  readonly #listeners = new Set<() => void>();
  #query = '';
  #finder = new TextFinder('');
  #hits: readonly Hit[] = [];
  #view: FindView = { count: 0, current: 0 };
  readonly #marks = new HitMarks();
  #asked = 0;

  constructor(guide: Guide) {
    this.#guide = guide;
  }

  readonly getView = (): FindView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Keeps count and marks while the text grows and other parts of it are drawn. Returns what ends it. */
  start(): () => void {
    const ends = this.#guide.subscribe(() => {
      this.#search();
      this.#markSoon();
    });
    const element = this.#guide.places.element;
    const changes = new MutationObserver(() => this.#markSoon());
    if (element) changes.observe(element, { childList: true, subtree: true });
    return () => {
      ends();
      changes.disconnect();
      clearTimeout(this.#asked);
      this.#asked = 0;
      this.#marks.clear();
    };
  }

  /** Looks for something else, from where the reader is. */
  look(query: string): void {
    if (query.trim() === this.#query.trim()) return;
    this.#query = query;
    this.#finder = new TextFinder(query);
    this.#hits = [];
    this.#search();
    const { from } = this.#guide.getView();
    const next = this.#hits.findIndex((hit) => hit.at >= from);
    this.#goTo(Math.max(0, next));
  }

  /** To the next hit, or the one before; after the last comes the first. */
  step(by: 1 | -1): void {
    const { count, current } = this.#view;
    if (count > 0) this.#goTo((current + by + count) % count);
  }

  #search(): void {
    this.#hits = this.#finder.grow(this.#guide.textOf());
    if (this.#hits.length !== this.#view.count) this.#show({ ...this.#view, count: this.#hits.length });
  }

  #goTo(current: number): void {
    this.#show({ count: this.#hits.length, current });
    const hit = this.#hits[current];
    if (hit) {
      this.#guide.go(hit.at, { rectOf: () => this.#rangeOf(current)?.getBoundingClientRect(), stay: true });
    }
    this.#mark();
  }

  #show(view: FindView): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }

  #markSoon(): void {
    if (this.#asked) return;
    this.#asked = window.setTimeout(() => {
      this.#asked = 0;
      this.#mark();
    }, markPace);
  }

  #mark(): void {
    this.#marks.clear();
    const pattern = findPattern(this.#query)?.pattern;
    if (!pattern) return;
    for (const { element } of this.#guide.places.drawnBlocks()) {
      for (const range of findRanges(element, pattern)) this.#marks.add(range);
    }
    const current = this.#rangeOf(this.#view.current);
    if (current) this.#marks.add(current, { current: true });
  }

  /** Where a hit stands on the screen, if its part is drawn. */
  #rangeOf(index: number): Range | undefined {
    const pattern = findPattern(this.#query)?.pattern;
    return pattern && rangeOfHit(this.#guide.places, { hits: this.#hits, index, pattern });
  }
}
