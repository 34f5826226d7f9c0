import type { NoFacts, Told } from './told.ts';

/**
 * The one error model of the app: what a person can be told, and whether trying again makes sense.
 * Kinds of a failed call of a model; the rows of the provider facts' §10.
 */
export const generationErrorKinds = [
  'offline', // nothing listens at the base URL
  'auth', // the key is missing, wrong or not allowed
  'balance', // no money or credits left
  'model', // the provider does not have this model
  'context', // the conversation is longer than the model's window
  'request', // the provider refused the request for another reason
  'rate', // too many requests
  'busy', // overloaded, or still loading
  'gone', // the service has shut down
  'interrupted', // the connection broke, went silent, or the server here stopped
  'provider', // an error in the middle of the stream
  'empty', // finished without a word
  'filtered', // withheld by the provider's filter
  'limit', // out of tokens
] as const;

export type GenerationErrorKind = (typeof generationErrorKinds)[number];

/** What can be the cause of a failed call, by code, with the facts its sentence is made of. `provider` is its label. */
export interface ErrorFacts {
  'not-listening': { provider: string; baseURL: string; local: boolean };
  'name-not-found': { provider: string; host: string };
  'no-connection-in-time': { provider: string; baseURL: string; local: boolean };
  /** `reason`: the system's code. */
  'no-secure-connection': { provider: string; baseURL: string; reason: string };
  'no-proper-http': { provider: string; baseURL: string };
  'closed-without-answer': { provider: string };
  'address-refused': { reason: AddressRefusal };
  'answer-too-long': { maxBytes: number };
  /** `variable`: where the key comes from. */
  'key-refused': { provider: string; variable?: string };
  'key-missing': { provider: string; variable?: string };
  'key-lost': { provider: string };
  'no-balance': { provider: string };
  'no-such-model': { provider: string; model?: string; local: boolean };
  'model-not-pulled': { provider: string; model: string };
  /** Of a provider or model that was there once; both are ids. */
  'model-gone': { provider: string; model: string };
  /** As its server counted them; absent where it did not say. */
  'context-exceeded': { model?: string; tokens?: number; contextTokens?: number };
  /** Nothing is where a chat is asked for. */
  'wrong-address': { provider: string; baseURL: string };
  'not-an-ollama': { provider: string; baseURL: string };
  redirected: { provider: string };
  'no-completions': { provider: string; baseURL: string; model?: string };
  'takes-no-completions': { provider: string };
  'request-refused': { provider: string };
  /** Of a model that knows one kind of puzzle; what keeps the question from being one. */
  'no-puzzle': { fault: 'unread' | 'count' | 'twice' | 'range' | 'target' };
  /** Of a recording that does not hold the question: the models for which it is recorded, and what it does hold. */
  'not-recorded': { model: string; others: string[]; questions: string[] };
  /** A page for people answered where a program was asked. */
  'web-page': { provider: string; status: number };
  'too-many-requests': { provider: string; seconds?: number };
  busy: { provider: string };
  /** The server is loading its model, and says so. */
  'loading-model': { provider: string };
  /** It still was after `ms`. */
  'loading-too-long': { provider: string; ms: number };
  /** A gateway did not reach the server that has the model. */
  'behind-unreached': { provider: string; model?: string };
  /** Its model is out of memory until somebody asks. */
  asleep: { provider: string };
  'shut-down': { provider: string };
  'connection-broke': { provider: string };
  /** It sent nothing (`first-byte`), nothing more (`idle`), nothing but signs of life, or came to no end, for `ms`. */
  'timed-out': {
    provider: string;
    limit: 'first-byte' | 'idle' | 'keep-alive-only' | 'total';
    ms: number;
    /** Some of the answer had arrived. */
    kept: boolean;
  };
  'ended-early': { provider: string };
  'no-end': NoFacts;
  /** The server here. */
  'server-stopped': NoFacts;
  'failed-while-answering': { provider: string };
  compressed: { provider: string };
  /** `expects`: what a base URL of this protocol looks like. */
  'no-stream': { provider: string; baseURL: string; expects: 'v1' | 'origin' };
  'line-too-long': { provider: string };
  /** Our own mistake. */
  'reading-failed': NoFacts;
  'without-a-word': { provider: string };
  withheld: { provider: string };
  'out-of-tokens': NoFacts;
  'no-model-list': { provider: string; url: string };
  'lists-no-model': { provider: string };
  'no-list-in-time': { provider: string; baseURL: string; ms: number };
  'no-token-in-time': { provider: string; ms: number };
  'test-given-up': NoFacts;
  'nothing-to-pull': { model: string };
  'pull-failed': { model: string };
  'pull-line-too-long': { provider: string };
  'pull-ended-early': { provider: string };
  'pull-silent': { provider: string };
  'stream-failed': NoFacts;
  /** A sentence as an older version, another program or an answer of this app's API has it. */
  said: { text: string };
}

/** Why an address that a person has entered is not called. */
export type AddressRefusal = 'no-https' | 'reserved' | 'own-machine' | 'private-network' | 'this-server';

/** What the cause was; `errorSentence` tells it. */
export type ErrorCause = Told<ErrorFacts>;

/** Of an error, what is told of its cause. */
export function causeOf({ code, facts }: ErrorCause): ErrorCause {
  return { code, facts } as ErrorCause; // together as they were
}

/** Why a generation did not end well. Never holds a key, a stack or markup. */
export type GenerationError = ErrorCause & ErrorCircumstances;

interface ErrorCircumstances {
  /** What a program does about it; several causes are of one kind. */
  kind: GenerationErrorKind;
  /** The provider's own words, shortened and with secrets removed, if it gave any. */
  detail?: string;
  /** HTTP status of the refusal, if there was one. */
  status?: number;
  /** Seconds the provider asked us to wait, from Retry-After or its like. */
  retryAfterSeconds?: number;
  fix?: ErrorFix;
}

/** Something to do about an error outside the app, given as the exact line to run. */
export interface ErrorFix {
  /** The label of the provider on whose machine it is to be run. */
  provider: string;
  /** To be copied into a shell as it stands. */
  command: string;
  /** The model that the app itself can have fetched, by `POST /api/providers/{id}/pull`. */
  pull?: string;
}

/** Codes an API answer may carry; each maps to one HTTP status. */
export const apiErrorStatus = {
  bad_request: 400,
  not_found: 404,
  forbidden: 403,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  misdirected: 421,
  too_many_requests: 429,
  timeout: 408,
  unavailable: 503,
  storage_full: 507,
  internal: 500,
} as const;

export type ApiErrorCode = keyof typeof apiErrorStatus;

// Next.js bundles this file more than once, and what is thrown in one bundle is caught in another.
const mark: unique symbol = Symbol.for('thinkglass.AppError');

/** An error whose message is written for the person who will read it. Anything else that is thrown is shown as `internal`. */
export class AppError extends Error {
  readonly [mark] = true;
  readonly code: ApiErrorCode;
  /** Seconds after which trying again makes sense; becomes a Retry-After header. */
  readonly retryAfterSeconds: number | undefined;
  /** What `message` says, for a generation that fails by it. */
  readonly told: ErrorCause | undefined;
  /** The field of the request's body that it is about, if it is about one. */
  readonly field: string | undefined;

  constructor(
    code: ApiErrorCode,
    message: string,
    options?: { cause?: unknown; retryAfterSeconds?: number; told?: ErrorCause; field?: string },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
    this.told = options?.told;
    this.field = options?.field;
  }

  /** An AppError of any copy of this file is one. */
  static override [Symbol.hasInstance](value: unknown): value is AppError {
    return typeof value === 'object' && value !== null && mark in value;
  }
}
