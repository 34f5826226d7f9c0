'use client';

import type { KeyboardEvent } from 'react';
import type { Message } from '../../lib/conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { StateMark } from './state-mark.tsx';

/** On a phone: which column is seen, with how each is doing; the summary is a tab too. */
export function ColumnTabs(props: {
  store: ConversationStore;
  tabs: readonly { id: string; label: string; answer: Message | undefined }[];
  summary: boolean;
  shown: string;
  onShow: (id: string) => void;
}) {
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || event.altKey) return;
    const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')];
    const next = tabs[(tabs.indexOf(document.activeElement as HTMLElement) + step + tabs.length) % tabs.length];
    event.preventDefault();
    next?.focus();
    next?.click();
  };
  const tab = (id: string) => ({
    type: 'button' as const,
    role: 'tab',
    className:
      'flex min-h-11 max-w-44 flex-[1_0_auto] items-center justify-center gap-1.5 border-transparent border-b-2 px-3 text-base font-medium text-ink-muted -outline-offset-2 aria-selected:border-accent aria-selected:text-ink',
    'aria-selected': props.shown === id,
    tabIndex: props.shown === id ? 0 : -1,
    onClick: () => props.onShow(id),
  });
  return (
    <div
      className="relative flex flex-none gap-0.5 overflow-x-auto px-2 scrollbar-none short:sticky short:top-0 short:z-10 short:bg-paper md:hidden print:hidden"
      role="tablist"
      aria-label="Columns"
      onKeyDown={onKeyDown}
    >
      {props.tabs.map(({ id, label, answer }) => (
        <button key={id} {...tab(id)} aria-controls={`column-${id}`}>
          <StateMark store={props.store} answer={answer} brief />
          <span className="truncate">{label}</span>
        </button>
      ))}
      {props.summary && <button {...tab('summary')}>Summary</button>}
    </div>
  );
}
