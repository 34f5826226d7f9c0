'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useId, useSyncExternalStore } from 'react';
import { type Theme, themeCookieName } from './theme.ts';

const choices = [
  { theme: 'system', label: 'As the system', Icon: Monitor },
  { theme: 'light', label: 'Light', Icon: Sun },
  { theme: 'dark', label: 'Dark', Icon: Moon },
] as const;

const aYearInSeconds = 31_536_000;

/** Chooses light, dark, or what the system says. */
export function ThemeToggle({ initial }: { initial: Theme }) {
  const theme = useSyncExternalStore(
    subscribe,
    () => chosen ?? initial,
    () => initial,
  );
  const name = useId();
  return (
    <div role="radiogroup" aria-label="Appearance" className="theme-toggle">
      {choices.map(({ theme: choice, label, Icon }) => (
        <label key={choice} title={label} data-checked={theme === choice || undefined}>
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={theme === choice}
            onChange={() => applyTheme(choice)}
          />
          <Icon aria-hidden size={15} />
          <span className="sr-only">{label}</span>
        </label>
      ))}
    </div>
  );
}

/** What was chosen on this page, by whichever toggle: there may be two of them. */
let chosen: Theme | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function applyTheme(theme: Theme): void {
  chosen = theme;
  for (const listener of listeners) listener();
  document.documentElement.dataset.theme = theme;
  const age = theme === 'system' ? 0 : aYearInSeconds;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${themeCookieName}=${theme}; Path=/; Max-Age=${age}; SameSite=Lax`;
}
