'use client';

import { PageTitle } from '../client/page-title.tsx';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import type { LabRunSummary } from '../../lib/lab/run.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { useLoaded } from '../client/use-loaded.ts';
import { lazyPart } from '../ui/lazy-part.tsx';
import { NewRun } from './choose/new-run.tsx';
import { RunList } from './run-list.tsx';

const RunPage = lazyPart(() => import('./run/run-page.tsx'), {
  waiting: () => <p className="text-ink-muted">…</p>,
  missing: <p className="text-ink-muted">This could not be loaded.</p>,
});
const FirstLook = lazyPart(() => import('./first-look.tsx'), {
  waiting: () => <div className="min-h-120" aria-busy="true" />,
});

/** The lab: a new run, the runs there are, or one of them. */
export function LabScreen({ providers: initial }: { providers: ProviderModels[] }) {
  const [providers, setProviders] = useState(initial);
  const params = useSearchParams();
  const run = params.get('run');
  const open = (id: string) => window.history.pushState(null, '', `/lab?run=${encodeURIComponent(id)}`);
  return (
    <main className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain print:overflow-visible">
      <PageTitle of="Lab · Thinkglass" />
      <div className="mx-auto flex max-w-page flex-col gap-5 px-3.5 pt-5 pb-12 lg:px-6 lg:pt-7 lg:pb-16">
        {run === null ? (
          <>
            <header>
              <h1 className="font-serif text-xl leading-tight tracking-tight">Lab</h1>
              <p className="text-pretty text-ink-muted">
                Does more thinking make the answer better? Ask the same questions many times, with more and less
                thinking, and see.
              </p>
            </header>
            <Runs providers={providers} onOpen={open} />
            <NewRun providers={providers} onProviders={setProviders} onMade={open} />
          </>
        ) : (
          <RunPage key={run} id={run} other={params.get('with') ?? undefined} providers={providers} />
        )}
      </div>
    </main>
  );
}

/** The runs there are; above them, until one is a person's own, what a run looks like. */
function Runs({ providers, onOpen }: { providers: readonly ProviderModels[]; onOpen: (run: string) => void }) {
  const load = useLoaded<{ runs: LabRunSummary[] }>('/api/lab/runs');
  if (load.state === 'failed') return <p className="text-sm text-danger">{load.reason}</p>;
  if (load.state === 'loading') return <div className="min-h-120" aria-busy="true" />;
  const { runs } = load.value;
  const hasOwn = runs.some(({ recorded }) => !recorded);
  return (
    <>
      <FirstLook
        recorded={hasOwn ? undefined : runs.find(({ recorded }) => recorded)?.id}
        providers={providers}
        onOpen={onOpen}
      />
      <RunList runs={runs} />
    </>
  );
}
