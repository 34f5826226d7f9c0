import { useSyncExternalStore } from 'react';
import type { SearchKind } from '../../lib/search/search.ts';

/** Where a conversation is to be opened: at words in it, or at a file that is attached to a question. */
export type FoundPlace = { conversationId: string } & (FoundWords | { file: { messageId: string; id: string } });

/** What the search found in a text, or only the words to look for. */
export interface FoundWords {
  /** As they stand in the text; empty: the reader types them. */
  words: string;
  hit?: {
    messageId: string;
    kind: Exclude<SearchKind, 'title' | 'file'>;
    /** UTF-16 offset into the question, thought or answer. */
    at: number;
  };
}

let asked: FoundPlace | undefined;
const listeners = new Set<() => void>();

/** Asks for a place; the conversation's screen shows it, now or when it is opened. */
export function askForPlace(place: FoundPlace | undefined): void {
  asked = place;
  for (const listener of listeners) listener();
}

/** What was asked of a conversation and is not shown yet. */
export function useFoundPlace(conversationId: string): FoundPlace | undefined {
  return useSyncExternalStore(
    subscribe,
    () => (asked?.conversationId === conversationId ? asked : undefined),
    () => undefined,
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
