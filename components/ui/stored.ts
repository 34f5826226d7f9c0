import { useSyncExternalStore } from 'react';

const listeners = new Map<string, Set<() => void>>();

/** A string kept in this browser; undefined when it was never set or storage is closed to us. */
export function readStored(key: string, area: 'local' | 'session' = 'local'): string | undefined {
  try {
    return storageOf(area).getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a string in this browser (undefined forgets it) and tells every component that reads it. */
export function writeStored(key: string, value: string | undefined, area: 'local' | 'session' = 'local'): void {
  try {
    if (value === undefined) storageOf(area).removeItem(key);
    else storageOf(area).setItem(key, value);
  } catch {
    // A full or closed storage costs only the memory of it.
  }
  for (const listener of listeners.get(key) ?? []) listener();
}

/** The stored string, live; undefined on the server and while the page wakes up. */
export function useStored(key: string, area: 'local' | 'session' = 'local'): string | undefined {
  return useSyncExternalStore(
    (listener) => {
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(key);
      };
    },
    () => readStored(key, area),
    () => undefined,
  );
}

function storageOf(area: 'local' | 'session'): Storage {
  return area === 'local' ? window.localStorage : window.sessionStorage;
}
