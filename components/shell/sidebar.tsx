'use client';

import { Archive, PanelLeftClose, Settings } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import type { ConversationPage } from '../client/conversation-list.ts';
import { Alert } from '../ui/alert.tsx';
import { IconButton, iconButtonLook } from '../ui/button.tsx';
import { ConversationGroups } from './conversation-groups.tsx';
import { ConversationItem } from './conversation-item.tsx';
import type { Clock } from '../words/telling-facts.ts';
import { SidebarLinks } from './sidebar-links.tsx';
import type { Theme } from './theme.ts';
import { ThemeToggle } from './theme-toggle.tsx';
import { useManaging } from './use-managing.ts';
import { Wordmark } from './wordmark.tsx';
import { lazyPart } from '../ui/lazy-part.tsx';

const ArchivedList = lazyPart(() => import('./archived-list.tsx'), { onMissing: ({ onLeave }) => onLeave() });

/** The way to every page, and the conversations with what can be done to them. */
export function Sidebar(props: {
  initial: ConversationPage;
  clock: Clock;
  theme: Theme;
  onNavigate: () => void;
  onCollapse: () => void;
  onSearch: () => void;
}) {
  const { onNavigate } = props;
  const pathname = usePathname();
  const managing = useManaging();
  const [archive, setArchive] = useState(false);
  const activeId = pathname.startsWith('/c/') ? pathname.slice(3) : undefined;

  return (
    <nav className="flex h-full w-full flex-col lg:w-70" aria-label="Conversations">
      <div className="flex items-center justify-between pt-3 pr-2.5 pb-2 pl-4">
        <Link
          href="/"
          className="inline-flex min-h-10 items-center rounded-md"
          aria-label="Thinkglass, a new chat"
          onClick={onNavigate}
        >
          <Wordmark />
        </Link>
        <IconButton label="Hide the sidebar" onClick={props.onCollapse}>
          <PanelLeftClose aria-hidden size={17} />
        </IconButton>
      </div>
      <SidebarLinks onNavigate={onNavigate} onSearch={props.onSearch} />
      <div className="min-h-0 flex-1 overflow-y-auto px-2.5 pb-3">
        {archive ? (
          <ArchivedList
            activeId={activeId}
            onChange={managing.change}
            onDelete={managing.remove}
            onOpen={onNavigate}
            onLeave={() => setArchive(false)}
          />
        ) : (
          <ConversationGroups initial={props.initial} clock={props.clock} onLoadMore={managing.loadMore}>
            {(conversation, clock) => (
              <ConversationItem
                key={conversation.id}
                conversation={conversation}
                clock={clock}
                active={conversation.id === activeId}
                onChange={(c, what) => void managing.change(c, what)}
                onDelete={(c) => void managing.remove(c)}
                onOpen={onNavigate}
              />
            )}
          </ConversationGroups>
        )}
      </div>
      {managing.problem && <Alert words={managing.problem} className="mx-2.5 mb-2" />}
      <div className="flex items-center border-t border-line p-2.5">
        <ThemeToggle initial={props.theme} />
        <span className="grow" />
        <IconButton label="Archived conversations" aria-pressed={archive} onClick={() => setArchive(!archive)}>
          <Archive aria-hidden size={17} />
        </IconButton>
        <Link
          href="/settings"
          prefetch={false}
          className={`${iconButtonLook()} aria-[current=page]:text-accent`}
          aria-label="Settings"
          title="Settings"
          aria-current={pathname === '/settings' ? 'page' : undefined}
          onClick={onNavigate}
        >
          <Settings aria-hidden size={17} />
        </Link>
      </div>
    </nav>
  );
}
