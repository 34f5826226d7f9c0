import { countOf, isRecord, parseJson } from './json.ts';
import { readBounded } from './read-bounded.ts';
import type { FetchLike } from './upstream-fetch.ts';

/** What an Ollama says about itself comes at once or is done without. */
const soonMs = 1_500;
const maxBytes = 1024 * 1024;

/**
 * The window that an Ollama has given a loaded model (`/api/ps`), over whichever protocol it is asked; undefined where it
 * does not say. Never throws.
 * @param origin its own address.
 */
export async function readOllamaWindow(
  origin: string,
  about: { fetch: FetchLike; headers: Record<string, string>; signal: AbortSignal; model: string },
): Promise<number | undefined> {
  try {
    const response = await about.fetch(`${origin}/api/ps`, {
      headers: { accept: 'application/json', ...about.headers },
      signal: AbortSignal.any([about.signal, AbortSignal.timeout(soonMs)]),
    });
    const text = await readBounded(response, maxBytes);
    const value = response.ok ? parseJson(text) : undefined;
    const models = isRecord(value) && Array.isArray(value.models) ? value.models.filter(isRecord) : [];
    const names = new Set([about.model, `${about.model}:latest`]);
    // A model may be listed under the name it was first loaded by: where there is but one, it is that one.
    const entry =
      models.find((one) => names.has(String(one.model ?? one.name))) ?? (models.length === 1 ? models[0] : {});
    return countOf(entry?.context_length);
  } catch {
    return undefined; // the answer is there without it
  }
}
