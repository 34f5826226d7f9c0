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

/** Why a generation did not end well, in words for the person who asked. Never holds a key, a stack or markup. */
export interface GenerationError {
  kind: GenerationErrorKind;
  /** One or two sentences: what happened, to which thing, what to do next. */
  message: string;
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
  /** Where or what for, in a few words. */
  label: string;
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

  constructor(code: ApiErrorCode, message: string, options?: { cause?: unknown; retryAfterSeconds?: number }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }

  /** An AppError of any copy of this file is one. */
  static override [Symbol.hasInstance](value: unknown): value is AppError {
    return typeof value === 'object' && value !== null && mark in value;
  }
}
