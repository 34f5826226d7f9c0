'use client';

import { useSyncExternalStore } from 'react';
import { beatMs, onBeat } from '../ui/beat.ts';

let now = 0;

/** The page's clock (`performance.now()`), drawn again with its slow beat while `ticking`; undefined before it ticks. */
export function useClock(ticking: boolean): number | undefined {
  return useSyncExternalStore(ticking ? subscribe : never, ticking ? read : nothing, nothing);
}

function subscribe(listener: () => void): () => void {
  if (performance.now() - now > beatMs) now = performance.now(); // it has not ticked for a while
  return onBeat({ look: setClock, draw: listener });
}

/** One time for all who ask within a beat. */
function setClock(): void {
  const time = performance.now();
  if (time - now > beatMs / 2) now = time;
}

const read = () => now;
const never = () => () => {};
const nothing = () => undefined;
