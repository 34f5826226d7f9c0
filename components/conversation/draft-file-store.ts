import { draftDatabase } from '../client/drafts.ts';
import type { DraftFile } from './draft-file.ts';

/** The files of a draft, as this browser keeps them. */
interface KeptDraft {
  /** Of the draft. */
  key: string;
  /** Epoch ms of its last change. */
  at: number;
  files: readonly Omit<DraftFile, 'url'>[];
}

/** More drafts with files than this are not kept: the one that was left alone the longest goes. */
const mostDrafts = 12;
/** After so long nobody comes back to a draft, in ms. */
const longestMs = 30 * 24 * 60 * 60 * 1000;

const table = 'drafts';

/** Keeps the files of a draft in this browser, in place of those that were kept of it before; none forgets them. */
export async function storeDraftFiles(key: string, files: readonly DraftFile[]): Promise<void> {
  await inDrafts('readwrite', async (drafts) => {
    if (files.length === 0) await settled(drafts.delete(key));
    else await settled(drafts.put({ key, at: Date.now(), files: files.map(withoutAddress) } satisfies KeptDraft));
    await forgetOldest(drafts);
  });
}

/** The files that are kept of a draft. */
export async function readStoredFiles(key: string): Promise<DraftFile[]> {
  const kept = await inDrafts('readonly', (drafts) => settled<KeptDraft | undefined>(drafts.get(key)));
  return (kept?.files ?? []).map(withAddress);
}

async function forgetOldest(drafts: IDBObjectStore): Promise<void> {
  const newest = await settled<IDBValidKey[]>(
    drafts.index('at').getAllKeys(IDBKeyRange.lowerBound(Date.now() - longestMs)),
  );
  const kept = new Set(newest.slice(-mostDrafts));
  for (const key of await settled<IDBValidKey[]>(drafts.getAllKeys())) {
    if (!kept.has(key)) await settled(drafts.delete(key));
  }
}

/** An object's address is good for the page that made it. */
function withoutAddress({ url: _url, ...file }: DraftFile): Omit<DraftFile, 'url'> {
  return file;
}

function withAddress(file: Omit<DraftFile, 'url'>): DraftFile {
  const { sent, mediaType } = file;
  if ('id' in sent) return { ...file, url: `/api/attachments/${sent.id}` };
  if ('text' in sent) return file;
  const bytes = Uint8Array.from(atob(sent.image), (unit) => unit.charCodeAt(0));
  return { ...file, url: URL.createObjectURL(new Blob([bytes], { type: mediaType })) };
}

/** One transaction; it is open for as long as one request follows another. @throws DOMException when storage is closed or full. */
async function inDrafts<T>(mode: IDBTransactionMode, work: (drafts: IDBObjectStore) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(draftDatabase, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(table, { keyPath: 'key' }).createIndex('at', 'at');
  };
  const database = await settled(opening);
  try {
    const transaction = database.transaction(table, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    const [result] = await Promise.all([work(transaction.objectStore(table)), done]);
    return result;
  } finally {
    database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
