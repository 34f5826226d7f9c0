import type { TextPlaces } from '../../markdown/text-places.ts';
import { scrolls, settle } from '../find/reader-moves.ts';

/** A jump leads to this part of the height in view. */
const jumpTo = 0.2;

/** Of a pane that is led to a place, so many px are to be in view. */
const leastInView = 120;

export interface PaneElements {
  /** The box the thinking is in; it scrolls, or at full height what is around it does. */
  box: HTMLElement;
  content: HTMLElement;
  places: TextPlaces;
}

/** The part of a thinking pane in which its text can be seen, and what moves the text in it. */
export class PaneWindow {
  readonly #pane: PaneElements;
  #settling: AbortController | undefined;

  constructor(pane: PaneElements) {
    this.#pane = pane;
  }

  /** The heights between which the text can be seen. */
  edges(): { top: number; bottom: number } {
    const { box } = this.#pane;
    const own = box.getBoundingClientRect();
    const around = this.#scroller().getBoundingClientRect();
    // The search above and the bar below may stand over the text, where it is at full height.
    const body = box.closest('.think-body');
    const bar = body?.querySelector('[data-find]')?.getBoundingClientRect().bottom ?? 0;
    const foot = body?.querySelector('.think-foot')?.getBoundingClientRect().top ?? window.innerHeight;
    const top = Math.max(own.top, around.top, bar, 0);
    return { top, bottom: Math.max(top + 1, Math.min(own.bottom, around.bottom, foot, window.innerHeight)) };
  }

  /**
   * Brings an offset into view; what `rectOf` finds there is brought into view exactly. `stay`: not if it is in view.
   * @returns aborted when it is there and all is drawn, or somebody has gone elsewhere.
   */
  bring(offset: number, options: { rectOf?: (() => DOMRect | undefined) | undefined; stay: boolean }): AbortSignal {
    const { places } = this.#pane;
    places.draw(offset);
    const topNow = () => options.rectOf?.()?.top ?? places.topOf(offset);
    const { top, bottom } = this.edges();
    const before = topNow();
    const inView = options.stay && before !== undefined && before > top + 8 && before < bottom - 48;
    // Told from the edges as they are each time: what is around the pane moves too while it is drawn.
    const below = () => {
      if (inView) return before - top;
      const now = this.edges();
      return (now.bottom - now.top) * jumpTo;
    };
    return this.#keep(() => {
      this.#come();
      const now = topNow();
      if (now === undefined) return;
      const missing = now - this.edges().top - below();
      if (Math.abs(missing) >= 2) this.#scroller().scrollTop += missing;
    });
  }

  /** Scrolls so that an offset is at the top of what is in view. */
  bringToTop(offset: number): void {
    const { places } = this.#pane;
    places.draw(offset);
    this.#keep(() => {
      const now = places.topOf(offset);
      if (now !== undefined) this.#scroller().scrollTop += now - this.edges().top;
    });
  }

  /** Leaves the text where it is. */
  rest(): void {
    this.#settling?.abort();
  }

  /** A pane that was just opened may stand below what is in view. */
  #come(): void {
    const { top, bottom } = this.edges();
    if (bottom - top < leastInView) this.#pane.box.scrollIntoView({ block: 'nearest' });
  }

  /** Scrolls, and again whenever something is drawn, until it is all there or the reader takes over. */
  #keep(scroll: () => void): AbortSignal {
    this.rest();
    this.#settling = settle(this.#pane.content, scroll);
    return this.#settling.signal;
  }

  /** What scrolls the text: its box, or what is around it when the box shows it all. */
  #scroller(): Element {
    const { box } = this.#pane;
    if (box.scrollHeight > box.clientHeight + 1) return box;
    for (let parent = box.parentElement; parent; parent = parent.parentElement) {
      if (scrolls(parent)) return parent;
    }
    return box;
  }
}
