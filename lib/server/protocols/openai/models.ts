import type { ModelMemory } from '../../../model.ts';
import type { ListedModel } from '../../../provider.ts';
import { countOf, isRecord } from '../../calls/json.ts';
import { maxListed, parseModelId } from '../../calls/listed-models.ts';
import { sizeNote } from './model-size.ts';

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
  if (id === undefined || !canChat(entry)) return undefined;
  const window = windowOf(entry);
  const outputTokens = firstCount(entry, ['max_output_tokens', 'max_completion_tokens']);
  const looksLike = shapeOf(entry);
  const { meta } = entry;
  const note = isRecord(meta) ? sizeNote(meta) : undefined;
  const vocabularySize = isRecord(meta) ? countOf(meta.n_vocab) : undefined;
  return {
    id,
    ...(typeof entry.owned_by === 'string' && { ownedBy: entry.owned_by }),
    ...window,
    ...(outputTokens !== undefined && { outputTokens }),
    ...(vocabularySize !== undefined && { vocabularySize }),
    ...(listsImages(entry) && { takesImages: true }),
    ...(looksLike && { looksLike }),
    ...(note && { note }),
    ...memoryOf(entry.status),
  };
}

/** Names of the longest context that a model could have. */
const contextNames = [
  'max_model_len',
  'context_length',
  'context_window',
  'max_context_length',
  'max_input_tokens',
] as const;

/** How much a model takes: the window its server gives it (llama.cpp, LM Studio), else what the model could have. */
function windowOf(entry: Record<string, unknown>): Pick<ListedModel, 'contextTokens' | 'contextFrom'> {
  const meta = isRecord(entry.meta) ? entry.meta : {};
  const given = countOf(meta.n_ctx) ?? countOf(entry.loaded_context_length);
  if (given !== undefined) return { contextTokens: given, contextFrom: 'server' };
  const contextTokens = firstCount(entry, contextNames) ?? countOf(meta.n_ctx_train);
  return contextTokens === undefined ? {} : { contextTokens };
}

const memoryStates: Record<string, ModelMemory['state']> = {
  loaded: 'loaded',
  loading: 'loading',
  unloaded: 'unloaded',
  sleeping: 'asleep',
};

/** Whether a model is loaded, by llama.cpp's router or transformers serve. */
function memoryOf(status: unknown): { memory?: ModelMemory } {
  if (!isRecord(status) || typeof status.value !== 'string') return {};
  const state = status.failed === true ? 'failed' : memoryStates[status.value];
  return state ? { memory: { state } } : {};
}

const chatTypes = /^(chat|language|model|llm|vlm)$/i;
/** LiteLLM's `mode`. */
const chatModes = /^(chat|responses)$/i;
/** Hugging Face's names of tasks that answer in words. */
const chatTasks = /^(text-generation|text2text-generation|conversational|chat|image-text-to-text|any-to-any)$/i;

/** Whether an entry is of a model that chats, as far as it says what the model is for. */
function canChat({ type, mode, task, pipeline_tag, capabilities, architecture }: Record<string, unknown>): boolean {
  const says = (value: unknown, words: RegExp) => typeof value !== 'string' || words.test(value);
  // Mistral's list tells what each can do; OpenRouter's what comes out.
  const cannot = isRecord(capabilities) && capabilities.completion_chat === false;
  const output = isRecord(architecture) ? architecture.output_modalities : undefined;
  const isMute = Array.isArray(output) && output.length > 0 && !output.includes('text');
  return (
    says(type, chatTypes) &&
    says(mode, chatModes) &&
    says(task, chatTasks) &&
    says(pipeline_tag, chatTasks) &&
    !cannot &&
    !isMute
  );
}

/** The day on which every model of a LiteLLM was made. */
const liteLLMCreated = 1_677_610_602;

/** What an entry's shape gives away of who lists it, where `owned_by` does not say it. */
function shapeOf({ owned_by, created, mode, status, meta, source }: Record<string, unknown>): string | undefined {
  // transformers serve splits the name into owner and model (5.5), or says whether it is loaded, and no more (5.24)
  const saysLoaded = isRecord(status) && typeof status.value === 'string' && Object.keys(status).length === 1;
  if (
    Array.isArray(owned_by) ||
    (saysLoaded && meta === undefined && source === undefined && owned_by !== 'llamacpp')
  ) {
    return 'transformers-serve';
  }
  return created === liteLLMCreated && (owned_by === 'openai' || mode !== undefined) ? 'litellm' : undefined;
}

function firstCount(entry: Record<string, unknown>, names: readonly string[]): number | undefined {
  return names.map((name) => countOf(entry[name])).find((count) => count !== undefined);
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
