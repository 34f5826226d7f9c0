import { finishHead, renderShareBody, renderShareHead } from '../../components/share/share-page.ts';
import type { OpenShare } from '../../lib/server/store/shares.ts';
import { pageFiles } from './page-files.ts';

/** A long page is made in slices of so many ms, so that streams of others go on meanwhile. */
const sliceMs = 8;
/** Pages that have been made, in UTF-16 units; a share never changes, so they stay right until they go. */
const maxKept = 24_000_000;

const kept = new Map<string, string>();
let keptLength = 0;

/** The page of a share that has just been found open, as it is made. */
export async function* pageHtml(
  { id, snapshot, createdAt }: OpenShare,
  reader: { base: string; theme: string },
): AsyncGenerator<string> {
  yield finishHead(renderShareHead(id, snapshot, await pageFiles(JSON.stringify(snapshot))), reader);
  const place = `${id} ${createdAt}`; // made anew when it was shared again
  const known = kept.get(place);
  if (known !== undefined) {
    yield known;
    return;
  }
  let body = '';
  let slice = '';
  let began = performance.now();
  for (const piece of renderShareBody(id, snapshot, createdAt)) {
    slice += piece;
    if (performance.now() - began < sliceMs) continue;
    yield slice;
    body += slice;
    slice = '';
    await new Promise((resolve) => setImmediate(resolve));
    began = performance.now();
  }
  yield slice;
  keep(place, body + slice);
}

function keep(id: string, html: string): void {
  if (html.length > maxKept / 4 || kept.has(id)) return;
  kept.set(id, html);
  keptLength += html.length;
  for (const [oldest, text] of kept) {
    if (keptLength <= maxKept) return;
    kept.delete(oldest);
    keptLength -= text.length;
  }
}
