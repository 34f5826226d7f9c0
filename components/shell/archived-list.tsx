'use client';

import { ArrowLeft } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import { type ConversationChange, conversationList } from '../client/conversation-list.ts';
import { Button } from '../ui/button.tsx';
import { GroupTitle, Remark, ShowOlder } from './conversation-groups.tsx';
import { ConversationItem } from './conversation-item.tsx';
import { clockNow } from '../words/telling-facts.ts';

/** What was put away, in the sidebar's place; each can be opened, searched, brought back or deleted. */
export default function ArchivedList(props: {
  activeId: string | undefined;
  onChange: (conversation: Conversation, change: ConversationChange) => Promise<void>;
  onDelete: (conversation: Conversation) => Promise<void>;
  onOpen: () => void;
  onLeave: () => void;
}) {
  const [problem, setProblem] = useState<string>();
  const [clock] = useState(clockNow);
  const page = useSyncExternalStore(conversationList.subscribeArchive, conversationList.getArchive, () => undefined);

  useEffect(() => {
    conversationList.loadArchive().catch((error: unknown) => setProblem(String((error as Error).message)));
  }, []);

  return (
    <>
      <Button tone="quiet" className="mx-1 mb-1" onClick={props.onLeave}>
        <ArrowLeft aria-hidden size={15} /> All conversations
      </Button>
      <GroupTitle>Archived</GroupTitle>
      {problem !== undefined && <Remark role="alert">{problem}</Remark>}
      {!page && problem === undefined && <Remark>Loading…</Remark>}
      {page?.conversations.length === 0 && (
        <Remark>Nothing is archived. What you archive is kept, and found by the search.</Remark>
      )}
      {page && page.conversations.length > 0 && (
        <ul>
          {page.conversations.map((conversation) => (
            <ConversationItem
              key={conversation.id}
              conversation={conversation}
              clock={clock}
              active={conversation.id === props.activeId}
              onChange={(c, what) => void props.onChange(c, what)}
              onDelete={(c) => void props.onDelete(c)}
              onOpen={props.onOpen}
            />
          ))}
        </ul>
      )}
      {page?.next !== undefined && <ShowOlder onLoad={() => conversationList.loadMoreArchive()} />}
    </>
  );
}
