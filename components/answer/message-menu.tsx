'use client';

import { Ellipsis, GitFork, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Message } from '../../lib/conversation.ts';
import { MenuEntries, MenuEntry } from '../ui/menu.tsx';
import { MenuButton } from '../ui/menu-button.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { lazyDialog } from '../ui/lazy-part.tsx';

const DeleteDialog = lazyDialog(() => import('./delete-branch-dialog.tsx'));

/** What is seldom done with a message: a new chat from here, and taking it away with all that follows. */
export function MessageMenu({ store, message }: { store: ConversationStore; message: Message }) {
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
      >
        <MenuEntries>
          {(!isQuestion || message.parentId !== null) && (
            <MenuEntry icon={<GitFork aria-hidden size={15} />} onPick={() => void fork()}>
              {isQuestion ? 'New chat from before this' : 'New chat from here'}
            </MenuEntry>
          )}
          <MenuEntry icon={<Trash2 aria-hidden size={15} />} onPick={() => setDeleting(true)}>
            {isQuestion ? 'Delete this question' : 'Delete this answer'}
          </MenuEntry>
        </MenuEntries>
      </MenuButton>
      {deleting && <DeleteDialog store={store} message={message} onClose={() => setDeleting(false)} />}
    </>
  );
}
