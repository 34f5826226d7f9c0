import type { Answered } from '../conversation.ts';
import type { Snippet } from './snippet.ts';

/** What of a conversation a hit is in. */
export const searchKinds = ['title', 'question', 'file', 'reasoning', 'answer'] as const;
export type SearchKind = (typeof searchKinds)[number];

/** What a search is narrowed to; nothing by what is absent. */
export interface SearchFilter {
  kind?: SearchKind;
  /** A model's label: what it thought and answered, and what else is in conversations it answered in. */
  model?: string;
  /** Epoch ms: what was said since then; of a title, when its conversation was asked last. */
  since?: number;
}

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
  /** Label of who thought or answered this. */
  model?: string;
  /** The attachment it is in, by its id and its name; of a `file` only. */
  file?: { id: string; name: string };
  snippet: Snippet;
}

/** A page of hits, newest first; `next`, when there are more, is the `before` of the next page. */
export interface SearchPage {
  hits: SearchHit[];
  /** By conversation, what tells it from others of its title; absent where nothing is found. */
  answered?: Record<string, Answered>;
  next?: string;
  /** Of the person's messages `done` of `total` are in the index; absent when all are. */
  indexing?: { done: number; total: number };
}
