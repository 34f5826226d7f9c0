import { type Hit, TextFinder } from '../../../lib/reasoning/find-text.ts';
import type { FoundWords } from '../../client/found-place.ts';
import { findRanges } from '../../markdown/find-ranges.ts';
import { readFrom } from '../../ui/use-follow-end.ts';
import { shownText } from '../shown-texts.ts';
import { rememberChoice } from '../thinking/pane-choice.ts';
import { drawTurnOf, turnElementOf } from '../turn-places.ts';
import { rangeOfHit } from './hit-marks.ts';
import { scrolls, settlingMs, untilReaderMoves } from './reader-moves.ts';
import { TextSearch } from './text-search.ts';

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

const markPace = 200;
/** A folded thought is drawn within this time, in ms. */
const openingMs = 4000;

/** The search for words in all messages of a conversation's shown branches, folded thinking included. */
export class ConversationFind extends TextSearch {
  readonly #textsOf: () => readonly FoundText[];
  readonly #onThread: (threadId: string) => void;
  #searched: Searched[] = [];
  #going: AbortController | undefined;

  /** @param options.onThread makes a thread's column the one in view. */
  constructor(options: { textsOf: () => readonly FoundText[]; onThread: (threadId: string) => void }) {
    super(markPace);
    this.#textsOf = options.textsOf;
    this.#onThread = options.onThread;
  }

  /** Keeps count and marks while texts grow and other parts of them are drawn, within `element`. Returns what ends it. */
  start(element: Element): () => void {
    const unfollow = this.follow(element, { characterData: true });
    return () => {
      unfollow();
      this.#going?.abort();
    };
  }

  /** Looks for something else, from the first message that is in view on, or at a place that is already known. */
  look(query: string, at?: FoundWords['hit']): void {
    if (!this.ask(query) && !at) return;
    this.#searched = [];
    this.search();
    const index = at ? this.#nearest(at) : this.#firstInView();
    if (this.getView().count > 0) this.goTo(Math.max(0, index));
    else this.show({ count: 0, current: 0 });
    this.mark();
  }

  protected override search(): void {
    const known = new Map(this.#searched.map((one) => [`${one.messageId} ${one.kind}`, one]));
    this.#searched = this.#textsOf().map((text) => {
      const finder = known.get(`${text.messageId} ${text.kind}`)?.finder ?? new TextFinder(this.query);
      return { ...text, finder, hits: finder.grow(text.text) };
    });
    const count = this.#searched.reduce((sum, { hits }) => sum + hits.length, 0);
    const view = this.getView();
    if (count !== view.count) this.show({ count, current: Math.min(view.current, Math.max(0, count - 1)) });
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
      const bottom =
        (elementOf(one) ?? turnElementOf(one.messageId))?.getBoundingClientRect().bottom ?? Number.NEGATIVE_INFINITY;
      if (one.hits.length > 0 && bottom > barBottom()) return before;
      before += one.hits.length;
    }
    return 0;
  }

  protected override goTo(current: number): void {
    this.show({ count: this.getView().count, current });
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
    const going = untilReaderMoves({ keys: false }); // Enter goes on to the next hit
    this.#going = going;
    const at = one.hits[index]?.at ?? 0;
    const began = performance.now();
    let shownAt: number | undefined;
    while (!going.signal.aborted) {
      const now = performance.now();
      if (now - began > openingMs || (shownAt !== undefined && now - shownAt > settlingMs)) break;
      const turn = drawTurnOf(one.messageId);
      drawPlace(one, at);
      if (turn && !elementOf(one)) turn.scrollIntoView({ block: 'nearest' }); // what is far away is soon taken out again
      const range = this.#rangeIn(one, index);
      if (range) {
        if (shownAt === undefined) {
          shownAt = now;
          this.mark();
        }
        readFrom(startOf(range));
        scrollTo(range);
      }
      await new Promise(requestAnimationFrame);
    }
    going.abort();
    this.mark();
  }

  protected override rangeOf(index: number): Range | undefined {
    const place = this.#placeOf(index);
    return place && this.#rangeIn(place.one, place.index);
  }

  #rangeIn(one: Searched, index: number): Range | undefined {
    const { pattern } = this;
    if (!pattern) return undefined;
    if (one.kind === 'question') {
      const element = elementOf(one);
      return element && findRanges(element, pattern)[index];
    }
    const places = shownText(one.messageId, one.kind);
    return places && rangeOfHit(places, { hits: one.hits, index, pattern });
  }

  protected override drawn(): Element[] {
    return this.#searched.filter(({ hits }) => hits.length > 0).flatMap(drawnElements);
  }
}

/** Has the part of a text that holds a place drawn. */
function drawPlace({ messageId, kind }: FoundText, at: number): void {
  if (kind === 'question') return; // it is drawn whole
  const places = shownText(messageId, kind);
  if (places?.element?.isConnected) places.draw(at);
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

function startOf({ startContainer }: Range): Element {
  // text is always in an element
  return startContainer instanceof Element ? startContainer : (startContainer.parentElement as Element);
}

/** Scrolls every box around a range so far that it is well in view; boxes in which it is stay as they are. */
function scrollTo(range: Range): void {
  for (let box: Element | null = startOf(range); box; box = box.parentElement) {
    if (!scrolls(box)) continue;
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
