'use client';

import { Menu, SquarePen } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { IconButton } from '../ui/button.tsx';
import { useStored, writeStored } from '../ui/stored.ts';
import type { ConversationPage } from '../client/conversation-list.ts';
import type { Clock } from './day-groups.ts';
import { Sidebar } from './sidebar.tsx';
import type { Theme } from './theme.ts';
import { UndoToast } from './undo-toast.tsx';
import { Wordmark } from './wordmark.tsx';

const SearchDialog = lazy(() => import('../search/search-dialog.tsx'));

const collapsedKey = 'thinkglass:sidebar';

/** The frame around every page: the sidebar (a drawer on phones) and the page beside it. */
export function AppShell({
  initial,
  clock,
  theme,
  children,
}: {
  initial: ConversationPage;
  /** The server's, for the headings of the list. */
  clock: Clock;
  theme: Theme;
  children: ReactNode;
}) {
  const collapsed = useStored(collapsedKey) === 'hidden';
  const [drawer, setDrawer] = useState(false);
  const [searching, setSearching] = useState(false);
  const menu = useRef<HTMLSpanElement>(null);
  const search = useCallback(() => {
    setDrawer(false);
    setSearching(true);
  }, []);
  useSearchShortcut(search);
  useNewChatShortcut();
  useKeyboardInset();
  useCloseOnEscape(drawer, () => {
    setDrawer(false);
    menu.current?.querySelector('button')?.focus();
  });

  const open = () => {
    if (window.matchMedia('(min-width: 52rem)').matches) writeStored(collapsedKey, undefined);
    else setDrawer(true);
  };
  const collapse = () => {
    setDrawer(false);
    if (window.matchMedia('(min-width: 52rem)').matches) writeStored(collapsedKey, 'hidden');
  };
  return (
    <div className="shell" data-collapsed={collapsed || undefined} data-drawer={drawer || undefined}>
      <a href="#composer" className="skip-link">
        Skip to the question
      </a>
      <div className="shell-side">
        <Sidebar
          initial={initial}
          clock={clock}
          theme={theme}
          onNavigate={() => setDrawer(false)}
          onCollapse={collapse}
          onSearch={search}
        />
      </div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: Esc does the same for the keyboard */}
      <div className="shell-veil" onClick={() => setDrawer(false)} />
      <div className="shell-main" inert={drawer}>
        <header className="topbar">
          <span ref={menu}>
            <IconButton label="Show the sidebar" onClick={open}>
              <Menu aria-hidden size={19} />
            </IconButton>
          </span>
          <Link href="/" className="topbar-home" aria-label="Thinkglass, a new chat">
            <Wordmark />
          </Link>
          <Link href="/" className="icon-button" aria-label="New chat" title="New chat">
            <SquarePen aria-hidden size={18} />
          </Link>
        </header>
        {children}
      </div>
      <UndoToast />
      {searching && (
        <Suspense>
          <SearchDialog onClose={() => setSearching(false)} />
        </Suspense>
      )}
    </div>
  );
}

function useNewChatShortcut(): void {
  const router = useRouter();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.key.toLowerCase() !== 'o') return;
      event.preventDefault();
      router.push('/');
      document.querySelector<HTMLTextAreaElement>('.composer-text')?.focus();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [router]);
}

/** Ctrl+K and Cmd+K, wherever the keyboard is. */
function useSearchShortcut(search: () => void): void {
  // As early as the question's field has the keyboard.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== 'k')
        return;
      event.preventDefault();
      if (!document.querySelector('dialog[open]')) search();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [search]);
}

function useCloseOnEscape(open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      close();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  });
}

/** Where a phone's keyboard covers the page instead of shrinking it (iOS), the page is told by how much. */
function useKeyboardInset(): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (!viewport) return;
    const update = () => {
      // A page that is zoomed by fingers has a small viewport too, and no keyboard.
      const covered = viewport.scale > 1.01 ? 0 : window.innerHeight - viewport.height - viewport.offsetTop;
      document.documentElement.style.setProperty('--keyboard', `${Math.max(0, Math.round(covered))}px`);
    };
    viewport.addEventListener('resize', update);
    viewport.addEventListener('scroll', update);
    return () => {
      viewport.removeEventListener('resize', update);
      viewport.removeEventListener('scroll', update);
    };
  }, []);
}
