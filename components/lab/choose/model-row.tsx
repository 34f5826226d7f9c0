'use client';

import { X } from 'lucide-react';
import type { ThreadSettings } from '../../../lib/conversation.ts';
import { thinkingWays } from '../../../lib/lab/run.ts';
import type { ProviderModels } from '../../../lib/model.ts';
import { ModelPicker } from '../../asking/model-picker.tsx';
import { ParametersButton } from '../../asking/parameters-button.tsx';
import { PromptTemplate } from '../../asking/prompt-template.tsx';
import { findModel } from '../../conversation/model-choice.ts';
import { IconButton } from '../../ui/button.tsx';
import { fieldLook } from '../../ui/field.tsx';
import { readSteps, type StepDraft, wayWords } from './thinking-steps.ts';

export interface ModelDraft {
  id: string;
  settings: ThreadSettings;
  steps: StepDraft;
}

/** One model of a run: which, how it is asked, and how its thinking is varied. */
export function ModelRow(props: {
  draft: ModelDraft;
  providers: readonly ProviderModels[];
  onProviders: (providers: ProviderModels[]) => void;
  onChange: (draft: ModelDraft) => void;
  /** Absent where it is the only one. */
  onRemove?: () => void;
}) {
  const { draft, providers, onChange, onRemove } = props;
  const { settings, steps } = draft;
  const found = findModel(providers, settings.model);
  const set = (change: Partial<ThreadSettings>) => onChange({ ...draft, settings: { ...settings, ...change } });
  const way = wayWords[steps.way];
  const efforts = found?.model.parameters?.efforts;
  return (
    <li className="flex flex-col gap-3 rounded-md border border-line bg-paper p-3">
      <div className="flex items-center gap-1">
        <ModelPicker
          providers={providers}
          value={settings.model}
          onChoose={(model) => set({ model })}
          onProviders={props.onProviders}
        />
        <PromptTemplate settings={settings} model={found?.model} onChange={set} />
        <ParametersButton
          settings={{ sampling: settings.sampling, systemPrompt: settings.systemPrompt }}
          model={found?.model}
          providerLabel={found?.group.provider.label ?? ''}
          onChange={({ sampling, systemPrompt }) =>
            set({ sampling, ...(systemPrompt === undefined ? { systemPrompt: '' } : { systemPrompt }) })
          }
        />
        <span className="grow" />
        {onRemove && (
          <IconButton label="Take this model out" onClick={onRemove}>
            <X aria-hidden size={16} />
          </IconButton>
        )}
      </div>
      <div className="grid gap-2.5 md:grid-cols-2">
        <label className="flex flex-col gap-1 text-sm text-ink-muted">
          Its thinking is varied by
          <select
            className={fieldLook}
            value={steps.way}
            onChange={(event) => {
              const next = thinkingWays.find((id) => id === event.currentTarget.value) ?? 'as-is';
              const usual = next === 'effort' && efforts ? efforts.join(', ') : (wayWords[next].text?.usual ?? '');
              onChange({ ...draft, steps: { way: next, text: usual } });
            }}
          >
            {thinkingWays.map((id) => (
              <option key={id} value={id}>
                {wayWords[id].name}
              </option>
            ))}
          </select>
        </label>
        {way.text && (
          <label className="flex flex-col gap-1 text-sm text-ink-muted">
            {way.text.label}
            <input
              className={fieldLook}
              value={steps.text}
              aria-invalid={readSteps(steps) === undefined}
              onChange={(event) => onChange({ ...draft, steps: { ...steps, text: event.target.value } })}
            />
          </label>
        )}
      </div>
      <p className="text-sm text-pretty text-ink-muted">{way.note}</p>
    </li>
  );
}
