import type { HistoryPolicy } from './model.ts';
import { estimateTokens, type Usage } from './usage.ts';

/** A turn that has been, as far as it takes room in the window of the next one. */
export interface TakenTurn {
  question: string;
  answer: string;
  reasoning: string;
  /** What its answer took; absent where nobody told. */
  usage?: Usage | undefined;
}

/** How a model's window is taken, in tokens. */
export interface WindowRoom {
  window: number;
  /** By what goes along with the question: the conversation so far. */
  used: number;
  question: number;
  /** What is left for thinking and answer; below 0 where the question does not fit. */
  left: number;
  /** Nobody counted what goes along. */
  isEstimate: boolean;
}

/** Tokens that a template puts around a message. */
const aroundMessage = 4;
/** Less room than this is said in words, whatever the window; of a small window, less than a part of it. */
const shortRoom = 2048;
const shortShare = 0.25;

/**
 * How much of a window the next question has. The prompt of the last answer was counted by its server, and with that answer is
 * nearly all that goes along; where it was not, or not all of it goes along, the texts are estimated.
 * @param input.recentTurns only so many of the latest turns go along; undefined: all.
 */
export function roomOf(input: {
  window: number;
  turns: readonly TakenTurn[];
  question: string;
  systemPrompt?: string | undefined;
  history: HistoryPolicy;
  recentTurns?: number | undefined;
}): WindowRoom {
  const { window, turns, history, recentTurns = turns.length } = input;
  const sent = turns.slice(Math.max(0, turns.length - recentTurns));
  const last = turns.at(-1)?.usage;
  const isCounted = sent.length === turns.length && last?.promptTokens !== undefined && last.source !== 'estimated';
  const used =
    isCounted && last?.promptTokens !== undefined
      ? last.promptTokens +
        last.answerTokens -
        (last.otherTokens ?? 0) +
        (history === 'strip' ? 0 : last.reasoningTokens)
      : estimateOf(sent, history) + estimateText(input.systemPrompt);
  const question = estimateText(input.question);
  return {
    window,
    used: Math.round(used),
    question: Math.round(question),
    left: Math.floor(window - used - question),
    isEstimate: used > 0 && !isCounted,
  };
}

/** Whether little is left for thinking and answer. */
export function isShort({ window, left }: WindowRoom): boolean {
  return left < Math.min(shortRoom, window * shortShare);
}

function estimateOf(turns: readonly TakenTurn[], history: HistoryPolicy): number {
  return turns.reduce((sum, { question, answer, reasoning }) => {
    return sum + estimateText(question) + estimateText(answer) + (history === 'strip' ? 0 : estimateTokens(reasoning));
  }, 0);
}

function estimateText(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? 0 : estimateTokens(text) + aroundMessage;
}
