import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { fetchOtherPage } from '../conversation/begin-conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';

export interface Leaving {
  /** Takes a column away. */
  remove: (threadId: string) => Promise<void>;
  /** Goes to a chat that is what one column shows. */
  continueAlone: (threadId: string) => Promise<void>;
}

/**
 * The ways out of a comparison. With one column left it is a chat, and its page is the chat's: so too when another tab
 * took the others away.
 */
export function useLeaving(store: ConversationStore, { id, saved, threads }: ConversationView): Leaving {
  const router = useRouter();
  const [removing, setRemoving] = useState(0);
  // Not before the server knows: it says which page it is.
  const isChat = saved && threads.length === 1 && removing === 0;
  useEffect(() => {
    if (isChat) fetchOtherPage(id, router); // a chat has a page of its own at the same address
  }, [id, isChat, router]);
  return {
    remove: async (threadId) => {
      setRemoving((n) => n + 1);
      await store.removeThread(threadId);
      setRemoving((n) => n - 1);
    },
    continueAlone: async (threadId) => {
      const chat = await store.continueAlone(threadId);
      if (chat) router.push(`/c/${chat}`);
    },
  };
}
