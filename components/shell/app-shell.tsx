'use client';

import { Menu, SquarePen } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type ReactNode, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { type ConversationPage, conversationList } from '../client/conversation-list.ts';
import { hearOfThoughts, thoughtMarks, useThoughtNews } from '../client/thoughts.ts';
import { storageNews } from '../client/storage-news.ts';
import { IconButton, iconButtonLook } from '../ui/button.tsx';
import { useCloseOnEscape } from '../ui/close-on-escape.ts';
import { lazyDialog, lazyPart } from '../ui/lazy-part.tsx';
import { useObserved } from '../ui/observable.ts';
import { useStored, writeStored } from '../ui/stored.ts';
import type { Clock } from '../words/telling-facts.ts';
import { replayEarlyPresses } from './early-presses.ts';
import { ServerBar } from './server-bar.tsx';
import { useFrameKeys } from './shortcuts.ts';
import { Sidebar } from './sidebar.tsx';
import type { Theme } from './theme.ts';
import { endureTranslation } from './translated-page.ts';
import { UndoToast } from './undo-toast.tsx';
import { useKeyboardInset } from './use-keyboard-inset.ts';
import { Wordmark } from './wordmark.tsx';

const Palette = lazyDialog(() => import('./palette.tsx'));
const KeysDialog = lazyDialog(() => import('./keys-dialog.tsx'));
const WatchThoughts = lazyPart(() => import('./thought-watch.tsx'));
const StorageBanner = lazyPart(() => import('./storage-banner.tsx'));

const collapsedKey = 'thinkglass:sidebar';

const skipLink =
  'fixed top-2 left-2 z-60 -translate-y-[200%] rounded-md bg-surface px-3 py-2 focus:translate-y-0 print:hidden';

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
  const [dialog, setDialog] = useState<'search' | 'keys' | undefined>();
  const menu = useRef<HTMLButtonElement>(null);
  const search = useCallback(() => {
    setDrawer(false);
    setDialog('search');
  }, []);
  const showKeys = useCallback(() => setDialog('keys'), []);
  useFrameKeys({ search, showKeys });
  useKeyboardInset();
  useEffect(endureTranslation, []);
  useEffect(replayEarlyPresses, []);
  useEffect(hearOfThoughts, []);
  useEffect(conversationList.joinTabs, []);
  const news = useThoughtNews();
  useCloseOnEscape(drawer, () => {
    setDrawer(false);
    menu.current?.focus();
  });

  const open = () => {
    if (isWide()) writeStored(collapsedKey, undefined);
    else setDrawer(true);
  };
  const collapse = () => {
    setDrawer(false);
    if (isWide()) writeStored(collapsedKey, 'hidden');
  };
  return (
    <div
      className="group/shell shell grid h-dvh grid-cols-[minmax(0,1fr)] pb-(--keyboard) transition-[grid-template-columns] duration-200 lg:grid-cols-[17.5rem_minmax(0,1fr)] lg:data-collapsed:grid-cols-[0_minmax(0,1fr)] print:block print:h-auto"
      data-collapsed={collapsed || undefined}
      data-drawer={drawer || undefined}
    >
      <a href="#composer" className={`${skipLink} skip-to-question`}>
        Skip to the question
      </a>
      <a href="#content" className={skipLink}>
        Skip to the content
      </a>
      <div className="min-h-0 overflow-hidden border-r border-line bg-sunken max-lg:invisible max-lg:fixed max-lg:inset-y-0 max-lg:left-0 max-lg:z-50 max-lg:w-[min(20rem,86vw)] max-lg:-translate-x-full max-lg:pt-[env(safe-area-inset-top)] max-lg:pb-[env(safe-area-inset-bottom)] max-lg:pl-[env(safe-area-inset-left)] max-lg:transition-[translate,visibility] max-lg:duration-200 max-lg:group-data-drawer/shell:visible max-lg:group-data-drawer/shell:translate-x-0 max-lg:group-data-drawer/shell:shadow-large lg:group-data-collapsed/shell:invisible lg:group-data-collapsed/shell:border-0 print:hidden">
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
      <div
        className="fixed inset-0 z-40 hidden bg-veil max-lg:group-data-drawer/shell:block print:hidden"
        onClick={() => setDrawer(false)}
      />
      <div
        id="content"
        tabIndex={-1}
        className="shell-main relative flex min-h-0 min-w-0 flex-col outline-none print:block"
        inert={drawer}
      >
        <TopBar menu={menu} onOpen={open} />
        <StorageNotice />
        <ServerBar />
        {children}
      </div>
      <UndoToast />
      {news > 0 && <WatchThoughts news={news} />}
      {dialog === 'search' && (
        <Palette
          onToggleSidebar={collapsed || !isWide() ? open : collapse}
          onKeys={showKeys}
          onClose={() => setDialog((now) => (now === 'search' ? undefined : now))}
        />
      )}
      {dialog === 'keys' && <KeysDialog onClose={() => setDialog(undefined)} />}
    </div>
  );
}

function StorageNotice() {
  const news = useObserved(storageNews, (told) => told, undefined);
  return news ? <StorageBanner news={news} /> : null;
}

/** As in the classes: from there on the sidebar stands beside the page. */
function isWide(): boolean {
  return window.matchMedia('(min-width: 52rem)').matches;
}

/** Over the page where the sidebar is a drawer, and in its corner where the sidebar is hidden. */
function TopBar({ menu, onOpen }: { menu: RefObject<HTMLButtonElement | null>; onOpen: () => void }) {
  const path = usePathname();
  const news = useObserved(thoughtMarks, (marks) => [...marks.keys()].some((id) => path !== `/c/${id}`), false);
  return (
    <header className="flex items-center justify-between max-lg:border-b max-lg:border-line max-lg:px-2 max-lg:pt-[calc(0.25rem+env(safe-area-inset-top))] max-lg:pb-1 lg:absolute lg:z-20 lg:hidden lg:p-2.5 lg:group-data-collapsed/shell:flex print:hidden">
      <IconButton
        ref={menu}
        label="Show the sidebar"
        aria-description={news ? 'Another conversation runs, or has ended unseen.' : undefined}
        className="relative"
        onClick={onOpen}
      >
        <Menu aria-hidden size={19} />
        {news && (
          <span
            aria-hidden
            className="absolute top-1 right-1 size-2 rounded-full bg-accent forced-colors:bg-[Highlight]"
          />
        )}
      </IconButton>
      <Link
        href="/"
        className="inline-flex min-h-10 items-center rounded-md lg:hidden"
        aria-label="Thinkglass, a new chat"
      >
        <Wordmark />
      </Link>
      <Link href="/" className={iconButtonLook()} aria-label="New chat" title="New chat">
        <SquarePen aria-hidden size={18} />
      </Link>
    </header>
  );
}
