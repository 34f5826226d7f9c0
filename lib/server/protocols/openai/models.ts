import type { ListedModel } from '../../../provider.ts';
import { isRecord } from '../../calls/json.ts';
import { maxListed, parseModelId } from '../../calls/listed-models.ts';

/**
 * Reads a model list in the shapes servers give: `{data: [{id}]}`, `{data: null}`, or a bare array.
 * Undefined when it is no model list.
 * @param factsOf what else an entry tells.
 */
export function parseModelList(
  value: unknown,
  factsOf?: (entry: Record<string, unknown>) => Partial<ListedModel>,
): ListedModel[] | undefined {
  const entries = isRecord(value) ? (value.data ?? value.models ?? (value.object === 'list' ? [] : undefined)) : value;
  if (!Array.isArray(entries)) return undefined;
  const byId = new Map<string, ListedModel>();
  for (const entry of entries.slice(0, maxListed).filter(isRecord)) {
    const listed = parseListed(entry);
    if (listed) byId.set(listed.id, { ...listed, ...factsOf?.(entry) });
  }
  return [...byId.values()];
}

function parseListed(entry: Record<string, unknown>): ListedModel | undefined {
  const id = parseModelId(entry.id);
  if (id === undefined) return undefined;
  if (typeof entry.type === 'string' && !/^(chat|language|model|llm|vlm)$/i.test(entry.type)) return undefined;
  const context = [entry.max_model_len, entry.context_length, entry.context_window].find(
    (tokens) => typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens > 0,
  );
  return {
    id,
    ...(typeof entry.owned_by === 'string' && { ownedBy: entry.owned_by }),
    ...(typeof context === 'number' && { contextTokens: context }),
    ...(listsImages(entry) && { takesImages: true }),
  };
}

/** Whether an entry says that its model takes pictures: OpenRouter's and Hugging Face's modalities, LM Studio's type. */
function listsImages({ architecture, type }: Record<string, unknown>): boolean {
  const modalities = isRecord(architecture) ? architecture.input_modalities : undefined;
  return type === 'vlm' || (Array.isArray(modalities) && modalities.includes('image'));
}

/** Reads what TGI says of itself: the one model it has. Undefined when it is something else. */
export function parseServerInfo(value: unknown): ListedModel[] | undefined {
  if (!isRecord(value) || typeof value.model_id !== 'string' || typeof value.version !== 'string') return undefined;
  const listed = parseListed({ id: value.model_id, context_length: value.max_total_tokens });
  return listed && [listed];
}
