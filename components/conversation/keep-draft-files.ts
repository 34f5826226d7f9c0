import { readStored, writeStored } from '../ui/stored.ts';
import type { DraftFile } from './draft-file.ts';

/** Says that files of a draft are kept, so that nobody loads anything to look for them in vain. */
function markOf(draft: string): string {
  return `${draft}:files`;
}

let keeping: Promise<unknown> = Promise.resolve();

/** Whether this browser keeps files of a draft. */
export function hasKeptFiles(draft: string): boolean {
  return readStored(markOf(draft)) !== undefined;
}

/** Keeps the files of a draft in this browser, or forgets them; one after another. Where storage is closed or full, they are not kept. */
export function keepDraftFiles(draft: string, files: readonly DraftFile[]): void {
  if (files.length === 0 && !hasKeptFiles(draft)) return;
  writeStored(markOf(draft), files.length > 0 ? '1' : undefined);
  keeping = keeping
    .then(() => import('./draft-file-store.ts'))
    .then(({ storeDraftFiles }) => storeDraftFiles(draft, files))
    .catch(() => undefined);
}

/** The files that are kept of a draft; none where storage is closed. */
export async function readDraftFiles(draft: string): Promise<readonly DraftFile[]> {
  try {
    await keeping;
    const { readStoredFiles } = await import('./draft-file-store.ts');
    return await readStoredFiles(draft);
  } catch {
    return [];
  }
}
