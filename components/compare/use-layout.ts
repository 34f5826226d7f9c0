import { useState } from 'react';
import type { Thread } from '../../lib/conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { focusedColumn } from './use-column-keys.ts';

/** In the place of a column's id: the summary, which on a phone is a tab like they. */
export const summaryTab = 'summary';

/** The columns' ids, as they were chosen; one that is not there any more counts as not chosen. */
interface Choice {
  /** Asked alone. */
  target?: string | undefined;
  /** Has the room. */
  focused?: string | undefined;
  /** Seen on a phone. */
  shown?: string | undefined;
}

const choices = new WeakMap<ConversationStore, Choice>();

/** Which column is asked alone, which has the room, which is seen on a phone; and what changes it. */
export interface Layout {
  askedAlone: Thread | undefined;
  /** The column that has the room; undefined when all share it. */
  wide: string | undefined;
  /** A column, or `summaryTab`. */
  shown: string;
  askAlone: (id: string) => void;
  askAll: () => void;
  toggleWide: (id: string) => void;
  showTab: (id: string) => void;
  /** Brings a column into view and gives it the focus. */
  show: (id: string) => void;
  /** Brings a column into view. */
  reveal: (id: string) => void;
  /** The place of the column that has the focus, or else is seen; -1 when none is. */
  current: () => number;
  /** Goes to the next column, or the one before; from the last to the first. */
  step: (by: 1 | -1) => void;
}

/** The layout stays with the store, so that it is the same when the first question makes the comparison another page. */
export function useLayout(store: ConversationStore, threads: readonly [Thread, ...Thread[]]): Layout {
  const [choice, setChoice] = useState<Choice>(() => choices.get(store) ?? {});
  const change = (changed: Choice) => {
    const next = { ...choices.get(store), ...changed };
    choices.set(store, next);
    setChoice(next);
  };
  const { target, focused, shown } = choice;
  const isHere = (id: string | undefined) => threads.some((thread) => thread.id === id);
  const wide = threads.length > 1 && isHere(focused) ? focused : undefined;
  const see = (id: string) => change(wide ? { shown: id, focused: id } : { shown: id });
  const show = (id: string) => {
    see(id);
    elementOf(id)?.focus({ preventScroll: true });
    scrollTo(id);
  };
  const current = () => threads.findIndex(({ id }) => id === (focusedColumn() ?? wide ?? shown));
  return {
    askedAlone: threads.find(({ id }) => id === target),
    wide,
    shown: shown !== undefined && (shown === summaryTab || isHere(shown)) ? shown : threads[0].id,
    askAlone: (id) => change({ target: id, shown: id }),
    askAll: () => change({ target: undefined }),
    toggleWide: (id) => change({ focused: wide === id ? undefined : id }),
    showTab: (id) => change({ shown: id }),
    show,
    reveal: (id) => {
      see(id);
      scrollTo(id);
    },
    current,
    step: (by) => {
      const at = current();
      const next = threads[at < 0 ? 0 : (at + by + threads.length) % threads.length];
      if (next) show(next.id);
    },
  };
}

function elementOf(id: string): HTMLElement | null {
  return document.getElementById(`column-${id}`);
}

function scrollTo(id: string): void {
  elementOf(id)?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
}
