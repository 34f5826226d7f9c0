/** What the names of drafts begin with in the browser's storage. */
export const draftPrefix = 'thinkglass:draft:';

/** The browser's database that keeps the files of what is being written. */
export const draftDatabase = 'thinkglass-drafts';

/** Where what is being written in a conversation is kept in this browser. */
export function draftKey(conversationId: string): string {
  return `${draftPrefix}${conversationId}`;
}
