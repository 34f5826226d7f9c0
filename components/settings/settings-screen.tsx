'use client';

import { PageTitle } from '../client/page-title.tsx';
import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import type { ProviderModels } from '../../lib/model.ts';
import type { ModelOverrideEntry, PresetChoice, ProviderDetail } from '../../lib/provider.ts';
import { requestJson } from '../client/request-json.ts';
import type { Theme } from '../shell/theme.ts';
import { Alert } from '../ui/alert.tsx';
import { AppearanceSection } from './appearance-section.tsx';
import { DataSection } from './data-section.tsx';
import { ModelSection } from './model-section.tsx';
import { ProviderSection } from './provider-section.tsx';
import { ShareSection } from './share-section.tsx';

interface SettingsData {
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
  useChangesSeen(providers, looking, look);

  return (
    // Relative: what is hidden but for screen readers must not make the window scroll.
    <main className="relative min-h-0 flex-1 scroll-pt-14 overflow-y-auto overscroll-contain xl:scroll-pt-4">
      <PageTitle of="Settings · Thinkglass" />
      <div className="mx-auto max-w-200 px-4 pb-16 xl:grid xl:max-w-256 xl:grid-cols-[9rem_minmax(0,1fr)] xl:gap-10 xl:px-8 xl:pt-5 xl:pb-20">
        <SectionLinks />
        <div className="min-w-0">
          <h1 className="mt-5 mb-1 font-serif text-xl font-medium tracking-tight">Settings</h1>
          {problem && <Alert words={problem} className="mt-3" />}
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
            onLook={() => void look()}
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

/** How often it is seen whether a server that was not ready is, in ms. */
const seenEveryMs = 3_000;

/** Looks again when a provider's state is another one than the page shows; asked for only while one is not ready. */
function useChangesSeen(providers: readonly ProviderDetail[], looking: boolean, look: () => Promise<void>): void {
  const isWaiting = !looking && providers.some(({ status }) => 'since' in status);
  const see = useEffectEvent(async () => {
    if (document.hidden) return;
    try {
      const now = await requestJson<{ providers: ProviderModels[] }>('GET', '/api/models');
      const states = new Map(now.providers.map(({ provider }) => [provider.id, provider.status.state]));
      if (providers.some(({ id, status }) => states.get(id) !== status.state)) await look();
    } catch {
      // the page stays as it is; the next time may do better
    }
  });
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setInterval(() => void see(), seenEveryMs);
    return () => clearInterval(timer);
  }, [isWaiting]);
}

/** Beside the sections where there is room, over them elsewhere. */
function SectionLinks() {
  return (
    <nav
      className="sticky top-0 z-5 -mx-4 flex gap-1 overflow-x-auto border-b border-line bg-paper px-3 py-1.5 max-md:flex-wrap xl:top-5 xl:mx-0 xl:mt-17 xl:flex-col xl:self-start xl:border-0 xl:p-0"
      aria-label="Sections of the settings"
    >
      {sections.map(([id, words]) => (
        <a
          key={id}
          href={`#${id}`}
          className="flex-none rounded-md px-2.5 py-1.75 text-base font-medium text-ink-muted hover:bg-ink/6 hover:text-ink"
        >
          {words}
        </a>
      ))}
    </nav>
  );
}
