import type { ReportedUsage, ServerTimes } from './usage.ts';

/**
 * A provider's token counts in our words: OpenAI's fields (and those of its Responses, and Anthropic's), DeepSeek's cache
 * counts, Together's flat `cached_tokens`, SGLang's flat `reasoning_tokens`, Ollama's `prompt_eval_count` and `eval_count`,
 * Gemini's own, Anthropic's with what it took from its cache.
 * Read alike from a stream and from a file that is brought in. What was not said is undefined, never 0.
 */
export function convertUsage(raw: Record<string, unknown>): ReportedUsage {
  const prompt = recordOf(raw['prompt_tokens_details'] ?? raw['input_tokens_details']);
  const completion = recordOf(raw['completion_tokens_details'] ?? raw['output_tokens_details']);
  const told = firstCount(
    raw['prompt_tokens'],
    raw['prompt_eval_count'],
    raw['prompt_token_count'],
    raw['promptTokenCount'],
  );
  const promptTokens = told ?? inputOf(raw);
  const cached = firstCount(
    ...[prompt['cached_tokens'], raw['prompt_cache_hit_tokens'], raw['cached_tokens']],
    ...[raw['cache_read_input_tokens'], raw['cached_content_token_count'], raw['cachedContentTokenCount']],
  );
  const thoughts = firstCount(raw['thoughts_token_count'], raw['thoughtsTokenCount']);
  const candidates = firstCount(raw['candidates_token_count'], raw['candidatesTokenCount']);
  const output = outputOf({
    prompt: promptTokens,
    completion:
      firstCount(raw['completion_tokens'], raw['eval_count'], raw['output_tokens']) ??
      (candidates === undefined ? undefined : candidates + (thoughts ?? 0)), // thoughts are beside candidates
    total: firstCount(raw['total_tokens'], raw['total_token_count'], raw['totalTokenCount']),
    reasoning: firstCount(
      ...[completion['reasoning_tokens'], completion['thinking_tokens']],
      ...[raw['reasoning_tokens'], raw['thinking_tokens'], thoughts],
    ),
  });
  const cost = costOf(raw);
  // LiteLLM counts the thinking with a tokenizer of its own, and says what is left beside it.
  const isGuess = output.reasoningTokens !== undefined && countOf(completion['text_tokens']) !== undefined;
  return {
    ...(promptTokens !== undefined && { promptTokens }),
    ...(cached !== undefined && { cachedPromptTokens: cached }),
    ...output,
    ...(isGuess && { splitIsGuess: true }),
    ...(cost !== undefined && { cost }),
  };
}

/** Anthropic counts what its cache held, or now holds, beside its input. */
function inputOf(raw: Record<string, unknown>): number | undefined {
  const input = countOf(raw['input_tokens']);
  if (input === undefined) return undefined;
  return input + (countOf(raw['cache_read_input_tokens']) ?? 0) + (countOf(raw['cache_creation_input_tokens']) ?? 0);
}

/** A server's own times: llama.cpp's `timings`, or what Ollama says beside its counts, in ns. Undefined when it told none. */
export function convertTimes(raw: Readonly<Record<string, unknown>>): ServerTimes | undefined {
  const ofOllama = raw['eval_duration'] !== undefined || raw['prompt_eval_duration'] !== undefined;
  const milliseconds = (name: string) => msOf(raw[name], ofOllama ? 1e6 : 1);
  const [load, prompt, write] = ofOllama
    ? [milliseconds('load_duration'), milliseconds('prompt_eval_duration'), milliseconds('eval_duration')]
    : [undefined, milliseconds('prompt_ms'), milliseconds('predicted_ms')];
  if (prompt === undefined && write === undefined) return undefined;
  const [read, written] = [countOf(raw['prompt_n']), firstCount(raw['predicted_n'], raw['eval_count'])];
  return {
    ...(load !== undefined && { loadMs: load }),
    ...(prompt !== undefined && { promptMs: prompt }),
    ...(prompt !== undefined && read !== undefined && { readTokens: read }),
    ...(write !== undefined && { writeMs: write }),
    ...(write !== undefined && written !== undefined && { writtenTokens: written }),
  };
}

/** The counts in llama.cpp's `timings`. */
export function convertTimings(raw: Readonly<Record<string, unknown>>): ReportedUsage {
  const [cached, read, written] = [countOf(raw['cache_n']), countOf(raw['prompt_n']), countOf(raw['predicted_n'])];
  return {
    ...(read !== undefined && cached !== undefined && { promptTokens: cached + read, cachedPromptTokens: cached }),
    ...(written !== undefined && { outputTokens: written }),
  };
}

function msOf(value: unknown, perMs: number): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0 || value / perMs > 1e9) return undefined;
  return Math.round((value / perMs) * 1000) / 1000;
}

/**
 * What was written, and how much of it was thinking. The total tells what the parts leave open:
 * - some (xAI) leave the thinking out of `completion_tokens` and put it into `total_tokens` alone;
 * - some (Gemini) tell the thinking nowhere else: what the total has beyond prompt and completion is thinking;
 * - a thinking above the completion, where the total is no more than prompt and completion, is no split at all.
 */
function outputOf(told: {
  prompt: number | undefined;
  completion: number | undefined;
  total: number | undefined;
  reasoning: number | undefined;
}): Pick<ReportedUsage, 'outputTokens' | 'reasoningTokens'> {
  const { prompt, completion, total, reasoning } = told;
  const whole = total !== undefined && prompt !== undefined ? total - prompt : undefined;
  if (completion === undefined && whole === undefined)
    return reasoning === undefined ? {} : { reasoningTokens: reasoning };
  // thinking above the completion is beside it, where no total says otherwise
  if (whole === undefined && completion !== undefined && reasoning !== undefined && reasoning > completion)
    return { outputTokens: completion + reasoning, reasoningTokens: reasoning };
  if (whole === undefined || whole < (completion ?? 0)) return withThinking(completion, reasoning);
  const beyond = whole - (completion ?? whole);
  if (beyond > 0) return { outputTokens: whole, reasoningTokens: reasoning || beyond };
  const isInside = reasoning === undefined || reasoning <= whole;
  return withThinking(whole, isInside ? reasoning : undefined);
}

function withThinking(
  output: number | undefined,
  reasoning: number | undefined,
): Pick<ReportedUsage, 'outputTokens' | 'reasoningTokens'> {
  return {
    ...(output !== undefined && { outputTokens: output }),
    ...(reasoning !== undefined && { reasoningTokens: reasoning }),
  };
}

/** USD as the provider itself reckons it (OpenRouter); with a key of one's own, what the provider behind it takes is added. */
function costOf(raw: Record<string, unknown>): number | undefined {
  const inside = recordOf(raw['cost']);
  const own =
    amountOf(raw['cost']) ??
    amountOf(raw['estimated_cost']) ??
    amountOf(raw['total_cost']) ??
    amountOf(inside['total_cost'] ?? inside['total']);
  const upstream = raw['is_byok'] === true ? upstreamCostOf(recordOf(raw['cost_details'])) : undefined;
  return own === undefined ? upstream : own + (upstream ?? 0);
}

function upstreamCostOf(details: Record<string, unknown>): number | undefined {
  const [prompt, completion] = [
    amountOf(details['upstream_inference_prompt_cost']),
    amountOf(details['upstream_inference_completions_cost']),
  ];
  const parts = prompt === undefined && completion === undefined ? undefined : (prompt ?? 0) + (completion ?? 0);
  return amountOf(details['upstream_inference_cost']) ?? parts;
}

function amountOf(told: unknown): number | undefined {
  const value = typeof told === 'string' && /^\d{1,7}(?:\.\d{1,20})?(?:e-\d{1,2})?$/i.test(told) ? Number(told) : told;
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e6 ? value : undefined;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function firstCount(...values: unknown[]): number | undefined {
  for (const value of values) {
    const count = countOf(value);
    if (count !== undefined) return count;
  }
  return undefined;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
