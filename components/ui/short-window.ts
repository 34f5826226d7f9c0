import { useSyncExternalStore } from 'react';

/** As `short:` in the classes. */
const query = 'screen and (max-height: 38rem)';

/** Whether the window is so low that a page of several boxes scrolls as a whole; false until the page is alive. */
export function useShortWindow(): boolean {
  return useSyncExternalStore(subscribe, isShort, () => false);
}

function isShort(): boolean {
  return window.matchMedia(query).matches;
}

function subscribe(listener: () => void): () => void {
  const list = window.matchMedia(query);
  list.addEventListener('change', listener);
  return () => list.removeEventListener('change', listener);
}
