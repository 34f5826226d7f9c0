import { findPattern, type Hit, TextFinder } from '../../lib/reasoning/find-text.ts';
import { findRanges } from '../markdown/find-ranges.ts';
import type { FoundWords } from '../client/found-place.ts';
import { HitMarks, rangeOfHit } from './thinking/hit-marks.ts';
import { rememberChoice } from './thinking/pane-choice.ts';
import { shownText } from './shown-texts.ts';
import type { FindView } from './thinking/thinking-find.ts';

/** A question, thought or answer of the shown branches. */
export interface FoundText {
  messageId: string;
  threadId: string;
  kind: 'question' | 'reasoning' | 'answer';
  text: string;
}

interface Searched extends FoundText {
  finder: TextFinder;
  hits: readonly Hit[];
}

/** While something changes on the screen, hits are marked again this often, and growing texts searched, in ms. */
const markPace = 200;
/** A folded thought is drawn within this time, in ms. */
const openingMs = 4000;
/** After a jump, what is drawn above and below changes its height for about this long, in ms. */
const settlingMs = 900;

/** The search for words in all messages of a conversation's shown branches, folded thinking included. */
export class ConversationFind {
  readonly #textsOf: () => readonly FoundText[];
  readonly #onThread: (threadId: string) => void;
  readonly #listeners = new Set<() => void>();
  readonly #marks = new HitMarks();
  #query = '';
  #searched: Searched[] = [];
  #view: FindView = { count: 0, current: 0 };
  #asked = 0;
  #going: AbortController | undefined;

  /** @param options.onThread makes a thread's column the one in view. */
  constructor(options: { textsOf: () => readonly FoundText[]; onThread: (threadId: string) => void }) {
    this.#textsOf = options.textsOf;
    this.#onThread = options.onThread;
  }

  readonly getView = (): FindView => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Keeps count and marks while texts grow and other parts of them are drawn, within `element`. Returns what ends it. */
  start(element: Element): () => void {
    const changes = new MutationObserver(() => this.#markSoon());
    changes.observe(element, { childList: true, subtree: true, characterData: true });
    return () => {
      changes.disconnect();
      clearTimeout(this.#asked);
      this.#asked = 0;
      this.#going?.abort();
      this.#marks.clear();
    };
  }

  /** Looks for something else, from the first message that is in view on, or at a place that is already known. */
  look(query: string, at?: FoundWords['hit']): void {
    if (query.trim() === this.#query.trim() && !at) return;
    this.#query = query;
    this.#searched = [];
    this.#search();
    const index = at ? this.#nearest(at) : this.#firstInView();
    if (this.#view.count > 0) this.#goTo(Math.max(0, index));
    else this.#show({ count: 0, current: 0 });
    this.#mark();
  }

  /** To the next hit, or the one before; after the last comes the first. */
  step(by: 1 | -1): void {
    const { count, current } = this.#view;
    if (count > 0) this.#goTo((current + by + count) % count);
  }

  #search(): void {
    const known = new Map(this.#searched.map((one) => [`${one.messageId} ${one.kind}`, one]));
    this.#searched = this.#textsOf().map((text) => {
      const finder = known.get(`${text.messageId} ${text.kind}`)?.finder ?? new TextFinder(this.#query);
      return { ...text, finder, hits: finder.grow(text.text) };
    });
    const count = this.#searched.reduce((sum, { hits }) => sum + hits.length, 0);
    if (count !== this.#view.count)
      this.#show({ count, current: Math.min(this.#view.current, Math.max(0, count - 1)) });
  }

  /** The hit that a place names, or the nearest in its text; -1 when there is none. */
  #nearest({ messageId, kind, at }: NonNullable<FoundWords['hit']>): number {
    let before = 0;
    for (const one of this.#searched) {
      if (one.messageId === messageId && one.kind === kind && one.hits.length > 0) {
        const far = (hit: Hit) => Math.abs(hit.at - at);
        const best = one.hits.reduce((a, b) => (far(b) < far(a) ? b : a));
        return before + one.hits.indexOf(best);
      }
      before += one.hits.length;
    }
    return -1;
  }

  /** The first hit of the first message that reaches into view. */
  #firstInView(): number {
    let before = 0;
    for (const one of this.#searched) {
      const bottom = elementOf(one)?.getBoundingClientRect().bottom ?? Number.NEGATIVE_INFINITY;
      if (one.hits.length > 0 && bottom > barBottom()) return before;
      before += one.hits.length;
    }
    return 0;
  }

  #goTo(current: number): void {
    this.#show({ count: this.#view.count, current });
    const place = this.#placeOf(current);
    if (!place) return;
    const { one, index } = place;
    this.#onThread(one.threadId);
    if (one.kind === 'reasoning') rememberChoice(one.messageId, true);
    void this.#bringIntoView(one, index);
  }

  #placeOf(current: number): { one: Searched; index: number } | undefined {
    let index = current;
    for (const one of this.#searched) {
      if (index < one.hits.length) return { one, index };
      index -= one.hits.length;
    }
    return undefined;
  }

  /** Scrolls to a hit as soon as it is drawn, and keeps it there until all is drawn or the reader takes over. */
  async #bringIntoView(one: Searched, index: number): Promise<void> {
    this.#going?.abort();
    const going = new AbortController();
    this.#going = going;
    for (const type of ['wheel', 'touchstart', 'pointerdown']) {
      window.addEventListener(type, () => going.abort(), { signal: going.signal, capture: true, passive: true });
    }
    const at = one.hits[index]?.at ?? 0;
    const began = performance.now();
    let shownAt: number | undefined;
    while (!going.signal.aborted) {
      const now = performance.now();
      if (now - began > openingMs || (shownAt !== undefined && now - shownAt > settlingMs)) break;
      if (one.kind !== 'question') {
        const places = shownText(one.messageId, one.kind);
        if (places?.element?.isConnected) places.draw(at);
      }
      const range = this.#rangeOf(one, index);
      if (range) {
        if (shownAt === undefined) {
          shownAt = now;
          this.#mark();
        }
        scrollTo(range);
      }
      await new Promise(requestAnimationFrame);
    }
    going.abort();
    this.#mark();
  }

  #rangeOf(one: Searched, index: number): Range | undefined {
    const pattern = findPattern(this.#query)?.pattern;
    if (!pattern) return undefined;
    if (one.kind === 'question') {
      const element = elementOf(one);
      return element && findRanges(element, pattern)[index];
    }
    const places = shownText(one.messageId, one.kind);
    return places && rangeOfHit(places, { hits: one.hits, index, pattern });
  }

  #show(view: FindView): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }

  #markSoon(): void {
    if (this.#asked) return;
    this.#asked = window.setTimeout(() => {
      this.#asked = 0;
      this.#search();
      this.#mark();
    }, markPace);
  }

  #mark(): void {
    this.#marks.clear();
    const pattern = findPattern(this.#query)?.pattern;
    if (!pattern) return;
    for (const one of this.#searched) {
      if (one.hits.length === 0) continue;
      for (const element of drawnElements(one)) {
        for (const range of findRanges(element, pattern)) this.#marks.add(range);
      }
    }
    const place = this.#placeOf(this.#view.current);
    const current = place && this.#rangeOf(place.one, place.index);
    if (current) this.#marks.add(current, { current: true });
  }
}

/** The element of a text, if it is on the page. */
function elementOf({ kind, messageId }: FoundText): Element | undefined {
  if (kind !== 'question') return shownText(messageId, kind)?.element;
  // Only its words: the names of its files and the number of its version are beside them.
  return document.querySelector(`.question-text[data-message="${CSS.escape(messageId)}"]`) ?? undefined;
}

function drawnElements(one: FoundText): Element[] {
  if (one.kind !== 'question') {
    return (
      shownText(one.messageId, one.kind)
        ?.drawnBlocks()
        .map(({ element }) => element) ?? []
    );
  }
  const element = elementOf(one);
  return element ? [element] : [];
}

/** Scrolls every box around a range so far that it is well in view; boxes in which it is stay as they are. */
function scrollTo(range: Range): void {
  const start = range.startContainer;
  for (let box = start instanceof Element ? start : start.parentElement; box; box = box.parentElement) {
    if (box.scrollHeight <= box.clientHeight + 1 || !/auto|scroll/.test(getComputedStyle(box).overflowY)) continue;
    const hit = range.getBoundingClientRect();
    const own = box.getBoundingClientRect();
    const top = Math.max(own.top, barBottom());
    const bottom = Math.min(own.bottom, window.innerHeight);
    if (hit.top >= top + 4 && hit.bottom <= bottom - 24) continue;
    box.scrollTop += hit.top - (top + (bottom - top) * 0.3);
  }
}

/** The bar stands over the top of the conversation, down to here. */
function barBottom(): number {
  return document.querySelector('.find-over')?.getBoundingClientRect().bottom ?? 0;
}
