import type { Segment, SplitEvent } from './stream-part.ts';
import { estimateTokens, type Usage } from './usage.ts';

/** How the tokens of a generation came, over time. Times are whole ms since it was queued. */
export interface Timeline {
  /** In the order of time: thinking and answer tokens so far. The last one has all of them that were shown. */
  points: TimelinePoint[];
  /** The longest silences, in the order of time. */
  stalls: Stall[];
  /** How many silences there were in all. */
  stallCount: number;
}

export type TimelinePoint = [at: number, reasoning: number, answer: number];

/** From the last token before a silence to the next one, or to the end. */
export type Stall = [from: number, to: number];

/** From this long on without a token, a silence is a stall, in ms. */
export const stallFromMs = 2000;

/** A timeline has at most this many points, and this many stalls. */
export const maxTimelinePoints = 400;
export const maxTimelineStalls = 100;

const sampleEveryMs = 250;

/** Tokens of all kinds so far. `fixed`: where one stretch of text ended and another began, or a silence did. */
interface Sample {
  at: number;
  total: number;
  fixed: boolean;
}

/**
 * Keeps how the tokens of one generation come, in bounded memory: when there are too many points, every second one goes.
 * Tokens are estimated as they come and brought to the real counts at the end; so a stretch that turns out to be thinking
 * has been thinking all along.
 */
export class TimelineRecorder {
  #samples: Sample[] = [];
  #every = sampleEveryMs;
  /** Stretches of one segment each, by the total at which they begin. */
  readonly #runs: { seg: number; from: number }[] = [];
  readonly #tokens: number[] = [];
  #total = 0;
  #lastAt: number | undefined;
  #stalls: Stall[] = [];
  #stallCount = 0;

  /**
   * Takes events that happened at `at`; a time before an earlier one counts as that one.
   * @param after the segments as they are after the events.
   */
  take(events: readonly SplitEvent[], at: number, after: readonly Segment[]): void {
    const now = Math.max(Math.round(at), this.#lastAt ?? 0);
    for (const event of events) {
      if (event.type === 'delta' && event.text !== '') this.#grow(event.seg, estimateTokens(event.text), now);
      else if (event.type === 'retract') this.#shrink(event.seg, estimateTokens(after[event.seg]?.text ?? ''));
    }
  }

  /**
   * The timeline of a generation that ended at `end`; undefined when nothing came.
   * @param segments as they are at the end; @param usage its tokens, to which the estimates are brought.
   */
  finish(end: number, segments: readonly Segment[], usage: Usage): Timeline | undefined {
    if (this.#lastAt === undefined) return undefined;
    const last = Math.max(Math.round(end), this.#lastAt);
    this.#sample(this.#lastAt, true);
    if (last - this.#lastAt > stallFromMs) this.#stall(this.#lastAt, last);
    const shares = this.#sharesOf(segments);
    const whole = shares.at(-1) ?? { reasoning: 0, answer: 0 };
    const thinkingScale = whole.reasoning > 0 ? usage.reasoningTokens / whole.reasoning : 0;
    const answerScale = whole.answer > 0 ? usage.answerTokens / whole.answer : 0;
    return {
      points: this.#samples.map(({ at }, i) => {
        const { reasoning, answer } = shares[i] ?? whole;
        return [at, Math.round(reasoning * thinkingScale), Math.round(answer * answerScale)];
      }),
      stalls: this.#stalls,
      stallCount: this.#stallCount,
    };
  }

  /** What of each sample's tokens is thinking and what is answer, as the segments are filed now. */
  #sharesOf(segments: readonly Segment[]): { reasoning: number; answer: number }[] {
    const sums = { reasoning: 0, answer: 0, discarded: 0 };
    let run = 0;
    let reached = 0;
    return this.#samples.map(({ total }) => {
      while (reached < total) {
        const end = Math.min(total, this.#runs[run + 1]?.from ?? total);
        sums[segments[this.#runs[run]?.seg ?? -1]?.kind ?? 'discarded'] += end - reached;
        reached = end;
        if (reached < total) run++;
      }
      return { reasoning: sums.reasoning, answer: sums.answer };
    });
  }

  #grow(seg: number, tokens: number, at: number): void {
    const begins = this.#runs.at(-1)?.seg !== seg;
    const quiet = this.#lastAt === undefined ? 0 : at - this.#lastAt;
    if (this.#lastAt === undefined) this.#sample(at, true);
    else if (quiet > stallFromMs) {
      this.#sample(this.#lastAt, true);
      this.#stall(this.#lastAt, at);
      this.#sample(at, true); // the tokens after a silence do not come during it
    } else if (begins) this.#sample(at, true);
    if (begins) this.#runs.push({ seg, from: this.#total });
    this.#total += tokens;
    this.#tokens[seg] = (this.#tokens[seg] ?? 0) + tokens;
    this.#lastAt = at;
    const before = this.#samples.at(-1);
    if (!before || at - before.at >= this.#every) this.#sample(at, false);
  }

  /** Text that was taken back was never there; where more has come behind it, its few tokens stay. */
  #shrink(seg: number, tokens: number): void {
    const run = this.#runs.at(-1);
    const less = Math.max(0, (this.#tokens[seg] ?? 0) - tokens);
    this.#tokens[seg] = tokens;
    if (run?.seg !== seg) return;
    this.#total = Math.max(run.from, this.#total - less);
    for (let i = this.#samples.length - 1; i >= 0; i--) {
      const sample = this.#samples[i];
      if (!sample || sample.total <= this.#total) break;
      sample.total = this.#total;
    }
  }

  #sample(at: number, fixed: boolean): void {
    const last = this.#samples.at(-1);
    // Of one moment there are at most two: before its tokens and after them.
    if (last?.at === at && (last.total === this.#total || this.#samples.at(-2)?.at === at)) {
      last.total = this.#total;
      last.fixed ||= fixed;
      return;
    }
    this.#samples.push({ at, total: this.#total, fixed });
    if (this.#samples.length >= maxTimelinePoints) this.#thin();
  }

  #thin(): void {
    this.#every *= 2;
    const thinned = everySecond(this.#samples, ({ fixed }) => !fixed);
    this.#samples = thinned.length > maxTimelinePoints * 0.75 ? everySecond(thinned, () => true) : thinned;
  }

  #stall(from: number, to: number): void {
    this.#stallCount++;
    this.#stalls.push([from, to]);
    if (this.#stalls.length <= maxTimelineStalls) return;
    let shortest = 0;
    for (const [i, stall] of this.#stalls.entries()) {
      const [a, b] = this.#stalls[shortest] ?? stall;
      if (stall[1] - stall[0] < b - a) shortest = i;
    }
    this.#stalls.splice(shortest, 1);
  }
}

/** Without every second one of those that may go; the first and the last stay. */
function everySecond(samples: readonly Sample[], mayGo: (sample: Sample) => boolean): Sample[] {
  let turn = 0;
  return samples.filter((sample, i) => i === 0 || i === samples.length - 1 || !mayGo(sample) || turn++ % 2 === 1);
}
