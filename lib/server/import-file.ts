import { Worker } from 'node:worker_threads';
import { type ApiErrorCode, AppError } from '../errors.ts';
import type { ParsedImport } from '../import/parse-import.ts';

/** What the worker is given. */
export interface ImportRequest {
  bytes: Uint8Array<ArrayBuffer>;
  /** Epoch ms. */
  now: number;
}

/** What it answers; a refusal is the person's to read. */
export type ImportReply = { parsed: ParsedImport } | { refusal: { code: ApiErrorCode; message: string } };

/** Enough for a file at its largest, read and understood; a file that is made to need more ends its own thread. */
const heapMegabytes = 1024;
const maxMs = 60_000;

/** Files that are read at once, by everybody. */
const maxAtOnce = 2;
let reading = 0;

/**
 * A file's conversations, all or none. It is read in a thread of its own, which nothing else waits for, and which takes
 * only itself along when it fails. `bytes` is given away.
 * @throws AppError `bad_request` with the place of what is wrong, `too_large`, or `too_many_requests`.
 */
export async function readImportFile(bytes: Uint8Array<ArrayBuffer>, now: number): Promise<ParsedImport> {
  if (reading >= maxAtOnce) {
    throw new AppError('too_many_requests', 'Other files are being imported. Try again in a moment.', {
      retryAfterSeconds: 5,
    });
  }
  reading++;
  const worker = new Worker(new URL('./import-worker.ts', import.meta.url), {
    name: 'import',
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const reply = await new Promise<ImportReply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('The import ended without an answer.')));
      timer = setTimeout(() => reject(tooMuch()), maxMs);
      worker.postMessage({ bytes, now } satisfies ImportRequest, [bytes.buffer]);
    });
    if ('refusal' in reply) throw new AppError(reply.refusal.code, reply.refusal.message);
    return reply.parsed;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch() : error;
  } finally {
    clearTimeout(timer);
    reading--;
    await worker.terminate();
  }
}

function tooMuch(): AppError {
  return new AppError('too_large', 'This file holds more than can be read at once. Import it in pieces.');
}
