'use client';

import { type ComponentProps, createContext, use } from 'react';
import { lazyPart } from '../ui/lazy-part.tsx';
import type { MessageList } from './message-list.tsx';

const LazyList = lazyPart<ComponentProps<typeof MessageList>>(
  async () => ({ default: (await import('./message-list.tsx')).MessageList }),
  { missing: <p className="text-base text-ink-muted">What was said here is saved; it could not be loaded.</p> },
);

/** A page that shows a conversation from the start brings the list of its messages along. */
export const MessageListOfPage = createContext<typeof MessageList | undefined>(undefined);

/** Begins to fetch the list; worth calling when a first question is about to come. */
export const loadMessageList = LazyList.preload;

/** The shown messages. Their list is no part of a new chat's first load. */
export function LazyMessageList(props: ComponentProps<typeof MessageList>) {
  const List = use(MessageListOfPage);
  return List ? <List {...props} /> : <LazyList {...props} />;
}
