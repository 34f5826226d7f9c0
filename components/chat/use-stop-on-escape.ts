import { useEffect, useState } from 'react';
import { formatTokens } from '../../lib/quantity-words.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { keyOf } from '../ui/keys.ts';
import { thoughtAtStake } from './thought-at-stake.ts';

/** So long the second Esc is waited for. */
const secondWithinMs = 4_000;

/**
 * Esc stops, unless it closed something first. A long thought wants a second Esc.
 * @returns what to say while that is waited for
 */
export function useStopOnEscape(running: boolean, store: ConversationStore): string | undefined {
  const [question, setQuestion] = useState<string>();
  useEffect(() => {
    if (!running) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const forget = () => {
      clearTimeout(timer);
      timer = undefined;
      setQuestion(undefined);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (keyOf(event) !== 'Escape' || event.defaultPrevented || event.repeat) return;
      // What the pointer alone has opened does not keep Esc from stopping.
      if (document.querySelector('dialog[open], [popover]:popover-open:not(.hover-card)')) return;
      if (event.target instanceof Element && event.target.closest('[data-owns-escape]')) return;
      const live = store.getView().running.flatMap((id) => store.generation(id)?.getView() ?? []);
      const tokens = thoughtAtStake(live, performance.now());
      if (tokens === undefined || timer !== undefined) {
        forget();
        void store.stop();
        return;
      }
      setQuestion(`Esc again to stop, ${formatTokens(tokens)} so far`);
      timer = setTimeout(forget, secondWithinMs);
    };
    // In the capturing phase: an open panel is still open then.
    document.addEventListener('keydown', onKeyDown, true);
    return () => {
      document.removeEventListener('keydown', onKeyDown, true);
      forget();
    };
  }, [running, store]);
  return question;
}
