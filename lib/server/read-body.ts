import type { z } from 'zod';
import { AppError } from '../errors.ts';
import { type BodyLimits, jsonLimits, saysTooLarge } from './body-limits.ts';

const maxDepth = 64;

/**
 * A JSON body as a schema takes it; unknown fields are dropped by the schema.
 * @throws AppError `bad_request`, `too_large`, `timeout` or `unsupported_media_type`, in words that name the field.
 */
export async function readJsonBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  limits: BodyLimits = jsonLimits,
): Promise<T> {
  const value = parseJson(decodeText(await readBytes(request, limits)));
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join('.').slice(0, 100) ?? '';
  throw new AppError(
    'bad_request',
    `${path ? `"${path}"` : 'The body'} is not right: ${issue?.message.slice(0, 200) ?? 'invalid'}.`,
    path ? { field: path } : {},
  );
}

/**
 * A body as it came.
 * @throws AppError `bad_request`, `too_large`, `timeout` or `unsupported_media_type`.
 */
export async function readBytes(request: Request, limits: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
  const encoding = request.headers.get('content-encoding');
  if (encoding && encoding.toLowerCase() !== 'identity') {
    throw new AppError('unsupported_media_type', 'Send the body uncompressed.');
  }
  const { maxMegabytes, maxMs } = limits;
  const tooLarge = () => new AppError('too_large', `The request is larger than ${maxMegabytes} MB.`);
  const maxBytes = maxMegabytes * 1024 * 1024;
  if (saysTooLarge(request.headers.get('content-length'), limits)) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  // of a body that says its length, nothing is held twice
  const told = Number(request.headers.get('content-length') ?? 0);
  let bytes = new Uint8Array(Number.isSafeInteger(told) && told > 0 ? told : 64 * 1024);
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('timeout', 'The request took too long to arrive.')), maxMs);
  });
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), tooSlow]);
      if (done) break;
      if (size + value.byteLength > maxBytes) throw tooLarge();
      if (size + value.byteLength > bytes.byteLength) bytes = grown(bytes, size + value.byteLength, maxBytes);
      bytes.set(value, size);
      size += value.byteLength;
    }
  } catch (error) {
    reader.cancel().catch(() => undefined);
    if (error instanceof AppError) throw error;
    throw new AppError('bad_request', 'The request ended before all of it had arrived.', { cause: error });
  } finally {
    clearTimeout(timer);
  }
  return size === bytes.byteLength ? bytes : bytes.slice(0, size);
}

function grown(bytes: Uint8Array<ArrayBuffer>, needed: number, most: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(most, Math.max(needed, bytes.byteLength * 2)));
  larger.set(bytes);
  return larger;
}

/** @throws AppError `bad_request` when it is not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError('bad_request', 'The body is not UTF-8.');
  }
}

/** @throws AppError `bad_request` for what is no JSON, or nested too deep. */
export function parseJson(text: string): unknown {
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
