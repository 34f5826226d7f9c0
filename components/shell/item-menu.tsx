'use client';

import { Archive, ArchiveRestore, ChartColumnStacked, FileDown, Pencil, Pin, PinOff, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { Conversation } from '../../lib/conversation.ts';
import { computeAddressOf } from '../../lib/token-log.ts';
import type { ConversationChange } from '../client/conversation-list.ts';
import { Menu } from '../ui/menu.tsx';
import type { Clock } from '../words/telling-facts.ts';

/** A conversation, and whom to tell of what is done with it. */
export interface ConversationItemProps {
  conversation: Conversation;
  clock: Clock;
  active: boolean;
  onChange: (conversation: Conversation, change: ConversationChange) => void;
  onDelete: (conversation: Conversation) => void;
  onOpen: () => void;
}

/** What can be done with a conversation. */
export default function ItemMenu(props: ConversationItemProps & { onRename: () => void; onExport: () => void }) {
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
