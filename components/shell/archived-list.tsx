'use client';

import { ArrowLeft } from 'lucide-react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import {
  type ConversationChange,
  conversationList,
  type ConversationPage,
  withChange,
} from '../client/conversation-list.ts';
import { requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';
import { GroupTitle, Remark, ShowOlder } from './conversation-groups.tsx';
import { ConversationItem } from './conversation-item.tsx';
import { clockNow } from '../words/telling-facts.ts';

type Loading = { state: 'loading' } | { state: 'failed'; words: string } | ({ state: 'ready' } & ConversationPage);

/** What was put away, in the sidebar's place; each can be opened, searched, brought back or deleted. */
export default function ArchivedList(props: {
  activeId: string | undefined;
  onChange: (conversation: Conversation, change: ConversationChange) => Promise<void>;
  onDelete: (conversation: Conversation) => Promise<void>;
  onOpen: () => void;
  onLeave: () => void;
}) {
  const [loading, setLoading] = useState<Loading>({ state: 'loading' });
  const [clock] = useState(clockNow);
  const conversations = useStillArchived(loading.state === 'ready' ? loading.conversations : []);

  useEffect(() => {
    let left = false;
    requestJson<ConversationPage>('GET', '/api/conversations?archived=true&limit=50').then(
      (page) => !left && setLoading({ state: 'ready', ...page }),
      (error: unknown) => !left && setLoading({ state: 'failed', words: String((error as Error).message) }),
    );
    return () => {
      left = true;
    };
  }, []);

  const update = (work: (list: readonly Conversation[]) => Conversation[]) =>
    setLoading((now) => (now.state === 'ready' ? { ...now, conversations: work(now.conversations) } : now));
  const change = async (conversation: Conversation, change: ConversationChange) => {
    const changed = withChange(conversation, change);
    update((list) =>
      list.flatMap((c) => (c.id !== conversation.id ? c : changed.archivedAt === undefined ? [] : changed)),
    );
    await props.onChange(conversation, change);
  };
  const remove = async (conversation: Conversation) => {
    update((list) => list.filter((c) => c.id !== conversation.id));
    await props.onDelete(conversation);
  };
  const more = async () => {
    if (loading.state !== 'ready' || loading.next === undefined) return;
    const path = `/api/conversations?archived=true&limit=50&before=${encodeURIComponent(loading.next)}`;
    const page = await requestJson<ConversationPage>('GET', path);
    setLoading({ state: 'ready', ...page, conversations: [...loading.conversations, ...page.conversations] });
  };

  return (
    <>
      <Button tone="quiet" className="mx-1 mb-1" onClick={props.onLeave}>
        <ArrowLeft aria-hidden size={15} /> All conversations
      </Button>
      <GroupTitle>Archived</GroupTitle>
      {loading.state === 'loading' && <Remark>Loading…</Remark>}
      {loading.state === 'failed' && <Remark role="alert">{loading.words}</Remark>}
      {loading.state === 'ready' && conversations.length === 0 && (
        <Remark>Nothing is archived. What you archive is kept, and found by the search.</Remark>
      )}
      {loading.state === 'ready' && (
        <ul>
          {conversations.map((conversation) => (
            <ConversationItem
              key={conversation.id}
              conversation={conversation}
              clock={clock}
              active={conversation.id === props.activeId}
              onChange={(c, what) => void change(c, what)}
              onDelete={(c) => void remove(c)}
              onOpen={props.onOpen}
            />
          ))}
        </ul>
      )}
      {loading.state === 'ready' && loading.next !== undefined && <ShowOlder onLoad={more} />}
    </>
  );
}

/** Without what was brought back elsewhere meanwhile, such as by the offer to undo. */
function useStillArchived(archived: readonly Conversation[]): readonly Conversation[] {
  const list = useSyncExternalStore(conversationList.subscribe, conversationList.getPage, () => undefined);
  const open = new Set(list?.conversations.map(({ id }) => id));
  return archived.filter(({ id }) => !open.has(id));
}
