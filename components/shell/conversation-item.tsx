'use client';

import { Columns2, FileDown, Pencil, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { lazy, Suspense, useRef, useState } from 'react';
import type { Conversation } from '../../lib/conversation.ts';
import { IconButton } from '../ui/button.tsx';

const ConfirmDialog = lazy(() => import('../ui/dialog.tsx').then((m) => ({ default: m.ConfirmDialog })));
const ExportDialog = lazy(() => import('./export-dialog.tsx'));

interface ConversationItemProps {
  conversation: Conversation;
  active: boolean;
  onRename: (conversation: Conversation, title: string) => void;
  onDelete: (conversation: Conversation) => void;
  onOpen: () => void;
}

/** A conversation in the sidebar: its title, which can be changed in place, and a way to delete it. */
export function ConversationItem({ conversation, active, onRename, onDelete, onOpen }: ConversationItemProps) {
  const [mode, setMode] = useState<'shown' | 'renaming' | 'exporting' | 'deleting'>('shown');
  const pencil = useRef<HTMLSpanElement>(null);

  const endRenaming = () => {
    setMode('shown');
    requestAnimationFrame(() => pencil.current?.querySelector('button')?.focus());
  };
  if (mode === 'renaming') {
    return (
      <li>
        <TitleField
          title={conversation.title}
          onDone={(title) => {
            endRenaming();
            if (title && title !== conversation.title) onRename(conversation, title);
          }}
        />
      </li>
    );
  }
  return (
    <li className="side-item" data-active={active || undefined}>
      <Link
        href={`/c/${conversation.id}`}
        prefetch={false}
        aria-current={active ? 'page' : undefined}
        className="side-link"
        title={conversation.title}
        onClick={onOpen}
        onDoubleClick={() => setMode('renaming')}
      >
        {conversation.threadCount > 1 && (
          <>
            <Columns2 aria-hidden size={13} className="mr-1.5 inline align-[-0.125em] opacity-60" />
            <span className="sr-only">Comparison: </span>
          </>
        )}
        {conversation.title}
      </Link>
      <span ref={pencil} className="side-actions">
        <IconButton label={`Rename “${conversation.title}”`} onClick={() => setMode('renaming')}>
          <Pencil aria-hidden size={14} />
        </IconButton>
        <IconButton label={`Export “${conversation.title}”`} onClick={() => setMode('exporting')}>
          <FileDown aria-hidden size={14} />
        </IconButton>
        <IconButton label={`Delete “${conversation.title}”`} onClick={() => setMode('deleting')}>
          <Trash2 aria-hidden size={14} />
        </IconButton>
      </span>
      {mode === 'exporting' && (
        <Suspense>
          <ExportDialog conversationId={conversation.id} title={conversation.title} onClose={() => setMode('shown')} />
        </Suspense>
      )}
      {mode === 'deleting' && (
        <Suspense>
          <ConfirmDialog
            title="Delete this conversation?"
            confirmLabel="Delete"
            onConfirm={() => onDelete(conversation)}
            onClose={() => setMode('shown')}
          >
            “{conversation.title}” and all its answers will be gone for good. What still runs in it is stopped.
          </ConfirmDialog>
        </Suspense>
      )}
    </li>
  );
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
