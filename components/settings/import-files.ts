import { RequestFailed } from '../client/request-json.ts';

/** What came of one file. */
export type ImportOutcome =
  | { name: string; state: 'imported'; origin: 'thinkglass' | 'chatgpt' | 'open-webui'; conversations: number }
  | { name: string; state: 'refused'; reason: string };

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

async function importFile(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<ImportOutcome> {
  if (bytes.byteLength > maxBytes) return { name, state: 'refused', reason: tooLarge };
  try {
    const made = await send(bytes);
    return { name, state: 'imported', ...made };
  } catch (error) {
    const reason = error instanceof RequestFailed ? error.message : 'Something went wrong in this page. Try again.';
    return { name, state: 'refused', reason };
  }
}

type Made = Omit<Extract<ImportOutcome, { state: 'imported' }>, 'name' | 'state'>;

async function send(bytes: Uint8Array<ArrayBuffer>): Promise<Made> {
  let response: Response;
  try {
    const headers = { 'Content-Type': 'application/json' };
    response = await fetch('/api/import', { method: 'POST', cache: 'no-store', headers, body: bytes });
  } catch {
    throw new RequestFailed('offline', 'Thinkglass cannot be reached. Is its server still running?');
  }
  const answer = (await response.json().catch(() => ({}))) as Made & { error?: { message: string } };
  if (response.ok) return { origin: answer.origin, conversations: answer.conversations };
  throw new RequestFailed(
    'bad_request',
    answer.error?.message ?? `The server answered with status ${response.status} and no reason.`,
  );
}
