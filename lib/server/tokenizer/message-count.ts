import type { VocabularyId } from '../../model.ts';
import type { PartKind, Segment, SegmentCount, SplitEvent } from '../../stream-part.ts';
import type { CountedTokens } from '../../usage.ts';
import type { GrowingCount, TokenCounter } from './token-counter.ts';

/** Counts the tokens of a message while it is written, thinking and answer apart, as the splitter's events tell them. */
export class MessageCount {
  readonly #follow: () => GrowingCount;
  readonly #segments: { kind: PartKind; count: GrowingCount; told: number }[] = [];

  constructor(counter: TokenCounter, vocabulary: VocabularyId) {
    this.#follow = () => counter.follow(vocabulary);
    counter.warm(vocabulary);
  }

  /** @param after the segments as they are after the events. */
  take(events: readonly SplitEvent[], after: readonly Segment[]): void {
    for (const event of events) {
      if (event.type === 'delta') {
        const segment = this.#segments[event.seg] ?? { kind: event.kind, count: this.#follow(), told: 0 };
        this.#segments[event.seg] = segment;
        segment.count.push(event.text);
      } else if (event.type === 'reclassify') {
        const segment = this.#segments[event.seg];
        if (segment) segment.kind = event.kind;
      }
    }
    // What was taken back may have been counted; nearly always it is a few characters at the end of a short segment.
    for (const seg of new Set(events.flatMap((event) => (event.type === 'retract' ? [event.seg] : [])))) {
      const text = after[seg]?.text ?? '';
      const count = this.#follow();
      count.push(text);
      this.#segments[seg] = { kind: after[seg]?.kind ?? 'answer', count, told: 0 };
    }
  }

  /** What has been counted of a segment since this was last asked; undefined when nothing has. */
  newsOf(seg: number): SegmentCount | undefined {
    const segment = this.#segments[seg];
    const { tokens, characters } = segment?.count.counted ?? { tokens: 0, characters: 0 };
    if (!segment || characters <= segment.told) return undefined;
    segment.told = characters;
    return { tokens, length: characters };
  }

  /** The tokens of all of it; undefined when it cannot be counted. Nothing may come afterwards. */
  async finish(): Promise<CountedTokens | undefined> {
    const sums = { reasoning: 0, answer: 0, discarded: 0 };
    const counts = await Promise.all(this.#segments.map(({ count }) => count.finish()));
    for (const [i, tokens] of counts.entries()) {
      const kind = this.#segments[i]?.kind;
      if (tokens === undefined || kind === undefined) return undefined;
      sums[kind] += tokens;
    }
    return { reasoning: sums.reasoning, answer: sums.answer };
  }
}
