import { useSyncExternalStore } from 'react';

const never = () => () => {};

/**
 * Whether a part of the page can do anything yet. What the server has drawn is seen before its program has come; a press
 * on it until then would be lost, so what only the program can do is not offered.
 */
export function useAwake(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
