'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { Message } from '../../lib/conversation.ts';
import { IconButton } from '../ui/button.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';

/** Which of several questions or answers in one place this is, with a way to the others. */
export function Siblings(props: { store: ConversationStore; message: Message; siblings: readonly Message[] }) {
  const { store, message, siblings } = props;
  if (siblings.length < 2) return null;
  const what = message.role === 'user' ? 'question' : 'answer';
  const at = siblings.findIndex((sibling) => sibling.id === message.id);
  const go = (to: Message | undefined) => to && store.choose(to);
  return (
    <span className="siblings inline-flex items-center">
      <IconButton label={`Earlier ${what}`} disabled={at <= 0} onClick={() => go(siblings[at - 1])}>
        <ChevronLeft aria-hidden size={15} />
      </IconButton>
      <span className="tabular-nums">
        {at + 1} / {siblings.length}
      </span>
      <IconButton label={`Later ${what}`} disabled={at >= siblings.length - 1} onClick={() => go(siblings[at + 1])}>
        <ChevronRight aria-hidden size={15} />
      </IconButton>
    </span>
  );
}
