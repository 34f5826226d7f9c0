import { usePathname, useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import { type ConversationChange, conversationList } from '../client/conversation-list.ts';
import { undo } from '../client/undo.ts';

interface Managing {
  /** Why the last change did not work. */
  problem: string | undefined;
  change: (conversation: Conversation, what: ConversationChange) => Promise<void>;
  remove: (conversation: Conversation) => Promise<void>;
  loadMore: () => Promise<void>;
}

/** What can be done to conversations in the sidebar; what takes one away offers to bring it back. */
export function useManaging(): Managing {
  const pathname = usePathname();
  const router = useRouter();
  const [problem, setProblem] = useState<string | undefined>();

  /** Whether it worked. */
  const attempt = async (action: Promise<void>) => {
    try {
      setProblem(undefined);
      await action;
      return true;
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.');
      return false;
    }
  };
  const change = async (conversation: Conversation, what: ConversationChange) => {
    if (!(await attempt(conversationList.change(conversation, what))) || !what.archived) return;
    undo.offer({
      words: `“${conversation.title}” is archived.`,
      undo: () => conversationList.change(conversation, { archived: false }),
    });
  };
  const remove = async (conversation: Conversation) => {
    const wasOpen = pathname === `/c/${conversation.id}`;
    if (wasOpen) router.push('/');
    if (!(await attempt(conversationList.remove(conversation)))) return;
    undo.offer({
      words: `“${conversation.title}” is deleted.`,
      undo: async () => {
        await conversationList.restore(conversation);
        if (wasOpen) router.push(`/c/${conversation.id}`);
      },
    });
  };
  const loadMore = async () => void (await attempt(conversationList.loadMore()));
  return { problem, change, remove, loadMore };
}
