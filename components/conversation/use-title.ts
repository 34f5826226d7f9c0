import { useSyncExternalStore } from 'react';
import { conversationList } from '../client/conversation-list.ts';
import type { ConversationView } from './conversation-view.ts';

/** A conversation's title, as the sidebar has it where it is there: it may be changed there. */
export function useTitle({ id, title }: ConversationView): string {
  const page = useSyncExternalStore(conversationList.subscribe, conversationList.getPage, nothing);
  return page?.conversations.find((conversation) => conversation.id === id)?.title ?? title;
}

const nothing = () => undefined;
