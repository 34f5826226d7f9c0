import type { Guard } from '../../guard.ts';
import type { Notice } from '../../notice.ts';
import type { Price } from '../../price.ts';
import type { SegmentCount, Segment, SplitEvent } from '../../stream-part.ts';
import { estimateTokens } from '../../usage.ts';

export interface GuardOptions {
  guard: Guard;
  price: Price | undefined;
  /** Of the request, estimated: its provider tells them only at the end. */
  promptTokens: number;
}

/**
 * Sees when an answer has reached a limit of its guard. Tokens are counted as the page does that shows them: with the
 * model's vocabulary as far as that is known, estimated from there on; each word costs its own length only.
 */
export class GuardWatch {
  readonly #options: GuardOptions;
  /** By segment. */
  readonly #tokens: number[] = [];
  /** What was there before it began, by segment: tokens of another answer. */
  #begun: readonly number[] = [];

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** Takes the answer's beginning, where it goes on with one. */
  begin(segments: readonly Segment[]): void {
    this.#begun = segments.map(({ text }) => estimateTokens(text));
    this.#tokens.push(...this.#begun);
  }

  /**
   * @param segments as they are after the events.
   * @param count what the tokenizer has counted of the last one's segment, if it has.
   * @returns what is to be told of the limit that is reached now; undefined before
   */
  take(events: readonly SplitEvent[], segments: readonly Segment[], count?: SegmentCount): Notice | undefined {
    for (const event of events) {
      if (event.type === 'delta') {
        this.#tokens[event.seg] = (this.#tokens[event.seg] ?? 0) + estimateTokens(event.text);
      } else if (event.type === 'retract') {
        this.#tokens[event.seg] = estimateTokens(segments[event.seg]?.text ?? '');
      }
    }
    const seg = events.at(-1)?.seg;
    if (count && seg !== undefined) {
      this.#tokens[seg] = count.tokens + estimateTokens((segments[seg]?.text ?? '').slice(count.length));
    }
    return this.#reached(segments);
  }

  #reached(segments: readonly Segment[]): Notice | undefined {
    const { guard, price, promptTokens } = this.#options;
    const sums = { reasoning: 0, all: 0 };
    segments.forEach(({ kind }, seg) => {
      const tokens = Math.max(0, (this.#tokens[seg] ?? 0) - (this.#begun[seg] ?? 0));
      sums.all += tokens;
      if (kind === 'reasoning') sums.reasoning += tokens;
    });
    const { thinkingTokens, cost } = guard;
    if (thinkingTokens !== undefined && sums.reasoning >= thinkingTokens) {
      return { code: 'guard-thinking', facts: { limit: thinkingTokens } };
    }
    if (cost === undefined || !price || price.upTo) return undefined;
    const spent = (promptTokens * price.input + sums.all * price.output) / 1_000_000;
    return spent >= cost ? { code: 'guard-cost', facts: { limit: cost } } : undefined;
  }
}
