import type { ChatMessage, ModelInfo, ModelRequest } from '../../../model.ts';
import { dialsOf } from '../../../parameters.ts';
import { estimateTokens } from '../../../usage.ts';
import { countOf } from '../../calls/json.ts';
import type { RenderedChat } from '../../calls/rendered-prompt.ts';

/** What Ollama said about one of its models; all of it may be unknown. */
export interface OllamaFacts {
  /** The longest window the model can have. */
  contextTokens?: number;
  /** `num_ctx` of its own parameters. */
  defaultWindow?: number;
  /** The window it is loaded with now; `false` when it is not loaded. */
  loaded?: { window?: number } | false;
  /** Whether it can think, from its capabilities. */
  thinks?: boolean;
  /** The values of `think` it takes (Ollama's docs, "Thinking"). */
  thinkValues?: readonly (boolean | string)[];
  /** It runs on ollama.com, which chooses its window itself. */
  remote?: boolean;
}

export type Think = boolean | string | undefined;

/** The smallest window any Ollama gives a model by default. */
const smallestDefaultWindow = 4_096;
/** Tokens kept free for an answer whose length is not limited. */
const usualAnswerTokens = { thinking: 8_192, plain: 2_048 };
/** The estimate goes by the kind of characters; and each message has its tokens of template around it. */
const estimateMargin = 1.2;
const tokensAroundMessage = 8;
/** Vision models make some hundreds to two thousand tokens of a picture. */
const tokensOfImage = 1_500;

/** What goes into `think`: from the model's data and the effort asked for, within what Ollama says the model takes. */
export function thinkFor(model: ModelInfo, effort: string | undefined, facts: OllamaFacts): Think {
  if (facts.thinks === false) return undefined;
  const wanted = model.requestExtras.think;
  const base = typeof wanted === 'boolean' || typeof wanted === 'string' ? wanted : undefined;
  const values = facts.thinkValues;
  const capable = values
    ? values.some((value) => value !== false)
    : (facts.thinks ?? model.reasoning.transport === 'field');
  if (!capable && base === undefined) return undefined;
  return values ? withinValues(base ?? true, effort, values) : withoutValues(base ?? true, effort);
}

const isOff = (effort: string) => effort === 'none' || effort === 'off';
const otherWords: Record<string, string> = { minimal: 'low', xhigh: 'max', ultra: 'max' };

/** A value that is not among them would be ignored: then none is sent and the model does as it does. */
function withinValues(
  base: boolean | string,
  effort: string | undefined,
  values: readonly (boolean | string)[],
): Think {
  const find = (...candidates: (boolean | string | undefined)[]) =>
    candidates.find((candidate) => candidate !== undefined && values.includes(candidate));
  if (effort === undefined) return find(base);
  // One that cannot be turned off thinks as little as it can.
  if (isOff(effort)) return find(false, 'low') ?? values.find((value) => typeof value === 'string');
  return find(effort, otherWords[effort], base);
}

/** Without a word from Ollama: levels for a model whose data names one, on and off for all others. */
function withoutValues(base: boolean | string, effort: string | undefined): Think {
  if (effort === undefined) return base;
  if (isOff(effort)) return typeof base === 'string' ? 'low' : false;
  return typeof base === 'string' ? (otherWords[effort] ?? effort) : true;
}

/** Tokens the conversation and its next answer need, by estimate. */
function tokensNeeded(request: Omit<ModelRequest, 'signal'>, think: Think): { prompt: number; answer: number } {
  const texts = [
    ...withPrefix(request).map((message) => message.content + (message.reasoning ?? '')),
    ...(request.completion ? [request.completion.prompt] : []),
  ];
  const estimate = texts.reduce((sum, text) => sum + estimateTokens(text) + tokensAroundMessage, 0);
  const images = request.messages.reduce((sum, message) => sum + (message.images?.length ?? 0), 0);
  const thinks = (think !== undefined && think !== false) || request.model.reasoning.transport !== 'none';
  const { maxTokens = request.model.advice.maxTokens } = request.sampling;
  return {
    prompt: Math.ceil(estimate * estimateMargin) + images * tokensOfImage,
    answer: maxTokens ?? (thinks ? usualAnswerTokens.thinking : usualAnswerTokens.plain),
  };
}

/**
 * The window to ask for, in tokens; undefined where the default does. A model that is loaded with room enough keeps its
 * window, because another one would make Ollama load it again. Grows by doubling, for the same reason; never less than the
 * model's own default, never more than it can take.
 */
export function windowFor(needed: number, facts: OllamaFacts): number | undefined {
  const { defaultWindow = 0, contextTokens = Number.POSITIVE_INFINITY, remote } = facts;
  if (remote) return undefined;
  const loaded = facts.loaded ? (facts.loaded.window ?? 0) : 0;
  const enough = Math.min(needed, contextTokens);
  if (loaded >= enough && loaded >= defaultWindow && loaded > 0) return loaded;
  if (enough <= Math.max(defaultWindow, smallestDefaultWindow)) return undefined;
  return Math.min(2 ** Math.ceil(Math.log2(enough)), contextTokens);
}

/** What is sent, and what it means for the wait. */
export interface OllamaCall {
  path: '/api/chat' | '/api/generate';
  body: Record<string, unknown>;
  /** Whether the model has to be loaded first, as far as that is known. */
  loads: boolean | undefined;
  /** Tokens the prompt is too long by, if it is. */
  overflow?: { prompt: number; contextTokens: number };
  /** The window it is asked in, as far as that is known. */
  window?: number;
  /** It is told not to leave anything out, and to end where the window does; older versions do not know that. */
  isHonest: boolean;
}

/** The request of Ollama's own API: the parameters this app knows, what the model needs besides, and nothing else. */
export function renderOllamaCall(request: Omit<ModelRequest, 'signal'>, facts: OllamaFacts, think: Think): OllamaCall {
  const { model, completion } = request;
  const { think: _, options: extraOptions, ...extras } = model.requestExtras;
  const needed = tokensNeeded(request, think);
  const { keep_alive, ...dials } = dialsOf(model, request.sampling);
  const window = dials.num_ctx ?? windowFor(needed.prompt + needed.answer, facts);
  const options = {
    ...renderOptions(request),
    ...(window !== undefined && { num_ctx: window }),
    ...recordOf(extraOptions),
    ...dials,
  };
  const { contextTokens, loaded, remote } = facts;
  // An Ollama that says nothing of its models may be something before it, which might not pass these on.
  const isHonest = contextTokens !== undefined && !remote;
  const own = countOf(options.num_ctx) ?? (loaded ? loaded.window : undefined);
  const asked = own === undefined ? undefined : Math.min(own, contextTokens ?? own);
  return {
    path: completion ? '/api/generate' : '/api/chat',
    body: {
      ...extras,
      model: model.id,
      ...(completion
        ? {
            prompt: completion.prompt,
            raw: true,
            ...(completion.images && { images: completion.images.map(({ data }) => data) }),
          }
        : {
            messages: withPrefix(request).map(({ role, content, reasoning, images }) => ({
              role,
              content,
              ...(role === 'assistant' && reasoning && { thinking: reasoning }),
              ...(images && { images: images.map(({ data }) => data) }),
            })),
          }),
      stream: true,
      ...(isHonest && { truncate: false, shift: false }),
      ...(keep_alive !== undefined && { keep_alive }),
      ...(think !== undefined && !completion && { think }),
      ...(Object.keys(options).length > 0 && { options }),
    },
    ...(asked !== undefined && { window: asked }),
    isHonest,
    loads: remote ? false : loads(loaded, window),
    ...(contextTokens !== undefined &&
      needed.prompt > contextTokens && { overflow: { prompt: needed.prompt, contextTokens } }),
  };
}

/** What a template is asked to render: the conversation without the beginning of its answer. */
export function renderedChatOf(request: Omit<ModelRequest, 'signal'>, facts: OllamaFacts, think: Think): RenderedChat {
  const { prefix: _, ...chat } = request;
  const { body } = renderOllamaCall(chat, facts, think);
  return { ...body, messages: body.messages as RenderedChat['messages'] }; // as it is rendered for a chat
}

/** A last message of the assistant is gone on with; its thinking counts as over. */
function withPrefix({ messages, prefix }: Pick<ModelRequest, 'messages' | 'prefix'>): readonly ChatMessage[] {
  if (!prefix) return messages;
  return [...messages, { role: 'assistant', content: prefix.answer, reasoning: prefix.reasoning }];
}

function loads(loaded: OllamaFacts['loaded'], window: number | undefined): boolean | undefined {
  if (loaded === undefined) return undefined;
  return loaded === false || (window !== undefined && loaded.window !== undefined && loaded.window !== window);
}

function renderOptions({ sampling, model, completion }: Omit<ModelRequest, 'signal'>): Record<string, unknown> {
  const temperature = sampling.temperature ?? model.advice.temperature;
  const topP = sampling.topP ?? model.advice.topP;
  const maxTokens = sampling.maxTokens ?? model.advice.maxTokens;
  const stop = completion?.stop ?? sampling.stop;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(maxTokens !== undefined && { num_predict: maxTokens }),
    ...(sampling.seed !== undefined && { seed: sampling.seed }),
    ...(stop?.length && { stop }),
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
