import type { Outcome } from './stream-part.ts';
import type { PromptTemplateId } from './model.ts';
import type { SeriesStep } from './local-days.ts';
import type { UsageSource } from './usage.ts';

/** Which rows of the token log are meant. Copies and what still runs are never among them. */
export interface TokenLogFilter {
  /** Epoch ms when it was queued: from this on, and before `to`. */
  from?: number;
  to?: number;
  providerId?: string;
  modelKey?: string;
  template?: PromptTemplateId;
  conversationId?: string;
  /** Recordings cost nothing and think nothing new; they are shown unless they are left out. */
  recordings?: 'only' | 'none';
  /** What the lab has asked; shown unless it is left out. */
  lab?: 'only' | 'none';
}

/** The middle and the upper end of some figures, interpolated between neighbours as `percentile_cont` does. */
export interface Spread {
  /** How many figures there are; the others are absent when it is 0. */
  count: number;
  median?: number;
  p90?: number;
  /** The share by which the two may be off, where there are too many figures to sort (0.01); absent when they are exact. */
  within?: number;
}

/** What many generations come to. */
export interface TokenLogFigures {
  generations: number;
  outcomes: Record<Outcome, number>;
  recordings: number;
  promptTokens: number;
  cachedPromptTokens: number;
  reasoningTokens: number;
  answerTokens: number;
  /** Thinking tokens of those that thought. */
  thinking: Spread;
  /** ms until the first token of thinking or answer. */
  firstToken: Spread;
  /** Over the time in which it spoke. */
  tokensPerSecond: Spread;
  /** USD, of the `priced` generations whose price is known. */
  cost: number;
  priced: number;
  /** Of the `complete` ones, those that came to their limit of tokens before a word of an answer. */
  ranOut: number;
  /** Those whose format could be judged, and those of them that are well-formed. */
  formatJudged: number;
  formatOk: number;
  /** Those whose language could be judged, and the mean share of words in the question's language. */
  languageJudged: number;
  languageShare?: number;
  /** Where the token counts come from; `none`: nothing was counted. */
  sources: Record<Exclude<UsageSource, 'events'> | 'none', number> & { /** Absent: none. */ events?: number };
}

export interface TokenLogModel extends TokenLogFigures {
  providerId: string;
  modelKey: string;
  providerLabel: string;
  modelLabel: string;
  /** Generations by length of thinking, one number an interval of `thinkingEdges`. */
  thinkingLengths: number[];
}

/** One step of a series; steps in which nothing was asked are left out. */
export interface TokenLogStep {
  /** What the local clock shows where it begins: `2026-11-23`, `2026-11-23T14:00`, `2026-11`. */
  start: string;
  generations: number;
  promptTokens: number;
  reasoningTokens: number;
  answerTokens: number;
  cost: number;
}

/** One generation, as a point of a chart. */
export interface TokenLogPoint {
  /** Of the answer and its generation. */
  id: string;
  conversationId: string;
  providerId: string;
  modelKey: string;
  queuedAt: number;
  reasoningTokens: number;
  answerTokens: number;
  /** How long its thinking could be seen, in ms. */
  thinkingMs?: number;
  outcome: Outcome;
}

export interface TokenLogChoice {
  providerId: string;
  modelKey: string;
  providerLabel: string;
  modelLabel: string;
  templates: PromptTemplateId[];
}

/** All that the compute page shows of a period. */
export interface TokenLog {
  /** Epoch ms of the oldest and the newest generation in it. */
  oldest?: number;
  newest?: number;
  totals: TokenLogFigures;
  /** Most output tokens first. */
  models: TokenLogModel[];
  step: SeriesStep;
  timeZone: string;
  series: TokenLogStep[];
  /** The newest ones. */
  points: TokenLogPoint[];
  /** What the filters can be set to: whatever there is in the whole log. */
  choices: TokenLogChoice[];
}

/** What `/api/usage` answers. */
export interface ShownTokenLog extends TokenLog {
  /** The conversation it is narrowed to; absent when it is to none, or to one that is not there. */
  conversation?: { id: string; title: string };
}

/** The address of what a conversation cost, whenever it was. */
export function computeAddressOf(conversationId: string): string {
  return `/compute?period=all&conversation=${conversationId}`;
}

/** At most so many points are told of. */
export const maxPoints = 2_000;

/**
 * Where the intervals of thinking lengths begin, in tokens: four to a power of ten. The first one holds 1, the last one all
 * from a million on.
 */
export const thinkingEdges: readonly number[] = Array.from({ length: 25 }, (_, i) => Math.round(10 ** (i / 4)));

/** A row of the token log, as it is handed out. */
export interface TokenLogEntry {
  id: string;
  conversationId: string;
  queuedAt: number;
  providerId: string;
  providerLabel: string;
  modelKey: string;
  modelLabel: string;
  modelId: string;
  answeredModel: string | null;
  template: PromptTemplateId | null;
  recording: boolean;
  state: Outcome;
  finishReason: string | null;
  promptTokens: number | null;
  cachedPromptTokens: number | null;
  reasoningTokens: number | null;
  answerTokens: number | null;
  source: UsageSource | null;
  /** USD. */
  cost: number | null;
  /** The month or day of the prices behind it. */
  pricesAsOf: string | null;
  /** The following in ms since it was queued. */
  firstByteMs: number | null;
  firstTokenMs: number | null;
  reasoningStartMs: number | null;
  reasoningEndMs: number | null;
  answerStartMs: number | null;
  endMs: number | null;
  tokensPerSecond: number | null;
  formatOk: boolean | null;
  languageShare: number | null;
  repetitionShare: number | null;
  rethinks: number | null;
}
