import type { ErrorFacts, GenerationError } from '../../errors.ts';
import type { ModelInfo, ModelRequest, ProviderPart, Waiting } from '../../model.ts';
import type { Notice } from '../../notice.ts';
import type { FinishReason } from '../../stream-part.ts';
import type { ReportedUsage } from '../../usage.ts';
import type { ProviderLimits } from '../config.ts';
import { convertTimes, convertUsage } from '../../convert-usage.ts';
import {
  convertConnectionError,
  convertRefusal,
  convertStreamError,
  type ErrorContext,
  isLoading,
  makeError,
  redact,
} from './errors.ts';
import type { WriteText } from './stream-facts.ts';
import type { CallFact, StreamLimits } from './stream-call.ts';
import { nobodyReads } from './upstream-fetch.ts';
import { loadingPausesMs, pauseAfter } from './pauses.ts';
import { type UnreadText, UnreadTexts } from './unread-text.ts';

/** What an adapter knows about the server it asks, whatever protocol it speaks. */
export interface ServerOptions {
  label: string;
  /** Without a slash at the end. */
  baseURL: string;
  /** What people are told in its place: where the operator's own machines are is not for everybody. */
  shownBaseURL?: string;
  apiKey?: string;
  envKey?: string;
  headers?: Record<string, string>;
  /** On a machine of the person's own: may take minutes to load a model. */
  local?: boolean;
  limits: ProviderLimits;
  /** Whether the server has to load this model before it answers, as it was last seen. */
  mustLoad?: (modelId: string) => boolean;
  /** Whether its list says that it is ready, now; never throws. */
  listsModels?: () => Promise<boolean>;
  /** Told how each call ended, with its error if it failed. */
  onSeen?: (error: GenerationError | undefined) => void;
  /** Waits before a retry; resolves early when aborted. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Epoch ms. */
  now?: () => number;
}

/** One call while it runs, as the code that speaks the protocol sees it. */
export interface ModelCall {
  /** Aborted when nobody reads any more. */
  signal: AbortSignal;
  observe(fact: CallFact): void;
  /** Hands on what the model wrote. */
  write: WriteText;
}

export interface CallOptions {
  context: ErrorContext;
  /** Speaks the protocol until the stream is over. What goes wrong is observed; what it throws besides is not looked at. */
  send(call: ModelCall): Promise<void>;
  /** The server has to load the model first, as it told us: said when nothing has come for so many ms. */
  loadingAfterMs?: number | undefined;
  /** What a right base URL looks like, for an answer that is no stream. */
  baseURLEnds?: BaseURLForm;
}

/** A base URL ends in `/v1`, as most do, or is the server's own address. */
type BaseURLForm = ErrorFacts['no-stream']['expects'];

const maxRetries = 2;
const maxRetryWaitMs = 30_000;
const backoffMs = [1_000, 3_000];
/** A server that says so to a question, while its list says that it is ready, is not believed for longer than this. */
const doubtfulLoadingMs = 60_000;
/** From this long on, silence is told: that the first token is waited for, or, once a server has begun to answer, one's turn. */
const silentAfterMs = { firstToken: 2_500, inLine: 1_000 };

/** How a call ended, with what it counted; `mayRetry`: no text had come. */
export type Ending = (
  | Extract<ProviderPart, { type: 'finish' }>
  | { type: 'error'; error: GenerationError; mayRetry: boolean }
) & { usage?: ReportedUsage };

/**
 * Calls a model, and again where that makes sense: at most twice, never after its first text; and while the server says that
 * it is loading its model, as long as a first byte may take. Yields the parts of all attempts and returns how the last one
 * ended; undefined when it was aborted.
 */
export async function* callWithRetries(
  server: ServerOptions,
  request: ModelRequest,
  options: CallOptions,
): AsyncGenerator<ProviderPart, Ending | undefined> {
  const wait = server.wait ?? waitFor;
  const loading = createLoadingWait(server.limits.firstByteLocalMs);
  for (let attempt = 1; !request.signal.aborted; ) {
    const call = beginCall(server, request, options);
    try {
      // Part by part from here: each generator in between would cost every token a good deal of its way.
      for (let parts = await call.next(); parts; parts = await call.next()) {
        for (const part of parts) yield part;
      }
    } finally {
      call.leave();
    }
    if (request.signal.aborted) return undefined;
    const ending = call.ending();
    server.onSeen?.(ending.type === 'error' ? ending.error : undefined);
    if (ending.type === 'error' && ending.mayRetry && isLoading(ending.error)) {
      if (loading.pauses === 0) yield { type: 'waiting', reason: 'loading' };
      if (loading.pauses >= loadingPausesMs.length && (await server.listsModels?.())) loading.doubt();
      const pauseMs = loading.next(ending.error);
      if (pauseMs === undefined) return { ...ending, error: loading.tooLong(ending.error, server.label) };
      await wait(pauseMs, request.signal);
      continue;
    }
    const waitMs = ending.type === 'error' && ending.mayRetry ? retryWait(ending.error, attempt) : undefined;
    if (ending.type === 'finish' || waitMs === undefined) return ending;
    yield { type: 'retry', error: ending.error, attempt, waitMs };
    await wait(waitMs, request.signal);
    attempt++;
  }
  return undefined;
}

/** How long a server that loads its model is waited for, in pauses that grow. */
function createLoadingWait(patienceMs: number) {
  const began = performance.now();
  let patience = patienceMs;
  let paused = 0;
  let pauses = 0;
  return {
    get pauses() {
      return pauses;
    },
    /** The next pause, in ms; undefined when it has been waited for long enough. */
    next({ retryAfterSeconds }: GenerationError): number | undefined {
      if (Math.max(paused, performance.now() - began) >= patience) return undefined;
      const usual = pauseAfter(pauses, loadingPausesMs);
      const told = retryAfterSeconds === undefined ? usual : Math.ceil(retryAfterSeconds * 1000);
      const pauseMs = Math.min(Math.max(told, usual), maxRetryWaitMs);
      pauses++;
      paused += pauseMs;
      return pauseMs;
    },
    doubt() {
      patience = Math.min(patience, doubtfulLoadingMs);
    },
    tooLong(error: GenerationError, provider: string): GenerationError {
      return { ...error, code: 'loading-too-long', facts: { provider, ms: patience } };
    },
  };
}

/** The part that tells a reader how it ended. */
export function endingPart({ usage: _, ...ending }: Ending): ProviderPart {
  return ending.type === 'finish' ? ending : { type: 'error', error: ending.error };
}

/** How long to wait before asking again, in ms; undefined when asking again is not for us to decide. */
function retryWait(error: GenerationError, attempt: number): number | undefined {
  if (attempt > maxRetries || (error.kind !== 'rate' && error.kind !== 'busy')) return undefined;
  const backoff = backoffMs[attempt - 1];
  const waitMs = error.retryAfterSeconds === undefined ? backoff : Math.ceil(error.retryAfterSeconds * 1000);
  return waitMs !== undefined && waitMs <= maxRetryWaitMs ? waitMs : undefined;
}

interface RunningCall {
  /** The parts that have come since the last time, once there are any; undefined when none come any more. */
  next(): Promise<ProviderPart[] | undefined>;
  /** How it ended, once `next` has answered undefined and nobody aborted it. */
  ending(): Ending;
  /** Closes the connection, if it is still there. */
  leave(): void;
}

function beginCall(
  server: ServerOptions,
  { signal, prefix, completion, hear }: ModelRequest,
  { context, send, loadingAfterMs, baseURLEnds = 'v1' }: CallOptions,
): RunningCall {
  const call = new AbortController();
  const queue = createQueue(hear);
  const onAbort = () => {
    call.abort(signal.reason);
    queue.close();
  };
  signal.addEventListener('abort', onAbort, { once: true });

  const seen = createRecord(context, {
    baseURLEnds,
    goesOn: prefix !== undefined || completion?.goesOn === true,
    now: server.now ?? Date.now,
  });
  const silence = createSilence((waiting) => queue.push({ type: 'waiting', ...waiting }), {
    isTold: server.local ?? false,
    loadingAfterMs,
  });
  const observe = (fact: CallFact) => {
    silence.note(fact);
    const part = seen.take(fact);
    if (part) queue.push(part.type === 'request' ? { ...part, url: shownURL(server, part.url) } : part);
    if (fact.type === 'keep-alive' && !seen.text && !seen.waiting) {
      seen.waiting = true;
      queue.push({ type: 'waiting', reason: 'queued' });
    }
  };
  let counted: ReportedUsage | undefined;
  const read = async () => {
    try {
      await send({
        signal: call.signal,
        observe,
        write: (part, events) => queue.push(withFacts(part, events, seen.timings)),
      });
    } catch (cause) {
      seen.thrown = cause; // told by a fact, if the provider did it
    } finally {
      for (const part of seen.closingParts()) {
        if (part.type === 'usage') counted = part.usage;
        queue.push(part);
      }
      queue.close();
    }
  };
  void read();

  return {
    next: () => queue.next(),
    ending: () => ({ ...seen.ending(), ...(counted && { usage: counted }) }),
    leave() {
      silence.stop();
      signal.removeEventListener('abort', onAbort);
      call.abort(nobodyReads); // a reader that left early leaves no connection behind
    },
  };
}

type TextPart = Parameters<WriteText>[0];

function withFacts(part: TextPart, events: readonly number[] | undefined, timings: TextPart['timings']): TextPart {
  const isOne = events === undefined || events.length < 2;
  return isOne && !timings ? part : { ...part, ...(!isOne && { events }), ...(timings && { timings }) };
}

/** Tells what the time before the first word is spent with, as far as it is known; of servers near by, silence too. */
function createSilence(
  tell: (waiting: Waiting) => void,
  { isTold, loadingAfterMs }: { isTold: boolean; loadingAfterMs: number | undefined },
) {
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const tellAfter = (ms: number, reason: Exclude<Waiting['reason'], 'reading'>) => {
    stop();
    timer = setTimeout(() => tell({ reason }), ms);
  };
  return {
    note(fact: CallFact) {
      if (isOver) return;
      switch (fact.type) {
        case 'sending':
          if (loadingAfterMs !== undefined) tellAfter(loadingAfterMs, 'loading');
          else if (isTold) tellAfter(silentAfterMs.firstToken, 'first-token');
          return;
        case 'first-byte':
          stop();
          if (isTold) tellAfter(silentAfterMs.inLine, 'in-line');
          return;
        case 'prompt-progress':
          stop();
          tell({ reason: 'reading', progress: fact.progress });
          return;
        case 'text':
        case 'opaque':
        case 'finish':
        case 'done':
        case 'error':
        case 'refused':
        case 'unreachable':
        case 'timeout':
        case 'reset':
        case 'not-a-stream':
        case 'too-large':
          isOver = true;
          stop();
      }
    },
    stop,
  };
}

interface CallRecord {
  text: boolean;
  waiting: boolean;
  thrown: unknown;
  /** As its server told them last. */
  timings: Record<string, unknown> | undefined;
  /** What a fact is to a reader, at once; most are only remembered. */
  take(fact: CallFact): ProviderPart | undefined;
  /** What is told at the end, before how it ended: what was left out, and the tokens. */
  closingParts(): ProviderPart[];
  ending(): Ending;
}

/** Remembers what one call showed, and judges at the end what it came to. */
function createRecord(
  context: ErrorContext,
  {
    baseURLEnds,
    goesOn,
    now,
  }: { baseURLEnds: BaseURLForm /** An answer has begun already. */; goesOn: boolean; now: () => number },
): CallRecord {
  const { label: provider } = context;
  let text = false;
  let reasoning = false;
  let finish: string | undefined;
  let meaning: FinishReason | undefined;
  let done = false;
  let usage: Extract<CallFact, { type: 'usage' }> | undefined;
  let leftOut = 0;
  let whole = false;
  const unread = new UnreadTexts();
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
          cause: { code: 'compressed', facts: { provider } },
        });
      case 'timeout':
        return makeError(context, {
          kind: 'interrupted',
          cause: { code: 'timed-out', facts: { provider, limit: fact.limit, ms: fact.ms, kept: text } },
        });
      case 'reset':
        return makeError(context, { kind: 'interrupted' });
      case 'not-a-stream':
        return makeError(context, {
          kind: 'provider',
          cause: { code: 'no-stream', facts: { provider, baseURL: context.baseURL, expects: baseURLEnds } },
          said: fact.text,
        });
      case 'too-large':
        if (fact.what === 'answer') return undefined;
        return makeError(context, {
          kind: 'provider',
          cause: { code: 'line-too-long', facts: { provider } },
        });
      default:
        return undefined;
    }
  };

  return {
    thrown: undefined,
    timings: undefined,
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
          meaning = fact.meaning;
          return undefined;
        case 'opaque':
        case 'steerable':
          return fact;
        case 'not-taken':
          return { type: 'notice', notice: notTaken(fact, context) };
        case 'unread':
          unread.add(fact);
          return undefined;
        case 'done':
          done = true;
          return undefined;
        case 'usage':
          usage = fact;
          return undefined;
        case 'timings':
          this.timings = fact.raw;
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
      const notice = (told: Notice) => parts.push({ type: 'notice', notice: told });
      if (leftOut > 0) notice({ code: 'events-left-out', facts: { provider, count: leftOut } });
      if (whole) notice({ code: 'in-one-piece', facts: { provider } });
      for (const text of unread.found()) notice(unreadNotice(text, context));
      if (tooLarge === 'answer') notice({ code: 'answer-too-large', facts: {} });
      if (usage) parts.push(usagePart(usage, this.timings, reasoning));
      return parts;
    },
    ending() {
      if (tooLarge === 'answer') return { type: 'finish', reason: 'length' };
      const fail = (failure: GenerationError): Ending => ({ type: 'error', error: failure, mayRetry: !text });
      // A finish reason is the truth: whatever breaks after it broke nothing. An error that was said outright still counts.
      if (finish !== undefined && error?.kind === 'interrupted') error = undefined;
      if (error) return fail(error);
      if (finish === undefined && !done) {
        const cause = { code: 'ended-early', facts: { provider } } as const;
        return fail(makeError(context, { kind: 'interrupted', cause }));
      }
      const reason = finish === undefined ? 'unknown' : (meaning ?? convertFinish(finish));
      if (reason === 'error') {
        const said = finish === 'error' ? undefined : finish;
        return fail(makeError(context, { kind: text ? 'provider' : 'busy', said }));
      }
      if (!text && !isWordlessEnd(finish, reason, goesOn)) {
        const kind = reason === 'length' ? 'limit' : reason === 'filtered' ? 'filtered' : 'empty';
        return { type: 'error', error: makeError(context, { kind }), mayRetry: false };
      }
      return { type: 'finish', reason, ...(finish !== undefined && { rawReason: finish }) };
    },
  };
}

/** @param thought thinking was seen. */
function usagePart(
  { raw, usage }: Extract<CallFact, { type: 'usage' }>,
  timings: Record<string, unknown> | undefined,
  thought: boolean,
): Extract<ProviderPart, { type: 'usage' }> {
  const reported = usage ?? convertUsage(raw);
  // Thinking was seen, so a count of none is a count nobody made.
  if (thought && reported.reasoningTokens === 0) delete reported.reasoningTokens;
  const times = convertTimes(timings ?? raw);
  return { type: 'usage', usage: reported, raw, ...(times && { times }) };
}

function notTaken({ feature, said }: Extract<CallFact, { type: 'not-taken' }>, { secrets }: ErrorContext): Notice {
  const words = said === undefined ? {} : { said: redact(said, secrets) };
  return { code: 'not-taken', facts: { feature: redact(feature, secrets), ...words } };
}

function unreadNotice({ name, text }: UnreadText, { secrets }: ErrorContext): Notice {
  return { code: 'unread-text', facts: { name: redact(name, secrets), text: redact(text, secrets) } };
}

/**
 * Whether nothing was to be said: Ollama's answer to a request that only loads or unloads a model; and who goes on with an
 * answer may find that all of it was said.
 */
function isWordlessEnd(finish: string | undefined, reason: FinishReason, goesOn: boolean): boolean {
  return finish === 'load' || finish === 'unload' || (goesOn && (reason === 'stop' || reason === 'length'));
}

/** Words of providers for why an answer ended; what none of them is, is `other`, and never complete. */
const finishWords: readonly (readonly [FinishReason, ReadonlySet<string>])[] = [
  [
    'stop',
    new Set([
      ...['stop', 'eos', 'eos_token', 'end_turn', 'stop_sequence', 'stop_token', 'complete', 'completed'],
      ...['end', 'end_of_turn', 'end_of_text', 'stop_string', 'stop_str', 'stop_sequences', 'finished'],
    ]),
  ],
  [
    'length',
    new Set([
      ...['length', 'max_tokens', 'max_output_tokens', 'max_length', 'max_new_tokens', 'model_length', 'token_limit'],
      ...['max_context', 'context_limit', 'context_length', 'max_tokens_reached', 'error_limit', 'too_long'],
      ...['model_context_window_exceeded', 'context_length_exceeded', 'context_window_exceeded'],
    ]),
  ],
  [
    'filtered',
    new Set([
      ...['content_filter', 'content_filtered', 'sensitive', 'safety', 'moderation', 'blocklist', 'recitation', 'spii'],
      ...['prohibited_content', 'refusal', 'error_toxic', 'image_safety', 'language', 'guardrail_intervened'],
      ...['unsafe', 'content_policy', 'content_policy_violation', 'policy_violation'],
    ]),
  ],
  [
    'error',
    new Set([
      ...['error', 'insufficient_system_resource', 'network_error', 'abort', 'aborted', 'cancelled', 'canceled'],
      ...['user_cancel', 'interrupted', 'preempted', 'timed_out', 'failed', 'upstream_error', 'connection_error'],
      ...['timeout', 'server_error', 'internal_error', 'engine_error', 'overloaded', 'malformed_response'],
    ]),
  ],
];

function convertFinish(raw: string): FinishReason {
  const word = raw.trim().toLowerCase();
  return finishWords.find(([, words]) => words.has(word))?.[0] ?? 'other';
}

/** An address at a server as people are told it. */
export function shownURL(
  { baseURL, shownBaseURL }: Pick<ServerOptions, 'baseURL' | 'shownBaseURL'>,
  url: string,
): string {
  return shownBaseURL === undefined ? url : url.replace(new URL(baseURL).origin, shownBaseURL);
}

/** Who is asked, for the words of an error. */
export function contextOf(options: ServerOptions, model: Pick<ModelInfo, 'id'>): ErrorContext {
  return {
    label: options.label,
    baseURL: options.shownBaseURL ?? options.baseURL,
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

/** How long this server may take. */
export function limitsOf(options: Pick<ServerOptions, 'local' | 'limits'>): StreamLimits {
  const { limits } = options;
  return {
    firstByteMs: options.local ? limits.firstByteLocalMs : limits.firstByteMs,
    idleMs: limits.idleMs,
    ...(options.local && { beforeTextMs: limits.firstByteLocalMs }),
    keepAliveOnlyMs: limits.keepAliveOnlyMs,
    totalMs: limits.totalMs,
  };
}

interface Queue<T> {
  push(item: T): void;
  /** What is in it is still handed out; what is pushed later is not. */
  close(): void;
  /** All that is in it, once there is anything; undefined when it is closed and empty. */
  next(): Promise<T[] | undefined>;
}

/**
 * Items in order from whoever pushes to the one who reads. Bounded by the size of an answer.
 * @param hear takes each item in place of the queue, until that is closed
 */
function createQueue<T>(hear?: (item: T) => void): Queue<T> {
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
      if (hear) return hear(item);
      items.push(item);
      notify();
    },
    close() {
      closed = true;
      notify();
    },
    async next() {
      if (items.length === 0 && !closed) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (items.length === 0) return undefined;
      const batch = items;
      items = [];
      return batch;
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
