'use client';

import { useSyncExternalStore } from 'react';
import type { Phase } from '../../lib/stream-part.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';

const words: Record<Exclude<Phase, 'done'>, string> = {
  queued: 'Waiting for the model.',
  loading: 'The model is being loaded.',
  'in-line': 'The server has the question, which waits for its turn.',
  'first-token': 'Waiting for the first token.',
  reading: 'The prompt is being read.',
  thinking: 'The model is thinking.',
  answering: 'The model is answering.',
  saving: 'The answer is over; it is being saved.',
};

/** Tells a screen reader each change of phase, and nothing of what streams in between. */
export function RunningStatus({ store, running }: { store: ConversationStore; running: readonly string[] }) {
  'use no memo'; // the store's map of running answers changes without telling the compiler
  const last = running.at(-1) ?? store.getView().messages.findLast((m) => store.generation(m.id))?.id;
  const live = last === undefined ? undefined : store.generation(last);
  const phase = useSyncExternalStore(
    live?.subscribe ?? never,
    () => live?.getView().state.phase,
    () => undefined,
  );
  const outcome = phase === 'done' ? live?.getView().state.finish?.outcome : undefined;
  const said = phase === undefined ? '' : phase === 'done' ? endWords(outcome) : words[phase];
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {said}
    </p>
  );
}

const never = () => () => {};

function endWords(outcome: string | undefined): string {
  if (outcome === 'stopped') return 'Stopped.';
  return outcome === 'complete' ? 'The answer is complete.' : 'The answer has ended early.';
}
