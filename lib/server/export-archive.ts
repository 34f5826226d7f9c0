import { promisify } from 'node:util';
import { crc32, createDeflateRaw, deflateRaw } from 'node:zlib';
import { Zip, type ZipInputFile } from 'fflate';
import { fileNameOf } from '../export/file-name.ts';
import { renderGenerationRows } from '../export/generation-rows.ts';
import { renderExportFile } from '../export/json.ts';
import { renderMarkdown } from '../export/markdown.ts';
import type { ExportedConversation } from '../exported.ts';
import type { Store } from './store/store.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const deflate = promisify(deflateRaw);

/** A file of conversations is ended when it has this many UTF-16 units, so that it can be imported as one. */
const fileLength = 16_000_000;
/** A zip file without extensions numbers its entries with 16 bits and its bytes with 32. */
const maxEntries = 65_000;
const maxBytes = 4_000_000_000;

/**
 * All of a person's data as a zip file, piece by piece: never more than a few conversations are in memory. Packing is done
 * off this thread. Keys are not in it.
 * @param at epoch ms
 */
export async function* writeArchive(store: Store, ownerId: string, at: number): AsyncGenerator<Bytes> {
  const archive = new Archive(at);
  const rows = new PackedText();
  const ids = await store.conversations.listIds(ownerId);
  yield* archive.file('README.txt', readme);
  let batch: ExportedConversation[] = [];
  let length = 0;
  let files = 0;
  const writeBatch = async function* () {
    if (batch.length === 0) return;
    const name = `conversations-${String(++files).padStart(3, '0')}.json`;
    yield* archive.file(name, renderExportFile(batch, at));
    [batch, length] = [[], 0];
  };
  for (const [i, id] of ids.entries()) {
    const conversation = await store.transfers.export(ownerId, id);
    if (!conversation) continue; // deleted since
    if (archive.entries < maxEntries) {
      const name = fileNameOf(conversation.title, 'md');
      const text = renderMarkdown(conversation, { thinking: true, figures: true });
      yield* archive.file(`markdown/${String(i + 1).padStart(4, '0')} ${name}`, text);
    }
    await rows.add(renderGenerationRows(conversation));
    batch.push(conversation);
    length += lengthOf(conversation);
    if (length >= fileLength) yield* writeBatch();
  }
  yield* writeBatch();
  yield* archive.packed('generations.jsonl', await rows.end());
  yield* archive.file('settings.json', await renderSettings(store, ownerId));
  yield* archive.end();
}

const readme = `Your data from Thinkglass.

conversations-*.json   everything, to be imported again (Settings, Data); docs/export.md says what is in them
markdown/              the same to be read, with the thinking, of each conversation the branch you looked at last
generations.jsonl      the token log: a line of figures for each answer, without any text
settings.json          your providers, without their keys, and what you said about models
`;

/** About what it takes as JSON. */
function lengthOf({ messages }: ExportedConversation): number {
  let length = 0;
  for (const { parts, generation } of messages) {
    for (const { text } of parts) length += text.length + 30;
    for (const { text } of generation?.raw ?? []) length += text.length;
    length += 600 + (generation?.request?.body.length ?? 0);
  }
  return length;
}

async function renderSettings(store: Store, ownerId: string): Promise<string> {
  const [providers, overrides] = await Promise.all([store.providers.list(ownerId), store.modelOverrides.list(ownerId)]);
  const told = providers.map(({ id, presetId, label, baseURL, createdAt }) => ({
    id,
    ...(presetId && { presetId }),
    label,
    baseURL: withoutSecrets(baseURL),
    createdAt,
  }));
  return `${JSON.stringify({ providers: told, overrides }, null, 2)}\n`;
}

function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return '';
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}

/** A zip file under way. */
class Archive {
  readonly #zip: Zip;
  readonly #at: number;
  #ready: Bytes[] = [];
  #bytes = 0;
  entries = 0;

  constructor(at: number) {
    this.#at = at;
    this.#zip = new Zip((error, chunk) => {
      if (error) throw error;
      this.#ready.push(chunk as Bytes); // made by the library, over memory of its own
    });
  }

  async *file(name: string, text: string): AsyncGenerator<Bytes> {
    const bytes = new TextEncoder().encode(text);
    yield* this.packed(name, {
      chunks: [new Uint8Array(await deflate(bytes))],
      size: bytes.byteLength,
      crc: crc32(bytes),
    });
  }

  async *packed(name: string, { chunks, size, crc }: Packed): AsyncGenerator<Bytes> {
    this.entries++;
    const entry: ZipInputFile = { filename: name, compression: 8, mtime: this.#at, size, crc };
    this.#zip.add(entry);
    for (const chunk of chunks) entry.ondata?.(null, chunk, false);
    entry.ondata?.(null, new Uint8Array(), true);
    yield* this.#take();
  }

  async *end(): AsyncGenerator<Bytes> {
    this.#zip.end();
    yield* this.#take();
  }

  *#take(): Generator<Bytes> {
    const ready = this.#ready;
    this.#ready = [];
    for (const chunk of ready) {
      this.#bytes += chunk.byteLength;
      if (this.#bytes > maxBytes) throw new Error('An archive would be larger than a zip file can be.');
      yield chunk;
    }
  }
}

interface Packed {
  chunks: readonly Bytes[];
  /** Before it was packed. */
  size: number;
  crc: number;
}

/** A text that grows, kept packed. */
class PackedText {
  readonly #deflate = createDeflateRaw();
  readonly #chunks: Bytes[] = [];
  #size = 0;
  #crc = 0;

  constructor() {
    this.#deflate.on('data', (chunk: Bytes) => this.#chunks.push(chunk));
  }

  async add(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    this.#size += bytes.byteLength;
    this.#crc = crc32(bytes, this.#crc);
    await new Promise<void>((resolve, reject) => {
      this.#deflate.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  async end(): Promise<Packed> {
    await new Promise<void>((resolve, reject) => {
      this.#deflate.once('end', resolve).once('error', reject);
      this.#deflate.end();
    });
    return { chunks: this.#chunks, size: this.#size, crc: this.#crc };
  }
}
