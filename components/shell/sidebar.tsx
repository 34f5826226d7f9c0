'use client';

import {
  Archive,
  Braces,
  ChartColumnStacked,
  Columns2,
  PanelLeftClose,
  Search,
  Settings,
  SquarePen,
} from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import { IconButton } from '../ui/button.tsx';
import { ConversationItem } from './conversation-item.tsx';
import { type ConversationChange, type ConversationPage, conversationList } from '../client/conversation-list.ts';
import { type Clock, clockNow, groupByDay } from './day-groups.ts';
import type { Theme } from './theme.ts';
import { ThemeToggle } from './theme-toggle.tsx';
import { undo } from '../client/undo.ts';
import { Wordmark } from './wordmark.tsx';
import './managing.css';

const ArchivedList = lazy(() => import('./archived-list.tsx'));

/** Conversations: what is pinned, then newest first by day, with what can be done to them. */
export function Sidebar(props: {
  initial: ConversationPage;
  clock: Clock;
  theme: Theme;
  onNavigate: () => void;
  onCollapse: () => void;
  onSearch: () => void;
}) {
  const page = useConversationPage(props.initial);
  const clock = useClock(props.clock);
  const pathname = usePathname();
  const router = useRouter();
  const [problem, setProblem] = useState<string | undefined>();
  const [archive, setArchive] = useState(false);
  const groups = groupByDay(page.conversations, clock);

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
  const activeId = pathname.startsWith('/c/') ? pathname.slice(3) : undefined;

  return (
    <nav className="side" aria-label="Conversations">
      <div className="side-head">
        <Link href="/" className="side-home" aria-label="Thinkglass, a new chat" onClick={props.onNavigate}>
          <Wordmark />
        </Link>
        <IconButton label="Hide the sidebar" onClick={props.onCollapse}>
          <PanelLeftClose aria-hidden size={17} />
        </IconButton>
      </div>
      <Link
        href="/"
        className="side-new"
        title="New chat (Ctrl+Shift+O)"
        aria-keyshortcuts="Control+Shift+O Meta+Shift+O"
        onClick={props.onNavigate}
      >
        <SquarePen aria-hidden size={16} /> New chat
      </Link>
      <button
        type="button"
        className="side-page"
        title="Search (Ctrl+K)"
        aria-keyshortcuts="Control+K Meta+K"
        aria-haspopup="dialog"
        onClick={props.onSearch}
      >
        <Search aria-hidden size={16} /> Search
      </button>
      <Link
        href="/compare"
        prefetch={false}
        className="side-page"
        aria-current={pathname === '/compare' ? 'page' : undefined}
        onClick={props.onNavigate}
      >
        <Columns2 aria-hidden size={16} /> Compare
      </Link>
      <Link
        href="/raw"
        className="side-page"
        aria-current={pathname === '/raw' ? 'page' : undefined}
        onClick={props.onNavigate}
      >
        <Braces aria-hidden size={16} /> Raw prompt
      </Link>
      <Link
        href="/compute"
        prefetch={false}
        className="side-page"
        aria-current={pathname === '/compute' ? 'page' : undefined}
        onClick={props.onNavigate}
      >
        <ChartColumnStacked aria-hidden size={16} /> Compute
      </Link>
      <div className="side-scroll">
        {archive ? (
          <Suspense>
            <ArchivedList
              activeId={activeId}
              onChange={change}
              onDelete={remove}
              onOpen={props.onNavigate}
              onLeave={() => setArchive(false)}
            />
          </Suspense>
        ) : (
          <>
            {page.conversations.length === 0 && <p className="side-empty">What you ask will be listed here.</p>}
            {groups.map(({ title, conversations }) => (
              <section key={title} aria-label={title}>
                <h2 className="side-group">{title}</h2>
                <ul>
                  {conversations.map((conversation) => (
                    <ConversationItem
                      key={conversation.id}
                      conversation={conversation}
                      active={conversation.id === activeId}
                      onChange={(c, what) => void change(c, what)}
                      onDelete={(c) => void remove(c)}
                      onOpen={props.onNavigate}
                    />
                  ))}
                </ul>
              </section>
            ))}
            {page.next !== undefined && <LoadMore onLoad={() => attempt(conversationList.loadMore())} />}
          </>
        )}
      </div>
      {problem && (
        <p role="alert" className="side-problem">
          {problem}
        </p>
      )}
      <div className="side-foot">
        <ThemeToggle initial={props.theme} />
        <span className="grow" />
        <IconButton label="Archived conversations" aria-pressed={archive} onClick={() => setArchive(!archive)}>
          <Archive aria-hidden size={17} />
        </IconButton>
        <Link
          href="/settings"
          prefetch={false}
          className="icon-button"
          aria-label="Settings"
          title="Settings"
          aria-current={pathname === '/settings' ? 'page' : undefined}
          onClick={props.onNavigate}
        >
          <Settings aria-hidden size={17} />
        </Link>
      </div>
    </nav>
  );
}

function LoadMore({ onLoad }: { onLoad: () => Promise<unknown> }) {
  const [loading, setLoading] = useState(false);
  const load = async () => {
    setLoading(true);
    await onLoad();
    setLoading(false);
  };
  return (
    <button type="button" className="quiet-button w-full justify-center" disabled={loading} onClick={load}>
      {loading ? 'Loading…' : 'Show older'}
    </button>
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
