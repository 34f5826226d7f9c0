'use client';

import { type ComponentProps, createContext, use } from 'react';
import { lazyPart } from '../ui/lazy-part.tsx';
import type { AnswerView } from './answer-view.tsx';

const LazyView = lazyPart<ComponentProps<typeof AnswerView>>(
  async () => ({ default: (await import('./answer-view.tsx')).AnswerView }),
  {
    waiting: () => <article aria-busy="true" className="min-h-18" />,
    missing: (
      <p className="text-base text-ink-muted">This answer is saved; what it is drawn with could not be loaded.</p>
    ),
  },
);

/** A page that shows answers brings along what they are drawn with, so that none of them comes later than the page. */
export const AnswerViewOfPage = createContext<typeof AnswerView | undefined>(undefined);

/** Begins to fetch what an answer is drawn with; worth calling when one is about to come. */
export const loadAnswerView = LazyView.preload;

/** An answer. What it is drawn with is no part of a new chat's first load. */
export function LazyAnswer(props: ComponentProps<typeof AnswerView>) {
  const View = use(AnswerViewOfPage);
  if (View) return <View {...props} />;
  return <LazyView {...props} />;
}
