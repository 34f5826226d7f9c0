'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { type Theme, themeCookieName } from './theme.ts';

const choices = [
  { theme: 'system', label: 'As the system', Icon: Monitor },
  { theme: 'light', label: 'Light', Icon: Sun },
  { theme: 'dark', label: 'Dark', Icon: Moon },
] as const;

const aYearInSeconds = 31_536_000;

/** Chooses light, dark, or what the system says. */
export function ThemeToggle({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  return (
    <div role="radiogroup" aria-label="Appearance" className="theme-toggle">
      {choices.map(({ theme: choice, label, Icon }) => (
        <label key={choice} title={label} data-checked={theme === choice || undefined}>
          <input
            type="radio"
            name="theme"
            className="sr-only"
            checked={theme === choice}
            onChange={() => {
              setTheme(choice);
              applyTheme(choice);
            }}
          />
          <Icon aria-hidden size={15} />
          <span className="sr-only">{label}</span>
        </label>
      ))}
    </div>
  );
}

function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  const age = theme === 'system' ? 0 : aYearInSeconds;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
  document.cookie = `${themeCookieName}=${theme}; Path=/; Max-Age=${age}; SameSite=Lax`;
}
