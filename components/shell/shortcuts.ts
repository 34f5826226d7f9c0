import { useRouter } from 'next/navigation';
import { useEffect, useLayoutEffect } from 'react';
import { keyOf } from '../ui/keys.ts';

/** Ctrl+Shift+O and Cmd+Shift+O begin a new chat. */
export function useNewChatShortcut(): void {
  const router = useRouter();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || keyOf(event)?.toLowerCase() !== 'o') return;
      event.preventDefault();
      router.push('/');
      document.querySelector<HTMLTextAreaElement>('#composer textarea')?.focus();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [router]);
}

/** Ctrl+K and Cmd+K, wherever the keyboard is. */
export function useSearchShortcut(search: () => void): void {
  // As early as the question's field has the keyboard.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || keyOf(event)?.toLowerCase() !== 'k')
        return;
      event.preventDefault();
      if (!document.querySelector('dialog[open]')) search();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [search]);
}

/** Esc closes what is open, unless something above it has taken the key. */
export function useCloseOnEscape(open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (keyOf(event) !== 'Escape' || event.defaultPrevented) return;
      event.preventDefault();
      close();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  });
}
