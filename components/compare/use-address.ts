import { useEffect } from 'react';
import type { ConversationView } from '../conversation/conversation-view.ts';
import { addressOf } from './address.ts';

/** Somebody types: the address follows when he pauses. */
const addressPauseMs = 300;

/** Keeps the address true to the columns and the question, for as long as the comparison is not yet one. */
export function useAddress({ saved, threads, messages }: ConversationView, prompt: string): void {
  const isDraft = !saved && messages.length === 0;
  const address = addressOf(
    threads.map(({ settings }) => settings),
    prompt,
  );
  useEffect(() => {
    if (!isDraft) return;
    const timer = setTimeout(() => {
      if (window.location.pathname === '/compare') window.history.replaceState(null, '', address);
    }, addressPauseMs);
    return () => clearTimeout(timer);
  }, [address, isDraft]);
}
