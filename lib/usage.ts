/** Where a token count comes from; see README, "Token counts". */
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
}
