import { type Hit, TextFinder } from '../../../lib/reasoning/find-text.ts';
import { rangeOfHit } from '../find/hit-marks.ts';
import { TextSearch } from '../find/text-search.ts';
import type { Guide } from './guide.ts';

const markPace = 150;

/** The search in one thought. Hits are counted in the text, also where it is not drawn. */
export class ThoughtFind extends TextSearch {
  readonly #guide: Guide;
  #finder = new TextFinder('');
  #hits: readonly Hit[] = [];

  constructor(guide: Guide) {
    super(markPace);
    this.#guide = guide;
  }

  /** Keeps count and marks while the text grows and other parts of it are drawn. Returns what ends it. */
  start(): () => void {
    const ends = this.#guide.subscribe(() => {
      this.search();
      this.markSoon();
    });
    const unfollow = this.follow(this.#guide.places.element);
    return () => {
      ends();
      unfollow();
    };
  }

  /** Looks for something else, from the reader's place on. */
  look(query: string): void {
    if (!this.ask(query)) return;
    this.#finder = new TextFinder(query);
    this.#hits = [];
    this.search();
    const { from } = this.#guide.getView();
    this.goTo(
      Math.max(
        0,
        this.#hits.findIndex((hit) => hit.at >= from),
      ),
    );
  }

  protected override search(): void {
    this.#hits = this.#finder.grow(this.#guide.textOf());
    const view = this.getView();
    if (this.#hits.length !== view.count) this.show({ ...view, count: this.#hits.length });
  }

  protected override goTo(current: number): void {
    this.show({ count: this.#hits.length, current });
    const hit = this.#hits[current];
    if (hit) this.#guide.go(hit.at, { rectOf: () => this.rangeOf(current)?.getBoundingClientRect(), stay: true });
    this.mark();
  }

  protected override drawn(): Element[] {
    return this.#guide.places.drawnBlocks().map(({ element }) => element);
  }

  protected override rangeOf(index: number): Range | undefined {
    const { pattern } = this;
    return pattern && rangeOfHit(this.#guide.places, { hits: this.#hits, index, pattern });
  }
}
