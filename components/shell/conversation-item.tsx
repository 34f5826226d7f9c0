'use client';

import {
  Archive,
  ArchiveRestore,
  ChartColumnStacked,
  Columns2,
  FileDown,
  Pencil,
  Pin,
  PinOff,
  Trash2,
} from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type KeyboardEvent, lazy, Suspense, useRef, useState } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import { computeAddressOf } from '../../lib/token-log.ts';
import type { ConversationChange } from '../client/conversation-list.ts';
import { useHanFont } from '../ui/han-font.ts';
import { Menu } from '../ui/menu.tsx';
import { TitleField } from './title-field.tsx';

const ExportDialog = lazy(() => import('./export-dialog.tsx'));

interface ConversationItemProps {
  conversation: Conversation;
  active: boolean;
  onChange: (conversation: Conversation, change: ConversationChange) => void;
  onDelete: (conversation: Conversation) => void;
  onOpen: () => void;
}

/** A conversation in the sidebar: its title, which can be changed in place (F2), and what else can be done with it. */
export function ConversationItem(props: ConversationItemProps) {
  const { conversation, active } = props;
  const { title } = conversation;
  useHanFont(title);
  const [renaming, setRenaming] = useState(false);
  const [exporting, setExporting] = useState(false);
  const item = useRef<HTMLLIElement>(null);

  const rename = (next: string | undefined) => {
    setRenaming(false);
    requestAnimationFrame(() => item.current?.querySelector('a')?.focus());
    if (next && next !== title) props.onChange(conversation, { title: next });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'F2' && event.key !== 'Delete') return;
    event.preventDefault();
    if (event.key === 'F2') return setRenaming(true);
    focusNeighbour(item.current);
    props.onDelete(conversation);
  };
  if (renaming) {
    return (
      <li ref={item}>
        <TitleField title={title} onDone={rename} />
      </li>
    );
  }
  return (
    <li
      ref={item}
      className="group/item relative flex items-center rounded-md text-base hover:bg-ink/5 focus-within:bg-ink/5 data-active:bg-accent/13 data-active:font-medium forced-colors:data-active:outline"
      data-active={active || undefined}
    >
      <Link
        href={`/c/${conversation.id}`}
        prefetch={false}
        aria-current={active ? 'page' : undefined}
        aria-keyshortcuts="F2 Delete"
        className="min-w-0 flex-1 truncate rounded-md px-3 py-2 pointer-coarse:py-2.5"
        dir="auto"
        title={title}
        onClick={props.onOpen}
        onDoubleClick={() => setRenaming(true)}
        onKeyDown={onKeyDown}
      >
        {conversation.threadCount > 1 && (
          <>
            <Columns2 aria-hidden size={13} className="mr-1.5 inline align-[-0.125em] opacity-60" />
            <span className="sr-only" dir="ltr">
              Comparison:{' '}
            </span>
          </>
        )}
        {title}
      </Link>
      {/* Where nothing hovers the dots are always there, quietly; an open menu keeps them in sight. */}
      <span className="hidden pr-1 group-focus-within/item:flex group-hover/item:flex group-has-[[aria-expanded=true]]/item:flex group-data-active/item:flex pointer-coarse:flex pointer-coarse:opacity-60">
        <ItemMenu {...props} onRename={() => setRenaming(true)} onExport={() => setExporting(true)} />
      </span>
      {exporting && (
        <Suspense>
          <ExportDialog conversationId={conversation.id} title={title} onClose={() => setExporting(false)} />
        </Suspense>
      )}
    </li>
  );
}

function ItemMenu(props: ConversationItemProps & { onRename: () => void; onExport: () => void }) {
  const { conversation, onChange, onOpen } = props;
  const router = useRouter();
  const pinned = conversation.pinnedAt !== undefined;
  const archived = conversation.archivedAt !== undefined;
  const seeCost = () => {
    onOpen();
    router.push(computeAddressOf(conversation.id));
  };
  return (
    <Menu
      label={`More about “${conversation.title}”`}
      actions={[
        { words: 'Rename', icon: <Pencil aria-hidden size={15} />, onPick: props.onRename },
        {
          words: pinned ? 'Unpin' : 'Pin',
          icon: pinned ? <PinOff aria-hidden size={15} /> : <Pin aria-hidden size={15} />,
          onPick: () => onChange(conversation, { pinned: !pinned }),
        },
        {
          words: archived ? 'Bring back' : 'Archive',
          icon: archived ? <ArchiveRestore aria-hidden size={15} /> : <Archive aria-hidden size={15} />,
          onPick: () => onChange(conversation, { archived: !archived }),
        },
        { words: 'What it cost', icon: <ChartColumnStacked aria-hidden size={15} />, onPick: seeCost },
        { words: 'Export', icon: <FileDown aria-hidden size={15} />, onPick: props.onExport },
        {
          words: 'Delete',
          icon: <Trash2 aria-hidden size={15} />,
          danger: true,
          onPick: () => props.onDelete(conversation),
        },
      ]}
    />
  );
}

/** Whoever deletes by keyboard goes on from the next one. */
function focusNeighbour(item: HTMLLIElement | null): void {
  const links = [...(item?.closest('nav')?.querySelectorAll<HTMLElement>('li a') ?? [])];
  const at = links.findIndex((link) => item?.contains(link));
  (links[at + 1] ?? links[at - 1])?.focus();
}
