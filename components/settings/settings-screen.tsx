'use client';

import { useCallback, useEffect, useState } from 'react';
import type { ModelOverrideEntry, PresetChoice, ProviderDetail } from '../../lib/provider.ts';
import { ShareSection } from '../share/share-section.tsx';
import { requestJson } from '../client/request-json.ts';
import type { Theme } from '../shell/theme.ts';
import { AppearanceSection } from './appearance-section.tsx';
import { DataSection } from './data-section.tsx';
import { ModelSection } from './model-section.tsx';
import { ProviderSection } from './provider-section.tsx';
import './settings.css';

export interface SettingsData {
  /** As they were last seen; the page looks at them itself. */
  providers: ProviderDetail[];
  presets: PresetChoice[];
  overrides: ModelOverrideEntry[];
  /** What there is to say about the server: a name and a value each. */
  facts: { name: string; value: string }[];
}

const sections = [
  ['providers', 'Providers'],
  ['models', 'Models'],
  ['appearance', 'Appearance'],
  ['shares', 'Shared links'],
  ['data', 'Your data'],
] as const;

/** Providers and their keys, what is assumed about models, how the page looks, where the data is. */
export function SettingsScreen({ data, theme }: { data: SettingsData; theme: Theme }) {
  const [providers, setProviders] = useState<readonly ProviderDetail[]>(data.providers);
  const [overrides, setOverrides] = useState<readonly ModelOverrideEntry[]>(data.overrides);
  const [looking, setLooking] = useState(true);
  const [problem, setProblem] = useState<string | undefined>();

  const look = useCallback(async () => {
    setLooking(true);
    try {
      const answer = await requestJson<{ providers: ProviderDetail[] }>('GET', '/api/providers');
      setProviders(answer.providers);
      setProblem(undefined);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The providers could not be looked at.');
    } finally {
      setLooking(false);
    }
  }, []);
  useEffect(() => void look(), [look]);

  return (
    <main className="settings">
      <title>Settings · Thinkglass</title>
      <div className="settings-frame">
        <nav className="settings-nav" aria-label="Sections of the settings">
          {sections.map(([id, words]) => (
            <a key={id} href={`#${id}`}>
              {words}
            </a>
          ))}
        </nav>
        <div className="settings-column">
          <h1>Settings</h1>
          {problem && (
            <p role="alert" className="settings-alert">
              {problem}
            </p>
          )}
          <ProviderSection
            providers={providers}
            presets={data.presets}
            looking={looking}
            onLook={() => void look()}
            onChange={(change) => setProviders(change)}
          />
          <ModelSection
            providers={providers}
            overrides={overrides}
            onOverrides={(next) => {
              setOverrides(next);
              void look();
            }}
          />
          <AppearanceSection theme={theme} />
          <ShareSection />
          <DataSection facts={data.facts} />
        </div>
      </div>
    </main>
  );
}
