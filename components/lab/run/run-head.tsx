'use client';

import { useState } from 'react';
import { countStates } from '../../../lib/lab/figures.ts';
import type { LabRun, LabShare, RunChange } from '../../../lib/lab/run.ts';
import { endStates } from '../../../lib/lab/score.ts';
import { formatClock, formatCost, formatCount, formatProgress, formatShortCount } from '../../../lib/quantity-words.ts';
import { Swatch } from '../../charts/swatch.tsx';
import { requestJson } from '../../client/request-json.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Tag } from '../../ui/tag.tsx';
import { stateColors, stateWords as endWords } from '../figure-words.ts';
import { forecastWords, pauseWords, stateWords, unpricedWords, waitWords } from './run-words.ts';

/** What a run is, how far it is, what it spent, and what can be done with it. */
export function RunHead({ run, onChange }: { run: LabRun; onChange: (change: RunChange) => Promise<void> }) {
  const { samples, spent } = run;
  const unpriced = unpricedWords(
    run.plan.ceiling,
    run.settings.filter(({ price }) => !price).map(({ modelLabel }) => modelLabel),
  );
  const share = samples.planned === 0 ? 0 : samples.over / samples.planned;
  return (
    <header className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="min-w-0 font-serif text-xl leading-tight tracking-tight wrap-anywhere">{run.title}</h1>
        {run.recorded && <Tag title="Made on another machine, and shipped with the app">Recorded</Tag>}
      </div>
      <div
        className="h-2 overflow-hidden rounded-full bg-ink/6 forced-color-adjust-none"
        role="progressbar"
        aria-label="Samples that are over"
        aria-valuemin={0}
        aria-valuemax={samples.planned}
        aria-valuenow={samples.over}
      >
        <div className="h-full rounded-full bg-accent transition-[width]" style={{ width: `${share * 100}%` }} />
      </div>
      <p className="text-base tabular-nums" role="status">
        <strong className="font-semibold">{capital(stateWords(run))}</strong>: {formatCount(samples.over)} of{' '}
        {formatCount(samples.planned)} samples ({formatProgress(share)})
        {samples.running > 0 && `, ${formatCount(samples.running)} under way`}
        {run.lanes
          .filter(({ active }) => active > 0)
          .map(({ providerLabel, active, most }) => `, ${providerLabel} ${active} of at most ${most} at once`)
          .join('')}
        .{run.lanes.map(({ providerLabel, waits }) => waits && ` ${waitWords(providerLabel, waits)}`)}
      </p>
      <StateCounts run={run} />
      {run.state === 'paused' && run.pause && <p className="text-base">{pauseWords(run.pause)}</p>}
      {unpriced && <p className="text-base text-pretty text-warn">{unpriced}</p>}
      {run.forecast && run.forecast.calls > 0 && (
        <p className="text-base text-pretty text-ink-muted">{forecastWords(run.forecast)}</p>
      )}
      {samples.over > 0 && (
        <p className="text-sm text-ink-muted tabular-nums">
          Spent: {formatShortCount(spent.thinkingTokens)} tokens of thinking, {formatShortCount(spent.answerTokens)} of
          answers, {formatShortCount(spent.promptTokens)} of prompts;{' '}
          {spent.priced > 0 ? formatCost(spent.cost) : 'price unknown'}; {formatClock(spent.minutes * 60_000)}.
        </p>
      )}
      {!run.recorded && <RunButtons run={run} onChange={onChange} />}
      <TakeAway run={run} />
    </header>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How many samples ended in each way, over all points. */
function StateCounts({ run }: { run: LabRun }) {
  const counts = countStates([]);
  for (const figures of run.figures) for (const state of endStates) counts[state] += figures.states[state];
  const there = endStates.filter((state) => counts[state] > 0);
  if (there.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-muted tabular-nums" aria-label="How samples ended">
      {there.map((state) => (
        <li key={state} className="inline-flex items-center gap-1.5">
          <Swatch color={stateColors[state]} /> {formatCount(counts[state])} {endWords[state]}
        </li>
      ))}
    </ul>
  );
}

function RunButtons({ run, onChange }: { run: LabRun; onChange: (change: RunChange) => Promise<void> }) {
  const [more, setMore] = useState(4);
  const isMoving = run.state === 'running' || run.state === 'piloting';
  const canStart = ['planned', 'paused', 'stopped'].includes(run.state) && run.samples.over < run.samples.planned;
  const ceilingReached = run.pause?.because === 'ceiling' ? run.pause.of : undefined;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {run.state === 'planned' && (
        <Button tone="primary" onClick={() => void onChange({ do: 'pilot' })}>
          Ask five first
        </Button>
      )}
      {canStart && (
        <Button
          tone={run.state === 'planned' ? 'plain' : 'primary'}
          onClick={() => void onChange({ do: 'start' })}
          title={run.state === 'planned' ? 'Without trying five first' : undefined}
        >
          {run.state === 'planned' ? 'Ask all' : 'Go on'}
        </Button>
      )}
      {ceilingReached && (
        <Button
          onClick={() => {
            const most = run.plan.ceiling[ceilingReached] ?? 0;
            void onChange({ do: 'ceiling', ceiling: { ...run.plan.ceiling, [ceilingReached]: most * 2 } });
          }}
        >
          Double the ceiling
        </Button>
      )}
      {isMoving && <Button onClick={() => void onChange({ do: 'pause' })}>Pause</Button>}
      {(isMoving || run.state === 'paused') && <Button onClick={() => void onChange({ do: 'stop' })}>Stop</Button>}
      {run.state !== 'planned' && (
        <span className="inline-flex items-center gap-2 text-sm">
          <Button onClick={() => void onChange({ do: 'add-samples', count: more })}>Add samples</Button>
          <input
            type="number"
            min={1}
            max={512}
            aria-label="Samples to add to each question"
            className="w-18 rounded-md border border-line bg-paper px-2 py-1.5 text-base text-ink tabular-nums pointer-coarse:min-h-10 pointer-coarse:text-lg"
            value={more}
            onChange={(event) => {
              const wanted = event.currentTarget.valueAsNumber;
              if (Number.isFinite(wanted)) setMore(Math.min(512, Math.max(1, Math.round(wanted))));
            }}
          />
          <span className="text-ink-muted">to each question</span>
        </span>
      )}
    </div>
  );
}

/** Files of all samples and figures, and a link to a snapshot. */
function TakeAway({ run }: { run: LabRun }) {
  const [share, setShare] = useState<LabShare | { failed: string }>();
  const path = `/api/lab/runs/${encodeURIComponent(run.id)}`;
  const make = async () => {
    try {
      setShare(await requestJson<LabShare>('POST', `${path}/shares`));
    } catch (error) {
      setShare({ failed: error instanceof Error ? error.message : 'That did not work.' });
    }
  };
  if (run.samples.over === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <a className={buttonLook('quiet')} href={`${path}/export?format=jsonl`} download>
        All samples as JSONL
      </a>
      <a className={buttonLook('quiet')} href={`${path}/export?format=csv`} download>
        All figures as CSV
      </a>
      {!run.recorded && (
        <Button tone="quiet" onClick={() => void make()}>
          Make a link
        </Button>
      )}
      {share && 'url' in share && (
        <span className="inline-flex min-w-0 items-center gap-1 text-sm">
          <a className="truncate text-accent underline underline-offset-2" href={share.url}>
            {share.url}
          </a>
          <CopyButton label="Copy the link" textOf={() => share.url} />
        </span>
      )}
      {share && 'failed' in share && <span className="text-sm text-danger">{share.failed}</span>}
    </div>
  );
}
