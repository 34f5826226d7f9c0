'use client';

import { useEffect, useRef, useSyncExternalStore } from 'react';
import { conversationList } from '../client/conversation-list.ts';
import { requestJson } from '../client/request-json.ts';
import { useStored } from '../ui/stored.ts';
import type { ConversationStore } from './conversation-store.ts';

/** Where components/settings/appearance-section.tsx keeps who names conversations: absent, their question. */
const titlesKey = 'thinkglass:titles';

/** Has a conversation named by its model when its first answer is there, for those who want that. */
export function AutomaticTitle({ store }: { store: ConversationStore }) {
  const { id, running, messages } = useSyncExternalStore(store.subscribe, store.getView, store.getView);
  const wanted = useStored(titlesKey) === 'model';
  const ran = useRef(false);
  const isRunning = running.length > 0;
  const isFirst = !messages.some(({ role, parentId }) => role === 'user' && parentId !== null);

  useEffect(() => {
    const hasEnded = ran.current && !isRunning;
    ran.current = isRunning;
    if (!hasEnded || !wanted || !isFirst) return;
    requestJson<{ title: string }>('POST', `/api/conversations/${id}/title`).then(
      ({ title }) => conversationList.takeTitle(id, title),
      () => undefined, // it keeps the title it has
    );
  }, [id, isRunning, isFirst, wanted]);
  return null;
}
