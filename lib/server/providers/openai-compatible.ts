import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { GenerationError } from '../../errors.ts';
import type { ChatMessage, ModelInfo, ModelRequest, ProviderAdapter, ProviderPart, Sampling } from '../../model.ts';
import type { FinishReason } from '../../stream-part.ts';
import type { ProviderLimits } from '../config.ts';
import { convertUsage } from './convert-usage.ts';
import {
  convertConnectionError,
  convertRefusal,
  convertStreamError,
  type ErrorContext,
  isLoading,
  makeError,
  redact,
} from './errors.ts';
import type { StreamSizes } from './normalize-stream.ts';
import { type CallFact, createRepairingFetch, type StreamLimits } from './repairing-fetch.ts';
import { createUpstreamFetch, type FetchLike } from './upstream-fetch.ts';

/** How a server differs from the common protocol in what it takes. */
export interface RequestDialect {
  /** Some servers refuse the field (transformers serve: 422). */
  sendIncludeUsage: boolean;
  maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** The name under which past thinking is sent back, where it is. */
  historyField: 'reasoning_content' | 'reasoning';
  /** Where an effort goes: a field of its own, or into the `reasoning` object. */
  effortField: 'reasoning_effort' | 'reasoning';
}

export const commonDialect: RequestDialect = {
  sendIncludeUsage: true,
  maxTokensField: 'max_tokens',
  historyField: 'reasoning_content',
  effortField: 'reasoning_effort',
};

export interface OpenAICompatibleOptions extends Partial<RequestDialect> {
  id: string;
  label: string;
  /** Without a slash at the end. */
  baseURL: string;
  apiKey?: string;
  envKey?: string;
  headers?: Record<string, string>;
  /** On a machine of the person's own: may take minutes to load a model. */
  local?: boolean;
  limits: ProviderLimits;
  sizes?: StreamSizes;
  /** Where the bytes come from; ours over undici when absent. */
  fetch?: FetchLike;
  /** Waits before a retry; resolves early when aborted. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Epoch ms. */
  now?: () => number;
}

const maxRetries = 2;
const maxRetryWaitMs = 30_000;
const backoffMs = [1_000, 3_000];
const loadingBackoffMs = [5_000, 15_000];
/** A local server that sends nothing for this long is loading its model. */
const loadingAfterMs = 2_500;

/** An adapter for any server that speaks the OpenAI chat protocol, over the AI SDK's model and a repairing fetch. */
export function createOpenAICompatibleAdapter(options: OpenAICompatibleOptions): ProviderAdapter {
  const upstream = options.fetch ?? createUpstreamFetch({ connectMs: options.limits.connectMs });
  const wait = options.wait ?? waitFor;
  return {
    async *ask(request) {
      for (let attempt = 1; !request.signal.aborted; attempt++) {
        const ending = yield* askOnce(options, upstream, request);
        if (ending === undefined || request.signal.aborted) return;
        const waitMs = ending.type === 'error' && ending.mayRetry ? retryWait(ending.error, attempt) : undefined;
        if (ending.type === 'finish' || waitMs === undefined) {
          yield ending.type === 'finish' ? ending : { type: 'error', error: ending.error };
          return;
        }
        if (isLoading(ending.error)) yield { type: 'waiting', reason: 'loading' };
        yield { type: 'retry', error: ending.error, attempt, waitMs };
        await wait(waitMs, request.signal);
      }
    },
  };
}

/** How long to wait before asking again, in ms; undefined when asking again is not for us to decide. */
function retryWait(error: GenerationError, attempt: number): number | undefined {
  if (attempt > maxRetries || (error.kind !== 'rate' && error.kind !== 'busy')) return undefined;
  const backoff = (isLoading(error) ? loadingBackoffMs : backoffMs)[attempt - 1];
  const waitMs = error.retryAfterSeconds === undefined ? backoff : Math.ceil(error.retryAfterSeconds * 1000);
  return waitMs !== undefined && waitMs <= maxRetryWaitMs ? waitMs : undefined;
}

type Ending =
  | Extract<ProviderPart, { type: 'finish' }>
  /** `mayRetry`: no text had come. */
  | { type: 'error'; error: GenerationError; mayRetry: boolean };

/** One call. Yields its parts as they come and returns how it ended; undefined when it was aborted. */
async function* askOnce(
  options: OpenAICompatibleOptions,
  upstream: FetchLike,
  request: ModelRequest,
): AsyncGenerator<ProviderPart, Ending | undefined> {
  const context = contextOf(options, request.model);
  const call = new AbortController();
  const queue = createQueue<ProviderPart>();
  const onAbort = () => {
    call.abort(request.signal.reason);
    queue.close();
  };
  if (request.signal.aborted) return undefined;
  request.signal.addEventListener('abort', onAbort, { once: true });

  const seen = createRecord(context, options.now ?? Date.now);
  let loading: NodeJS.Timeout | undefined;
  const observe = (fact: CallFact) => {
    clearTimeout(loading);
    const part = seen.take(fact);
    if (part) queue.push(part);
    if (fact.type === 'sending' && options.local) {
      loading = setTimeout(() => queue.push({ type: 'waiting', reason: 'loading' }), loadingAfterMs);
    }
    if (fact.type === 'keep-alive' && !seen.text && !seen.waiting) {
      seen.waiting = true;
      queue.push({ type: 'waiting', reason: options.local ? 'loading' : 'queued' });
    }
  };

  const model = createOpenAICompatible({
    name: 'upstream',
    baseURL: options.baseURL,
    headers: {
      accept: 'text/event-stream',
      ...options.headers,
      ...(options.apiKey !== undefined && { authorization: `Bearer ${options.apiKey}` }),
    },
    fetch: createRepairingFetch({
      fetch: upstream,
      limits: limitsOf(options),
      ...(options.sizes && { sizes: options.sizes }),
      observe,
    }),
    transformRequestBody: () => renderRequestBody(request, { ...commonDialect, ...definedDialect(options) }),
  }).chatModel(request.model.id);

  const reading = (async () => {
    try {
      const { stream } = await model.doStream({ prompt: [], abortSignal: call.signal });
      const reader = stream.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        const part = next.value;
        if (part.type === 'reasoning-delta') queue.push({ type: 'reasoning', text: part.delta });
        else if (part.type === 'text-delta') queue.push({ type: 'content', text: part.delta });
      }
    } catch (cause) {
      seen.thrown = cause; // told by a fact, if the provider did it
    } finally {
      queue.close();
    }
  })();

  try {
    yield* queue;
    if (request.signal.aborted) return undefined;
    await reading;
    yield* seen.closingParts();
    return seen.ending();
  } finally {
    clearTimeout(loading);
    request.signal.removeEventListener('abort', onAbort);
    call.abort(); // a reader that left early leaves no connection behind
  }
}

interface CallRecord {
  text: boolean;
  waiting: boolean;
  thrown: unknown;
  /** What a fact is to a reader, at once; most are only remembered. */
  take(fact: CallFact): ProviderPart | undefined;
  /** What is told at the end, before how it ended: what was left out, and the tokens. */
  closingParts(): ProviderPart[];
  ending(): Ending;
}

/** Remembers what one call showed, and judges at the end what it came to. */
function createRecord(context: ErrorContext, now: () => number): CallRecord {
  let text = false;
  let reasoning = false;
  let finish: string | undefined;
  let done = false;
  let usage: Record<string, unknown> | undefined;
  let leftOut = 0;
  let whole = false;
  let tooLarge: 'line' | 'answer' | undefined;
  let error: GenerationError | undefined;

  const judge = (fact: CallFact): GenerationError | undefined => {
    switch (fact.type) {
      case 'error':
        return convertStreamError(context, fact.error, text);
      case 'refused':
        return convertRefusal(context, fact.refusal, now());
      case 'unreachable':
        return convertConnectionError(context, fact.cause);
      case 'encoded':
        return makeError(context, {
          kind: 'provider',
          message: `${context.label} answered with a compressed body although it was asked not to.`,
        });
      case 'timeout':
        return makeError(context, { kind: 'interrupted', message: timeoutMessage(context, fact, text) });
      case 'reset':
        return makeError(context, { kind: 'interrupted' });
      case 'not-a-stream':
        return makeError(context, {
          kind: 'provider',
          message: `${context.label} answered with something that is no stream. Check the base URL ${context.baseURL}; most end in /v1.`,
          said: fact.text,
        });
      case 'too-large':
        if (fact.what === 'answer') return undefined;
        return makeError(context, {
          kind: 'provider',
          message: `${context.label} sent a line that is too long to be part of an answer. What had arrived is kept.`,
        });
      default:
        return undefined;
    }
  };

  return {
    thrown: undefined,
    waiting: false,
    get text() {
      return text;
    },
    take(fact) {
      error ??= judge(fact);
      switch (fact.type) {
        case 'sending':
          return { type: 'request', url: fact.url, body: fact.body };
        case 'first-byte':
          return { type: 'first-byte' };
        case 'model':
          return { type: 'model', id: redact(fact.id, context.secrets) };
        case 'text':
          if (fact.visible) text = true;
          if (fact.reasoning) reasoning = true;
          return undefined;
        case 'finish':
          finish = redact(fact.reason, context.secrets);
          return undefined;
        case 'done':
          done = true;
          return undefined;
        case 'usage':
          usage = fact.raw;
          return undefined;
        case 'repaired':
          if (fact.what === 'event') leftOut++;
          if (fact.what === 'whole') whole = true;
          return undefined;
        case 'too-large':
          tooLarge = fact.what;
          return undefined;
        default:
          return undefined;
      }
    },
    closingParts() {
      const parts: ProviderPart[] = [];
      const repaired = (message: string) => parts.push({ type: 'repaired', message });
      if (leftOut > 0) {
        const events = leftOut === 1 ? 'One event' : `${leftOut} events`;
        repaired(
          `${events} of ${context.label}'s stream could not be read and ${leftOut === 1 ? 'was' : 'were'} left out.`,
        );
      }
      if (whole) repaired(`${context.label} answered in one piece instead of a stream.`);
      if (tooLarge === 'answer') repaired('The answer grew too large and was cut here.');
      if (usage !== undefined) {
        const reported = convertUsage(usage);
        // Thinking was seen, so a count of none is a count nobody made.
        if (reasoning && reported.reasoningTokens === 0) delete reported.reasoningTokens;
        parts.push({ type: 'usage', usage: reported, raw: usage });
      }
      return parts;
    },
    ending() {
      if (tooLarge === 'answer') return { type: 'finish', reason: 'length' };
      const fail = (failure: GenerationError): Ending => ({ type: 'error', error: failure, mayRetry: !text });
      // A finish reason is the truth: whatever breaks after it broke nothing. An error that was said outright still counts.
      if (finish !== undefined && error?.kind === 'interrupted') error = undefined;
      if (error) return fail(error);
      if (finish === undefined && !done) {
        const message = `${context.label} ended the stream before the model was done. What had arrived is kept.`;
        return fail(makeError(context, { kind: 'interrupted', message }));
      }
      const reason = finish === undefined ? 'unknown' : convertFinish(finish);
      if (reason === 'error') {
        const said = finish === 'error' ? undefined : finish;
        return fail(makeError(context, { kind: text ? 'provider' : 'busy', said }));
      }
      if (!text) {
        const kind = reason === 'length' ? 'limit' : reason === 'filtered' ? 'filtered' : 'empty';
        return { type: 'error', error: makeError(context, { kind }), mayRetry: false };
      }
      return { type: 'finish', reason, ...(finish !== undefined && { rawReason: finish }) };
    },
  };
}

function convertFinish(raw: string): FinishReason {
  switch (raw) {
    case 'stop':
    case 'eos':
    case 'eos_token':
    case 'end_turn':
    case 'stop_sequence':
      return 'stop';
    case 'length':
    case 'max_tokens':
      return 'length';
    case 'content_filter':
      return 'filtered';
    case 'error':
    case 'insufficient_system_resource':
      return 'error';
    default:
      return 'other';
  }
}

function timeoutMessage(context: ErrorContext, fact: Extract<CallFact, { type: 'timeout' }>, text: boolean): string {
  const time = fact.ms >= 120_000 ? `${Math.round(fact.ms / 60_000)} minutes` : `${Math.ceil(fact.ms / 1000)} s`;
  const kept = text ? ' What had arrived is kept.' : ' Try again.';
  switch (fact.limit) {
    case 'first-byte':
      return `${context.label} did not begin to answer within ${time}.${kept}`;
    case 'idle':
      return `${context.label} went silent for ${time}.${kept}`;
    case 'keep-alive-only':
      return `${context.label} kept the connection open for ${time} without sending a word.${kept}`;
    case 'total':
      return `${context.label} did not finish within ${time}.${kept}`;
  }
}

/** The body of a request: the parameters this app knows, what the model needs besides, and nothing else. */
export function renderRequestBody(
  request: Pick<ModelRequest, 'model' | 'messages' | 'sampling'>,
  dialect: RequestDialect,
) {
  const { model, messages, sampling } = request;
  const extras = safeExtras(model.requestExtras);
  const effort = renderEffort(sampling.effort, dialect, extras);
  return {
    ...extras,
    ...effort,
    model: model.id,
    messages: messages.map((message) => renderMessage(message, dialect)),
    ...renderSampling(sampling, model, dialect),
    stream: true,
    ...(dialect.sendIncludeUsage && { stream_options: { include_usage: true } }),
  };
}

function renderMessage(message: ChatMessage, dialect: RequestDialect): Record<string, string> {
  const past = message.role === 'assistant' && message.reasoning ? { [dialect.historyField]: message.reasoning } : {};
  return { role: message.role, content: message.content, ...past };
}

function renderSampling(sampling: Sampling, model: ModelInfo, dialect: RequestDialect): Record<string, unknown> {
  const temperature = sampling.temperature ?? model.advice.temperature;
  const topP = sampling.topP ?? model.advice.topP;
  const maxTokens = sampling.maxTokens ?? model.advice.maxTokens;
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(maxTokens !== undefined && { [dialect.maxTokensField]: maxTokens }),
    ...(sampling.seed !== undefined && { seed: sampling.seed }),
    ...(sampling.stop?.length && { stop: sampling.stop }),
  };
}

function renderEffort(
  effort: string | undefined,
  dialect: RequestDialect,
  extras: Record<string, unknown>,
): Record<string, unknown> {
  if (effort === undefined) return {};
  if (dialect.effortField === 'reasoning_effort') return { reasoning_effort: effort };
  return { reasoning: { ...(extras.reasoning as object | undefined), effort } };
}

function safeExtras(extras: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(extras).filter(([key]) => key !== '__proto__'));
}

function definedDialect(options: OpenAICompatibleOptions): Partial<RequestDialect> {
  const { sendIncludeUsage, maxTokensField, historyField, effortField } = options;
  return {
    ...(sendIncludeUsage !== undefined && { sendIncludeUsage }),
    ...(maxTokensField && { maxTokensField }),
    ...(historyField && { historyField }),
    ...(effortField && { effortField }),
  };
}

function contextOf(options: OpenAICompatibleOptions, model: ModelInfo): ErrorContext {
  return {
    label: options.label,
    baseURL: options.baseURL,
    model: model.id,
    local: options.local ?? false,
    hasKey: options.apiKey !== undefined,
    ...(options.envKey !== undefined && { envKey: options.envKey }),
    secrets: [options.apiKey, ...secretHeaders(options.headers ?? {})].filter((secret) => secret !== undefined),
  };
}

function secretHeaders(headers: Record<string, string>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    /auth|key|token|secret|cookie/i.test(name) ? [value] : [],
  );
}

function limitsOf(options: OpenAICompatibleOptions): StreamLimits {
  const { limits } = options;
  return {
    firstByteMs: options.local ? limits.firstByteLocalMs : limits.firstByteMs,
    idleMs: limits.idleMs,
    keepAliveOnlyMs: limits.keepAliveOnlyMs,
    totalMs: limits.totalMs,
  };
}

interface Queue<T> extends AsyncIterable<T> {
  push(item: T): void;
  /** What is in it is still handed out; what is pushed later is not. */
  close(): void;
}

/** Items in order from whoever pushes to the one who reads. Bounded by the size of an answer. */
function createQueue<T>(): Queue<T> {
  let items: T[] = [];
  let closed = false;
  let wake: (() => void) | undefined;
  const notify = () => {
    wake?.();
    wake = undefined;
  };
  return {
    push(item) {
      if (closed) return;
      items.push(item);
      notify();
    },
    close() {
      closed = true;
      notify();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const batch = items;
        items = [];
        yield* batch;
        if (items.length > 0) continue;
        if (closed) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
