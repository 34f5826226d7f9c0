import type { Thread } from '../../lib/conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import type { ColumnActions } from './column-menu.tsx';

/** What can be done with a column among its neighbours now; what its own head knows is not in it. */
export function columnActionsOf(
  thread: Thread,
  options: {
    store: ConversationStore;
    view: Pick<ConversationView, 'threads' | 'saved'>;
    /** What the columns are called. */
    names: readonly string[];
    isRunning: boolean;
    /** It has the room. */
    isWide: boolean;
    onFocus: () => void;
    onAskAlone: () => void;
    onContinueAlone: () => void;
    onRemove: () => void;
  },
): Omit<ColumnActions, 'onRetry' | 'pastThinking'> {
  const { store, names } = options;
  const { threads, saved } = options.view;
  const at = threads.findIndex(({ id }) => id === thread.id);
  const hasOthers = threads.length > 1;
  return {
    focused: options.isWide,
    onFocus: hasOthers ? options.onFocus : undefined,
    onMoveLeft: at > 0 ? () => void store.moveThread(thread.id, at - 1) : undefined,
    onMoveRight: at < threads.length - 1 ? () => void store.moveThread(thread.id, at + 1) : undefined,
    onAskAlone: hasOthers ? options.onAskAlone : undefined,
    onContinueAlone: saved && !options.isRunning ? options.onContinueAlone : undefined,
    onRemove: threads.length > (saved ? 1 : 2) ? options.onRemove : undefined,
    copyFrom: threads.flatMap((other, i) =>
      other.id === thread.id
        ? []
        : [{ id: other.id, label: names[i] ?? '', onCopy: () => void copySettings(store, other, thread.id) }],
    ),
  };
}

function copySettings(store: ConversationStore, from: Thread, toId: string): Promise<void> {
  const { systemPrompt, promptTemplate, rawPrompt, opensThinking, history, sampling, model } = from.settings;
  return store.setSettings(toId, { model, systemPrompt, promptTemplate, rawPrompt, opensThinking, history, sampling });
}
