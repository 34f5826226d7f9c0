import { isRecord, parseJson } from '../../calls/json.ts';
import { readBounded } from '../../calls/read-bounded.ts';
import type { FetchLike } from '../../calls/upstream-fetch.ts';

/** A template is rendered at once, or it is done without. */
const renderMs = 2_000;
const maxBytes = 1024 * 1024;
const opener = /<think>\s*$/;

/**
 * Whether a llama.cpp's template opens the thinking of an answer, by what it makes of a question (`/apply-template`): such a
 * server closes the thinking before a message that brings none in its field, whatever tags are in its text.
 */
export async function opensThinking(
  baseURL: string,
  { fetch, headers, model }: { fetch: FetchLike; headers: Record<string, string>; model: string },
): Promise<boolean> {
  try {
    const response = await fetch(`${baseURL.replace(/\/v1$/, '')}/apply-template`, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
      signal: AbortSignal.timeout(renderMs),
    });
    const said = parseJson(await readBounded(response, maxBytes));
    return response.ok && isRecord(said) && typeof said.prompt === 'string' && opener.test(said.prompt);
  } catch {
    return false; // a gateway, or an older build
  }
}
