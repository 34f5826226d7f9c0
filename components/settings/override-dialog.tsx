'use client';

import { type FormEvent, useState } from 'react';
import type { ModelInfo } from '../../lib/model.ts';
import type { ModelOverride } from '../../lib/provider.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { FormDialog } from '../ui/dialog.tsx';
import { CodeField, FormFoot, TextField } from './field.tsx';
import { AskingFields, type FieldsProps, LimitFields, textOf, ThinkingFields } from './override-fields.tsx';
import { FieldFault, formOf, overrideOf } from './override-form.ts';
import { useFaultyField } from './faulty-field.ts';
import { CodeWords } from './section.tsx';

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
  const [state, setState] = useState<'editing' | 'saving' | { failed: Error }>('editing');
  const failed = typeof state === 'object' ? state.failed : undefined;
  const fields: FieldsProps = {
    modelId: model.id,
    form,
    fault: failed instanceof FieldFault ? failed : undefined,
    change: (changed) => setForm((before) => ({ ...before, ...changed })),
  };

  const formRef = useFaultyField(fields.fault);

  const save = async (what: () => ModelOverride | null) => {
    try {
      const next = what();
      if (next && Object.keys(next).length === 0) return props.onClose();
      setState('saving');
      await props.onSave(next);
    } catch (error) {
      setState({ failed: error instanceof Error ? error : new Error('That did not work.') });
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(() => overrideOf(form, model, override, new Date().toISOString().slice(0, 7)));
  };
  return (
    <FormDialog title={model.label} width="md" onClose={props.onClose}>
      <form ref={formRef} className="grid gap-3.5" onSubmit={submit}>
        <p className="text-ink-muted">
          <CodeWords>{model.id}</CodeWords>
        </p>
        <TextField label="Name" data-first maxLength={120} {...textOf(fields, 'label')} />
        <ThinkingFields {...fields} />
        <AskingFields {...fields} />
        <LimitFields {...fields} />
        <CodeField
          label="Extra fields of the request, JSON"
          rows={3}
          placeholder='{"top_k": 20}'
          maxLength={8000}
          {...textOf(fields, 'extras')}
        />
        {failed && !fields.fault && <Alert words={failed.message} />}
        <FormFoot>
          {props.override && (
            <Button tone="ghost" className="mr-auto" onClick={() => void save(() => null)}>
              {props.override.added ? 'Remove this model' : 'Back to what is assumed'}
            </Button>
          )}
          <Button onClick={props.onClose}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={state === 'saving'}>
            Save
          </Button>
        </FormFoot>
      </form>
    </FormDialog>
  );
}
