'use client';

import type { Message } from '../../lib/conversation.ts';
import { useAway } from '../client/connection.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { type Figures, figuresOf } from './figures.ts';
import { useCalmViews } from './use-calm-views.ts';

/** How the words for a state are written. */
export const toneInk: Record<Figures['tone'], string> = {
  live: 'text-accent',
  done: 'text-ink-muted',
  quiet: 'text-ink-muted',
  problem: 'text-danger',
};

const dots: Record<Figures['tone'], string> = {
  live: 'bg-current animate-pulse',
  done: 'bg-accent',
  quiet: 'bg-current',
  problem: 'bg-current',
};

/** Where an answer is, as a dot and a word; the word may be hidden where there is no room, and is read aloud all the same. */
export function StateMark(props: { store: ConversationStore; answer: Message | undefined; brief?: boolean }) {
  const [view] = useCalmViews(props.store, [props.answer]);
  const away = useAway();
  if (!view) return null;
  const figures = figuresOf(view, undefined);
  const lost = { state: 'Connection lost', tone: 'problem', thinking: false } as const;
  const { state, tone, thinking } = figures.running && away ? lost : figures;
  return (
    <span
      className={`inline-flex flex-none items-center gap-1.5 whitespace-nowrap ${toneInk[tone]}`}
      data-thinking={thinking || undefined}
      title={state}
    >
      <span className={`size-1.75 rounded-full ${dots[tone]}`} aria-hidden />
      <span className={props.brief ? 'sr-only' : undefined}>{state}</span>
    </span>
  );
}
