import { findPattern, type Hit, TextFinder } from '../../lib/reasoning/find-text.ts';
import { findRanges } from '../markdown/find-ranges.ts';
import type { DrawnBlock } from '../markdown/text-places.ts';
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
  #ranges: Range[] = [];
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
      this.#unmark();
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
    this.#unmark();
    const pattern = findPattern(this.#query)?.pattern;
    if (!pattern || !canHighlight()) return;
    for (const { element } of this.#guide.places.drawnBlocks()) {
      for (const range of findRanges(element, pattern)) this.#add(hitName, range);
    }
    const current = this.#rangeOf(this.#view.current);
    if (current) this.#add(currentName, current);
  }

  #add(name: string, range: Range): void {
    highlightOf(name).add(range);
    this.#ranges.push(range);
  }

  #unmark(): void {
    if (!canHighlight()) return;
    for (const range of this.#ranges) {
      highlightOf(hitName).delete(range);
      highlightOf(currentName).delete(range);
    }
    this.#ranges = [];
  }

  /** Where a hit stands on the screen, if its part is drawn. */
  #rangeOf(index: number): Range | undefined {
    const hit = this.#hits[index];
    const pattern = findPattern(this.#query)?.pattern;
    if (!hit || !pattern) return undefined;
    const drawn = this.#guide.places.drawnAt(hit.at);
    if (!drawn) return undefined;
    const ranges = findRanges(drawn.element, pattern);
    const [place, count] = this.#placeInBlock(index, drawn);
    // What is drawn is not what was written where there are formulas: then the nearest stands for it, or all of it.
    const nearest = count === ranges.length ? place : Math.round((place * ranges.length) / Math.max(1, count));
    return ranges[Math.min(nearest, ranges.length - 1)] ?? wholeOf(drawn.element);
  }

  /** Which of its block's hits this one is, and how many those are. */
  #placeInBlock(index: number, { block }: DrawnBlock): [place: number, count: number] {
    const end = block.start + block.text.length;
    let first = index;
    while ((this.#hits[first - 1]?.at ?? -1) >= block.start) first -= 1;
    let last = index;
    while ((this.#hits[last + 1]?.at ?? end) < end) last += 1;
    return [index - first, last - first + 1];
  }
}

const hitName = 'thinking-hit';
const currentName = 'thinking-hit-current';

function canHighlight(): boolean {
  return typeof CSS !== 'undefined' && 'highlights' in CSS;
}

/** All panes share two highlights: the style sheet knows them by name. */
function highlightOf(name: string): Highlight {
  const known = CSS.highlights.get(name);
  if (known) return known;
  const made = new Highlight();
  made.priority = name === currentName ? 1 : 0;
  CSS.highlights.set(name, made);
  return made;
}

function wholeOf(element: Element): Range {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range;
}
