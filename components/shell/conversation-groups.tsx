'use client';

import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import { type ConversationPage, conversationList } from '../client/conversation-list.ts';
import { Button } from '../ui/button.tsx';
import { type Clock, clockNow } from '../words/telling-facts.ts';
import { groupByDay } from './day-groups.ts';

/** What is pinned, then newest first by day; `children` draws a line. */
export function ConversationGroups(props: {
  initial: ConversationPage;
  clock: Clock;
  onLoadMore: () => Promise<void>;
  children: (conversation: Conversation, clock: Clock) => ReactNode;
}) {
  const page = useConversationPage(props.initial);
  const clock = useClock(props.clock);
  const groups = groupByDay(page.conversations, clock);
  return (
    <>
      {groups.length === 0 && <Remark>What you ask will be listed here.</Remark>}
      {groups.map(({ title, conversations }) => (
        <section key={title} aria-label={title} className="pt-2 first:pt-0">
          <GroupTitle>{title}</GroupTitle>
          <ul>{conversations.map((conversation) => props.children(conversation, clock))}</ul>
        </section>
      ))}
      {page.next !== undefined && <ShowOlder onLoad={props.onLoadMore} />}
    </>
  );
}

/** The heading of a group in the sidebar. */
export function GroupTitle({ children }: { children: ReactNode }) {
  return <h2 className="px-3 py-1 text-xs font-medium text-ink-muted">{children}</h2>;
}

/** What the sidebar says where there is no list. */
export function Remark({ role, children }: { role?: 'alert'; children: ReactNode }) {
  return (
    <p role={role} className="px-3 py-2 text-sm text-ink-muted">
      {children}
    </p>
  );
}

/** The next page of a list. */
export function ShowOlder({ onLoad }: { onLoad: () => Promise<void> }) {
  const [loading, setLoading] = useState(false);
  const load = async () => {
    setLoading(true);
    await onLoad().finally(() => setLoading(false));
  };
  return (
    <Button tone="quiet" className="w-full justify-center" disabled={loading} onClick={() => void load()}>
      {loading ? 'Loading…' : 'Show older'}
    </Button>
  );
}

/** The list as this page knows it, beginning with what the server rendered. */
function useConversationPage(initial: ConversationPage): ConversationPage {
  useEffect(() => conversationList.seed(initial), [initial]);
  return useSyncExternalStore(
    conversationList.subscribe,
    () => conversationList.getPage() ?? initial,
    () => initial,
  );
}

/** The server's clock at first, so that both draw the same groups; then the reader's, looked at again now and then. */
function useClock(initial: Clock): Clock {
  const [clock, setClock] = useState(initial);
  useEffect(() => {
    const look = () => setClock(clockNow());
    look();
    const timer = setInterval(look, 5 * 60_000);
    return () => clearInterval(timer);
  }, []);
  return clock;
}
