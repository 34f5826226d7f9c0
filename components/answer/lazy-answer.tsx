'use client';

import { type ComponentProps, lazy, Suspense } from 'react';
import type { AnswerView } from './answer-view.tsx';

const load = () => import('./answer-view.tsx');
const View = lazy(async () => ({ default: (await load()).AnswerView }));

/** Begins to fetch what an answer is drawn with; worth calling when one is about to come. */
export function loadAnswerView(): void {
  void load().catch(() => undefined); // the answer asks again
}

/** An answer. What it is drawn with is no part of a new chat's first load; a page that shows one has it in its HTML. */
export function LazyAnswer(props: ComponentProps<typeof AnswerView>) {
  return (
    <Suspense fallback={<article aria-busy="true" className="min-h-18" />}>
      <View {...props} />
    </Suspense>
  );
}
