import type { GenerationError } from '../../../errors.ts';
import type { ChatMessage, ModelInfo, ModelRequest, ProviderAdapter, ProviderPart, Sampling } from '../../../model.ts';
import { dialsOf, takenSampling } from '../../../parameters.ts';
import { baseURLFor, otherForm, type PrefixForm, renderPrefix } from './answer-prefix.ts';
import { explainNoCompletions, renderCompletionBody, wireIdOf } from './completion-call.ts';
import {
  callWithRetries,
  contextOf,
  type Ending,
  shownURL,
  endingPart,
  limitsOf,
  type ModelCall,
  type ServerOptions,
} from '../../calls/model-call.ts';
import type { StreamSizes } from '../../calls/stream-facts.ts';
import { createStreamNormalizer } from './stream.ts';
import type { Protocol } from '../protocol.ts';
import { tellServer } from '../../calls/tell-server.ts';
import { isLiteLLM, withModelInfo } from './litellm.ts';
import { parseModelList, parseServerInfo } from './models.ts';
import { isOllama, withTags } from './ollama-tags.ts';
import { asCompletion, findRenderedContinuation, renderBeginning } from '../../calls/rendered-prompt.ts';
import { readOllamaWindow } from '../../calls/ollama-window.ts';
import { windowNotices } from '../../calls/window-notices.ts';
import { readStream } from '../../calls/stream-call.ts';
import { createUpstreamFetch, type FetchLike } from '../../calls/upstream-fetch.ts';
import { opensThinking } from './opened-thinking.ts';
import { endReasoning } from './reasoning-control.ts';

/** How a server differs from the common protocol in what it takes. */
export interface RequestDialect {
  /** Some servers refuse the field (transformers serve: 422). */
  sendIncludeUsage: boolean;
  maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** The name under which past thinking is sent back, where it is. */
  historyField: 'reasoning_content' | 'reasoning';
  /** Where an effort goes: a field of its own, or into the `reasoning` object. */
  effortField: 'reasoning_effort' | 'reasoning';
  /** It can be told to load models and to put them away (llama.cpp as a router). */
  loadsModels: boolean;
  /** It tells how much of the prompt it has read when asked to (llama.cpp, `return_progress`). */
  tellsProgress: boolean;
  /** Its thinking can be ended while it streams (llama.cpp's `reasoning_control`). */
  reasoningControl: boolean;
  /** It tells its count and its clock with each token when asked to (llama.cpp, `timings_per_token`). */
  tellsTimings: boolean;
  /** It leaves out what does not fit into its window, without a word (Ollama); and tells that one as Ollama does. */
  cutsPrompt: boolean;
}

export const commonDialect: RequestDialect = {
  sendIncludeUsage: true,
  maxTokensField: 'max_tokens',
  historyField: 'reasoning_content',
  effortField: 'reasoning_effort',
  loadsModels: false,
  tellsProgress: false,
  reasoningControl: false,
  tellsTimings: false,
  cutsPrompt: false,
};
export interface OpenAICompatibleOptions extends ServerOptions, Partial<RequestDialect> {
  id: string;
  sizes?: StreamSizes;
  /** Where the bytes come from; ours over undici when absent. */
  fetch?: FetchLike;
}

/** A model that is known not to be loaded: so soon that it is not shown for one that is there in a moment. */
const loadingAfterMs = 400;

/** What nearly every server speaks: vLLM, llama.cpp, DeepSeek, OpenRouter and many more. */
export const openai: Protocol = {
  id: 'openai',
  abilities: { pull: false, continuation: true, budget: true, logprobs: true },
  headers,
  listURL: ({ baseURL, listPath }) => `${baseURL}${listPath}`,
  parseModels: parseModelList,
  parseServerInfo,
  more(listed, { baseURL }) {
    if (isLiteLLM(listed)) {
      const day = new Date().toISOString().slice(0, 10);
      return { url: `${baseURL}/model/info`, merge: (value) => withModelInfo(listed, value, day) };
    }
    if (!isOllama(listed)) return undefined;
    return { url: `${ollamaOf(baseURL)}/api/tags`, merge: (value) => withTags(listed, value) };
  },
  createAdapter: ({ dialect, ...server }) => createOpenAICompatibleAdapter({ ...dialect, ...server }),
};

/** An Ollama's own address. */
function ollamaOf(baseURL: string): string {
  return baseURL.replace(/\/v1$/, '');
}

function headers({ apiKey }: { apiKey?: string }): Record<string, string> {
  return apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
}

/**
 * An adapter for any server that speaks the OpenAI protocol, for chats and raw completions.
 */
export function createOpenAICompatibleAdapter(options: OpenAICompatibleOptions): ProviderAdapter {
  const upstream = options.fetch ?? createUpstreamFetch({ connectMs: options.limits.connectMs });
  return {
    async *ask(asked) {
      const request = await rendered(options, upstream, asked);
      const context = contextOf(options, request.model);
      const call = (form?: PrefixForm) =>
        callWithRetries(options, request, {
          context,
          send: (modelCall) => send(options, upstream, request, modelCall, form),
          loadingAfterMs: options.mustLoad?.(request.model.id) ? loadingAfterMs : undefined,
        });
      let ending = yield* call();
      for (let form: PrefixForm | undefined = 'with-fields'; form && ending?.type === 'error'; ) {
        form = otherForm(request, form, ending.error);
        if (form === 'answer-only') yield thoughtNotTaken(ending.error);
        if (form) ending = yield* call(form);
      }
      if (ending && !request.signal.aborted) yield* await windowParts(options, upstream, request, ending);
      if (ending?.type === 'error' && request.completion) {
        yield { type: 'error', error: explainNoCompletions(context, ending.error) };
      } else if (ending) {
        yield endingPart(ending);
      }
    },
    // Its `/v1` is asked for what only its own API tells: how the template writes a beginning.
    async findContinuation(model) {
      const server = renderingOf(options, upstream);
      if (model.continuation === 'rendered') {
        return findRenderedContinuation(server, model.id, 'thinking-and-content');
      }
      if (model.continuation !== 'last-message') return model.continuation;
      const isOpened = await opensThinking(options.baseURL, { ...server, model: model.id });
      return isOpened ? 'thought-in-field' : 'last-message';
    },
    preview: (request) => ({
      url: shownURL(options, urlOf(options, request)),
      body: JSON.stringify(renderBody(options, request)),
    }),
    ...(options.loadsModels && {
      setLoaded: (model, isLoaded, signal) =>
        tellServer(
          {
            fetch: upstream,
            url: `${new URL(options.baseURL).origin}/models/${isLoaded ? 'load' : 'unload'}`,
            headers: { ...options.headers, ...headers(options) },
            body: JSON.stringify({ model: model.id }),
            signal,
          },
          contextOf(options, model),
        ),
    }),
  };
}

/** An Ollama's beginning as its template writes it, and the text of a raw completion; any other request as it is. */
async function rendered(
  options: OpenAICompatibleOptions,
  upstream: FetchLike,
  request: ModelRequest,
): Promise<ModelRequest> {
  const { model, messages, prefix, signal } = request;
  if (!prefix || model.continuation !== 'rendered') return request;
  const chat = {
    model: model.id,
    messages: messages.map(({ role, content, reasoning }) => ({
      role,
      content,
      ...(role === 'assistant' && reasoning && { thinking: reasoning }),
    })),
  };
  const prompt = await renderBeginning({ ...renderingOf(options, upstream), signal }, chat, prefix);
  return prompt === undefined ? request : asCompletion(request, prompt);
}

function renderingOf(options: OpenAICompatibleOptions, fetch: FetchLike) {
  return {
    origin: options.baseURL.replace(/\/v1$/, ''),
    fetch,
    headers: { ...options.headers, ...headers(options) },
  };
}

/** What the counts say about the window. */
async function windowParts(
  options: OpenAICompatibleOptions,
  upstream: FetchLike,
  request: ModelRequest,
  ending: Ending,
): Promise<ProviderPart[]> {
  const { label: provider, cutsPrompt: cuts = false } = options;
  const { limits, id } = request.model;
  if (!cuts) return windowNotices(request, ending, { provider, window: limits.contextTokens, cuts });
  if (ending.usage?.promptTokens === undefined) return [];
  const asking = { fetch: upstream, headers: { ...options.headers, ...headers(options) }, signal: request.signal };
  const window = await readOllamaWindow(ollamaOf(options.baseURL), { ...asking, model: id });
  return windowNotices(request, ending, { provider, window, cuts });
}

function thoughtNotTaken({ detail }: GenerationError): ProviderPart {
  const facts = { feature: 'the thinking before the answer', ...(detail !== undefined && { said: detail }) };
  return { type: 'notice', notice: { code: 'not-taken', facts } };
}

function urlOf(options: OpenAICompatibleOptions, request: Omit<ModelRequest, 'signal'>): string {
  if (request.completion) return `${options.baseURL}/completions`;
  return `${baseURLFor(options.baseURL, request)}/chat/completions`;
}

function renderBody(
  options: OpenAICompatibleOptions,
  request: Omit<ModelRequest, 'signal'>,
  form?: PrefixForm,
): Record<string, unknown> {
  const dialect = { ...commonDialect, ...definedDialect(options) };
  const { completion } = request;
  if (completion) return renderCompletionBody({ ...request, completion }, dialect);
  return renderRequestBody(request, dialect, form);
}

function send(
  options: OpenAICompatibleOptions,
  upstream: FetchLike,
  request: ModelRequest,
  { signal, observe, write }: ModelCall,
  form: PrefixForm | undefined,
): Promise<void> {
  const sent = { ...options.headers, ...headers(options) };
  const isControlled = options.reasoningControl === true && !request.completion;
  return readStream({
    fetch: upstream,
    url: urlOf(options, request),
    headers: { accept: 'text/event-stream', ...sent },
    body: JSON.stringify(renderBody(options, request, form)),
    signal,
    limits: limitsOf(options),
    observe(fact) {
      observe(fact);
      if (fact.type !== 'id' || !isControlled) return;
      const endThinking = () => endReasoning(options.baseURL, { fetch: upstream, headers: sent, id: fact.id });
      observe({ type: 'steerable', endThinking });
    },
    createNormalizer: (report) => createStreamNormalizer(write, report, options.sizes),
  });
}

/** The body of a request: the parameters this app knows and the model takes, what it needs besides, and nothing else. */
export function renderRequestBody(
  request: Pick<ModelRequest, 'model' | 'messages' | 'prefix' | 'sampling'>,
  dialect: RequestDialect,
  form?: PrefixForm,
) {
  const { model, messages } = request;
  const { temperature, topP, maxTokens } = model.advice;
  const sampling = takenSampling(model, { ...definedOf({ temperature, topP, maxTokens }), ...request.sampling });
  const extras = safeExtras(model.requestExtras);
  const fieldsOfBudget = model.parameters?.thinkingBudget?.fields;
  const effort =
    fieldsOfBudget && sampling.thinkingBudget !== undefined
      ? renderBudget(fieldsOfBudget, sampling.thinkingBudget, extras)
      : renderEffort(sampling, dialect, extras);
  const { message: last, fields } = renderPrefix(request, dialect, form);
  return {
    ...extras,
    ...effort,
    model: wireIdOf(model, sampling),
    messages: [...messages.map((message) => renderMessage(message, model, dialect)), ...(last ? [last] : [])],
    ...fields,
    ...renderSampling(sampling, dialect),
    ...dialsOf(model, sampling),
    stream: true,
    ...(dialect.reasoningControl && { reasoning_control: true }),
    ...(dialect.sendIncludeUsage && { stream_options: { include_usage: true } }),
    ...(dialect.tellsProgress && { return_progress: true }),
    ...(dialect.tellsTimings && { timings_per_token: true }),
  };
}

function renderMessage(message: ChatMessage, model: ModelInfo, dialect: RequestDialect): Record<string, unknown> {
  const past = message.role === 'assistant' && message.reasoning ? { [dialect.historyField]: message.reasoning } : {};
  const role = message.role === 'system' ? (model.systemRole ?? 'system') : message.role;
  return { role, content: renderContent(message), ...past };
}

/** A text as it is; with pictures it is one part among others. */
function renderContent({ content, images = [] }: ChatMessage): unknown {
  if (images.length === 0) return content;
  const pictures = images.map(({ mediaType, data }) => ({
    type: 'image_url',
    image_url: { url: `data:${mediaType};base64,${data}` },
  }));
  return [...pictures, { type: 'text', text: content }];
}

function renderSampling(sampling: Sampling, dialect: RequestDialect): Record<string, unknown> {
  const { temperature, topP, maxTokens } = sampling;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(maxTokens !== undefined && { [dialect.maxTokensField]: maxTokens }),
    ...(sampling.seed !== undefined && { seed: sampling.seed }),
    ...(sampling.stop?.length && { stop: sampling.stop }),
  };
}

function renderEffort(
  { effort, thinkingBudget }: Sampling,
  dialect: RequestDialect,
  extras: Record<string, unknown>,
): Record<string, unknown> {
  if (thinkingBudget !== undefined) {
    return dialect.effortField === 'reasoning_effort'
      ? { thinking: { type: 'enabled', budget_tokens: thinkingBudget } }
      : { reasoning: { ...(extras.reasoning as object | undefined), max_tokens: thinkingBudget } };
  }
  if (effort === undefined) return {};
  if (dialect.effortField === 'reasoning_effort') return { reasoning_effort: effort };
  return { reasoning: { ...(extras.reasoning as object | undefined), effort } };
}

/** A budget under a server's own names; beside what is in the same object already. */
function renderBudget(fields: readonly string[], budget: number, extras: Record<string, unknown>) {
  return Object.fromEntries(
    fields.map((field) => {
      const [name = field, inner] = field.split('.');
      return [name, inner === undefined ? budget : { ...(extras[name] as object | undefined), [inner]: budget }];
    }),
  );
}

function safeExtras(extras: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(extras).filter(([key]) => key !== '__proto__'));
}

/** Without the keys that are undefined, which would hide what was asked for. */
function definedOf(sampling: { [name in keyof Sampling]: Sampling[name] | undefined }): Sampling {
  return Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== undefined));
}

function definedDialect(options: OpenAICompatibleOptions): Partial<RequestDialect> {
  const {
    sendIncludeUsage,
    maxTokensField,
    historyField,
    effortField,
    tellsProgress,
    reasoningControl,
    cutsPrompt,
    tellsTimings,
  } = options;
  return {
    ...(sendIncludeUsage !== undefined && { sendIncludeUsage }),
    ...(maxTokensField && { maxTokensField }),
    ...(historyField && { historyField }),
    ...(effortField && { effortField }),
    ...(tellsProgress !== undefined && { tellsProgress }),
    ...(reasoningControl !== undefined && { reasoningControl }),
    ...(cutsPrompt !== undefined && { cutsPrompt }),
    ...(tellsTimings !== undefined && { tellsTimings }),
  };
}
