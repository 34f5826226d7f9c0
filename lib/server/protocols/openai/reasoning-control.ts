import { isRecord, parseJson } from '../../calls/json.ts';
import { readBounded } from '../../calls/read-bounded.ts';
import type { FetchLike } from '../../calls/upstream-fetch.ts';

/** The call is taken at once, or it is done without. */
const controlMs = 2_000;
const maxBytes = 64 * 1024;

/**
 * Has llama.cpp end the thinking of an answer that it streams: the same stream goes on with the answer. False where it
 * does not: an older build, a gateway without this path, a model whose thinking the server does not know.
 * @param call.id what the server calls that answer.
 */
export async function endReasoning(
  baseURL: string,
  { fetch, headers, id }: { fetch: FetchLike; headers: Record<string, string>; id: string },
): Promise<boolean> {
  try {
    const response = await fetch(`${baseURL}/chat/completions/control`, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ id, action: 'reasoning_end' }),
      signal: AbortSignal.timeout(controlMs),
    });
    const said = parseJson(await readBounded(response, maxBytes));
    return response.ok && isRecord(said) && said.success === true;
  } catch {
    return false; // it is stopped then, and gone on with
  }
}
