'use client';

import { Plus, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { PresetChoice, ProviderDetail } from '../../lib/provider.ts';
import { requestJson } from '../client/request-json.ts';
import { ProviderCard } from './provider-card.tsx';
import { newDraft, ProviderDialog, type ProviderDraft } from './provider-dialog.tsx';

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
  const edit = (provider: ProviderDetail) =>
    setDraft({ kind: 'known', provider, preset: presets.find(({ id }) => id === provider.presetId) });

  return (
    <section id="providers" aria-labelledby="providers-title" className="settings-section">
      <div className="settings-title">
        <h2 id="providers-title">Providers</h2>
        <button type="button" className="quiet-button" disabled={props.looking} onClick={props.onLook}>
          <RefreshCw aria-hidden size={14} className={props.looking ? 'spin' : ''} />
          {props.looking ? 'Looking…' : 'Look again'}
        </button>
      </div>
      {problem && (
        <p role="alert" className="settings-alert">
          {problem}
        </p>
      )}
      <ul className="provider-list" aria-label="Providers that are set up">
        {shown.map((provider) => (
          <ProviderCard
            key={provider.id}
            provider={provider}
            looking={props.looking}
            onEdit={() => edit(provider)}
            onRemove={() => void remove(provider)}
          />
        ))}
      </ul>
      <h3 className="settings-subtitle">Add a provider</h3>
      <ul className="preset-list" aria-label="Providers that can be added">
        <li>
          <button type="button" className="preset preset-any" onClick={() => setDraft(newDraft())}>
            <Plus aria-hidden size={15} /> Any OpenAI-compatible server
          </button>
        </li>
        {presets.map((preset) => (
          <li key={preset.id}>
            <button type="button" className="preset" onClick={() => setDraft(newDraft(preset))}>
              {preset.label}
              {preset.gone && <span className="preset-note">shut down</span>}
            </button>
          </li>
        ))}
      </ul>
      {draft && <ProviderDialog draft={draft} onSaved={saved} onClose={() => setDraft(undefined)} />}
    </section>
  );
}
