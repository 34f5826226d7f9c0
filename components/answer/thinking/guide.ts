import { type Mark, type MarkKind, markKinds, Outline, thinMarks } from '../../../lib/reasoning/outline.ts';
import { type OutlineEntry, outlineEntriesOf } from '../../../lib/reasoning/outline-entries.ts';
import type { TextPlaces } from '../../markdown/text-places.ts';
import { onBeat } from '../../ui/beat.ts';
import { Observable } from '../../ui/observable.ts';
import { type PaneElements, PaneWindow } from './pane-window.ts';
import { TokenMeter } from './token-meter.ts';

/** What the outline and the strip show. Offsets are in UTF-16 units of the thinking. */
export interface GuideView {
  length: number;
  /** As many as can be shown, in the order of the text. */
  marks: readonly Mark[];
  /** The same, told in as few lines as can be. */
  entries: readonly OutlineEntry[];
  /** How many marks there are of each kind, of those there are, the weightiest first. */
  counts: readonly { kind: MarkKind; count: number }[];
  /** The part of the text that is in view. */
  from: number;
  to: number;
  /** Tokens up to the end of what is in view, and in all. */
  tokensHere: number;
  tokens: number;
}

export interface GuideOptions extends PaneElements {
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
/** How long the paragraph of a place that was asked for is lit, in ms. */
const lightMs = 2500;

const nothing: GuideView = { length: 0, marks: [], entries: [], counts: [], from: 0, to: 0, tokensHere: 0, tokens: 0 };

/** Knows the outline of a thought and where in it the reader is, and leads to other places. */
export class Guide {
  readonly #options: GuideOptions;
  readonly #window: PaneWindow;
  readonly #outline = new Outline();
  readonly #meter = new TokenMeter();
  /** What is shown; `#now` is what is known, and may be newer until the next beat. */
  readonly #view = new Observable(nothing);
  #now = nothing;
  #asked = 0;

  constructor(options: GuideOptions) {
    this.#options = options;
    this.#window = new PaneWindow(options);
  }

  readonly getView = this.#view.get;
  readonly subscribe = this.#view.subscribe;

  /** The text as it is now. */
  readonly textOf = (): string => this.#options.textOf();

  get places(): TextPlaces {
    return this.#options.places;
  }

  /** Begins to watch the text and the reader's place. Returns what ends it. */
  start(): () => void {
    const { box, content } = this.#options;
    this.#show(this.#growth());
    const onScroll = (event: Event) => {
      if (event.target instanceof Node && event.target.contains(box)) this.#readSoon();
    };
    document.addEventListener('scroll', onScroll, { capture: true, passive: true });
    const sizes = new ResizeObserver(() => this.#readSoon());
    sizes.observe(box);
    sizes.observe(content);
    const offBeat = this.#readWithTheBeat();
    return () => {
      document.removeEventListener('scroll', onScroll, true);
      sizes.disconnect();
      offBeat();
      clearTimeout(this.#asked);
      this.#asked = 0;
      this.#window.rest();
    };
  }

  /** While the text grows, its place and (seldomer) its marks are read together with all else on the page that ticks. */
  #readWithTheBeat(): () => void {
    const { isGrowing } = this.#options;
    let grew = isGrowing();
    let turn = 0;
    return onBeat({
      look: () => {
        const grows = isGrowing();
        const isOfText = turn++ % textBeats === 0;
        if (isOfText && (grows || grew || this.textOf().length !== this.#now.length)) this.#read(this.#growth());
        else if (grows) this.#read({});
        if (isOfText) grew = grows;
      },
      draw: () => {
        if (this.#now !== this.getView()) this.#view.set(this.#now);
      },
    });
  }

  /** Reads the text; what that changes in the view. */
  #growth(): Partial<GuideView> {
    const text = this.textOf();
    this.#outline.grow(text);
    this.#meter.grow(text);
    const marks = this.#outline.marks();
    return {
      marks: thinMarks(marks, mostMarks),
      entries: thinMarks(outlineEntriesOf(marks), mostMarks),
      counts: countsOf(marks),
      length: text.length,
    };
  }

  /**
   * Brings an offset into view; what `rectOf` finds there is brought into view exactly. `stay`: not if it is in view.
   * @returns aborted when it is there.
   */
  go(offset: number, options: { rectOf?: () => DOMRect | undefined; stay?: boolean } = {}): AbortSignal {
    const brought = this.#window.bring(offset, { rectOf: options.rectOf, stay: options.stay ?? false });
    this.#show({});
    return brought;
  }

  /** Where the pane begins to show the text, so that a change of its layout can keep the place. */
  placeAtTop(): number {
    return this.places.offsetAt(this.#window.edges().top + 4);
  }

  /** Scrolls so that an offset is at the top of what is in view. */
  goTop(offset: number): void {
    this.#window.bringToTop(offset);
  }

  /**
   * Brings a place into view and lights the paragraph that holds it for a moment.
   * @returns aborted when it is there.
   */
  show({ at }: { at: number }): AbortSignal {
    const brought = this.go(at);
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
    return brought;
  }

  /** The tokens up to an offset, in the measure of the whole. */
  tokensAt(offset: number): number {
    const all = this.#meter.at(this.#now.length);
    return all === 0 ? 0 : Math.round((this.#options.tokensOf() * this.#meter.at(offset)) / all);
  }

  #readSoon(): void {
    if (this.#asked || this.#options.isGrowing()) return; // the next beat reads it
    this.#asked = window.setTimeout(() => {
      this.#asked = 0;
      this.#show({});
    }, placePause);
  }

  #show(change: Partial<GuideView>): void {
    this.#read(change);
    this.#view.set(this.#now);
  }

  /** Takes over a change of the text, and the place of the reader as it is. */
  #read(change: Partial<GuideView>): void {
    const { top, bottom } = this.#window.edges();
    const from = this.places.offsetAt(top);
    const length = change.length ?? this.#now.length;
    const to = Math.max(from, Math.min(this.places.offsetAt(bottom), length));
    this.#now = { ...this.#now, ...change, from, to, tokens: this.#options.tokensOf() };
    this.#now.tokensHere = this.tokensAt(to);
  }
}

function countsOf(marks: readonly Mark[]): GuideView['counts'] {
  const counts = new Map<MarkKind, number>();
  for (const { kind } of marks) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return markKinds.flatMap((kind) => {
    const count = counts.get(kind);
    return count ? [{ kind, count }] : [];
  });
}
