'use client';

import { type FormEvent, useState } from 'react';
import { createId } from '../../lib/ids.ts';
import type { PresetChoice, ProviderDetail } from '../../lib/provider.ts';
import { RequestFailed, requestJson } from '../client/request-json.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { CheckLine } from '../ui/check-line.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { useFaultyField } from './faulty-field.ts';
import { FormFoot, Hint, TextField } from './field.tsx';
import { presetHint } from './provider-words.ts';

/** What is entered: a provider made from a preset, any server, or one that is there already. */
export type ProviderDraft =
  | { kind: 'new'; id: string; preset: PresetChoice | undefined; baseURL?: string }
  | { kind: 'known'; provider: ProviderDetail; preset: PresetChoice | undefined };

export function newDraft(preset?: PresetChoice): ProviderDraft & { kind: 'new' } {
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
  const given = draft.kind === 'new' ? draft.baseURL : undefined;
  const [baseURL, setBaseURL] = useState(known?.baseURL ?? given ?? (preset && !preset.gone ? preset.baseURL : ''));
  const [baseURLFirst] = useState(baseURL === '');
  const [apiKey, setApiKey] = useState('');
  const [withoutKey, setWithoutKey] = useState(false);
  const [state, setState] = useState<'editing' | 'saving' | { failed: unknown }>('editing');
  const failed = typeof state === 'object' ? state.failed : undefined;
  const problems = problemsOf(failed);
  const form = useFaultyField(problems.field && failed);
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
      setState({ failed: error });
    }
  };
  const title = known ? `Edit ${known.label}` : `Add ${preset?.label ?? 'a server'}`;
  return (
    <FormDialog title={title} onClose={props.onClose}>
      <form ref={form} className="grid gap-3.5" onSubmit={save}>
        <Hint>{presetHint(preset)}</Hint>
        <TextField
          label="Base URL"
          data-first={baseURLFirst || undefined}
          type="text"
          inputMode="url"
          required
          maxLength={2048}
          placeholder="https://host.example/v1"
          problem={problems.field === 'baseURL' ? problems.words : undefined}
          value={baseURL}
          onChange={(event) => setBaseURL(event.currentTarget.value)}
        />
        <KeyField
          first={!baseURLFirst}
          disabled={withoutKey}
          kept={hasKey ? keyEnd(known) : undefined}
          needed={preset?.needsKey ?? false}
          problem={problems.field === 'apiKey' ? problems.words : undefined}
          value={apiKey}
          onChange={setApiKey}
        />
        {hasKey && (
          <CheckLine checked={withoutKey} onChange={setWithoutKey}>
            Take the key away
          </CheckLine>
        )}
        <TextField
          label="Name"
          type="text"
          maxLength={60}
          placeholder={hostOf(baseURL)}
          problem={problems.field === 'label' ? problems.words : undefined}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          hint="As the model list calls it."
        />
        {problems.words && !problems.field && <Alert words={problems.words} />}
        <FormFoot>
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={state === 'saving'}>
            {state === 'saving' ? 'Connecting…' : known ? 'Save' : 'Add'}
          </Button>
        </FormFoot>
      </form>
    </FormDialog>
  );
}

/** Fields of this form, by the names under which they are sent. */
const fieldNames = ['baseURL', 'apiKey', 'label'] as const;

/** Why it was not saved, and at which field that is to be put right, if at one. */
function problemsOf(failed: unknown): { words?: string; field?: (typeof fieldNames)[number] | undefined } {
  if (failed === undefined) return {};
  if (!(failed instanceof Error)) return { words: 'That did not work.' };
  const field = failed instanceof RequestFailed ? fieldNames.find((name) => name === failed.field) : undefined;
  return { words: failed.message, field };
}

function KeyField(props: {
  problem: string | undefined;
  first: boolean;
  disabled: boolean;
  /** The end of the key that is kept, if one is. */
  kept: string | undefined;
  needed: boolean;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <TextField
      label="Key"
      data-first={props.first || undefined}
      type="password"
      autoComplete="new-password"
      maxLength={600}
      disabled={props.disabled}
      placeholder={props.kept !== undefined ? `kept: ${props.kept}` : props.needed ? 'your key' : 'none'}
      problem={props.problem}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      hint={
        <>
          Stored encrypted, sent to this address only, and never shown again but for its last four characters.
          {props.kept !== undefined && ' Left empty, the one that is kept stays.'}
        </>
      }
    />
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
