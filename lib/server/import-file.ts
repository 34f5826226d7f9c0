import { Worker } from 'node:worker_threads';
import { type ApiErrorCode, AppError } from '../errors.ts';
import type { ParsedImport } from '../import/parse-import.ts';

/** What the worker is given. */
export interface ImportRequest {
  bytes: Uint8Array<ArrayBuffer>;
  /** Epoch ms. */
  now: number;
  /** Conversations that cannot be read are left out, instead of refusing the file. */
  leaveOutOdd: boolean;
}

/** What it answers; a refusal is the person's to read. */
export type ImportReply =
  | { parsed: ParsedImport }
  | { refusal: { code: ApiErrorCode; message: string; others?: number } };

/** Enough for a file at its largest, read and understood; a file that is made to need more ends its own thread. */
const heapMegabytes = 512;
/** More would only hold garbage for longer. */
const youngMegabytes = 16;
const maxMs = 60_000;

/** Files that wait to be read, by everybody; one at a time is, so that two hold no more memory than one. */
const maxWaiting = 2;
let waiting = 0;
let turn: Promise<unknown> = Promise.resolve();

/** A file that could be brought in without some of its conversations. */
export class PartlyOdd extends AppError {
  /** How many can be read. */
  readonly others: number;

  constructor(message: string, others: number) {
    super('bad_request', message);
    this.others = others;
  }
}

/**
 * A file's conversations, all or none, unless `leaveOutOdd` says that those which cannot be read are left out. It is read in a thread of its own, which nothing else waits for, and which takes
 * only itself along when it fails. `bytes` is given away.
 * @throws AppError `bad_request` with the place of what is wrong, `too_large`, or `too_many_requests`.
 */
export async function readImportFile(
  bytes: Uint8Array<ArrayBuffer>,
  now: number,
  leaveOutOdd = false,
): Promise<ParsedImport> {
  if (waiting >= maxWaiting) {
    throw new AppError('too_many_requests', 'Other files are being imported. Try again in a moment.', {
      retryAfterSeconds: 5,
    });
  }
  waiting++;
  const mine = turn.then(() => readInThread({ bytes, now, leaveOutOdd }));
  turn = mine.catch(() => undefined);
  try {
    return await mine;
  } finally {
    waiting--;
  }
}

async function readInThread(request: ImportRequest): Promise<ParsedImport> {
  const worker = new Worker(new URL('./import-worker.ts', import.meta.url), {
    name: 'import',
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: youngMegabytes },
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const reply = await new Promise<ImportReply>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('The import ended without an answer.')));
      timer = setTimeout(() => reject(tooMuch()), maxMs);
      worker.postMessage(request, [request.bytes.buffer]);
    });
    if ('refusal' in reply) {
      const { code, message, others } = reply.refusal;
      throw others === undefined ? new AppError(code, message) : new PartlyOdd(message, others);
    }
    return reply.parsed;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch() : error;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function tooMuch(): AppError {
  return new AppError('too_large', 'This file holds more than can be read at once. Import it in pieces.');
}
