'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { Observable, useObserved } from '../ui/observable.ts';
import { Segments } from '../ui/segments.tsx';
import { type Theme, themeCookieName } from './theme.ts';

const choices = [
  { theme: 'system', label: 'As the system', Icon: Monitor },
  { theme: 'light', label: 'Light', Icon: Sun },
  { theme: 'dark', label: 'Dark', Icon: Moon },
] as const;

const segments = choices.map(({ theme, label, Icon }) => ({
  value: theme,
  title: label,
  content: (
    <>
      <Icon aria-hidden size={15} />
      <span className="sr-only">{label}</span>
    </>
  ),
}));

const aYearInSeconds = 31_536_000;

/** What was chosen on this page, by whichever toggle: there may be two of them. */
const chosen = new Observable<Theme | undefined>(undefined);

/** Chooses light, dark, or what the system says. */
export function ThemeToggle({ initial }: { initial: Theme }) {
  const theme = useObserved(chosen, (value) => value ?? initial, initial);
  return <Segments label="Appearance" value={theme} segments={segments} onChoose={applyTheme} />;
}

/** Lights the page so, and keeps it. */
export function applyTheme(theme: Theme): void {
  chosen.set(theme);
  document.documentElement.dataset.theme = theme;
  const age = theme === 'system' ? 0 : aYearInSeconds;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${themeCookieName}=${theme}; Path=/; Max-Age=${age}; SameSite=Lax`;
}
