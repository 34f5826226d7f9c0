import type { PhaseTimes } from './stream-part.ts';
import type { ServerTimes, Usage } from './usage.ts';

/** Tokens per second of thinking and of answering; each absent where it cannot be told. */
export interface TokenRates {
  thinking?: number;
  answer?: number;
}

/** Over less than this a rate says more about the network than about the model, in ms. */
const shortestSpan = 200;

/** The tokens of an answer, and what the clock of its server showed. */
type Written = Pick<Usage, 'reasoningTokens' | 'answerTokens' | 'serverTimes'>;

/**
 * How fast a finished generation thought and answered. Thinking that was counted but not shown has no beginning to measure
 * from, so it has no rate; an answer written between two thoughts counts towards the time of both. What came too fast to be
 * measured here has the pace that its server tells.
 */
export function tokenRatesOf(times: PhaseTimes, usage: Written): TokenRates {
  const told = times.end === undefined ? undefined : serverRateOf(usage.serverTimes);
  const thinking = rateOf(usage.reasoningTokens, times.reasoningStart, times.reasoningEnd, told);
  const answer = rateOf(usage.answerTokens, times.answerStart, times.end, told);
  return { ...(thinking !== undefined && { thinking }), ...(answer !== undefined && { answer }) };
}

/** Tokens per second by the server's own clock. */
export function serverRateOf(times: ServerTimes | undefined): number | undefined {
  const { writeMs, writtenTokens } = times ?? {};
  return writeMs && writtenTokens ? (writtenTokens * 1000) / writeMs : undefined;
}

/**
 * How long it thought, in ms, as it was seen here; where all of it came faster than its server says it was written (in one
 * read, say), its share of the time by the server's clock. Undefined where nothing tells.
 */
export function thinkingMsOf(times: PhaseTimes, usage: Written | undefined): number | undefined {
  const { reasoningStart, answerStart, end } = times;
  const until = times.reasoningEnd ?? answerStart ?? end;
  if (reasoningStart === undefined || until === undefined) return undefined;
  const seen = Math.max(0, until - reasoningStart);
  const { writeMs } = usage?.serverTimes ?? {};
  const all = usage ? usage.reasoningTokens + usage.answerTokens : 0;
  if (!usage || writeMs === undefined || end === undefined || all === 0) return seen;
  return end - reasoningStart < writeMs / 2 ? (writeMs * usage.reasoningTokens) / all : seen;
}

function rateOf(
  tokens: number,
  start: number | undefined,
  end: number | undefined,
  told: number | undefined,
): number | undefined {
  if (tokens <= 0 || start === undefined || end === undefined) return undefined;
  return end - start < shortestSpan ? told : (tokens * 1000) / (end - start);
}
