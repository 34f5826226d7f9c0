import type { PromptTemplateId } from '../../model.ts';
import type { Outcome } from '../../stream-part.ts';
import { type Spread, thinkingEdges, type TokenLogFigures } from '../../token-log.ts';
import type { UsageSource } from '../../usage.ts';
import { QuantileSketch, sketchAccuracy } from './quantile-sketch.ts';

/** What the sums read of a generation that has ended, as the table has it. */
export interface SummedRow {
  id: string;
  provider_id: string;
  model_key: string;
  prompt_template: PromptTemplateId | null;
  recording: number;
  state: Outcome;
  finish_reason: string | null;
  queued_at: number;
  prompt_tokens: number | null;
  cached_prompt_tokens: number | null;
  reasoning_tokens: number | null;
  answer_tokens: number | null;
  usage_source: UsageSource | null;
  cost: number | null;
  first_token_ms: number | null;
  tokens_per_second: number | null;
  answer_start_ms: number | null;
  format_ok: number | null;
  language_share: number | null;
}

/** Sums as they are kept, as JSON: plain sums as they are, the others as texts of sketches. */
export interface StoredSums {
  /** Epoch ms. */
  oldest: number;
  newest: number;
  sums: PlainSums;
  thinking: string;
  firstToken: string;
  rate: string;
}

/** What adds up by plain addition. */
interface PlainSums extends Omit<TokenLogFigures, 'thinking' | 'firstToken' | 'tokensPerSecond' | 'languageShare'> {
  languageShares: number;
  /** One number an interval of `thinkingEdges`. */
  thinkingLengths: number[];
}

/**
 * What many generations come to, one row at a time. Its middles are exact when it is to keep every figure; else they come
 * from sketches, which can be stored and added up.
 */
export class TokenSums {
  readonly #sums: PlainSums = noSums();
  #oldest = Number.POSITIVE_INFINITY;
  #newest = Number.NEGATIVE_INFINITY;
  readonly #thinking: Middle;
  readonly #firstToken: Middle;
  readonly #rate: Middle;

  constructor({ exact }: { exact: boolean }) {
    const create = () => (exact ? new ExactMiddle() : new SketchedMiddle());
    this.#thinking = create();
    this.#firstToken = create();
    this.#rate = create();
  }

  get generations(): number {
    return this.#sums.generations;
  }

  /** Epoch ms when the first and the last of them were queued; undefined of none. */
  get between(): { oldest: number; newest: number } | undefined {
    return this.generations === 0 ? undefined : { oldest: this.#oldest, newest: this.#newest };
  }

  get thinkingLengths(): number[] {
    return this.#sums.thinkingLengths;
  }

  add(row: SummedRow): void {
    const sums = this.#sums;
    this.#reach(row.queued_at, row.queued_at);
    sums.generations++;
    sums.recordings += row.recording & 1;
    sums.promptTokens += row.prompt_tokens ?? 0;
    sums.cachedPromptTokens += row.cached_prompt_tokens ?? 0;
    sums.reasoningTokens += row.reasoning_tokens ?? 0;
    sums.answerTokens += row.answer_tokens ?? 0;
    sums.cost += row.cost ?? 0;
    sums.priced += count(row.cost);
    sums.ranOut += Number(ranOut(row));
    sums.formatJudged += count(row.format_ok);
    sums.formatOk += row.format_ok ?? 0;
    sums.languageJudged += count(row.language_share);
    sums.languageShares += row.language_share ?? 0;
    sums.outcomes[row.state]++;
    sums.sources[row.usage_source ?? 'none']++;
    if (row.reasoning_tokens !== null && row.reasoning_tokens > 0) {
      this.#thinking.add(row.reasoning_tokens);
      addTo(sums.thinkingLengths, lengthInterval(row.reasoning_tokens), 1);
    }
    if (row.first_token_ms !== null) this.#firstToken.add(row.first_token_ms);
    if (row.tokens_per_second !== null) this.#rate.add(row.tokens_per_second);
  }

  /** Adds what was stored of others. @throws Error where this one is exact. */
  addStored({ oldest, newest, sums, thinking, firstToken, rate }: StoredSums): void {
    this.#reach(oldest, newest);
    addSums(this.#sums, sums);
    this.#thinking.addText(thinking);
    this.#firstToken.addText(firstToken);
    this.#rate.addText(rate);
  }

  /** Adds what another one, as exact as this, comes to. */
  addSums(other: TokenSums): void {
    this.#reach(other.#oldest, other.#newest);
    addSums(this.#sums, other.#sums);
    this.#thinking.addAll(other.#thinking);
    this.#firstToken.addAll(other.#firstToken);
    this.#rate.addAll(other.#rate);
  }

  /** @throws Error where this one is exact. */
  toStored(): StoredSums {
    return {
      oldest: this.#oldest,
      newest: this.#newest,
      sums: this.#sums,
      thinking: this.#thinking.toText(),
      firstToken: this.#firstToken.toText(),
      rate: this.#rate.toText(),
    };
  }

  figures(): TokenLogFigures {
    const { languageShares, thinkingLengths: _, ...sums } = this.#sums;
    const { events = 0, ...sources } = sums.sources;
    return {
      ...sums,
      sources: events > 0 ? { ...sources, events } : sources,
      thinking: this.#thinking.spread(),
      firstToken: this.#firstToken.spread(),
      tokensPerSecond: this.#rate.spread(),
      ...(sums.languageJudged > 0 && { languageShare: languageShares / sums.languageJudged }),
    };
  }

  #reach(oldest: number, newest: number): void {
    this.#oldest = Math.min(this.#oldest, oldest);
    this.#newest = Math.max(this.#newest, newest);
  }
}

function count(figure: number | null): number {
  return figure === null ? 0 : 1;
}

/** It came to its limit of tokens before a word of an answer. */
function ranOut(row: SummedRow): boolean {
  return row.finish_reason === 'length' && row.state === 'complete' && row.answer_start_ms === null;
}

function lengthInterval(tokens: number): number {
  const next = thinkingEdges.findIndex((edge) => edge > tokens);
  return (next < 0 ? thinkingEdges.length : next) - 1;
}

function noSums(): PlainSums {
  return {
    generations: 0,
    recordings: 0,
    promptTokens: 0,
    cachedPromptTokens: 0,
    reasoningTokens: 0,
    answerTokens: 0,
    cost: 0,
    priced: 0,
    ranOut: 0,
    formatJudged: 0,
    formatOk: 0,
    languageJudged: 0,
    languageShares: 0,
    outcomes: { complete: 0, stopped: 0, interrupted: 0, failed: 0 },
    sources: { reported: 0, events: 0, split: 0, counted: 0, estimated: 0, none: 0 },
    thinkingLengths: thinkingEdges.map(() => 0),
  };
}

/** Adds every number of one to that of the other. */
function addSums<T extends object>(to: T, from: T): void {
  for (const key of Object.keys(to) as (keyof T)[]) {
    const [sum, more] = [to[key], from[key]];
    if (typeof sum === 'object' && sum !== null) addSums(sum, more as object);
    else (to as Record<keyof T, number>)[key] = Number(sum) + Number(more ?? 0);
  }
}

function addTo(counts: number[], i: number, more: number): void {
  counts[i] = (counts[i] ?? 0) + more;
}

/** Figures of which the middle and the upper end are told. */
interface Middle {
  add(figure: number): void;
  addAll(other: Middle): void;
  addText(text: string): void;
  toText(): string;
  spread(): Spread;
}

class ExactMiddle implements Middle {
  readonly #figures: number[] = [];

  add(figure: number): void {
    this.#figures.push(figure);
  }

  addAll(other: Middle): void {
    if (!(other instanceof ExactMiddle)) throw new Error('What is exact takes no sketches.');
    for (const figure of other.#figures) this.#figures.push(figure);
  }

  addText(): void {
    throw new Error('What is exact takes no sketches.');
  }

  toText(): string {
    throw new Error('What is exact is not stored.');
  }

  spread(): Spread {
    const sorted = Float64Array.from(this.#figures).sort();
    const at = (share: number) => {
      const rank = share * (sorted.length - 1);
      const below = sorted[Math.floor(rank)] ?? 0;
      return rounded(below + ((sorted[Math.ceil(rank)] ?? 0) - below) * (rank - Math.floor(rank)));
    };
    return sorted.length === 0 ? { count: 0 } : { count: sorted.length, median: at(0.5), p90: at(0.9) };
  }
}

class SketchedMiddle implements Middle {
  readonly #sketch = new QuantileSketch();

  add(figure: number): void {
    this.#sketch.add(figure);
  }

  addAll(other: Middle): void {
    this.#sketch.addText(other.toText());
  }

  addText(text: string): void {
    this.#sketch.addText(text);
  }

  toText(): string {
    return this.#sketch.toText();
  }

  spread(): Spread {
    const [median, p90] = [this.#sketch.quantile(0.5), this.#sketch.quantile(0.9)];
    if (median === undefined || p90 === undefined) return { count: 0 };
    return { count: this.#sketch.count, median: rounded(median), p90: rounded(p90), within: sketchAccuracy };
  }
}

/** Interpolation leaves dust behind. */
function rounded(figure: number): number {
  return Math.round(figure * 1000) / 1000;
}
