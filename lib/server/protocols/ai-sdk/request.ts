import type {
  LanguageModelV4CallOptions,
  LanguageModelV4Message,
  SharedV4ProviderMetadata,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';
import type { ChatMessage, ModelRequest } from '../../../model.ts';
import { takenSampling } from '../../../parameters.ts';
import { isRecord } from '../../calls/json.ts';

/** What a preset says about the package that speaks with its server. */
export interface AiSdkDialect {
  /** The package, such as `@ai-sdk/anthropic`; it is loaded when it is first asked. */
  package: string;
  /** What it exports to make a provider, such as `createAnthropic`. */
  create: string;
  /** The header of the key; `authorization` with `Bearer` when absent. Only lists are asked for with it. */
  keyHeader?: string;
  /** Further headers of a list. */
  listHeaders?: Readonly<Record<string, string>>;
  /** Where in the provider's options a budget goes, and an effort. The rest of them is a model's `requestExtras`. */
  budgetAt?: readonly string[];
  effortAt?: readonly string[];
}

/** A request in the words of the AI SDK: what this app knows and the model takes, and nothing else. */
export function renderCall(
  { model, messages, sampling: asked }: Pick<ModelRequest, 'model' | 'messages' | 'sampling'>,
  dialect: AiSdkDialect,
): LanguageModelV4CallOptions {
  const { temperature, topP, maxTokens } = model.advice;
  const sampling = takenSampling(model, {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...asked,
  });
  const providerOptions = optionsOf(model.requestExtras, sampling, dialect);
  return {
    prompt: messages.map(renderMessage),
    ...(sampling.maxTokens !== undefined && { maxOutputTokens: sampling.maxTokens }),
    ...(sampling.temperature !== undefined && { temperature: sampling.temperature }),
    ...(sampling.topP !== undefined && { topP: sampling.topP }),
    ...(sampling.seed !== undefined && { seed: sampling.seed }),
    ...(sampling.stop?.length && { stopSequences: sampling.stop }),
    ...(Object.keys(providerOptions).length > 0 && { providerOptions }),
  };
}

/** A model's own options with the dials of a request put where its provider has them. */
function optionsOf(
  extras: Readonly<Record<string, unknown>>,
  { thinkingBudget, effort }: ModelRequest['sampling'],
  { budgetAt, effortAt }: AiSdkDialect,
): SharedV4ProviderOptions {
  const set: [readonly string[] | undefined, unknown][] = [
    [budgetAt, thinkingBudget],
    [effortAt, effort],
  ];
  let options: Record<string, unknown> = { ...extras };
  for (const [path, value] of set) if (path && value !== undefined) options = withValue(options, path, value);
  return options as SharedV4ProviderOptions; // JSON from the presets and from Settings
}

function withValue(object: Record<string, unknown>, path: readonly string[], value: unknown): Record<string, unknown> {
  const [name, ...rest] = path;
  if (name === undefined) return object;
  const inner = object[name];
  return { ...object, [name]: rest.length === 0 ? value : withValue(isRecord(inner) ? inner : {}, rest, value) };
}

function renderMessage(message: ChatMessage): LanguageModelV4Message {
  const { role, content, images = [] } = message;
  switch (role) {
    case 'system':
      return { role, content };
    case 'user':
      return {
        role,
        content: [
          ...images.map(({ mediaType, data }) => ({ type: 'file', mediaType, data: { type: 'data', data } }) as const),
          { type: 'text', text: content },
        ],
      };
    case 'assistant':
      return { role, content: renderAnswer(message) };
  }
}

type AssistantContent = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'];

/** An answer as its provider gave it, signatures and all, where it is kept so; else as text, with its thinking before it. */
function renderAnswer({ content, reasoning, signed }: ChatMessage): AssistantContent {
  if (signed?.protocol !== 'ai-sdk') {
    return [...(reasoning ? [{ type: 'reasoning', text: reasoning } as const] : []), { type: 'text', text: content }];
  }
  return signed.blocks.map(({ kind, text, data }) => ({
    type: kind === 'reasoning' ? 'reasoning' : 'text',
    text,
    ...(isMetadata(data) && { providerOptions: data }),
  }));
}

function isMetadata(data: unknown): data is SharedV4ProviderMetadata {
  return isRecord(data) && Object.values(data).every(isRecord);
}
