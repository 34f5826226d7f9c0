'use client';

import type { Message } from '../../lib/conversation.ts';
import { ConfirmDialog } from '../ui/dialog.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { countBelow } from '../../lib/thread-path.ts';

/** Asks before a message goes, and says all that goes with it. */
export default function DeleteBranchDialog(props: { store: ConversationStore; message: Message; onClose: () => void }) {
  const { store, message } = props;
  const what = message.role === 'user' ? 'question' : 'answer';
  const { messages } = store.getView();
  const isOnly =
    message.role === 'assistant' && messages.filter(({ parentId }) => parentId === message.parentId).length === 1;
  return (
    <ConfirmDialog
      title={`Delete this ${what}?`}
      confirmLabel="Delete"
      onConfirm={() => void store.deleteBranch(message.id)}
      onClose={props.onClose}
    >
      {wordsOf(countBelow(messages, message.id), isOnly)} This cannot be undone.
    </ConfirmDialog>
  );
}

function wordsOf(below: number, isOnly: boolean): string {
  const question = isOnly ? 'It is the only answer to its question, which goes with it. ' : '';
  if (below === 0) return `${question}Nothing follows it.`;
  return `${question}${below === 1 ? 'One message that follows it goes' : `${below} messages that follow it go`} with it.`;
}
