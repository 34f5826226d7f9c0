'use client';

import { useSyncExternalStore } from 'react';
import { useAway } from '../client/connection.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { saidOf } from './said-words.ts';

/** Tells a screen reader each change of phase, why it waits and how it ended, and nothing of what streams in between. */
export default function RunningStatus({ store, running }: { store: ConversationStore; running: readonly string[] }) {
  'use no memo'; // the store's map of running answers changes without telling the compiler
  const away = useAway();
  const last = running.at(-1) ?? store.getView().messages.findLast((m) => store.generation(m.id))?.id;
  const live = last === undefined ? undefined : store.generation(last);
  const sampling = store.getView().messages.find(({ id }) => id === last)?.generation?.sampling;
  // A text, so that this is drawn again only when it changes.
  const said = useSyncExternalStore(
    live?.subscribe ?? never,
    () => (live ? saidOf(live.getView().state, sampling) : ''),
    () => '',
  );
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {away ? '' : said}
    </p>
  );
}

const never = () => () => {};
