'use client';

import { FileBraces } from 'lucide-react';
import { useState } from 'react';
import type { Message } from '../../../lib/conversation.ts';
import { IconButton } from '../../ui/button.tsx';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import { lazyDialog } from '../../ui/lazy-part.tsx';

const SentDialog = lazyDialog(() => import('./sent-dialog.tsx'));

/** Shows what was sent for an answer; the dialog is loaded when it is first opened. */
export function SentButton({ store, message }: { store: ConversationStore; message: Message }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton
        label="What was sent"
        aria-haspopup="dialog"
        onPointerEnter={SentDialog.preload}
        onClick={() => setOpen(true)}
      >
        <FileBraces aria-hidden size={15} />
      </IconButton>
      {open && <SentDialog store={store} message={message} onClose={() => setOpen(false)} />}
    </>
  );
}
