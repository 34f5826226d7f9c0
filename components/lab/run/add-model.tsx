'use client';

import { useState } from 'react';
import { createId } from '../../../lib/ids.ts';
import { type LabRun, labLimits, type RunChange } from '../../../lib/lab/run.ts';
import type { ProviderModels } from '../../../lib/model.ts';
import { defaultModel } from '../../conversation/model-choice.ts';
import { Button } from '../../ui/button.tsx';
import { type ModelDraft, ModelRow } from '../choose/model-row.tsx';
import { readSteps } from '../choose/thinking-steps.ts';

/** One more model, asked the same questions as those before it. */
export function AddModel(props: {
  run: LabRun;
  providers: readonly ProviderModels[];
  card: string;
  onChange: (change: RunChange) => Promise<void>;
}) {
  const [providers, setProviders] = useState(props.providers);
  const [draft, setDraft] = useState<ModelDraft>(() => ({
    id: createId(),
    settings: { model: defaultModel(props.providers) ?? { providerId: '', modelKey: '' }, sampling: {} },
    steps: { way: 'as-is', text: '' },
  }));
  if (props.run.plan.models.length >= labLimits.models || props.run.state === 'planned') return null;
  const steps = readSteps(draft.steps);
  return (
    <details className={props.card}>
      <summary className="cursor-pointer text-md font-semibold">Add a model</summary>
      <ul className="mt-3">
        <ModelRow draft={draft} providers={providers} onProviders={setProviders} onChange={setDraft} />
      </ul>
      <Button
        className="mt-3"
        disabled={steps === undefined}
        onClick={() =>
          void props.onChange({ do: 'add-model', model: { settings: draft.settings, steps: steps ?? [] } })
        }
      >
        Ask it the same questions
      </Button>
    </details>
  );
}
