import { type KeyboardEvent, useSyncExternalStore } from 'react';
import { keyOf } from '../ui/keys.ts';
import { readStored, useStored } from '../ui/stored.ts';

/** Where this browser keeps what Enter does in a question: `yes` sends, `no` breaks the line; unset, by the device. */
export const enterSendsKey = 'thinkglass:enter-sends';

/** Fingers and nothing finer: a keyboard on the screen, which has no other way to a second line. */
const touchOnly = '(pointer: coarse) and (not (any-pointer: fine))';

function doesEnterSend(stored: string | undefined): boolean {
  if (stored === 'yes' || stored === 'no') return stored === 'yes';
  return !window.matchMedia(touchOnly).matches;
}

/** Whether Enter sends here; on the server and while the page wakes up, it does. */
export function useEnterSends(): boolean {
  const stored = useStored(enterSendsKey);
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(touchOnly);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => doesEnterSend(stored),
    () => true,
  );
}

/**
 * Whether this key is to send what is being written: Enter where it does, never with Shift; with Ctrl or Cmd everywhere.
 */
export function isSendKey(event: KeyboardEvent): boolean {
  if (keyOf(event) !== 'Enter' || event.shiftKey) return false;
  return event.ctrlKey || event.metaKey || doesEnterSend(readStored(enterSendsKey));
}
