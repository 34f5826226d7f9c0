import { useEffect } from 'react';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { keyOf } from '../ui/keys.ts';

/** Esc stops, unless it closed something first. */
export function useStopOnEscape(running: boolean, store: ConversationStore): void {
  useEffect(() => {
    if (!running) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (keyOf(event) !== 'Escape' || event.defaultPrevented) return;
      // What the pointer alone has opened does not keep Esc from stopping.
      if (document.querySelector('dialog[open], [popover]:popover-open:not(.hover-card)')) return;
      if (event.target instanceof Element && event.target.closest('[data-owns-escape]')) return;
      void store.stop();
    };
    // In the capturing phase: an open panel is still open then.
    document.addEventListener('keydown', onKeyDown, true);
    return () => document.removeEventListener('keydown', onKeyDown, true);
  }, [running, store]);
}
