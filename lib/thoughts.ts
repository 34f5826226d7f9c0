import { causeOf, type GenerationError } from './errors.ts';
import { formatCount, formatDuration, formatTokens } from './quantity-words.ts';
import { errorSentence } from './sentences.ts';
import type { FinishReason, Outcome, Phase } from './stream-part.ts';

/** An answer that is being written. What is not known yet is absent. */
export interface RunningAnswer {
  conversationId: string;
  generationId: string;
  /** Epoch ms. */
  queuedAt: number;
  phase?: Phase;
  /** Counted as far as they are, estimated from there on. */
  reasoningTokens?: number;
  answerTokens?: number;
}

/** An answer that was written, or failed. */
export interface EndedAnswer {
  outcome: Outcome;
  reason: FinishReason;
  /** Whether it came to an answer. */
  answered: boolean;
  thinkingMs?: number;
  reasoningTokens?: number;
  error?: GenerationError;
}

/** What was asked together in a conversation, one answer or a column each, when all of it is over. */
export interface EndedRound {
  conversationId: string;
  title: string;
  /** Epoch ms, of the last. */
  endedAt: number;
  answers: EndedAnswer[];
}

/** What of a person's runs, and what has ended since they looked. `at`: epoch ms, by the server's clock. */
export interface Thoughts {
  at: number;
  running: RunningAnswer[];
  ended: EndedRound[];
}

/** Whether its end is news: what somebody stopped is none. */
export function isNews({ answers }: EndedRound): boolean {
  return answers.some(({ outcome }) => outcome !== 'stopped');
}

/** Whether there is nothing to read but why. */
export function hasFailed({ answers }: EndedRound): boolean {
  return answers.every(({ answered }) => !answered);
}

/** How a round has ended: "Thought for 4 min, 12,000 tokens: the answer is there." */
export function endedWords({ answers }: EndedRound): string {
  const [only] = answers;
  if (answers.length === 1 && only) return wordsOfOne(only);
  const there = answers.filter(({ answered }) => answered).length;
  const all = answers.length;
  const how = there === all ? `All ${all} answers are there` : `${there} of ${all} answers are there`;
  const tokens = answers.reduce((sum, { reasoningTokens = 0 }) => sum + reasoningTokens, 0);
  return tokens === 0 ? `${how}.` : `${how}, after ${formatCount(tokens)} tokens of thinking.`;
}

function wordsOfOne(answer: EndedAnswer): string {
  const { outcome, reason, answered, error } = answer;
  const thought = thoughtWords(answer);
  if (outcome === 'failed') return `It failed. ${error ? errorSentence(causeOf(error)) : ''}`.trim();
  if (outcome === 'interrupted') return 'The server stopped while it was written. What had arrived is kept.';
  if (answered) return thought ? `${thought}: the answer is there.` : 'The answer is there.';
  if (reason === 'length') return `${thought ?? 'It wrote'} until its tokens ran out: there is no answer.`;
  return `${thought ?? 'It ended'}: there is no answer.`;
}

function thoughtWords({ thinkingMs, reasoningTokens }: EndedAnswer): string | undefined {
  const tokens = reasoningTokens ? formatTokens(reasoningTokens) : undefined;
  if (thinkingMs === undefined) return tokens && `Thought for ${tokens}`;
  return `Thought for ${formatDuration(thinkingMs)}${tokens ? `, ${tokens}` : ''}`;
}
