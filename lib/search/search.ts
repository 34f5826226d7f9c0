import type { Snippet } from './snippet.ts';

/** What of a conversation a hit is in. */
export type SearchKind = 'title' | 'question' | 'file' | 'reasoning' | 'answer';

/** Something that was found. */
export interface SearchHit {
  conversationId: string;
  title: string;
  /** Epoch ms of the conversation's last question. */
  updatedAt: number;
  kind: SearchKind;
  /** Undefined for a title. */
  messageId?: string;
  threadId?: string;
  /** The attachment it is in, by its id and its name; of a `file` only. */
  file?: { id: string; name: string };
  snippet: Snippet;
}

/** A page of hits, newest first; `next`, when there are more, is the `before` of the next page. */
export interface SearchPage {
  hits: SearchHit[];
  next?: string;
}
