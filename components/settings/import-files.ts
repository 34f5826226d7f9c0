import type { exportFormat, ForeignOrigin } from '../../lib/exported.ts';
import { RequestFailed } from '../client/request-json.ts';

/** What came of one file. */
export type ImportOutcome =
  | {
      name: string;
      state: 'imported';
      origin: typeof exportFormat | ForeignOrigin;
      conversations: number;
      /** That could not be read, and were left out because somebody said so. */
      leftOut: number;
    }
  /** `others`: can be brought in without those that cannot be read. */
  | {
      name: string;
      state: 'refused';
      reason: string;
      others?: { count: number; bringIn: () => Promise<ImportOutcome> };
    };

/** The server takes no more at once. */
const maxBytes = 50 * 1024 * 1024;
/** Files of conversations in an archive: ours, and those of ChatGPT's, which are one or many. */
const wanted = /(?:^|\/)(?:conversations(?:-\d+)?|chat-export-\d+)\.json$/;

/** Brings files in, one after the other, each whole or not at all; an archive is opened here, and its files are brought in. */
export async function* importFiles(files: readonly File[]): AsyncGenerator<ImportOutcome> {
  for (const file of files) {
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (isArchive(bytes)) yield* importArchive(file.name, bytes);
      else yield await importFile(file.name, bytes);
    } catch {
      yield { name: file.name, state: 'refused', reason: 'It could not be read.' };
    }
  }
}

function isArchive(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

async function* importArchive(name: string, bytes: Uint8Array): AsyncGenerator<ImportOutcome> {
  const { unzipSync } = await import('fflate');
  const found: { name: string; size: number }[] = [];
  unzipSync(bytes, {
    filter: ({ name: inside, originalSize }) => {
      if (wanted.test(inside)) found.push({ name: inside, size: originalSize });
      return false;
    },
  });
  if (found.length === 0) {
    yield { name, state: 'refused', reason: 'There is no conversations.json in it.' };
    return;
  }
  for (const { name: inside, size } of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const shown = `${name}, ${inside}`;
    const content =
      size > maxBytes ? undefined : unzipSync(bytes, { filter: (entry) => entry.name === inside })[inside];
    yield content
      ? await importFile(shown, content as Uint8Array<ArrayBuffer>) // made by the library, over memory of its own
      : { name: shown, state: 'refused', reason: tooLarge };
  }
}

const tooLarge = 'It is larger than 50 MB. Split it, or export a part.';

async function importFile(name: string, bytes: Uint8Array<ArrayBuffer>, leaveOutOdd = false): Promise<ImportOutcome> {
  if (bytes.byteLength > maxBytes) return { name, state: 'refused', reason: tooLarge };
  try {
    return { name, state: 'imported', ...(await send(bytes, leaveOutOdd)) };
  } catch (error) {
    if (error instanceof PartlyRefused) {
      const bringIn = () => importFile(name, bytes, true);
      return { name, state: 'refused', reason: error.message, others: { count: error.others, bringIn } };
    }
    const reason = error instanceof RequestFailed ? error.message : 'Something went wrong in this page. Try again.';
    return { name, state: 'refused', reason };
  }
}

type Made = Omit<Extract<ImportOutcome, { state: 'imported' }>, 'name' | 'state'>;

/** A file of which some conversations could be brought in. */
class PartlyRefused extends Error {
  readonly others: number;

  constructor(message: string, others: number) {
    super(message);
    this.others = others;
  }
}

async function send(bytes: Uint8Array<ArrayBuffer>, leaveOutOdd: boolean): Promise<Made> {
  let response: Response;
  try {
    const headers = { 'Content-Type': 'application/json' };
    response = await fetch(`/api/import${leaveOutOdd ? '?odd=leave-out' : ''}`, {
      method: 'POST',
      cache: 'no-store',
      headers,
      body: bytes,
    });
  } catch {
    throw new RequestFailed('offline', 'Thinkglass cannot be reached. Is its server still running?');
  }
  const answer = (await response.json().catch(() => ({}))) as Made & { error?: { message: string; others?: number } };
  if (response.ok) {
    const { origin, conversations, leftOut } = answer;
    return { origin, conversations, leftOut };
  }
  if (answer.error?.others !== undefined) throw new PartlyRefused(answer.error.message, answer.error.others);
  throw new RequestFailed(
    'bad_request',
    answer.error?.message ?? `The server answered with status ${response.status} and no reason.`,
  );
}
