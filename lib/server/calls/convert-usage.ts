import type { ReportedUsage } from '../../usage.ts';
import { isRecord } from './json.ts';

/**
 * A provider's token counts in our words: OpenAI's fields, DeepSeek's cache counts, Together's flat `cached_tokens`,
 * SGLang's flat `reasoning_tokens`, Ollama's `prompt_eval_count` and `eval_count`. What was not said is undefined, never 0.
 */
export function convertUsage(raw: Record<string, unknown>): ReportedUsage {
  const prompt = isRecord(raw.prompt_tokens_details) ? raw.prompt_tokens_details : {};
  const completion = isRecord(raw.completion_tokens_details) ? raw.completion_tokens_details : {};
  const usage: ReportedUsage = {};
  const promptTokens = countOf(raw.prompt_tokens) ?? countOf(raw.prompt_eval_count);
  const cached = countOf(prompt.cached_tokens) ?? countOf(raw.prompt_cache_hit_tokens) ?? countOf(raw.cached_tokens);
  const outputTokens = outputOf(countOf(raw.completion_tokens) ?? countOf(raw.eval_count), {
    total: countOf(raw.total_tokens),
    promptTokens,
  });
  const reasoningTokens = countOf(completion.reasoning_tokens) ?? countOf(raw.reasoning_tokens);
  if (promptTokens !== undefined) usage.promptTokens = promptTokens;
  if (cached !== undefined) usage.cachedPromptTokens = cached;
  if (outputTokens !== undefined) usage.outputTokens = outputTokens;
  if (reasoningTokens !== undefined) usage.reasoningTokens = reasoningTokens;
  return usage;
}

/**
 * Some (xAI) leave the thinking out of `completion_tokens` and put it into `total_tokens` alone: then the total less the
 * prompt is what was written.
 */
function outputOf(
  completion: number | undefined,
  { total, promptTokens }: { total: number | undefined; promptTokens: number | undefined },
): number | undefined {
  if (total === undefined || promptTokens === undefined) return completion;
  const rest = total - promptTokens;
  return rest > (completion ?? 0) ? rest : completion;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
