import type { ModelInfo } from '../../../model.ts';
import type { ListedModel } from '../../../provider.ts';
import { isRecord } from '../../calls/json.ts';
import { maxListed, parseModelId } from '../../calls/listed-models.ts';

/**
 * Reads the model lists of providers with a protocol of their own: Anthropic's and Mistral's `{data: [{id}]}`, Google's
 * `{models: [{name: "models/…"}]}`. Undefined when it is no such list.
 */
export function parseModels(
  value: unknown,
  factsOf?: (entry: Record<string, unknown>) => Partial<ListedModel>,
): ListedModel[] | undefined {
  const entries = isRecord(value) ? (value.data ?? value.models) : undefined;
  if (!Array.isArray(entries)) return undefined;
  const byId = new Map<string, ListedModel>();
  for (const entry of entries.slice(0, maxListed).filter(isRecord)) {
    const id = parseModelId(entry.id ?? nameOf(entry.name));
    if (id === undefined || !writesText(entry)) continue;
    const contextTokens = countOf(entry.inputTokenLimit ?? entry.max_input_tokens ?? entry.max_context_length);
    const outputTokens = countOf(entry.outputTokenLimit ?? entry.max_tokens);
    byId.set(id, {
      id,
      ...(contextTokens !== undefined && { contextTokens }),
      ...(outputTokens !== undefined && { outputTokens }),
      ...factsOf?.(entry),
    });
  }
  return [...byId.values()];
}

/** A listed model as a package speaks with it: thinking comes in parts of its own, never between tags. */
export function describeModel(listed: ListedModel, known: ModelInfo): ModelInfo {
  const { isAssumed: _, ...reasoning } = known.reasoning;
  const limits = { ...known.limits, ...(listed.outputTokens !== undefined && { outputTokens: listed.outputTokens }) };
  return {
    ...known,
    limits,
    reasoning: { ...reasoning, transport: known.reasoning.isAssumed ? 'field' : reasoning.transport },
  };
}

function nameOf(name: unknown): unknown {
  return typeof name === 'string' ? name.replace(/^models\//, '') : undefined;
}

function writesText({ supportedGenerationMethods: methods }: Record<string, unknown>): boolean {
  return !Array.isArray(methods) || methods.includes('generateContent');
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
