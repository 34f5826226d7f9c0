import type { z } from 'zod';
import { AppError } from '../errors.ts';

/** Bounds of a request's body; checklist line 8. */
const maxBytes = 2 * 1024 * 1024;
const maxDepth = 64;
const maxMs = 30_000;

/**
 * A JSON body as a schema takes it; unknown fields are dropped by the schema.
 * @throws AppError `bad_request`, `too_large`, `timeout` or `unsupported_media_type`, in words that name the field.
 */
export async function readJsonBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const encoding = request.headers.get('content-encoding');
  if (encoding && encoding.toLowerCase() !== 'identity') {
    throw new AppError('unsupported_media_type', 'Send the body uncompressed.');
  }
  const value = parseJson(await readText(request));
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.length ? `"${issue.path.map(String).join('.').slice(0, 100)}"` : 'The body';
  throw new AppError('bad_request', `${place} is not right: ${issue?.message.slice(0, 200) ?? 'invalid'}.`);
}

async function readText(request: Request): Promise<string> {
  if (!request.body) return '';
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('timeout', 'The request took too long to arrive.')), maxMs);
  });
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), tooSlow]);
      if (done) break;
      size += value.byteLength;
      if (size > maxBytes) throw new AppError('too_large', 'The request is larger than 2 MB.');
      chunks.push(value);
    }
  } catch (error) {
    reader.cancel().catch(() => undefined);
    if (error instanceof AppError) throw error;
    throw new AppError('bad_request', 'The request ended before all of it had arrived.', { cause: error });
  } finally {
    clearTimeout(timer);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new AppError('bad_request', 'The body is not UTF-8.');
  }
}

function parseJson(text: string): unknown {
  if (depthOf(text) > maxDepth) throw new AppError('bad_request', `The JSON is nested deeper than ${maxDepth} levels.`);
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('bad_request', 'The body is not JSON.');
  }
}

/** How deep brackets nest outside strings, found before parsing. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text[i];
    if (inString) {
      if (unit === '\\') i++;
      else if (unit === '"') inString = false;
    } else if (unit === '"') inString = true;
    else if (unit === '{' || unit === '[') deepest = Math.max(deepest, ++depth);
    else if (unit === '}' || unit === ']') depth--;
  }
  return deepest;
}
