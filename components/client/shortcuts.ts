import type { KeyboardEvent as ReactKeyboardEvent } from 'react';
import { keyOf } from '../ui/keys.ts';

/**
 * All keys that do something wherever one is, or nearly so; the sheet of keys is made of them. `Mod` is Ctrl, and Cmd on a
 * Mac.
 */
export const shortcuts = {
  search: ['Mod+k'],
  newChat: ['Mod+Shift+o'],
  keys: ['?', 'Mod+/'],
  thought: ['Alt+t'],
  find: ['Mod+Shift+f'],
  findInThought: ['Mod+f'],
  send: ['Enter', 'Mod+Enter'],
  newLine: ['Shift+Enter'],
  stop: ['Escape'],
  column: ['Alt+ArrowLeft', 'Alt+ArrowRight'],
  tools: ['ArrowLeft', 'ArrowRight'],
  rename: ['F2'],
  delete: ['Delete'],
} as const satisfies Record<string, readonly string[]>;

export type ShortcutName = keyof typeof shortcuts;

/** Whether this is the key, with what is held down with it; never while an input method composes. */
export function isShortcut(event: KeyboardEvent | ReactKeyboardEvent, name: ShortcutName): boolean {
  const key = keyOf(event);
  if (key === undefined) return false;
  const { code } = 'nativeEvent' in event ? event.nativeEvent : event;
  const isMod = event.ctrlKey || event.metaKey;
  return shortcuts[name].some((combination) => {
    const parts = combination.split('+');
    const wanted = parts.at(-1) ?? '';
    // With Alt a Mac writes another letter; of a sign nobody asks whether Shift makes it.
    const isKey = key.toLowerCase() === wanted.toLowerCase() || (event.altKey && code === `Key${wanted.toUpperCase()}`);
    return (
      isKey &&
      isMod === parts.includes('Mod') &&
      event.altKey === parts.includes('Alt') &&
      (wanted === '?' || event.shiftKey === parts.includes('Shift'))
    );
  });
}
