import type { PhaseTimes } from './stream-part.ts';
import type { Usage } from './usage.ts';

/** Tokens per second of thinking and of answering; each absent where it cannot be told. */
export interface TokenRates {
  thinking?: number;
  answer?: number;
}

/** Over less than this a rate says more about the network than about the model, in ms. */
const shortestSpan = 200;

/**
 * How fast a finished generation thought and answered. Thinking that was counted but not shown has no beginning to measure
 * from, so it has no rate; an answer written between two thoughts counts towards the time of both.
 */
export function tokenRatesOf(times: PhaseTimes, usage: Pick<Usage, 'reasoningTokens' | 'answerTokens'>): TokenRates {
  const thinking = rateOf(usage.reasoningTokens, times.reasoningStart, times.reasoningEnd);
  const answer = rateOf(usage.answerTokens, times.answerStart, times.end);
  return { ...(thinking !== undefined && { thinking }), ...(answer !== undefined && { answer }) };
}

function rateOf(tokens: number, start: number | undefined, end: number | undefined): number | undefined {
  if (tokens <= 0 || start === undefined || end === undefined || end - start < shortestSpan) return undefined;
  return (tokens * 1000) / (end - start);
}
