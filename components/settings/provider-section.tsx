'use client';

import { Plus, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { PresetChoice, ProviderDetail } from '../../lib/provider.ts';
import { requestJson } from '../client/request-json.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { ProviderCard } from './provider-card.tsx';
import { newDraft, ProviderDialog, type ProviderDraft } from './provider-dialog.tsx';
import { Section } from './section.tsx';

/** Who can be asked: a card each, and what can be added. */
export function ProviderSection(props: {
  providers: readonly ProviderDetail[];
  presets: readonly PresetChoice[];
  looking: boolean;
  onLook: () => void;
  onChange: (providers: (before: readonly ProviderDetail[]) => ProviderDetail[]) => void;
}) {
  const { providers, presets, onChange } = props;
  const [draft, setDraft] = useState<ProviderDraft | undefined>();
  const [problem, setProblem] = useState<string | undefined>();
  // One that only misses its key in the environment is offered below, not shown as a provider that is broken.
  const shown = providers.filter((p) => p.status.state !== 'needs-key' && p.status.state !== 'gone');

  const saved = (provider: ProviderDetail) => {
    setDraft(undefined);
    onChange((before) =>
      before.some(({ id }) => id === provider.id)
        ? before.map((other) => (other.id === provider.id ? provider : other))
        : [provider, ...before],
    );
  };
  const remove = async ({ id }: ProviderDetail) => {
    try {
      setProblem(undefined);
      await requestJson('DELETE', `/api/providers/${id}`);
      onChange((before) => before.filter((other) => other.id !== id));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'That did not work.');
    }
  };
  const unlockOf = ({ source, status, label, baseURL }: ProviderDetail) =>
    source === 'local' && status.state === 'locked' && baseURL !== undefined
      ? () => setDraft({ ...newDraft(presets.find((preset) => preset.label === label)), baseURL })
      : undefined;
  const edit = (provider: ProviderDetail) =>
    setDraft({ kind: 'known', provider, preset: presets.find(({ id }) => id === provider.presetId) });

  return (
    <Section
      id="providers"
      title="Providers"
      action={
        <Button tone="quiet" disabled={props.looking} onClick={props.onLook}>
          <RefreshCw aria-hidden size={14} className={props.looking ? 'animate-spin' : ''} />
          {props.looking ? 'Looking…' : 'Look again'}
        </Button>
      }
    >
      {problem && <Alert words={problem} className="mt-3" />}
      <ul className="mt-3 grid gap-3" aria-label="Providers that are set up">
        {shown.map((provider) => (
          <ProviderCard
            key={provider.id}
            provider={provider}
            looking={props.looking}
            onEdit={() => edit(provider)}
            onUnlock={unlockOf(provider)}
            onRemove={() => void remove(provider)}
          />
        ))}
      </ul>
      <PresetList presets={presets} onChoose={(preset) => setDraft(newDraft(preset))} />
      {draft && <ProviderDialog draft={draft} onSaved={saved} onClose={() => setDraft(undefined)} />}
    </Section>
  );
}

const pill =
  'inline-flex min-h-9 items-center gap-1.75 rounded-full border px-3.5 py-1 text-sm font-medium transition-colors hover:border-accent/55 pointer-coarse:min-h-10.5';

/** What can be added; without a preset, any server. */
function PresetList(props: { presets: readonly PresetChoice[]; onChoose: (preset?: PresetChoice) => void }) {
  return (
    <>
      <h3 className="mt-6 mb-2.5 text-base font-semibold">Add a provider</h3>
      <ul className="flex flex-wrap gap-2" aria-label="Providers that can be added">
        <li>
          <button
            type="button"
            className={`${pill} border-accent/40 bg-accent-soft text-accent`}
            onClick={() => props.onChoose()}
          >
            <Plus aria-hidden size={15} /> Any OpenAI-compatible server
          </button>
        </li>
        {props.presets.map((preset) => (
          <li key={preset.id}>
            <button type="button" className={`${pill} border-line bg-surface`} onClick={() => props.onChoose(preset)}>
              {preset.label}
              {preset.gone && <span className="text-xs font-normal text-ink-muted">shut down</span>}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
