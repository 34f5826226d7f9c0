'use client';

import { type FormEvent, useState } from 'react';
import { createId } from '../../lib/ids.ts';
import type { PresetChoice, ProviderDetail } from '../../lib/provider.ts';
import { requestJson } from '../client/request-json.ts';
import { Button } from '../ui/button.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { TextField } from './field.tsx';
import { presetHint } from './provider-words.ts';

/** What is entered: a provider made from a preset, any server, or one that is there already. */
export type ProviderDraft =
  | { kind: 'new'; id: string; preset: PresetChoice | undefined }
  | { kind: 'known'; provider: ProviderDetail; preset: PresetChoice | undefined };

export function newDraft(preset?: PresetChoice): ProviderDraft {
  return { kind: 'new', id: createId(), preset };
}

/** The form for adding or changing a provider. */
export function ProviderDialog(props: {
  draft: ProviderDraft;
  onSaved: (provider: ProviderDetail) => void;
  onClose: () => void;
}) {
  const { draft } = props;
  const { preset } = draft;
  const known = draft.kind === 'known' ? draft.provider : undefined;
  const [label, setLabel] = useState(known?.label ?? preset?.label ?? '');
  const [baseURL, setBaseURL] = useState(known?.baseURL ?? (preset && !preset.gone ? preset.baseURL : ''));
  const [baseURLFirst] = useState(baseURL === '');
  const [apiKey, setApiKey] = useState('');
  const [withoutKey, setWithoutKey] = useState(false);
  const [state, setState] = useState<'editing' | 'saving' | { failed: string }>('editing');
  const hasKey = known?.key.state === 'own' || known?.key.state === 'unreadable';

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setState('saving');
    const key = withoutKey ? { apiKey: null } : apiKey.trim() === '' ? {} : { apiKey };
    const name = label.trim() === '' ? hostOf(baseURL) : label;
    try {
      const { provider } =
        draft.kind === 'known'
          ? await send('PATCH', `/api/providers/${draft.provider.id}`, { label: name, baseURL, ...key })
          : await send('POST', '/api/providers', {
              id: draft.id,
              label: name,
              baseURL,
              ...key,
              ...(preset && { presetId: preset.id }),
            });
      props.onSaved(provider);
    } catch (error) {
      setState({ failed: error instanceof Error ? error.message : 'That did not work.' });
    }
  };
  const title = known ? `Edit ${known.label}` : `Add ${preset?.label ?? 'a server'}`;
  return (
    <FormDialog title={title} onClose={props.onClose}>
      <form className="settings-form" onSubmit={save}>
        <p className="field-hint">{presetHint(preset)}</p>
        <TextField
          label="Base URL"
          data-first={baseURLFirst || undefined}
          type="text"
          inputMode="url"
          required
          maxLength={2048}
          placeholder="https://host.example/v1"
          value={baseURL}
          onChange={(event) => setBaseURL(event.currentTarget.value)}
        />
        <TextField
          label="Key"
          data-first={!baseURLFirst || undefined}
          type="password"
          autoComplete="new-password"
          maxLength={600}
          disabled={withoutKey}
          placeholder={hasKey ? `kept: ${keyEnd(known)}` : preset?.needsKey ? 'your key' : 'none'}
          value={apiKey}
          onChange={(event) => setApiKey(event.currentTarget.value)}
          hint={
            <>
              Stored encrypted, sent to this address only, and never shown again but for its last four characters.
              {hasKey && ' Left empty, the one that is kept stays.'}
            </>
          }
        />
        {hasKey && (
          <label className="field-check">
            <input
              type="checkbox"
              checked={withoutKey}
              onChange={(event) => setWithoutKey(event.currentTarget.checked)}
            />
            Take the key away
          </label>
        )}
        <TextField
          label="Name"
          type="text"
          maxLength={60}
          placeholder={hostOf(baseURL)}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          hint="As the model list calls it."
        />
        {typeof state === 'object' && (
          <p role="alert" className="settings-alert">
            {state.failed}
          </p>
        )}
        <div className="settings-form-foot">
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={state === 'saving'}>
            {state === 'saving' ? 'Connecting…' : known ? 'Save' : 'Add'}
          </Button>
        </div>
      </form>
    </FormDialog>
  );
}

function send(method: string, path: string, body: unknown): Promise<{ provider: ProviderDetail }> {
  return requestJson(method, path, body);
}

function keyEnd(provider: ProviderDetail | undefined): string {
  const key = provider?.key;
  return key && 'end' in key && key.end !== '' ? `···· ${key.end}` : '····';
}

function hostOf(baseURL: string): string {
  return URL.canParse(baseURL) ? new URL(baseURL).host : 'My server';
}
