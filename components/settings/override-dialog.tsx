'use client';

import { type FormEvent, useState } from 'react';
import type { ModelInfo } from '../../lib/model.ts';
import type { ModelOverride } from '../../lib/provider.ts';
import { Button } from '../ui/button.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from './field.tsx';
import {
  formOf,
  historyWords,
  type OverrideForm,
  overrideOf,
  startWords,
  systemPromptWords,
  templateWords,
  transportWords,
} from './override-form.ts';

/** All that is assumed about a model, to be put right. */
export function OverrideDialog(props: {
  model: ModelInfo;
  override: ModelOverride | undefined;
  /** Null: what is assumed shall hold again; for a model added by hand, it goes. */
  onSave: (override: ModelOverride | null) => Promise<void>;
  onClose: () => void;
}) {
  const { model, override = {} } = props;
  const [form, setForm] = useState(() => formOf(model));
  const [state, setState] = useState<'editing' | 'saving' | { failed: string }>('editing');
  const change = (fields: Partial<OverrideForm>) => setForm((before) => ({ ...before, ...fields }));
  const text = (field: keyof OverrideForm) => ({
    value: String(form[field]),
    onChange: (event: { currentTarget: { value: string } }) => change({ [field]: event.currentTarget.value }),
  });

  const save = async (what: () => ModelOverride | null) => {
    try {
      const next = what();
      if (next && Object.keys(next).length === 0) return props.onClose();
      setState('saving');
      await props.onSave(next);
    } catch (error) {
      setState({ failed: error instanceof Error ? error.message : 'That did not work.' });
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(() => overrideOf(form, model, override, new Date().toISOString().slice(0, 7)));
  };
  return (
    <FormDialog title={model.label} width="md" onClose={props.onClose}>
      <form className="settings-form" onSubmit={submit}>
        <p className="provider-code field-hint">{model.id}</p>
        <TextField label="Name" data-first maxLength={120} {...text('label')} />
        <fieldset>
          <legend>Thinking</legend>
          <div className="field-grid">
            <SelectField
              label="Where it arrives"
              value={form.transport}
              options={transportWords}
              onChoose={(transport) => change({ transport })}
            />
            <SelectField
              label="Starts in thinking"
              value={form.startsInReasoning}
              options={startWords}
              onChoose={(startsInReasoning) => change({ startsInReasoning })}
            />
            <SelectField
              label="Past thinking"
              value={form.history}
              options={historyWords}
              onChoose={(history) => change({ history })}
            />
            <TextField label="Tags of its own" placeholder="<think> </think>" maxLength={90} {...text('thinkTags')} />
            <label className="field-check">
              <input
                type="checkbox"
                checked={form.answerTags}
                onChange={(event) => change({ answerTags: event.currentTarget.checked })}
              />
              Its answer stands between answer tags
            </label>
          </div>
        </fieldset>
        <fieldset>
          <legend>Asking</legend>
          <div className="field-grid">
            <SelectField
              label="Prompt"
              value={form.promptTemplate}
              options={templateWords}
              onChoose={(promptTemplate) => change({ promptTemplate })}
            />
            <SelectField
              label="System prompt"
              value={form.systemPrompt}
              options={systemPromptWords}
              onChoose={(systemPrompt) => change({ systemPrompt })}
            />
            <TextField label="Temperature" inputMode="decimal" placeholder="its own" {...text('temperature')} />
            <TextField label="Top-p" inputMode="decimal" placeholder="its own" {...text('topP')} />
            <TextField
              label="Longest answer, tokens"
              inputMode="numeric"
              placeholder="its own"
              {...text('maxTokens')}
            />
            <label className="field-check">
              <input
                type="checkbox"
                checked={form.takesImages}
                onChange={(event) => change({ takesImages: event.currentTarget.checked })}
              />
              It takes pictures with a question
            </label>
          </div>
        </fieldset>
        <fieldset>
          <legend>Limits and price</legend>
          <div className="field-grid">
            <TextField label="Context, tokens" inputMode="numeric" placeholder="unknown" {...text('contextTokens')} />
            <TextField label="Output, tokens" inputMode="numeric" placeholder="unknown" {...text('outputTokens')} />
            <TextField label="Input, USD a million" inputMode="decimal" placeholder="unknown" {...text('priceInput')} />
            <TextField
              label="Output, USD a million"
              inputMode="decimal"
              placeholder="unknown"
              {...text('priceOutput')}
            />
            <TextField label="Cached input, USD a million" inputMode="decimal" {...text('priceCached')} />
            <TextField label="Price as of" placeholder="2026-11" maxLength={40} {...text('priceAsOf')} />
          </div>
        </fieldset>
        <div className="field">
          <label htmlFor="override-extras">Extra fields of the request, JSON</label>
          <textarea
            id="override-extras"
            rows={3}
            spellCheck={false}
            placeholder='{"top_k": 20}'
            maxLength={8000}
            {...text('extras')}
          />
        </div>
        {typeof state === 'object' && (
          <p role="alert" className="settings-alert">
            {state.failed}
          </p>
        )}
        <div className="settings-form-foot">
          {props.override && (
            <Button tone="ghost" className="settings-form-left" onClick={() => void save(() => null)}>
              {props.override.added ? 'Remove this model' : 'Back to what is assumed'}
            </Button>
          )}
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={state === 'saving'}>
            Save
          </Button>
        </div>
      </form>
    </FormDialog>
  );
}
