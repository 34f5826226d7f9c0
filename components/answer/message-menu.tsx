'use client';

import { Ellipsis, GitFork, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { lazy, Suspense, useRef, useState } from 'react';
import type { Message } from '../../lib/conversation.ts';
import { IconButton } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { MenuEntry } from './thinking/thinking-menu.tsx';

const DeleteDialog = lazy(() => import('./delete-branch-dialog.tsx'));

/** What is seldom done with a message: a new chat from here, and taking it away with all that follows. */
export function MessageMenu({ store, message }: { store: ConversationStore; message: Message }) {
  const router = useRouter();
  const anchor = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const isQuestion = message.role === 'user';
  const pick = (action: () => void) => () => {
    setOpen(false);
    anchor.current?.querySelector('button')?.focus({ preventScroll: true });
    action();
  };
  const fork = async () => {
    const id = await store.fork(message);
    if (id) router.push(`/c/${id}`);
  };
  return (
    <span ref={anchor} className="inline-flex">
      <IconButton
        label={isQuestion ? 'More about this question' : 'More about this answer'}
        aria-haspopup="dialog"
        aria-expanded={open}
        // the open panel closes by itself on a press outside it, before the click
        onPointerDown={(event) => open && event.preventDefault()}
        onClick={() => setOpen(!open)}
      >
        <Ellipsis aria-hidden size={16} />
      </IconButton>
      {open && (
        <Popover
          anchor={anchor}
          mode="auto"
          label={isQuestion ? 'This question' : 'This answer'}
          className="entries"
          onClose={() => setOpen(false)}
        >
          {(!isQuestion || message.parentId !== null) && (
            <MenuEntry icon={<GitFork aria-hidden size={15} />} onPick={pick(() => void fork())}>
              {isQuestion ? 'New chat from before this' : 'New chat from here'}
            </MenuEntry>
          )}
          <MenuEntry icon={<Trash2 aria-hidden size={15} />} onPick={pick(() => setDeleting(true))}>
            {isQuestion ? 'Delete this question' : 'Delete this answer'}
          </MenuEntry>
        </Popover>
      )}
      {deleting && (
        <Suspense>
          <DeleteDialog store={store} message={message} onClose={() => setDeleting(false)} />
        </Suspense>
      )}
    </span>
  );
}
