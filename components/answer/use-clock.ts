'use client';

import { useSyncExternalStore } from 'react';
import { connection } from '../client/connection.ts';
import { beatMs, onBeat } from '../ui/beat.ts';

let now = 0;

/**
 * The page's clock (`performance.now()`), drawn again with its slow beat while `ticking`; undefined before it ticks. It
 * stands while the server is away: nobody knows how long what is timed takes then.
 */
export function useClock(ticking: boolean): number | undefined {
  return useSyncExternalStore(ticking ? subscribe : never, ticking ? read : nothing, nothing);
}

function subscribe(listener: () => void): () => void {
  const time = timeNow();
  if (time - now > beatMs) now = time; // it has not ticked for a while
  return onBeat({ look: setClock, draw: listener });
}

/** One time for all who ask within a beat. */
function setClock(): void {
  const time = timeNow();
  if (time - now > beatMs / 2 || time < now) now = time;
}

function timeNow(): number {
  return connection.get().lostAt ?? performance.now();
}

const read = () => now;
const never = () => () => {};
const nothing = () => undefined;
