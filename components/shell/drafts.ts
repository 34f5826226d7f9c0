import { writeStored } from '../ui/stored.ts';

const prefix = 'thinkglass:draft:';

/** The browser's database that keeps the files of what is being written. */
export const draftDatabase = 'thinkglass-drafts';

/** Where what is being written in a conversation is kept in this browser. */
export function draftKey(conversationId: string): string {
  return `${prefix}${conversationId}`;
}

/** Forgets all that was being written, in every conversation, and its files. */
export function forgetAllDrafts(): void {
  try {
    for (const key of Object.keys(window.localStorage)) if (key.startsWith(prefix)) writeStored(key, undefined);
    indexedDB.deleteDatabase(draftDatabase);
  } catch {
    // A closed storage keeps nothing.
  }
}
