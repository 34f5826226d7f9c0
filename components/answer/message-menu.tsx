'use client';

import { Ellipsis, GitFork, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import type { Message } from '../../lib/conversation.ts';
import { MenuEntries, MenuEntry } from '../ui/menu.tsx';
import { MenuButton } from '../ui/menu-button.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { lazyDialog } from '../ui/lazy-part.tsx';

const DeleteDialog = lazyDialog(() => import('./delete-branch-dialog.tsx'));

/** What is seldom done with a message: at its end, a new chat from here, and taking it away with all that follows. */
export function MessageMenu(props: {
  store: ConversationStore;
  message: Message;
  branches: boolean;
  onNear?: () => void;
  onOpen?: () => void;
  children?: ReactNode;
}) {
  const { store, message, branches } = props;
  const router = useRouter();
  const [deleting, setDeleting] = useState(false);
  const isQuestion = message.role === 'user';
  const fork = async () => {
    const id = await store.fork(message);
    if (id) router.push(`/c/${id}`);
  };
  return (
    <>
      <MenuButton
        label={isQuestion ? 'More about this question' : 'More about this answer'}
        icon={<Ellipsis aria-hidden size={16} />}
        panel={isQuestion ? 'This question' : 'This answer'}
        {...(props.onNear && { onNear: props.onNear })}
        {...(props.onOpen && { onOpen: props.onOpen })}
      >
        <MenuEntries>
          {props.children}
          {props.children && branches && <hr className="my-1 border-line" />}
          {branches && (!isQuestion || message.parentId !== null) && (
            <MenuEntry icon={<GitFork aria-hidden size={15} />} onPick={() => void fork()}>
              {isQuestion ? 'New chat from before this' : 'New chat from here'}
            </MenuEntry>
          )}
          {branches && (
            <MenuEntry icon={<Trash2 aria-hidden size={15} />} onPick={() => setDeleting(true)}>
              {isQuestion ? 'Delete this question' : 'Delete this answer'}
            </MenuEntry>
          )}
        </MenuEntries>
      </MenuButton>
      {deleting && <DeleteDialog store={store} message={message} onClose={() => setDeleting(false)} />}
    </>
  );
}
