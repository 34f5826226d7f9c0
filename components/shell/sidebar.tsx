'use client';

import { Braces, Columns2, PanelLeftClose, Settings, SquarePen } from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import { IconButton } from '../ui/button.tsx';
import { ConversationItem } from './conversation-item.tsx';
import { type ConversationPage, conversationList } from './conversation-list.ts';
import type { Theme } from './theme.ts';
import { ThemeToggle } from './theme-toggle.tsx';
import { Wordmark } from './wordmark.tsx';

/** Conversations, newest first, with what can be done to them. */
export function Sidebar(props: {
  initial: ConversationPage;
  theme: Theme;
  onNavigate: () => void;
  onCollapse: () => void;
}) {
  const page = useConversationPage(props.initial);
  const pathname = usePathname();
  const router = useRouter();
  const [problem, setProblem] = useState<string | undefined>();

  const attempt = async (action: Promise<void>) => {
    try {
      setProblem(undefined);
      await action;
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.');
    }
  };
  const remove = (conversation: Conversation) => {
    if (pathname === `/c/${conversation.id}`) router.push('/');
    void attempt(conversationList.remove(conversation));
  };

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
      <div className="side-scroll">
        {page.conversations.length === 0 ? (
          <p className="side-empty">What you ask will be listed here.</p>
        ) : (
          <ul>
            {page.conversations.map((conversation) => (
              <ConversationItem
                key={conversation.id}
                conversation={conversation}
                active={pathname === `/c/${conversation.id}`}
                onRename={(c, title) => void attempt(conversationList.rename(c, title))}
                onDelete={remove}
                onOpen={props.onNavigate}
              />
            ))}
          </ul>
        )}
        {page.next !== undefined && <LoadMore onLoad={() => attempt(conversationList.loadMore())} />}
      </div>
      {problem && (
        <p role="alert" className="side-problem">
          {problem}
        </p>
      )}
      <div className="side-foot">
        <ThemeToggle initial={props.theme} />
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

function LoadMore({ onLoad }: { onLoad: () => Promise<void> }) {
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
