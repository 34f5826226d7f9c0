import { writeStored } from '../ui/stored.ts';
import { draftDatabase, draftPrefix } from './drafts.ts';

/** Forgets all that was being written, in every conversation, and its files. */
export function forgetAllDrafts(): void {
  try {
    for (const key of Object.keys(window.localStorage)) if (key.startsWith(draftPrefix)) writeStored(key, undefined);
    indexedDB.deleteDatabase(draftDatabase);
  } catch {
    // A closed storage keeps nothing.
  }
}
