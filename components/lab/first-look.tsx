'use client';

import { Play } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { type LabRun, settingsOfPlan } from '../../lib/lab/run.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { formatCount, formatDay } from '../../lib/quantity-words.ts';
import { useLoaded } from '../client/use-loaded.ts';
import { Alert } from '../ui/alert.tsx';
import { Button, buttonLook } from '../ui/button.tsx';
import { Tag } from '../ui/tag.tsx';
import { FirstPlot } from './first-plot.tsx';
import { planLiveRun, startRun } from './live-run.ts';
import { accuracyPoints } from './plot-points.ts';
import { PlotLegend } from './plot-legend.tsx';
import { plotSettings } from './run/plot-settings.ts';

/** What the lab is for, before anything was asked: a run that comes with the app, and the same one live at a press. */
export default function FirstLook(props: {
  /** Of a recorded run. */
  recorded: string | undefined;
  providers: readonly ProviderModels[];
  onOpen: (run: string) => void;
}) {
  const { recorded, providers, onOpen } = props;
  const [state, setState] = useState<'idle' | 'busy' | { failed: string }>('idle');
  const live = planLiveRun(providers);
  const start = async () => {
    if (!live) return;
    setState('busy');
    try {
      onOpen(await startRun(live));
    } catch (error) {
      setState({ failed: error instanceof Error ? error.message : 'That did not work.' });
    }
  };
  if (recorded === undefined && !live) return null;
  return (
    <section
      className="flex min-w-0 flex-col gap-3 rounded-lg border border-line bg-surface px-3.5 py-4 shadow-small lg:px-5"
      aria-labelledby="lab-first"
    >
      <h2 id="lab-first" className="text-md font-semibold">
        {recorded === undefined ? 'Live, here' : 'What it looks like'}
      </h2>
      {recorded !== undefined && <RecordedPlot id={recorded} />}
      <div className="flex flex-wrap items-center gap-2.5">
        {live && (
          <Button tone="primary" disabled={state === 'busy'} onClick={() => void start()}>
            <Play aria-hidden size={15} /> Run it live, here
          </Button>
        )}
        {recorded !== undefined && (
          <Link className={buttonLook()} href={`/lab?run=${encodeURIComponent(recorded)}`} prefetch={false}>
            Open this run
          </Link>
        )}
        {live && (
          <p className="basis-72 grow text-sm text-pretty text-ink-muted">
            {formatCount(live.questions.length)} puzzles at {formatCount(settingsOfPlan(live.plan.models).length)}{' '}
            points, asked of the small models inside: no key, no server, about half a minute.
          </p>
        )}
      </div>
      {typeof state === 'object' && <Alert words={`Not started. ${state.failed}`} />}
    </section>
  );
}

function RecordedPlot({ id }: { id: string }) {
  const load = useLoaded<LabRun>(`/api/lab/runs/${encodeURIComponent(id)}`);
  if (load.state === 'failed') return <p className="text-sm text-danger">{load.reason}</p>;
  // as high as what comes
  if (load.state === 'loading') return <div className="min-h-96" aria-busy="true" />;
  const run = load.value;
  const settings = plotSettings(run);
  const points = accuracyPoints(settings);
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-2.5 gap-y-1 text-sm text-ink-muted">
        <Tag title="Made on another machine, and shipped with the app">Recorded</Tag>
        <span>
          {run.title}: {formatCount(run.samples.over)} samples of {formatCount(run.facts.questionCount)} questions,{' '}
          {formatDay(run.createdAt)}. Right answers against the tokens they were thought about.
        </span>
      </p>
      <p className="text-sm text-ink-muted">
        <PlotLegend settings={settings} />
      </p>
      <FirstPlot
        label={`Accuracy against thinking tokens, ${points.length} points of a recorded run.`}
        points={points}
      />
    </>
  );
}
