import type { Notice } from '../../notice.ts';

/** What is known of an answer that was to begin with a given text. */
export interface BegunAnswer {
  /** What is claimed where the thinking was closed by us: that it was ended there. Absent where it was not. */
  claim?: Notice;
  /** Tokens of the prompt without the beginning: as the server counted them for the answer that was cut, else estimated. */
  prompt: { tokens: number; counted: boolean };
  /** Tokens of the beginning, estimated. */
  givenTokens: number;
  /** Tokens of the prompt with the beginning, as the server counted them; undefined where it did not. */
  promptTokens: number | undefined;
  /** There is thinking that is not of the beginning. */
  thoughtOn: boolean;
}

/** Estimates of tokens are off by less than this share of them. */
const surely = 0.5;

/**
 * What may be said of an answer that was to begin with a given text: that the thinking was ended there is claimed only where
 * the server's own count, and what came, do not say otherwise.
 */
export function judgeBeginning(begun: BegunAnswer): Notice[] {
  if (wasUnread(begun)) return [{ code: 'beginning-unread', facts: {} }];
  if (!begun.claim) return [];
  return [begun.thoughtOn ? { code: 'thought-on', facts: {} } : begun.claim];
}

/** A prompt shorter than the question alone is counted without what was in the server's cache: it tells nothing. */
function wasUnread({ prompt, givenTokens, promptTokens }: BegunAnswer): boolean {
  if (promptTokens === undefined) return false;
  if (prompt.counted) return promptTokens >= prompt.tokens && promptTokens - prompt.tokens < givenTokens * surely;
  const tells = givenTokens > prompt.tokens && promptTokens > prompt.tokens * surely;
  return tells && promptTokens < (prompt.tokens + givenTokens) * surely;
}
