import { type ShortcutName, shortcuts } from './shortcuts.ts';

/** A key as it is written on it: "Ctrl K", "⌘ K" on a Mac. */
export function keyWords(combination: string, isMac: boolean): string {
  const names: Record<string, string> = {
    Mod: isMac ? '⌘' : 'Ctrl',
    Alt: isMac ? '⌥' : 'Alt',
    Shift: isMac ? '⇧' : 'Shift',
    Escape: 'Esc',
    ArrowLeft: '←',
    ArrowRight: '→',
  };
  return combination
    .split('+')
    .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' ');
}

/** The first key that does it. */
export function firstKeyOf(name: ShortcutName): string {
  return shortcuts[name][0];
}

/** Where it says so, on Apple's systems. */
export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
