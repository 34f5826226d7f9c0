import type { Sampling } from './model.ts';
import { formatCount } from './quantity-words.ts';
import type { Usage } from './usage.ts';

/** How much thinking was asked for, and whether the model kept to it. */
export interface AskedThinking {
  /** Tokens it might think at most; 0 where it was asked for none. */
  most: number;
  thought: number;
  kept: boolean;
}

/** Efforts that ask for no thinking. */
const noThinking: readonly string[] = ['none', 'off'];
/** A server may end a sentence beyond the budget (NIM gives a tenth); what is shared out by us is not exact. */
const slack = { exact: { tokens: 2, share: 0.1 }, shared: { tokens: 16, share: 0.25 } };

/**
 * What was asked for and what came, by the tokens of the account; undefined where nothing was asked for that can be held
 * against them. @param sampling as it was sent.
 */
export function judgeThinking(sampling: Sampling, usage: Usage | undefined): AskedThinking | undefined {
  if (!usage) return undefined;
  const { thinkingBudget, effort } = sampling;
  const thought = usage.reasoningTokens;
  if (thinkingBudget === undefined) {
    return effort !== undefined && noThinking.includes(effort) ? { most: 0, thought, kept: thought === 0 } : undefined;
  }
  const isShared = usage.source === 'split' || usage.source === 'estimated';
  const { tokens, share } = isShared ? slack.shared : slack.exact;
  return { most: thinkingBudget, thought, kept: thought <= thinkingBudget + Math.max(tokens, thinkingBudget * share) };
}

/** "asked for at most 512, thought 498: kept" */
export function askedThinkingWords({ most, thought, kept }: AskedThinking): string {
  if (most === 0)
    return kept ? 'asked for none, none came' : `asked for none, thought ${formatCount(thought)}: ignored`;
  return `asked for at most ${formatCount(most)}, thought ${formatCount(thought)}: ${kept ? 'kept' : 'ignored'}`;
}
