'use client';

import { Plus } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { createId } from '../../../lib/ids.ts';
import { askedText, suggestSuffix, type SuffixId, suffixIds } from '../../../lib/lab/question.ts';
import { type Ceiling, labLimits, type LabRun, type NewLabRun, settingsOfPlan } from '../../../lib/lab/run.ts';
import type { ModelInfo, ProviderModels } from '../../../lib/model.ts';
import { formatCount } from '../../../lib/quantity-words.ts';
import { requestJson } from '../../client/request-json.ts';
import { canAsk, defaultModel, findModel, onlyRecordings } from '../../conversation/model-choice.ts';
import { Alert } from '../../ui/alert.tsx';
import { Button } from '../../ui/button.tsx';
import { fieldLook } from '../../ui/field.tsx';
import { unpricedWords } from '../run/run-words.ts';
import type { ChosenQuestions, QuestionSource } from './chosen-questions.ts';
import { type ModelDraft, ModelRow } from './model-row.tsx';
import { ownedQuestions, QuestionChoice } from './question-choice.tsx';
import { readSteps, wayWords } from './thinking-steps.ts';

const suffixWords: Record<SuffixId, string> = {
  boxed: 'In \\boxed{}',
  line: 'On a line “Answer:”',
  letter: 'As a letter',
  none: 'Not said',
};

/** All that makes a run, from the questions to the ceiling; planning it asks nothing yet. */
export function NewRun(props: {
  providers: readonly ProviderModels[];
  onProviders: (providers: ProviderModels[]) => void;
  onMade: (id: string) => void;
}) {
  const { providers, onProviders, onMade } = props;
  const [first] = useState(() => beginningOf(providers));
  const [source, setSource] = useState<QuestionSource>(first.source);
  const [chosen, setChosen] = useState<ChosenQuestions | undefined>(() => ownedQuestions(first.source));
  const [suffix, setSuffix] = useState<SuffixId>();
  const [models, setModels] = useState<readonly ModelDraft[]>([first.model]);
  const [samples, setSamples] = useState(4);
  const [ceiling, setCeiling] = useState<Ceiling>({});
  const [state, setState] = useState<'idle' | 'busy' | { failed: string }>('idle');
  const questions = chosen?.questions ?? [];
  const asked = suffix ?? suggestSuffix(questions);
  const planned = models.flatMap(({ settings, steps }) => {
    const read = readSteps(steps);
    return read ? [{ settings: cleaned(settings), steps: read }] : [];
  });
  const points = settingsOfPlan(planned).length;
  const calls = questions.length * samples * points;
  const unready = models.find(({ settings }) => !canAsk(providers, settings.model));
  const problem =
    questions.length === 0
      ? 'Choose questions first.'
      : planned.length < models.length
        ? 'How a model’s thinking is varied cannot be read: numbers or words, with commas between them.'
        : unready
          ? 'A model cannot be asked now. Choose another one.'
          : calls > labLimits.samples
            ? `That would be ${formatCount(calls)} samples; ${formatCount(labLimits.samples)} are the most. Take fewer questions, points or samples.`
            : undefined;

  const unpriced = unpricedWords(
    ceiling,
    models.flatMap(({ settings }) => {
      const found = findModel(providers, settings.model)?.model;
      return found && !found.recording && (!found.price || found.price.upTo) ? [found.label] : [];
    }),
  );

  const make = async () => {
    if (!chosen || problem) return;
    setState('busy');
    const run: NewLabRun = {
      id: createId(),
      dataSetName: chosen.name,
      questions,
      plan: {
        title:
          `${chosen.name}: ${[...new Set(models.map(({ settings }) => labelOf(providers, settings)))].join(', ')}`.slice(
            0,
            200,
          ),
        models: planned,
        samplesPerQuestion: samples,
        suffix: asked,
        seed: 1,
        ceiling,
      },
    };
    try {
      const made = await requestJson<LabRun>('POST', '/api/lab/runs', run);
      onMade(made.id);
    } catch (error) {
      setState({ failed: error instanceof Error ? error.message : 'That did not work.' });
    }
  };

  return (
    <section className="flex flex-col gap-4" aria-labelledby="lab-new">
      <h2 id="lab-new" className="text-md font-semibold">
        A new run
      </h2>
      <Step title="1. Questions">
        <QuestionChoice
          chosen={chosen}
          source={source}
          onSource={setSource}
          onChoose={(next) => {
            setChosen(next);
            setSuffix(undefined);
          }}
        />
      </Step>
      <Step title="2. Models, and how their thinking is varied">
        <ul className="flex flex-col gap-2.5">
          {models.map((draft) => (
            <ModelRow
              key={draft.id}
              draft={draft}
              providers={providers}
              onProviders={onProviders}
              onChange={(next) => setModels(models.map((other) => (other.id === draft.id ? next : other)))}
              {...(models.length > 1 && {
                onRemove: () => setModels(models.filter(({ id }) => id !== draft.id)),
              })}
            />
          ))}
        </ul>
        {models.length < labLimits.models && (
          <Button className="self-start" onClick={() => setModels([...models, newModel(providers)])}>
            <Plus aria-hidden size={15} /> Add a model
          </Button>
        )}
      </Step>
      <Step title="3. Samples and ceiling">
        <PlanFields
          samples={samples}
          onSamples={setSamples}
          suffix={asked}
          onSuffix={setSuffix}
          ceiling={ceiling}
          onCeiling={setCeiling}
        />
        {unpriced && <p className="text-sm text-pretty text-warn">{unpriced}</p>}
        {questions[0] && (
          <details className="text-sm text-ink-muted">
            <summary className="cursor-pointer">What is asked</summary>
            <p className="mt-1 rounded-md bg-sunken px-3 py-2 wrap-anywhere whitespace-pre-line text-ink">
              {askedText(questions[0], asked).slice(0, 2000)}
            </p>
          </details>
        )}
      </Step>
      <div className="flex flex-wrap items-center gap-3">
        <Button tone="primary" disabled={problem !== undefined || state === 'busy'} onClick={() => void make()}>
          Plan {formatCount(calls)} samples
        </Button>
        <p className="text-sm text-ink-muted">
          {problem ??
            `${formatCount(questions.length)} questions × ${formatCount(points)} ${points === 1 ? 'point' : 'points'} × ${formatCount(samples)} samples. Nothing is asked yet: five first, to see what the rest would cost.`}
        </p>
      </div>
      {typeof state === 'object' && <Alert words={`Not planned. ${state.failed}`} />}
    </section>
  );
}

/**
 * What the form begins with: 60 questions for the model that a chat would ask. Where that one only plays back its own
 * questions, puzzles for the one inside that can solve them, with its thinking varied.
 */
function beginningOf(providers: readonly ProviderModels[]): { source: 'shipped' | 'inside'; model: ModelDraft } {
  const usual = newModel(providers);
  const inside = onlyRecordings(providers) ? findInside(providers) : undefined;
  if (!inside) return { source: 'shipped', model: usual };
  const settings = { model: { providerId: inside.providerId, modelKey: inside.key }, sampling: {} };
  const steps = { way: 'cap', text: wayWords.cap.text?.usual ?? '' } as const;
  return { source: 'inside', model: { id: usual.id, settings, steps } };
}

function findInside(providers: readonly ProviderModels[]): ModelInfo | undefined {
  const inside = providers.flatMap(({ models }) => models).filter(({ knows }) => knows === 'puzzles');
  return inside.find(({ key }) => key === 'tiny-zero') ?? inside[0];
}

function newModel(providers: readonly ProviderModels[]): ModelDraft {
  const model = defaultModel(providers) ?? { providerId: '', modelKey: '' };
  return { id: createId(), settings: { model, sampling: {} }, steps: { way: 'as-is', text: '' } };
}

function cleaned({ systemPrompt, ...settings }: ModelDraft['settings']): ModelDraft['settings'] {
  return systemPrompt ? { ...settings, systemPrompt } : settings;
}

function labelOf(providers: readonly ProviderModels[], { model }: ModelDraft['settings']): string {
  return findModel(providers, model)?.model.label ?? model.modelKey;
}

function Step({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section
      className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-surface px-3.5 py-3.5 shadow-small lg:px-5 lg:py-4"
      aria-labelledby={id}
    >
      <h3 id={id} className="text-base font-semibold">
        {title}
      </h3>
      {children}
    </section>
  );
}

const bounds = [
  ['cost', 'At most, US$'],
  ['tokens', 'At most, tokens'],
  ['minutes', 'At most, minutes'],
] as const satisfies readonly (readonly [keyof Ceiling, string])[];

function PlanFields(props: {
  samples: number;
  onSamples: (samples: number) => void;
  suffix: SuffixId;
  onSuffix: (suffix: SuffixId) => void;
  ceiling: Ceiling;
  onCeiling: (ceiling: Ceiling) => void;
}) {
  const { samples, suffix, ceiling } = props;
  const label = 'flex min-w-0 flex-col gap-1 text-sm text-ink-muted';
  return (
    <div className="grid grid-cols-2 gap-2.5 md:grid-cols-3 xl:grid-cols-5">
      <label className={label}>
        Samples of a question
        <input
          type="number"
          min={1}
          max={labLimits.samplesPerQuestion}
          className={fieldLook}
          value={samples}
          onChange={(event) => {
            const wanted = event.currentTarget.valueAsNumber;
            if (Number.isFinite(wanted))
              props.onSamples(Math.min(labLimits.samplesPerQuestion, Math.max(1, Math.round(wanted))));
          }}
        />
      </label>
      <label className={label}>
        Answer asked for
        <select
          className={fieldLook}
          value={suffix}
          onChange={(event) => props.onSuffix(suffixIds.find((id) => id === event.currentTarget.value) ?? 'none')}
        >
          {suffixIds.map((id) => (
            <option key={id} value={id}>
              {suffixWords[id]}
            </option>
          ))}
        </select>
      </label>
      {bounds.map(([of, name]) => (
        <label key={of} className={label}>
          {name}
          <input
            type="number"
            min={0}
            step="any"
            placeholder="no bound"
            className={fieldLook}
            value={ceiling[of] ?? ''}
            onChange={(event) => {
              const { [of]: _, ...others } = ceiling;
              const most = event.currentTarget.valueAsNumber;
              props.onCeiling(Number.isFinite(most) && most >= 0 ? { ...others, [of]: most } : others);
            }}
          />
        </label>
      ))}
    </div>
  );
}
