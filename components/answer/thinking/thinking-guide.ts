import { type Mark, Outline, thinMarks } from '../../../lib/reasoning/outline.ts';
import { estimateTokens } from '../../../lib/usage.ts';
import type { TextPlaces } from '../../markdown/text-places.ts';
import { onBeat } from '../../ui/beat.ts';

/** What the outline and the strip show. Offsets are in UTF-16 units of the thinking. */
export interface GuideView {
  length: number;
  /** As many as can be shown, in the order of the text. */
  marks: readonly Mark[];
  /** How many there are. */
  markCount: number;
  /** The part of the text that is in view. */
  from: number;
  to: number;
  /** Tokens up to the end of what is in view, and in all. */
  tokensHere: number;
  tokens: number;
}

export interface GuideOptions {
  /** The box the thinking is in; it scrolls, or at full height what is around it does. */
  box: HTMLElement;
  content: HTMLElement;
  places: TextPlaces;
  textOf: () => string;
  /** Tokens of the whole text, as they are shown elsewhere. */
  tokensOf: () => number;
  isGrowing: () => boolean;
}

const mostMarks = 240;
/** How soon after a movement the place is read, in ms; while a text grows, with the page's slow beat. */
const placePause = 30;
/** A text that grows is read with every second beat. */
const textBeats = 2;
/** After a jump, what is drawn above and below changes its height for about this long, in ms. */
const settlingMs = 900;
/** A jump leads to this part of the height in view. */
const jumpTo = 0.2;
/** How long the paragraph of a place that was asked for is lit, in ms. */
const lightMs = 2500;

/** Knows the outline of a thought and where in it the reader is, and leads to other places. */
export class Guide {
  readonly #options: GuideOptions;
  readonly #outline = new Outline();
  readonly #meter = new TokenMeter();
  readonly #listeners = new Set<() => void>();
  #view: GuideView = { length: 0, marks: [], markCount: 0, from: 0, to: 0, tokensHere: 0, tokens: 0 };
  #asked = 0;
  #settle: AbortController | undefined;

  constructor(options: GuideOptions) {
    this.#options = options;
  }

  readonly getView = (): GuideView => this.#view;

  /** The text as it is now. */
  readonly textOf = (): string => this.#options.textOf();

  get places(): TextPlaces {
    return this.#options.places;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins to watch the text and the reader's place. Returns what ends it. */
  start(): () => void {
    const { box, content, isGrowing } = this.#options;
    this.readText();
    const onScroll = (event: Event) => {
      if (event.target instanceof Node && event.target.contains(box)) this.#readSoon();
    };
    document.addEventListener('scroll', onScroll, { capture: true, passive: true });
    const sizes = new ResizeObserver(() => this.#readSoon());
    sizes.observe(box);
    sizes.observe(content);
    let grew = isGrowing();
    let seen = this.#view;
    let turn = 0;
    const offBeat = onBeat({
      look: () => {
        const grows = isGrowing();
        const isOfText = turn++ % textBeats === 0;
        if (isOfText && (grows || grew || this.textOf().length !== this.#view.length)) this.#read(this.#growth());
        else if (grows) this.#read({});
        if (isOfText) grew = grows;
      },
      draw: () => {
        if (seen !== this.#view) this.#tell();
        seen = this.#view;
      },
    });
    return () => {
      document.removeEventListener('scroll', onScroll, true);
      sizes.disconnect();
      offBeat();
      clearTimeout(this.#asked);
      this.#asked = 0;
      this.#settle?.abort();
    };
  }

  /** Reads what the text has gained. */
  readText(): void {
    this.#show(this.#growth());
  }

  /** Reads the text; what that changes in the view. */
  #growth(): Partial<GuideView> {
    const text = this.textOf();
    this.#outline.grow(text);
    this.#meter.grow(text);
    const marks = this.#outline.marks();
    return { marks: thinMarks(marks, mostMarks), markCount: marks.length, length: text.length };
  }

  /** Brings an offset into view; what `rectOf` finds there is brought into view exactly. */
  go(offset: number, options: { rectOf?: () => DOMRect | undefined; stay?: boolean } = {}): void {
    const { rectOf, stay = false } = options;
    this.places.draw(offset);
    const topNow = () => rectOf?.()?.top ?? this.places.topOf(offset);
    const { top, bottom } = this.#window();
    const before = topNow();
    // Nearby hits do not make the text jump.
    const inView = stay && before !== undefined && before > top + 8 && before < bottom - 48;
    const wanted = inView ? before : top + (bottom - top) * jumpTo;
    const scroll = () => {
      const now = topNow();
      if (now === undefined || Math.abs(now - wanted) < 2) return;
      this.#scroller().scrollTop += now - wanted;
    };
    scroll();
    this.#keep(scroll);
    this.#show({});
  }

  /** Where the pane begins to show the text, so that a change of its layout can keep the place. */
  placeAtTop(): number {
    return this.places.offsetAt(this.#window().top + 4);
  }

  /** Scrolls so that an offset is at the top of what is in view. */
  goTop(offset: number): void {
    this.places.draw(offset);
    const scroll = () => {
      const now = this.places.topOf(offset);
      if (now !== undefined) this.#scroller().scrollTop += now - this.#window().top;
    };
    scroll();
    this.#keep(scroll);
  }

  /** Brings a place into view and lights the paragraph that holds it for a moment. */
  show({ at }: { at: number }): void {
    this.go(at);
    const light = () => {
      const block = this.places.drawnBlocks().findLast(({ block: { start } }) => start <= at);
      if (!block || typeof Highlight === 'undefined') return;
      const range = document.createRange();
      range.selectNodeContents(block.element);
      CSS.highlights.set('thought-jump', new Highlight(range));
      setTimeout(() => CSS.highlights.delete('thought-jump'), lightMs);
    };
    // The paragraph may be drawn in the next frame only.
    requestAnimationFrame(() => requestAnimationFrame(light));
  }

  /** The tokens up to an offset, in the measure of the whole. */
  tokensAt(offset: number): number {
    const all = this.#meter.at(this.#view.length);
    return all === 0 ? 0 : Math.round((this.#options.tokensOf() * this.#meter.at(offset)) / all);
  }

  /** Scrolls again whenever something is drawn, until it is all there or the reader takes over. */
  #keep(scroll: () => void): void {
    this.#settle?.abort();
    const settle = new AbortController();
    this.#settle = settle;
    const sizes = new ResizeObserver(scroll);
    sizes.observe(this.#options.content);
    const end = () => settle.abort();
    settle.signal.addEventListener('abort', () => sizes.disconnect());
    for (const type of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
      window.addEventListener(type, end, { signal: settle.signal, capture: true, passive: true });
    }
    setTimeout(end, settlingMs);
  }

  /** What scrolls the text: its box, or what is around it when the box shows it all. */
  #scroller(): Element {
    const { box } = this.#options;
    if (box.scrollHeight > box.clientHeight + 1) return box;
    for (let parent = box.parentElement; parent; parent = parent.parentElement) {
      if (parent.scrollHeight > parent.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(parent).overflowY))
        return parent;
    }
    return box;
  }

  /** The heights between which the text can be seen. */
  #window(): { top: number; bottom: number } {
    const { box } = this.#options;
    const own = box.getBoundingClientRect();
    const around = this.#scroller().getBoundingClientRect();
    // The search above and the bar below may stand over the text, where it is at full height.
    const body = box.closest('.think-body');
    const bar = body?.querySelector('.find')?.getBoundingClientRect().bottom ?? 0;
    const foot = body?.querySelector('.think-foot')?.getBoundingClientRect().top ?? window.innerHeight;
    const top = Math.max(own.top, around.top, bar, 0);
    return { top, bottom: Math.max(top + 1, Math.min(own.bottom, around.bottom, foot, window.innerHeight)) };
  }

  #readSoon(): void {
    if (this.#asked || this.#options.isGrowing()) return; // the next beat reads it
    const read = () => {
      this.#asked = 0;
      this.#show({});
    };
    this.#asked = window.setTimeout(read, placePause);
  }

  #show(change: Partial<GuideView>): void {
    this.#read(change);
    this.#tell();
  }

  /** Takes over a change of the text, and the place of the reader as it is. */
  #read(change: Partial<GuideView>): void {
    const { top, bottom } = this.#window();
    const from = this.places.offsetAt(top);
    const to = this.places.offsetAt(bottom);
    const length = change.length ?? this.#view.length;
    const { tokensOf } = this.#options;
    this.#view = { ...this.#view, ...change, from, to: Math.max(from, Math.min(to, length)), tokens: tokensOf() };
    this.#view.tokensHere = this.tokensAt(this.#view.to);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const meterStep = 2048;

/** Sums of estimated tokens along a growing text. */
class TokenMeter {
  #text = '';
  /** Up to each multiple of the step. */
  #sums: number[] = [0];

  grow(text: string): void {
    if (text.slice(0, this.#text.length) !== this.#text) this.#sums = [0];
    this.#text = text;
    for (let at = (this.#sums.length - 1) * meterStep; at + meterStep <= text.length; at += meterStep) {
      this.#sums.push((this.#sums.at(-1) ?? 0) + estimateTokens(text.slice(at, at + meterStep)));
    }
  }

  at(offset: number): number {
    const step = Math.min(Math.floor(offset / meterStep), this.#sums.length - 1);
    return (this.#sums[step] ?? 0) + estimateTokens(this.#text.slice(step * meterStep, offset));
  }
}
