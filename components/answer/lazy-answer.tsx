'use client';

import { type ComponentProps, createContext, lazy, Suspense, use } from 'react';
import type { AnswerView } from './answer-view.tsx';

const load = () => import('./answer-view.tsx');
const LazyView = lazy(async () => ({ default: (await load()).AnswerView }));

/** A page that shows answers brings along what they are drawn with, so that none of them comes later than the page. */
export const AnswerViewOfPage = createContext<typeof AnswerView | undefined>(undefined);

/** Begins to fetch what an answer is drawn with; worth calling when one is about to come. */
export function loadAnswerView(): void {
  void load().catch(() => undefined); // the answer asks again
}

/** An answer. What it is drawn with is no part of a new chat's first load. */
export function LazyAnswer(props: ComponentProps<typeof AnswerView>) {
  const View = use(AnswerViewOfPage);
  if (View) return <View {...props} />;
  return (
    <Suspense fallback={<article aria-busy="true" className="min-h-18" />}>
      <LazyView {...props} />
    </Suspense>
  );
}
