import { usePathname } from 'next/navigation';
import { useEffect, useState } from 'react';
import { loadRenderer } from '../markdown/lazy-markdown.tsx';
import { type ConversationStore, warmStoreOf } from './conversation-store.ts';

/** Conversations that got their address in place: the router still has the page they began on under it. */
const begunInPlace = new Set<string>();

/**
 * Fetches the page of a conversation that another kind of page shows by now, as a chat that became a comparison. The
 * router must not fetch it for one that was begun in place: it would keep it as the page on which it was begun, and show
 * it there when the reader goes back.
 */
export function fetchOtherPage(conversationId: string, router: { refresh: () => void }): void {
  if (begunInPlace.has(conversationId)) window.location.reload();
  else router.refresh();
}

/**
 * Waits for a question to be taken. The first one makes the conversation: then its address is its own, and what is on
 * the screen stays as it is, with all that is open in it.
 */
export async function settleAddress(store: ConversationStore, sent: Promise<boolean>): Promise<boolean> {
  loadRenderer();
  const isNew = !store.getView().saved;
  const taken = await sent;
  // Whoever has gone to another page meanwhile stays there.
  if (taken && isNew && store.isShown) {
    const { id } = store.getView();
    begunInPlace.add(id);
    window.history.pushState(null, '', `/c/${id}`);
  }
  return taken;
}

/**
 * What a page shows on which conversations begin: a new one, then, at its own address, the conversation it has become.
 * Going to `home` again begins anew; going back in the history shows what was there.
 * @param begin makes a new conversation.
 * @param fits whether this page can show such a conversation.
 * @returns what is shown; without a store while the conversation's own page is fetched: this one does not know it, or
 * cannot show it. The key changes when something else is shown, not when `setStore` begins anew in place.
 */
export function useBegunConversation(
  home: '/' | '/compare',
  begin: () => ConversationStore,
  fits: (store: ConversationStore) => boolean,
): { store: ConversationStore | undefined; key: number; setStore: (store: ConversationStore) => void } {
  const address = usePathname();
  const [shown, setShown] = useState(() => ({ address, key: 0, store: storeAt(address, undefined) }));

  function storeAt(address: string, before: ConversationStore | undefined): ConversationStore | undefined {
    const id = /^\/c\/([^/]+)$/.exec(address)?.[1];
    if (id === undefined) {
      if (before && (address !== home || !before.getView().saved)) return before;
      return begin();
    }
    if (before?.getView().id === id) return before;
    const warm = warmStoreOf(id);
    return warm && fits(warm) ? warm : undefined;
  }

  let now = shown;
  if (address !== shown.address) {
    const store = storeAt(address, shown.store);
    now = { address, store, key: store === shown.store ? shown.key : shown.key + 1 };
    setShown(now);
  }
  const { store, key } = now;
  useEffect(() => {
    if (!store) window.location.reload(); // not by the router: see `fetchOtherPage`
  }, [store]);
  return { store, key, setStore: (store) => setShown({ ...now, store }) };
}
