import type { GenerationError } from '../../errors.ts';
import {
  convertConnectionError,
  convertRefusal,
  type ErrorContext,
  findUpstreamError,
  convertStreamError,
} from './errors.ts';
import { parseJson } from './json.ts';
import { readBounded } from './read-bounded.ts';
import type { FetchLike } from './upstream-fetch.ts';

const maxAnswerBytes = 64 * 1024;

/** Posts something to be done to a server, and answers with what went wrong; undefined when nothing did. Never throws. */
export async function tellServer(
  what: { fetch: FetchLike; url: string; headers: Record<string, string>; body: string; signal: AbortSignal },
  context: ErrorContext,
): Promise<GenerationError | undefined> {
  const { fetch, url, body, signal } = what;
  try {
    const headers = { accept: 'application/json', 'content-type': 'application/json', ...what.headers };
    const response = await fetch(url, { method: 'POST', headers, body, signal });
    const text = await readBounded(response, maxAnswerBytes);
    if (!response.ok) {
      return convertRefusal(context, { status: response.status, headers: response.headers, body: text }, Date.now());
    }
    const told = findUpstreamError(parseJson(text));
    return told && convertStreamError(context, told, false);
  } catch (cause) {
    return convertConnectionError(context, cause);
  }
}
