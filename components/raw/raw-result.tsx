'use client';

import Link from 'next/link';
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import type { ProviderModels } from '../../lib/model.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { EndingNote } from '../answer/ending-note.tsx';
import { LazyAnswer } from '../answer/lazy-answer.tsx';
import { pathOf } from '../../lib/thread-path.ts';
import { Button } from '../ui/button.tsx';

/** What a model made of the prompt: the same thinking and answer as in a chat, and stored like one. */
export function RawResult({ store, providers }: { store: ConversationStore; providers: ProviderModels[] }) {
  const view = useSyncExternalStore(store.subscribe, store.getView, store.getView);
  const place = useRef<HTMLElement>(null);
  useEffect(() => store.attach(), [store]);
  useEffect(() => {
    // On a phone it begins below the form, out of sight.
    const top = place.current?.getBoundingClientRect().top ?? 0;
    if (top > window.innerHeight * 0.6) place.current?.scrollIntoView({ block: 'start' });
  }, []);
  const retry = useCallback((id: string) => void store.retry(id, providers), [store, providers]);
  const answer = pathOf(view.messages, view.threads[0].id, view.choice).at(-1);
  const failure = view.unsent?.failure ?? view.problem;
  return (
    // so high that what begins here can be scrolled to the top
    <section ref={place} className="min-h-[60dvh] scroll-mt-4" aria-label="The result">
      {failure && (
        <EndingNote tone="problem" role="alert">
          <p>{view.unsent ? `Not sent. ${failure}` : failure}</p>
          {view.unsent && <Button onClick={() => void store.sendAgain(providers)}>Send again</Button>}
        </EndingNote>
      )}
      {answer?.message.role === 'assistant' && answer.message.generation && (
        <LazyAnswer
          store={store}
          message={answer.message}
          generation={answer.message.generation}
          siblings={answer.siblings}
          providers={providers}
          onRetry={retry}
        />
      )}
      {view.saved && !view.gone && (
        <p className="mt-3 text-sm">
          <Link href={`/c/${view.id}`} className="text-accent underline underline-offset-2">
            Open as a conversation
          </Link>
        </p>
      )}
    </section>
  );
}
