import { type DragEvent, useState } from 'react';
import type { Thread } from '../../lib/conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { dropIndex } from './order.ts';

/** What a column does when it, or another one, is dragged. */
export interface ColumnDrag {
  /** Where what is dragged would come to stand. */
  dropSide: 'before' | 'after' | undefined;
  onStart: (event: DragEvent) => void;
  onOver: (event: DragEvent<HTMLElement>) => void;
  onDrop: (event: DragEvent) => void;
  onEnd: () => void;
}

/** Columns are dragged to another place. */
export function useColumnDrag(
  store: ConversationStore,
  threads: readonly Thread[],
): (thread: Thread, name: string) => ColumnDrag {
  const [dragged, setDragged] = useState<{ id: string; over?: string; side?: 'before' | 'after' }>();
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    const over = threads.findIndex(({ id }) => id === dragged?.over);
    const from = threads.findIndex(({ id }) => id === dragged?.id);
    if (dragged?.side && over >= 0 && from >= 0) void store.moveThread(dragged.id, dropIndex(from, over, dragged.side));
    setDragged(undefined);
  };
  return ({ id }, name) => ({
    dropSide: dragged?.over === id && dragged.id !== id ? dragged.side : undefined,
    onStart: (event) => {
      event.dataTransfer.effectAllowed = 'move';
      event.dataTransfer.setData('text/plain', name);
      setDragged({ id });
    },
    onOver: (event) => {
      if (!dragged) return;
      event.preventDefault();
      const { left, width } = event.currentTarget.getBoundingClientRect();
      const side = event.clientX < left + width / 2 ? 'before' : 'after';
      if (dragged.over !== id || dragged.side !== side) setDragged({ id: dragged.id, over: id, side });
    },
    onDrop,
    onEnd: () => setDragged(undefined),
  });
}
