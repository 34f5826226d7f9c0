import { doubtServer } from './connection.ts';
import type { ApiErrorCode } from '../../lib/errors.ts';

/** A request that was refused, or never answered; its message is for the person who asked. */
export class RequestFailed extends Error {
  /** `offline`: no answer came, so nobody knows whether it was done. */
  readonly code: ApiErrorCode | 'offline';
  /** The field of what was sent that it is about, if it is about one. */
  readonly field: string | undefined;

  constructor(code: ApiErrorCode | 'offline', message: string, field?: string) {
    super(message);
    this.name = 'RequestFailed';
    this.code = code;
    this.field = field;
  }
}

/**
 * Asks this server's API and gives the answer's JSON, or undefined for an answer without a body.
 * @throws RequestFailed for anything else, with words to show.
 */
export async function requestJson<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T; // docs/api.md's word
  throw await refusalOf(response);
}

/** In UTF-16 units; at most three bytes each. */
const keptAliveLength = 10_000;

async function send(method: string, path: string, body: unknown): Promise<Response> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  try {
    return await fetch(path, {
      method,
      cache: 'no-store',
      // A change is on its way even if the page is left at that moment; browsers take 64 KiB of such at a time.
      keepalive: method !== 'GET' && (text?.length ?? 0) <= keptAliveLength,
      ...(text !== undefined && { headers: { 'Content-Type': 'application/json' }, body: text }),
    });
  } catch {
    void doubtServer();
    throw unreachable();
  }
}

/** What a request ends in that no server has answered. */
export function unreachable(): RequestFailed {
  return new RequestFailed('offline', 'Thinkglass cannot be reached. Is its server still running?');
}

async function refusalOf(response: Response): Promise<RequestFailed> {
  try {
    const { error } = (await response.json()) as { error: { code: ApiErrorCode; message: string; field?: string } };
    return new RequestFailed(error.code, error.message, error.field);
  } catch {
    return new RequestFailed('internal', `The server answered with status ${response.status} and no reason.`);
  }
}
