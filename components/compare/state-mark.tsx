'use client';

import type { Message } from '../../lib/conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { figuresOf } from './figures.ts';
import { useCalmViews } from './use-calm-views.ts';

/** Where an answer is, as a dot and a word; the word may be hidden where there is no room, and is read aloud all the same. */
export function StateMark(props: { store: ConversationStore; answer: Message | undefined; brief?: boolean }) {
  const [view] = useCalmViews(props.store, [props.answer]);
  if (!view) return null;
  const { state, tone, thinking } = figuresOf(view, undefined);
  return (
    <span className="compare-state" data-tone={tone} data-thinking={thinking || undefined} title={state}>
      <span className="compare-dot" aria-hidden />
      <span className={props.brief ? 'sr-only' : undefined}>{state}</span>
    </span>
  );
}
