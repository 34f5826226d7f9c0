import type { SearchKind } from '../../lib/search/search.ts';
import { Observable, useObserved } from '../ui/observable.ts';

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

const asked = new Observable<FoundPlace | undefined>(undefined);

/** Asks for a place; the conversation's screen shows it, now or when it is opened. */
export function askForPlace(place: FoundPlace | undefined): void {
  asked.set(place);
}

/** What was asked of a conversation and is not shown yet. */
export function useFoundPlace(conversationId: string): FoundPlace | undefined {
  return useObserved(asked, (place) => (place?.conversationId === conversationId ? place : undefined), undefined);
}
