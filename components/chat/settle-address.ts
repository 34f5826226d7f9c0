import { loadRenderer } from '../markdown/lazy-markdown.tsx';
import type { ConversationStore } from './conversation-store.ts';

/**
 * Waits for a question to be taken. The first one makes the conversation: then its own address takes over, with the same
 * store behind it.
 */
export async function settleAddress(
  store: ConversationStore,
  router: { replace: (address: string) => void },
  sent: Promise<boolean>,
): Promise<boolean> {
  loadRenderer();
  const isNew = !store.getView().saved;
  const taken = await sent;
  if (taken && isNew) {
    const address = `/c/${store.getView().id}`;
    // The address is right at once, for a reload or a copy of it; its page follows when it has been fetched.
    window.history.pushState(null, '', address);
    router.replace(address);
  }
  return taken;
}
