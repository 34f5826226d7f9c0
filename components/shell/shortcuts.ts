import { useRouter } from 'next/navigation';
import { useLayoutEffect } from 'react';
import { isShortcut } from '../client/shortcuts.ts';

/** The keys of the frame: a new chat, the search, the sheet of keys. */
export function useFrameKeys(frame: { search: () => void; showKeys: () => void }): void {
  const router = useRouter();
  const { search, showKeys } = frame;
  // As early as the question's field has the keyboard.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isOpen = document.querySelector('dialog[open]') !== null;
      if (isShortcut(event, 'newChat')) {
        router.push('/');
        document.querySelector<HTMLTextAreaElement>('#composer textarea')?.focus();
      } else if (isShortcut(event, 'search')) {
        if (!isOpen) search();
      } else if (isShortcut(event, 'keys') && !isTyped(event)) {
        if (!isOpen) showKeys();
      } else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    if (window.thinkglassEarly) window.thinkglassEarly.hasKeys = true;
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [router, search, showKeys]);
}

/** It is a letter of what somebody writes. */
function isTyped(event: KeyboardEvent): boolean {
  const { target } = event;
  return !event.ctrlKey && !event.metaKey && target instanceof Element && target.matches('input, textarea');
}
