'use client';

import { type RefObject, useEffect } from 'react';
import { useStored, writeStored } from '../ui/stored.ts';

const storedKey = 'thinkglass:compare-sync';

/** Whether the columns in `place` scroll together, as this browser remembers it. */
export function useScrollTogether(place: RefObject<HTMLElement | null>): { together: boolean; toggle: () => void } {
  const together = useStored(storedKey) === 'on';
  useSyncedScroll(place, together);
  return { together, toggle: () => writeStored(storedKey, together ? undefined : 'on') };
}

/**
 * While `on`, the boxes marked `data-scrolls` inside `place` scroll together, each by its own length: the half of one is
 * beside the half of the others. Only the box that the reader has a hand on leads, so growth moves none of them.
 */
function useSyncedScroll(place: RefObject<HTMLElement | null>, on: boolean): void {
  useEffect(() => {
    const element = place.current;
    if (!on || !element) return;
    let leader: Element | undefined;
    const lead = (event: Event) => {
      if (event.target instanceof Element) leader = event.target.closest('[data-scrolls]') ?? undefined;
    };
    const follow = (event: Event) => {
      const box = event.target;
      if (!(box instanceof HTMLElement) || box !== leader) return;
      const share = box.scrollTop / Math.max(1, box.scrollHeight - box.clientHeight);
      for (const other of element.querySelectorAll<HTMLElement>('[data-scrolls]')) {
        if (other !== box) other.scrollTop = share * (other.scrollHeight - other.clientHeight);
      }
    };
    const starts = ['wheel', 'pointerdown', 'touchstart', 'keydown'] as const;
    for (const start of starts) element.addEventListener(start, lead, { passive: true });
    element.addEventListener('scroll', follow, { capture: true, passive: true });
    return () => {
      for (const start of starts) element.removeEventListener(start, lead);
      element.removeEventListener('scroll', follow, true);
    };
  }, [place, on]);
}
