import { AppError, type ErrorCause, type GenerationError, type GenerationErrorKind } from '../../errors.ts';
import { isWordless } from './upstream-fetch.ts';
import { isRecord } from './json.ts';

/** Who was asked, so that an error can name it, and what must never be repeated. */
export interface ErrorContext {
  label: string;
  baseURL: string;
  /** What was sent as `model`, if a model was asked. */
  model?: string;
  /** The server runs on a machine of the person's own: hints may name commands. */
  local: boolean;
  /** The variable the key comes from, for the advice to check it. */
  envKey?: string;
  hasKey: boolean;
  /** Keys and the values of secret headers. */
  secrets: readonly string[];
}

/** What a provider says about an error, whatever shape it said it in. */
export interface UpstreamError {
  message: string;
  code?: string | number;
  type?: string;
  /** Seconds it asks to wait, where it says so in its body (Google's RetryInfo). */
  retryAfterSeconds?: number;
}

/** A refusal: the status, headers and body of an HTTP response that is not 2xx. */
export interface UpstreamRefusal {
  status: number;
  headers: Headers;
  body: string;
}

const maxDetailLength = 500;
const unspecified = 'no reason given';

const contextWords =
  /context[ _-]?(length|window|size)|maximum context|exceed_context_size|too many (input )?tokens|longer than the model|prompt is too long|token count.{0,40}exceeds|input (is )?too long|reduce the length|max_(new_)?tokens\b.{0,60}(must be|<=|exceed|too large)/i;
const balanceWords =
  /insufficient[ _](quota|balance|credits?|funds)|exceeded your (current |monthly )?(included )?(quota|credits)|out of credits|credit balance|no (more )?credits|spending limit|payment required|key limit exceeded|欠费|余额不足/i;
const modelWords =
  /no healthy deployments? for this model|model[ _]?(does )?not[ _](exist|found|available|supported)|model_not_|model\b.{0,120}\b(does not exist|not found|not supported|is not available|not deployed)|non-serverless model|no models loaded|unknown model|invalid model/i;
const filterWords = /content[ _]?(filter|policy|moderation)|moderation|flagged|content_policy_violation/i;
const keyWords =
  /no_db_connection|no connected db\b|(invalid|incorrect|missing|no|wrong)\b.{0,20}api[ _-]?key|api[ _-]?key\b.{0,30}(invalid|not valid|missing|expired)|unauthori[sz]ed/i;
const loadingWords = /loading (the )?model|model is (still )?(being loaded|loading)|is (currently|still) loading/i;

/** Whether an error means that the server is still loading the model. */
export function isLoading({ code }: GenerationError): boolean {
  return code === 'loading-model';
}

/**
 * Finds an error in anything a provider may send as one: `{error: {message}}`, `{error: "text"}`, `{detail}`,
 * `{object: "error", message}`, `{code, message}`. Undefined when it is none of these.
 */
export function findUpstreamError(value: unknown, depth = 0): UpstreamError | undefined {
  if (!isRecord(value) || depth > maxWrappers) return undefined;
  const inner = value.error;
  if (typeof inner === 'string' && inner !== '') {
    // a name of the error, with its words beside it
    const words = [value.error_description, value.message].find((text) => typeof text === 'string' && text !== '');
    if (typeof words === 'string' && inner.length < 40 && !/[{[]/.test(inner))
      return withBodyWait(unwrapped(withCode(words, value.code ?? value.statusCode, inner), depth), value);
    return unwrapped(withCode(inner, value.code ?? value.status, value.error_type ?? value.type), depth);
  }
  if (isRecord(inner) && Object.keys(inner).length > 0) {
    const behind = errorBehind(inner, depth);
    const nested = isRecord(inner.error) ? findUpstreamError(inner.error, depth + 1)?.message : undefined;
    const message = wordsOf(inner) ?? nested ?? textOf(inner.errors) ?? messagesOf(inner.details);
    const told = withCode(message ?? behind ?? unspecified, inner.code ?? value.code, inner.type ?? inner.status);
    const wait = retryDelayOf(inner.details) ?? waitIn(inner) ?? waitIn(value);
    return {
      ...withParameter(behind === undefined ? unwrapped(told, depth) : { ...told, message: behind }, inner.param),
      ...(wait !== undefined && { retryAfterSeconds: wait }),
    };
  }
  const failed = failedBase(value.base_resp) ?? failedInside(value);
  if (failed) return failed;
  if (isRecord(value.errors) && !Array.isArray(value.choices)) {
    const complaints = Object.entries(value.errors).map(
      ([field, words]) => `${field}: ${textOf(words) ?? unspecified}`,
    );
    if (complaints.length > 0) return withCode(complaints.join('; '), value.code ?? value.status, value.type);
  }
  if (Array.isArray(value.errors) && value.errors.length > 0 && !Array.isArray(value.choices)) {
    return withCode(textOf(value.errors) ?? unspecified, value.code ?? value.status, value.type);
  }
  if (inner !== undefined && inner !== null && inner !== false && inner !== '' && !isRecord(inner)) {
    return { message: textOf(inner) ?? unspecified };
  }
  const carriesText = Array.isArray(value.choices) || isRecord(value.usage);
  if (value.object === 'error' || value.type === 'error' || !carriesText) {
    const message = wordsOf(value) ?? titleOf(value);
    if (message !== undefined) {
      const told = withCode(message, value.code ?? value.error_code ?? value.status, value.type ?? value.__type);
      return withBodyWait(withParameter(unwrapped(told, depth), value.param), value);
    }
    if (value.object === 'error' || value.type === 'error') return withCode(unspecified, value.code, value.type);
  }
  return undefined;
}

/** The words of an error under the names that servers give them. */
function wordsOf(value: Record<string, unknown>): string | undefined {
  const isFailure = value.success === false || (value.code !== undefined && value.code !== 0 && value.code !== 200);
  return (
    textOf(value.message) ??
    textOf(value.detail) ??
    textOf(value.error_description) ??
    textOf(value.Message) ??
    textOf(value.error_message) ??
    textOf(value.errorMessage) ??
    (value.error_code === 0 ? undefined : textOf(value.error_msg)) ??
    (isFailure || value.data === undefined ? textOf(value.msg) : undefined) ??
    (value.code === undefined ? undefined : textOf(value.reason)) ??
    textOf(value.description)
  );
}

/** The title of a problem (RFC 9457), which has no more words of its own. */
function titleOf(value: Record<string, unknown>): string | undefined {
  return Object.keys(value).every((name) => /^(?:title|type|status|instance|traceId)$/.test(name))
    ? textOf(value.title)
    : undefined;
}

/** Words among the details of an error; those without any are for programs. */
function messagesOf(details: unknown): string | undefined {
  if (!Array.isArray(details)) return undefined;
  const texts = details.flatMap((detail) => (isRecord(detail) ? (textOf(detail.message) ?? []) : []));
  return texts.join('; ') || undefined;
}

/** Errors in an envelope: Tencent's `Response.Error`, Apigee's `fault`, a `result` of a failed status. */
function failedInside({
  Response: response,
  fault,
  result,
  status,
}: Record<string, unknown>): UpstreamError | undefined {
  if (isRecord(response) && isRecord(response.Error))
    return withCode(textOf(response.Error.Message) ?? unspecified, response.Error.Code, undefined);
  if (isRecord(fault) && typeof fault.faultstring === 'string') return { message: fault.faultstring };
  const message = status === 'error' && isRecord(result) ? textOf(result.message) : undefined;
  return message === undefined ? undefined : { message };
}

/** Seconds to wait, as a field of the body. */
function waitIn(value: Record<string, unknown>): number | undefined {
  const read = (field: unknown) =>
    typeof field === 'number' || (typeof field === 'string' && /^\d{1,9}(?:\.\d{1,6})?$/.test(field))
      ? Number(field)
      : Number.NaN;
  const seconds = read(value.retry_after ?? value.retryAfter ?? value.retry_after_seconds);
  const milliseconds = read(value.retry_after_ms ?? value.retryAfterMs);
  const wait = Number.isFinite(seconds) ? seconds : milliseconds / 1000;
  return Number.isFinite(wait) && wait >= 0 ? wait : undefined;
}

function withBodyWait(told: UpstreamError, value: Record<string, unknown>): UpstreamError {
  const wait = told.retryAfterSeconds ?? waitIn(value);
  return wait === undefined ? told : { ...told, retryAfterSeconds: wait };
}

/** An error may stand in an error, and that as JSON in a string; deeper than this nobody looks. */
const maxWrappers = 4;

/** The error that a message holds as JSON, if it does; its own code and type go before those around it. */
function unwrapped(told: UpstreamError, depth: number): UpstreamError {
  const start = told.message.search(/[{[]/);
  if (start < 0 || start > 200) return told;
  try {
    const value: unknown = JSON.parse(told.message.slice(start));
    const held = findUpstreamError(Array.isArray(value) ? value[0] : value, depth + 1);
    return held && held.message !== unspecified ? { ...told, ...held } : told;
  } catch {
    return told;
  }
}

/** What happened behind a router (OpenRouter's `metadata.raw` and `provider_name`), which its own message does not tell. */
function errorBehind({ metadata }: Record<string, unknown>, depth: number): string | undefined {
  if (!isRecord(metadata)) return undefined;
  const name = textOf(metadata.provider_name);
  const raw = isRecord(metadata.raw)
    ? (findUpstreamError(metadata.raw, depth + 1)?.message ?? textOf(metadata.raw))
    : textOf(metadata.raw);
  if (raw === undefined) return undefined;
  const { message } = unwrapped({ message: raw }, depth);
  return name === undefined ? message : `${name}: ${message}`;
}

/** The parameter that was refused, where the words do not name it. */
function withParameter(told: UpstreamError, parameter: unknown): UpstreamError {
  if (typeof parameter !== 'string' || parameter === '' || names(told.message, parameter)) return told;
  return { ...told, message: `${parameter.slice(0, 100)}: ${told.message}` };
}

/** Whether words name a parameter, with or without its underscores. */
function names(words: string, parameter: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[_\s]+/g, ' ');
  return plain(words).includes(plain(parameter));
}

/** MiniMax's way: a status of its own beside an answer of 200. */
function failedBase(base: unknown): UpstreamError | undefined {
  if (!isRecord(base) || typeof base.status_code !== 'number' || base.status_code === 0) return undefined;
  return withCode(textOf(base.status_msg) ?? unspecified, base.status_code, undefined);
}

/** Google's `RetryInfo` among the details of a refusal, such as `"37s"`. */
function retryDelayOf(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  const [delay] = details.flatMap((detail) =>
    isRecord(detail) && typeof detail.retryDelay === 'string' ? detail.retryDelay : [],
  );
  const seconds = Number(/^([\d.]{1,12})s$/.exec(delay ?? '')?.[1] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}

/** The error of an HTTP response that is not 2xx, read by status first and by its words second. */
export function convertRefusal(context: ErrorContext, refusal: UpstreamRefusal, now: number): GenerationError {
  if (isWordless(refusal.status)) return makeError(context, { kind: 'empty', status: refusal.status });
  const read = readRefusalBody(refusal.body);
  const inWords = read && (read.retryAfterSeconds ?? findWaitInWords(read.message, now));
  const said = read && (inWords === undefined ? read : { ...read, retryAfterSeconds: inWords });
  const wait = findRetryAfter(refusal.headers, now) ?? said?.retryAfterSeconds;
  const page = isWebPage(refusal.body);
  const judged = kindOfRefusal(refusal.status, said, refusal.body);
  // a refusal that says when to come back is no empty account
  const kind = refusal.status === 429 && judged === 'balance' && isTold(said, refusal.headers) ? 'rate' : judged;
  const retryAfterSeconds = kind === 'rate' || kind === 'busy' ? wait : undefined;
  if (page && (kind === 'auth' || kind === 'request' || kind === 'balance')) {
    const cause = { code: 'web-page', facts: { provider: context.label, status: refusal.status } } as const;
    return makeError(context, { kind: 'request', cause, said: said?.message, status: refusal.status });
  }
  return makeError(context, {
    kind,
    said: said?.message,
    status: refusal.status,
    retryAfterSeconds,
    wrongAddress: kind === 'request' && refusal.status === 404,
  });
}

/**
 * The error of an event inside a stream, or of a JSON body that came with status 200.
 * @param afterText some of the answer had already arrived: then it is a broken stream, whatever its code.
 */
export function convertStreamError(context: ErrorContext, error: UpstreamError, afterText: boolean): GenerationError {
  const status = typeof error.code === 'number' ? error.code : Number(error.code);
  const isStatus = Number.isInteger(status) && status >= 400 && status < 600;
  if (afterText) return makeError(context, { kind: 'provider', said: error.message });
  if (isStatus || error.code === 40401) {
    return makeError(context, {
      kind: kindOfRefusal(isStatus ? status : 404, error, error.message),
      said: error.message,
    });
  }
  const words = `${error.code ?? ''} ${error.type ?? ''} ${error.message}`;
  return makeError(context, { kind: kindOfWords(words) ?? 'provider', said: error.message });
}

/** The error of a connection that could not be made or was lost before the response began. */
export function convertConnectionError(context: ErrorContext, thrown: unknown): GenerationError {
  if (thrown instanceof AppError) {
    const cause = thrown.told ?? { code: 'said', facts: { text: thrown.message } };
    return makeError(context, { kind: 'request', cause });
  }
  const { label: provider, baseURL, local } = context;
  const code = findCode(thrown);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return { kind: 'offline', code: 'name-not-found', facts: { provider, host: hostOf(baseURL) } };
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return { kind: 'offline', code: 'no-connection-in-time', facts: { provider, baseURL, local } };
  }
  if (['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES'].includes(code ?? '')) {
    return { kind: 'offline', code: 'not-listening', facts: { provider, baseURL, local } };
  }
  if (code !== undefined && isAboutTls(code)) {
    return { kind: 'offline', code: 'no-secure-connection', facts: { provider, baseURL, reason: code } };
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code?.startsWith('HPE_')) {
    return { kind: 'provider', code: 'no-proper-http', facts: { provider, baseURL } };
  }
  return { kind: 'interrupted', code: 'closed-without-answer', facts: { provider } };
}

function isAboutTls(code: string): boolean {
  return (
    code.startsWith('ERR_TLS') ||
    code.includes('CERT') ||
    code.includes('SIGNED') ||
    code.startsWith('ERR_SSL') ||
    code === 'EPROTO'
  );
}

/** What is known of an error of one kind; the cause is the usual one of the kind unless it is given. */
interface Known {
  kind: GenerationErrorKind;
  cause?: ErrorCause;
  /** The provider's words, as it said them. */
  said?: string | undefined;
  status?: number;
  retryAfterSeconds?: number | undefined;
  wrongAddress?: boolean;
}

/** An error of one kind about one provider, with nothing secret in it. */
export function makeError(context: ErrorContext, what: Known): GenerationError {
  const detail =
    what.said === undefined || what.said === unspecified
      ? undefined
      : cleanText(withoutWrapping(what.said), context.secrets);
  return {
    kind: what.kind,
    ...redactFacts(what.cause ?? usualCause(context, what), context.secrets),
    ...(detail && { detail }),
    ...(what.status !== undefined && { status: what.status }),
    ...(what.retryAfterSeconds !== undefined && { retryAfterSeconds: what.retryAfterSeconds }),
  };
}

function redactFacts(cause: ErrorCause, secrets: readonly string[]): ErrorCause {
  const facts = Object.entries(cause.facts).map(([name, fact]) => [
    name,
    typeof fact === 'string' ? redact(fact, secrets) : fact,
  ]);
  return { ...cause, facts: Object.fromEntries(facts) } as ErrorCause; // the same facts, one by one
}

function usualCause(context: ErrorContext, what: Known): ErrorCause {
  const { label: provider, baseURL, local } = context;
  const model = context.model === undefined ? {} : { model: cleanName(context.model) };
  switch (what.kind) {
    case 'offline':
      return { code: 'not-listening', facts: { provider, baseURL, local } };
    case 'auth': {
      const variable = context.envKey === undefined ? {} : { variable: context.envKey };
      return { code: context.hasKey ? 'key-refused' : 'key-missing', facts: { provider, ...variable } };
    }
    case 'balance':
      return { code: 'no-balance', facts: { provider } };
    case 'model':
      return { code: 'no-such-model', facts: { provider, local, ...model } };
    case 'context':
      return { code: 'context-exceeded', facts: { ...model, ...findRoom(what.said ?? '') } };
    case 'request':
      if (what.wrongAddress) return { code: 'wrong-address', facts: { provider, baseURL } };
      if (what.status !== undefined && what.status >= 300 && what.status < 400) {
        return { code: 'redirected', facts: { provider } };
      }
      return { code: 'request-refused', facts: { provider } };
    case 'rate': {
      const { retryAfterSeconds: seconds } = what;
      return { code: 'too-many-requests', facts: { provider, ...(seconds !== undefined && { seconds }) } };
    }
    case 'busy':
      if (loadingWords.test(what.said ?? '')) return { code: 'loading-model', facts: { provider } };
      if (unreachedWords.test(what.said ?? '')) return { code: 'behind-unreached', facts: { provider, ...model } };
      return { code: 'busy', facts: { provider } };
    case 'gone':
      return { code: 'shut-down', facts: { provider } };
    case 'interrupted':
      return { code: 'connection-broke', facts: { provider } };
    case 'provider':
      return { code: 'failed-while-answering', facts: { provider } };
    case 'empty':
      return { code: 'without-a-word', facts: { provider } };
    case 'filtered':
      return { code: 'withheld', facts: { provider } };
    case 'limit':
      return { code: 'out-of-tokens', facts: {} };
  }
}

/** How servers say how long a prompt is, and how long it may be. */
const roomWords = [
  /\((?<tokens>\d+) tokens\).{1,60}\bcontext.{1,20}\((?<window>\d+) tokens\)/i, // llama.cpp, SGLang
  /maximum context length (?:is|of) (?<window>\d+)(?: tokens)?.{1,80}?\b(?:requested|resulted in|has|contains?|is) (?:about |a total of )?(?<tokens>\d+)\b/is, // OpenAI, vLLM
  /(?:too long|length)\D{1,30}(?<tokens>\d+) (?:tokens )?(?:>|exceeds)\D{1,60}(?<window>\d+)/i, // Anthropic, SGLang
  /token count \((?<tokens>\d+)\) exceeds.{1,60}\((?<window>\d+)\)/i, // Google
  /must be <= (?<window>\d+)\. given: (?<tokens>\d+)/i, // TGI
];

/** The numbers of an overlong conversation, as its server told them. */
function findRoom(said: string): { tokens?: number; contextTokens?: number } {
  for (const words of roomWords) {
    const { tokens, window } = words.exec(said)?.groups ?? {};
    if (tokens !== undefined && Number(tokens) > Number(window)) {
      return { tokens: Number(tokens), contextTokens: Number(window) };
    }
  }
  return {};
}

/** Whether a time to come back was told: by the body, or by a header of short waits. */
function isTold(said: UpstreamError | undefined, headers: Headers): boolean {
  return (
    said?.retryAfterSeconds !== undefined ||
    ['retry-after', 'retry-after-ms', 'llm_provider-retry-after'].some((name) => headers.has(name))
  );
}

/** A page for people where a program was to answer: of a content network, a proxy, a sign-in. */
function isWebPage(body: string): boolean {
  return /^\s*<(?:!doctype html|html|head|body)\b/i.test(body);
}

function readRefusalBody(body: string): UpstreamError | undefined {
  const text = body.trim();
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'string') return unwrapped({ message: value }, 0);
    if (Array.isArray(value) && typeof value[0] === 'string') return { message: textOf(value) ?? unspecified };
    return findUpstreamError(value) ?? (Array.isArray(value) ? findUpstreamError(value[0]) : undefined);
  } catch {
    const message = textOfMarkup(text);
    return message === '' ? undefined : { message };
  }
}

function kindOfRefusal(status: number, said: UpstreamError | undefined, body: string): GenerationErrorKind {
  const words = `${said?.code ?? ''} ${said?.type ?? ''} ${said?.message ?? ''}`;
  if (
    said?.code === 40401 ||
    said?.code === '40401' ||
    status === 410 ||
    /decommissioned|has been shut down/i.test(words)
  )
    return 'gone';
  if (status >= 300 && status < 400) return 'request';
  switch (status) {
    case 401:
      return 'auth';
    case 402:
      return 'balance';
    case 403:
      if (contextWords.test(words)) return 'context';
      if (balanceWords.test(words)) return 'balance';
      if (filterWords.test(words)) return 'filtered';
      return /data_sharing/i.test(words) ? 'request' : 'auth';
    case 404:
      return isWrongAddress(said, body) ? 'request' : 'model';
    case 408:
    case 425:
      return 'busy';
    case 429:
      return balanceWords.test(words) ? 'balance' : 'rate';
    case 499:
      return 'interrupted';
    case 501:
    case 505:
      return 'request';
  }
  if (status >= 500) {
    if (contextWords.test(words)) return 'context';
    return isPermanent(words) ? 'request' : 'busy';
  }
  return kindOfWords(words) ?? 'request';
}

const permanentWords =
  /\b(chat[ _-]?)?template\b|\bjinja\b|\bgrammar\b|json[ _-]?schema|\bnot (supported|implemented)\b|\bunsupported\b|\b(does|do|is|are)(n't| not) support/i;

/** A server's own trouble that asking again does not change: a template, a grammar, what it cannot do at all. */
function isPermanent(words: string): boolean {
  return permanentWords.test(words) && !/overloaded|try again|temporar|capacity/i.test(words);
}

/** A gateway that did not reach the server behind it. */
const unreachedWords =
  /\b(APIConnectionError|InternalServerError|ServiceUnavailableError)\b.{0,80}\bconnection error|cannot connect to host|\bconnect(ion)? (refused|timed? ?out)|upstream connect error/i;

/**
 * A gateway's message without its wrapping: LiteLLM puts its own classes before what happened, and its advice behind a blank
 * line.
 */
function withoutWrapping(said: string): string {
  if (!/^\s*litellm\.\w+:/.test(said)) return said;
  const [first = said] = said.trim().split(/\n\s*\n/);
  return first.replace(/^(?:(?:litellm\.)?\w*(?:Error|Exception)(?::| -) ?)+/, '').trim() || first;
}

function kindOfWords(words: string): GenerationErrorKind | undefined {
  if (contextWords.test(words)) return 'context';
  if (balanceWords.test(words)) return 'balance';
  if (modelWords.test(words)) return 'model';
  if (keyWords.test(words)) return 'auth';
  if (filterWords.test(words)) return 'filtered';
  if (/rate[ _-]?limit|too many requests/i.test(words)) return 'rate';
  if (/overloaded|server (is )?busy|loading model|engine_overloaded|capacity/i.test(words)) return 'busy';
  return undefined;
}

/** A 404 about the path, not about a model: a web server's page, or a framework's bare "Not Found". */
function isWrongAddress(said: UpstreamError | undefined, body: string): boolean {
  if (body.trim().startsWith('<')) return true;
  return (
    said !== undefined &&
    !/model/i.test(said.message) &&
    /^(404 )?(page )?not found\.?$|^no route|unknown (endpoint|url|path)|cannot (get|post) \//i.test(
      said.message.trim(),
    )
  );
}

/**
 * Seconds to wait, from `retry-after-ms`, `retry-after` (seconds or a date) or a rate limit's reset header.
 * Undefined when none of them can be read.
 * @param now epoch ms, for dates.
 */
export function findRetryAfter(headers: Headers, now: number): number | undefined {
  const milliseconds = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds / 1000;
  // LiteLLM hands on its upstream's, or its own, under a name before it.
  const after = (headers.get('retry-after') ?? headers.get('llm_provider-retry-after'))?.trim();
  if (after) {
    if (/^\d+(\.\d+)?$/.test(after)) return Number(after);
    const date = /[a-z]{3}|\d{4}-\d/i.test(after) ? Date.parse(after) : Number.NaN;
    if (!Number.isNaN(date)) return Math.max(0, (date - now) / 1000);
  }
  for (const name of resetHeaders) {
    const seconds = parseReset(headers.get(name)?.trim() ?? '', now);
    if (seconds !== undefined) return seconds;
  }
  return undefined;
}

const resetHeaders = [
  ...['x-ratelimit-reset', 'x-ratelimit-reset-requests', 'x-ratelimit-reset-tokens', 'x-ratelimit-reset-after'],
  ...['anthropic-ratelimit-requests-reset', 'anthropic-ratelimit-tokens-reset', 'ratelimit-reset'],
];

const unitSeconds: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, 秒: 1, 分: 60, 小: 3600 };
const waitWords =
  /\b(?:try again|retry(?:ing)?|wait|come back|resets?)\b[^\d\n]{0,24}?((?:\d{1,6}(?:\.\d{1,6})?\s?(?:ms|milliseconds?|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])(?:\s?(?:,|and)?\s)?){1,4})/i;
const waitInChinese = /(\d{1,6}(?:\.\d{1,6})?\s?(?:秒|分钟?|小时))(?:之?[后後]|内)/;
const waitUntil =
  /\b(?:try again|retry|wait|resets?|available)\b[^\d\n]{0,24}?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|UTC|[+-]\d\d:?\d\d)?/i;

/** Seconds to wait, as a sentence says it: "Please try again in 1m26.4s.", "retry after 12 seconds", "try again at 2026-…". */
export function findWaitInWords(text: string, now: number): number | undefined {
  const words = text.slice(0, 4000);
  const span = waitWords.exec(words)?.[1] ?? waitInChinese.exec(words)?.[1];
  if (span !== undefined) {
    let seconds = 0;
    for (const [, count, unit = ''] of span.matchAll(/([\d.]+)\s?(ms|milli|[smhd秒分小])/gi)) {
      seconds += /^m(?:s|illi)$/i.test(unit)
        ? Number(count) / 1000
        : Number(count) * (unitSeconds[unit.toLowerCase()] ?? 0);
    }
    return Number.isFinite(seconds) ? seconds : undefined;
  }
  const [, day, time, zone = 'Z'] = waitUntil.exec(words) ?? [];
  const date = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone === 'UTC' ? 'Z' : zone}`);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}

/** `3`, `1s`, `6m0s`, `120ms`, a date, or an epoch in seconds or milliseconds. */
function parseReset(text: string, now: number): number | undefined {
  if (/^\d{4}-\d\d-\d\dT/.test(text)) {
    const date = Date.parse(text);
    return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
  }
  if (/^\d+(\.\d+)?$/.test(text)) {
    const value = Number(text);
    if (value > 1e11) return Math.max(0, (value - now) / 1000);
    return value > 1e9 ? Math.max(0, value - now / 1000) : value;
  }
  const match = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(text);
  if (!match || text === '') return undefined;
  const [, hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(milliseconds) / 1000;
}

/**
 * Text with every secret taken out: the keys themselves, pieces of them, masked echoes of their ends
 * (`****abcd`), and anything that looks like a key or a bearer token.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < 8) continue; // a word like "ollama", which some servers want in place of a key
    clean = clean.replaceAll(secret, '[key]');
    if (secret.length < 12) continue;
    for (let length = secret.length - 1; length >= 6; length--) {
      clean = clean.replaceAll(secret.slice(-length), '[key]');
      if (length >= 10) clean = clean.replaceAll(secret.slice(0, length), '[key]');
    }
    clean = clean.replace(new RegExp(`(?<![A-Za-z0-9])${escapeRegExp(secret.slice(-4))}(?![A-Za-z0-9])`, 'g'), '[key]');
  }
  return clean
    .replace(/\bBearer\s+[^\s"',;]+/gi, 'Bearer [key]')
    .replace(/[A-Za-z0-9_-]*(?:\*{3,}|•{3,})[A-Za-z0-9_-]*/g, '[key]')
    .replace(/\b(?:sk|hf|gsk|fw|tgp|pk|rk|xai|key)[-_][A-Za-z0-9_.-]{6,}/g, '[key]');
}

/** A provider's words made fit to show: no markup, no control characters, no secrets, at most 500 characters. */
export function cleanText(text: string, secrets: readonly string[]): string {
  // Redacted before it is cut: half a key is not recognised.
  const clean = redact(textOfMarkup(text.slice(0, 20_000)), secrets);
  const short = clean.length > maxDetailLength ? `${clean.slice(0, maxDetailLength - 1).trimEnd()}…` : clean;
  return short.toWellFormed(); // half a pair is not kept
}

/** A name given by a provider (a model's id), in one line of at most 200 characters. */
export function cleanName(text: string): string {
  return withoutControls(text).trim().slice(0, 200).toWellFormed();
}

/** The text itself, without tags if it begins with one; of a whole page its title. */
function textOfMarkup(text: string): string {
  if (!/^\s*</.test(text)) return withoutControls(text).trim();
  if (!/<(?:!doctype|html|head|body|title)\b/i.test(text)) {
    return withoutControls(text.replace(/<[/!?]?[a-z][^<>]*>/gi, ' ')).trim();
  }
  const title = /<title[^>]*>([^<]{0,300})/i.exec(text)?.[1] ?? '';
  return withoutControls(title).trim();
}

function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').replace(/ {2,}/g, ' ');
}

function withCode(message: string, code: unknown, type: unknown): UpstreamError {
  return {
    message,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof type === 'string' && { type }),
  };
}

/** Words in a field that should hold text but may hold a list of complaints (FastAPI's `detail`). */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (Array.isArray(value)) {
    const texts = value.map((item) => (isRecord(item) ? complaintOf(item) : textOf(item)));
    return texts.filter((text) => text !== undefined).join('; ') || undefined;
  }
  if (isRecord(value)) return textOf(value.message) ?? textOf(value.msg) ?? JSON.stringify(value).slice(0, 2000);
  return value === undefined || value === null ? undefined : String(value);
}

/** One complaint of a list, with the field it is about (`loc` of FastAPI, without where it stands in the request). */
function complaintOf(item: Record<string, unknown>): string | undefined {
  const words = textOf(item.msg) ?? textOf(item.message) ?? textOf(item.detail);
  const place = Array.isArray(item.loc)
    ? item.loc.filter((step) => step !== 'body').join('.')
    : textOf(item.param ?? item.field);
  if (words === undefined || !place || names(words, place)) return words;
  return `${place.slice(0, 100)}: ${words}`;
}

/** The first code down an error's causes; a failed dual-stack connection hides it in a list. */
function findCode(cause: unknown, depth = 0): string | undefined {
  if (!(cause instanceof Error) || depth > 5) return undefined;
  const { code, errors } = cause as { code?: unknown; errors?: unknown };
  if (typeof code === 'string') return code;
  if (cause.name === 'HTTPParserError') return 'HPE_INVALID'; // some of undici's carry no code
  const inner = Array.isArray(errors) ? errors.map((error) => findCode(error, depth + 1)).find(Boolean) : undefined;
  return inner ?? findCode(cause.cause, depth + 1);
}

function hostOf(baseURL: string): string {
  return URL.canParse(baseURL) ? new URL(baseURL).host : baseURL;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
