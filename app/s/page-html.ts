import { renderShareBody, renderSharePage } from '../../components/share/share-page.ts';
import type { OpenShare } from '../../lib/server/store/store.ts';
import { pageFiles } from './page-files.ts';

/** A long page is made in slices of so many ms, so that streams of others go on meanwhile. */
const sliceMs = 8;
/** Pages that have been made, in UTF-16 units; a share never changes, so they stay right until they go. */
const maxKept = 24_000_000;

const kept = new Map<string, string>();
let keptLength = 0;

/** The page of a share that has just been found open. */
export async function pageHtml({ id, snapshot }: OpenShare): Promise<string> {
  const known = kept.get(id);
  if (known !== undefined) return known;
  const pieces: string[] = [];
  let began = performance.now();
  for (const piece of renderShareBody(id, snapshot)) {
    pieces.push(piece);
    if (performance.now() - began < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    began = performance.now();
  }
  const body = pieces.join('');
  const html = renderSharePage(id, snapshot, body, pageFiles(body));
  keep(id, html);
  return html;
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
