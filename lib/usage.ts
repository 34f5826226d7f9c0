import type { Price } from './price.ts';

/** Where a token count comes from; see docs/architecture.md, "Token counts". */
export type UsageSource = 'reported' | 'split' | 'counted' | 'estimated';

/** Tokens of one generation, with the source of the split between thinking and answer. */
export interface Usage {
  /** Tokens of the request, cache hits included; undefined when the provider did not say. */
  promptTokens?: number;
  /** Part of `promptTokens` that the provider read from its cache. */
  cachedPromptTokens?: number;
  reasoningTokens: number;
  answerTokens: number;
  /** `reported`: the provider's own split. `split`: its total, shared out by us. `counted`: our tokenizer. `estimated`: by length. */
  source: UsageSource;
}

/** What a provider said about tokens, as far as it said it. Fields it did not send are undefined, never 0. */
export interface ReportedUsage {
  promptTokens?: number;
  cachedPromptTokens?: number;
  outputTokens?: number;
  /** Undefined when the provider gave no split. */
  reasoningTokens?: number;
  /** USD, as the provider itself reckons it. */
  cost?: number;
}

/**
 * Tokens a text would have, by its characters alone: about four Latin letters, one and a half CJK characters or two
 * digits to a token. Additive: the estimate of a text is the sum of the estimates of its parts, so it may be
 * counted delta by delta. Not a whole number; round for display.
 */
export function estimateTokens(text: string): number {
  let quarters = 0;
  for (let i = 0; i < text.length; i++) quarters += weightOf(text.charCodeAt(i));
  return quarters / weightsPerToken;
}

const weightsPerToken = 120;

function weightOf(unit: number): number {
  if (unit < 0x80) {
    if ((unit >= 0x61 && unit <= 0x7a) || unit === 0x20) return 26; // a-z, space: words with their space
    if (unit >= 0x41 && unit <= 0x5a) return 34;
    if (unit >= 0x30 && unit <= 0x39) return 56;
    return 60; // punctuation, line ends
  }
  if (unit < 0x0600) return 52; // accented Latin, Greek, Cyrillic
  if (unit < 0x2e80) return 70;
  return 80; // CJK, Hangul, halves of surrogate pairs
}

/** Tokens of the two texts of a message, by our own tokenizer with the model's vocabulary. */
export interface CountedTokens {
  reasoning: number;
  answer: number;
}

/**
 * The tokens of a finished generation, from what the provider reported as far as it did.
 * A reported split is believed; a total alone is shared out in the proportion of our counts; where nothing was reported,
 * our counts stand. Estimates by length take the place of counts where the vocabulary is not known.
 */
export function accountUsage(input: {
  reported: ReportedUsage | undefined;
  reasoningText: string;
  answerText: string;
  /** Undefined when they could not be counted. */
  counted?: CountedTokens | undefined;
}): Usage {
  const { reported, counted } = input;
  const reasoning = counted?.reasoning ?? estimateTokens(input.reasoningText);
  const answer = counted?.answer ?? estimateTokens(input.answerText);
  const prompt = {
    ...(reported?.promptTokens !== undefined && { promptTokens: reported.promptTokens }),
    ...(reported?.cachedPromptTokens !== undefined && { cachedPromptTokens: reported.cachedPromptTokens }),
  };
  // An output of 0 beside visible text means "not counted", not "none".
  const isSilentZero = reported?.outputTokens === 0 && input.reasoningText + input.answerText !== '';
  const output = isSilentZero ? undefined : reported?.outputTokens;
  if (output === undefined) {
    return {
      ...prompt,
      reasoningTokens: Math.round(reasoning),
      answerTokens: Math.round(answer),
      source: counted ? 'counted' : 'estimated',
    };
  }
  // Likewise a reported 0 beside visible thinking.
  const reportedReasoning = reported?.reasoningTokens;
  if (reportedReasoning !== undefined && (reportedReasoning > 0 || input.reasoningText === '')) {
    // Where a provider's output leaves the thinking out, the sum would be negative: then its total is the answer.
    const answerTokens = reportedReasoning <= output ? output - reportedReasoning : output;
    return { ...prompt, reasoningTokens: reportedReasoning, answerTokens, source: 'reported' };
  }
  if (input.reasoningText === '') {
    return { ...prompt, reasoningTokens: 0, answerTokens: output, source: 'reported' };
  }
  const share = reasoning + answer > 0 ? reasoning / (reasoning + answer) : 0;
  const reasoningTokens = Math.round(output * share);
  return { ...prompt, reasoningTokens, answerTokens: output - reasoningTokens, source: 'split' };
}

/** USD for a generation, or undefined when the price or the tokens are not known. */
export function costOf(usage: Usage, price: Price | undefined): number | undefined {
  if (!price || price.upTo || usage.promptTokens === undefined || usage.source === 'estimated') return undefined;
  const cached = price.cachedInput === undefined ? 0 : (usage.cachedPromptTokens ?? 0);
  const input = Math.max(0, usage.promptTokens - cached) * price.input + cached * (price.cachedInput ?? 0);
  const output = (usage.reasoningTokens + usage.answerTokens) * price.output;
  return (input + output) / 1_000_000;
}
