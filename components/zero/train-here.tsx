'use client';

import { useState } from 'react';
import { formatBytes, formatClock } from '../../lib/quantity-words.ts';
import type { TrainingRecord } from '../../lib/zero/record.ts';
import {
  keptName,
  type KeptModel,
  mostTrainingMinutes,
  mostTrainingSteps,
  type Training,
} from '../../lib/zero/training.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { fieldLook } from '../ui/field.tsx';
import { lazyPart } from '../ui/lazy-part.tsx';
import { FileLink } from './file-link.tsx';
import { useTraining } from './use-training.ts';

const TrainingPlots = lazyPart(async () => ({ default: (await import('./training-plots.tsx')).TrainingPlots }), {
  waiting: () => <p className="text-ink-muted">…</p>,
  missing: <p className="text-ink-muted">This could not be loaded.</p>,
});

/** The recipe, run on this very machine for as long as one lets it: its curve, and what becomes of the model. */
export default function TrainHere({ record }: { record: TrainingRecord }) {
  const { view, problem, isLost, start, stop, keep, throwAway, remove } = useTraining();
  const training = view?.training ?? { state: 'none' };
  return (
    <section className="flex min-w-0 flex-col gap-3" aria-label="Train it here">
      <h2 className="font-serif text-lg">Train it here</h2>
      <p className="max-w-prose text-pretty">
        The same recipe on this machine, from the shipped base: 8 puzzles a step, 16 texts of each, a quarter of our own
        run. The form is learnt within a minute or two of a core’s time, right answers with longer thoughts within some
        more. It works with less claim to the processor than your chats, and ends after {mostTrainingSteps} steps or{' '}
        {mostTrainingMinutes} minutes.
      </p>
      {view && !view.isAllowed && (
        <p className="text-ink-muted">
          Others can reach this server, so nothing is trained on it. On your own it can be.
        </p>
      )}
      <p role="status" className={training.state === 'none' ? 'sr-only' : 'font-medium'}>
        {standWords(training)}
      </p>
      {training.state === 'running' && <Speed training={training} isLost={isLost} />}
      {training.state !== 'none' && training.evaluations.length > 0 && (
        <TrainingPlots steps={training.steps} evaluations={training.evaluations} record={record} />
      )}
      {view?.isAllowed && (
        <div className="flex flex-wrap items-end gap-2">
          {training.state === 'none' && (
            <Button tone="primary" onClick={start}>
              Train it here
            </Button>
          )}
          {training.state === 'running' && <Button onClick={stop}>Stop</Button>}
          {training.state === 'ended' && training.end !== 'failed' && training.steps.length > 0 && (
            <Keep onKeep={keep} />
          )}
          {training.state !== 'none' && <Button onClick={throwAway}>Throw away</Button>}
        </div>
      )}
      {problem && <Alert words={problem} className="max-w-prose" />}
      {view && view.kept.length > 0 && <KeptList kept={view.kept} onRemove={view.isAllowed ? remove : undefined} />}
    </section>
  );
}

/** In words, how it stands; told again only when that changes. */
function standWords(training: Training): string {
  switch (training.state) {
    case 'none':
      return '';
    case 'running':
      return training.evaluations.length === 0 ? 'It begins: the base is looked at first.' : 'It trains.';
    case 'ended': {
      const steps = training.steps.length;
      const after = `${steps} ${steps === 1 ? 'step' : 'steps'}`;
      if (training.end === 'failed') return `It broke off after ${after}; the server’s log has the reason.`;
      if (steps === 0) return 'Stopped before its first step was done: there is nothing to keep.';
      return training.end === 'bounds' ? `It has come to its end, after ${after}.` : `Stopped after ${after}.`;
    }
  }
}

/** "Step 12 · 2.1 s a step · 61 texts a second · 0:26" */
function Speed({ training, isLost }: { training: Training & { state: 'running' | 'ended' }; isLost: boolean }) {
  const last = training.steps.at(-1);
  const before = training.steps.at(-2);
  if (isLost) return <p className="text-ink-muted">The connection is lost; it trains on, and is looked for again …</p>;
  if (!last) return <p className="text-ink-muted">The first step is under way …</p>;
  const took = last.seconds - (before?.seconds ?? 0);
  return (
    <p className="text-ink-muted tabular-nums">
      Step {last.step} · {took.toFixed(1)} s a step · {(last.samples / took).toFixed(0)} texts a second ·{' '}
      {formatClock(last.seconds * 1000)}
    </p>
  );
}

function Keep({ onKeep }: { onKeep: (name: string) => Promise<boolean> }) {
  const [name, setName] = useState('tiny-mine');
  const isName = keptName.test(name);
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isName) void onKeep(name);
      }}
    >
      <label className="flex flex-col gap-1 text-sm text-ink-muted">
        Name: small letters, digits, hyphens
        <input
          className={`${fieldLook} text-ink`}
          value={name}
          maxLength={30}
          aria-invalid={!isName || undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <Button type="submit" tone="primary" disabled={!isName}>
        Keep it
      </Button>
    </form>
  );
}

function KeptList({ kept, onRemove }: { kept: readonly KeptModel[]; onRemove: ((id: string) => void) | undefined }) {
  return (
    <>
      <p className="max-w-prose text-pretty text-ink-muted">
        Trained here and kept; each can be chosen in a chat, like any other model inside:
      </p>
      <ul className="flex flex-col gap-1" aria-label="Kept models">
        {kept.map(({ id, step, bytes }) => (
          <li key={id} className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-medium">{id}</span>
            <span className="text-sm text-ink-muted">
              {step} {step === 1 ? 'step' : 'steps'}
            </span>
            <FileLink name={`${id}.gguf`} />
            <FileLink name={`${id}.modelfile`} />
            <span className="text-sm text-ink-muted">{formatBytes(bytes)}</span>
            {onRemove && (
              <Button tone="quiet" onClick={() => onRemove(id)} aria-label={`Remove ${id}`}>
                Remove
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
