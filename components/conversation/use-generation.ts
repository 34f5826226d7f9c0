'use client';

import { useMemo, useSyncExternalStore } from 'react';
import type { Message } from '../../lib/conversation.ts';
import type { ConversationStore } from './conversation-store.ts';
import { type GenerationView, viewOfMessage } from './generation-store.ts';

const nothing = () => () => {};

/** An answer's view: live while it runs, from its message otherwise. Only the caller is drawn again when it grows. */
export function useGeneration(store: ConversationStore, message: Message): GenerationView {
  'use no memo'; // the store's map of running answers changes without telling the compiler
  const stored = useMemo(() => viewOfMessage(message), [message]);
  const live = store.generation(message.id);
  return useSyncExternalStore(live?.subscribe ?? nothing, live?.getView ?? (() => stored), () => stored);
}
