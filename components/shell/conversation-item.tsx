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
import { lazy, Suspense, useRef, useState } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import { computeAddressOf } from '../../lib/token-log.ts';
import { useHanFont } from '../ui/han-font.ts';
import { Menu } from '../ui/menu.tsx';
import type { ConversationChange } from '../client/conversation-list.ts';

const ExportDialog = lazy(() => import('./export-dialog.tsx'));

export interface ConversationItemProps {
  conversation: Conversation;
  active: boolean;
  onChange: (conversation: Conversation, change: ConversationChange) => void;
  onDelete: (conversation: Conversation) => void;
  onOpen: () => void;
}

/** A conversation in the sidebar: its title, which can be changed in place (F2), and what else can be done with it. */
export function ConversationItem({ conversation, active, onChange, onDelete, onOpen }: ConversationItemProps) {
  const { title, pinnedAt, archivedAt } = conversation;
  useHanFont(title);
  const router = useRouter();
  const [renaming, setRenaming] = useState(false);
  const [exporting, setExporting] = useState(false);
  const item = useRef<HTMLLIElement>(null);

  const endRenaming = () => {
    setRenaming(false);
    requestAnimationFrame(() => item.current?.querySelector('a')?.focus());
  };
  if (renaming) {
    return (
      <li ref={item}>
        <TitleField
          title={title}
          onDone={(next) => {
            endRenaming();
            if (next && next !== title) onChange(conversation, { title: next });
          }}
        />
      </li>
    );
  }
  return (
    <li ref={item} className="side-item" data-active={active || undefined}>
      <Link
        href={`/c/${conversation.id}`}
        prefetch={false}
        aria-current={active ? 'page' : undefined}
        aria-keyshortcuts="F2 Delete"
        className="side-link"
        dir="auto"
        title={title}
        onClick={onOpen}
        onDoubleClick={() => setRenaming(true)}
        onKeyDown={(event) => {
          if (event.key !== 'F2' && event.key !== 'Delete') return;
          event.preventDefault();
          if (event.key === 'F2') return setRenaming(true);
          focusNeighbour(item.current);
          onDelete(conversation);
        }}
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
      <span className="side-actions">
        <Menu
          label={`More about “${title}”`}
          actions={[
            { words: 'Rename', icon: <Pencil aria-hidden size={15} />, onPick: () => setRenaming(true) },
            pinnedAt === undefined
              ? {
                  words: 'Pin',
                  icon: <Pin aria-hidden size={15} />,
                  onPick: () => onChange(conversation, { pinned: true }),
                }
              : {
                  words: 'Unpin',
                  icon: <PinOff aria-hidden size={15} />,
                  onPick: () => onChange(conversation, { pinned: false }),
                },
            archivedAt === undefined
              ? {
                  words: 'Archive',
                  icon: <Archive aria-hidden size={15} />,
                  onPick: () => onChange(conversation, { archived: true }),
                }
              : {
                  words: 'Bring back',
                  icon: <ArchiveRestore aria-hidden size={15} />,
                  onPick: () => onChange(conversation, { archived: false }),
                },
            {
              words: 'What it cost',
              icon: <ChartColumnStacked aria-hidden size={15} />,
              onPick: () => {
                onOpen();
                router.push(computeAddressOf(conversation.id));
              },
            },
            { words: 'Export', icon: <FileDown aria-hidden size={15} />, onPick: () => setExporting(true) },
            {
              words: 'Delete',
              icon: <Trash2 aria-hidden size={15} />,
              danger: true,
              onPick: () => onDelete(conversation),
            },
          ]}
        />
      </span>
      {exporting && (
        <Suspense>
          <ExportDialog conversationId={conversation.id} title={title} onClose={() => setExporting(false)} />
        </Suspense>
      )}
    </li>
  );
}

/** Whoever deletes by keyboard goes on from the next one. */
function focusNeighbour(item: HTMLLIElement | null): void {
  const links = [...(item?.closest('nav')?.querySelectorAll<HTMLElement>('.side-link') ?? [])];
  const at = links.findIndex((link) => item?.contains(link));
  (links[at + 1] ?? links[at - 1])?.focus();
}

/** Enter and leaving keep the new title, Esc the old one. */
function TitleField({ title, onDone }: { title: string; onDone: (title: string | undefined) => void }) {
  const done = useRef(false);
  const finish = (value: string | undefined) => {
    if (done.current) return;
    done.current = true;
    onDone(value?.trim() || undefined);
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here
      autoFocus
      aria-label="Title"
      className="side-field"
      dir="auto"
      defaultValue={title}
      maxLength={200}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Enter') finish(event.currentTarget.value);
        if (event.key === 'Escape') {
          event.preventDefault();
          event.stopPropagation();
          finish(undefined);
        }
      }}
    />
  );
}
