import type { Price } from '../../lib/price.ts';
import type { Phase } from '../../lib/stream-part.ts';
import { serverRateOf, thinkingMsOf } from '../../lib/token-rate.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { outcomeOf, pendingRetryOf } from '../answer/outcome.ts';

/** What is told of an answer in numbers. Times in ms; undefined is not known (yet). */
export interface Figures {
  /** Where it is, or how it ended, in a word or two. */
  state: string;
  tone: 'live' | 'done' | 'quiet' | 'problem';
  running: boolean;
  thinking: boolean;
  reasoningTokens: number;
  answerTokens: number;
  /** Over all the time in which it spoke. */
  tokensPerSecond?: number;
  firstTokenMs?: number;
  thinkingMs?: number;
  totalMs?: number;
  /** USD. */
  cost?: number;
  /** The cost is of what has been said so far, without the prompt. */
  costGrows: boolean;
}

/** A rate over less than this is noise, in ms; of an answer that is over, less will do. */
const shortestLiveSpan = 1000;
const shortestSpan = 200;

/**
 * The figures of an answer.
 * @param now on the page's clock (`performance.now()`); undefined before it ticks. Only a running answer needs it.
 * @param price of its model, for a cost before the server has reckoned one.
 */
export function figuresOf(view: GenerationView, now: number | undefined, price?: Price): Figures {
  const { state, reasoningTokens, answerTokens } = view;
  const { times, finish, phase } = state;
  const running = phase !== 'done';
  const at = times.end ?? (!running || now === undefined ? undefined : Math.max(0, now - view.originAt));
  const firstTokenMs = minOf(times.reasoningStart, times.answerStart);
  const tokens = reasoningTokens + answerTokens;
  const span = at === undefined || firstTokenMs === undefined ? 0 : at - firstTokenMs;
  const thinkingMs = thinkingMsOf({ ...times, ...(at !== undefined && running && { end: at }) }, state.usage);
  const rate = rateOver(span, tokens, running) ?? (running ? undefined : serverRateOf(state.usage?.serverTimes));
  const soFar = running && price && !price.upTo && tokens > 0 ? (tokens * price.output) / 1_000_000 : undefined;
  const cost = finish?.cost ?? soFar;
  return {
    ...stateOf(view),
    running,
    thinking: phase === 'thinking',
    reasoningTokens,
    answerTokens,
    ...(rate !== undefined && { tokensPerSecond: rate }),
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    ...(thinkingMs !== undefined && { thinkingMs }),
    ...(at !== undefined && { totalMs: at }),
    ...(cost !== undefined && { cost }),
    costGrows: finish?.cost === undefined && soFar !== undefined,
  };
}

function rateOver(span: number, tokens: number, running: boolean): number | undefined {
  return tokens > 0 && span >= (running ? shortestLiveSpan : shortestSpan) ? (tokens * 1000) / span : undefined;
}

const phaseWords: Record<Exclude<Phase, 'done'>, string> = {
  queued: 'Waiting',
  loading: 'Loading',
  'in-line': 'In line',
  'first-token': 'Waiting',
  reading: 'Reading',
  thinking: 'Thinking',
  answering: 'Answering',
  saving: 'Saving',
};

function stateOf(view: GenerationView): Pick<Figures, 'state' | 'tone'> {
  const { phase, finish } = view.state;
  if (phase !== 'done') {
    if (pendingRetryOf(view.state)) return { state: 'Trying again', tone: 'live' };
    return { state: phaseWords[phase], tone: 'live' };
  }
  if (finish?.outcome === 'stopped') return { state: 'Stopped', tone: 'quiet' };
  if (finish?.reason === 'length') return { state: 'Out of tokens', tone: 'problem' };
  if (finish?.reason === 'filtered') return { state: 'Withheld', tone: 'problem' };
  if (finish?.outcome === 'interrupted') return { state: 'Interrupted', tone: 'problem' };
  const { tone } = outcomeOf(view.state) ?? {};
  if (tone === 'notice') return { state: 'Not asked', tone: 'quiet' };
  if (finish?.outcome === 'failed' || view.state.error) return { state: 'Failed', tone: 'problem' };
  return tone === 'problem' ? { state: 'No answer', tone: 'problem' } : { state: 'Done', tone: 'done' };
}

function minOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

/** The thinking and the answer of each, as shares (0–1) of the longest of them, so that they stand on one scale. */
export function barsOf(
  all: readonly Pick<Figures, 'reasoningTokens' | 'answerTokens'>[],
): { reasoning: number; answer: number }[] {
  const longest = Math.max(1, ...all.map(({ reasoningTokens, answerTokens }) => reasoningTokens + answerTokens));
  return all.map(({ reasoningTokens, answerTokens }) => ({
    reasoning: reasoningTokens / longest,
    answer: answerTokens / longest,
  }));
}
