'use client';

import Link from 'next/link';
import { useMemo, useRef, useState } from 'react';
import type { ProviderModels } from '../../../lib/model.ts';
import { Alert } from '../../ui/alert.tsx';
import { AddModel } from './add-model.tsx';
import { CompareRuns } from './compare-runs.tsx';
import { plotSettings } from './plot-settings.ts';
import { QuestionDialog } from './question-dialog.tsx';
import { QuestionTable } from './question-table.tsx';
import { Rescoring } from './rescoring.tsx';
import { RunFacts } from './run-facts.tsx';
import { RunHead } from './run-head.tsx';
import { RunPlots } from './run-plots.tsx';
import { SettingTable } from './setting-table.tsx';
import { useRun } from './use-run.ts';

const card = 'min-w-0 rounded-lg border border-line bg-surface px-3.5 py-4 shadow-small lg:px-5';

/** One run: how it stands, its plots, its questions, and each sample behind them. */
export default function RunPage(props: { id: string; other: string | undefined; providers: ProviderModels[] }) {
  const { run, problem, change, ask } = useRun(props.id);
  const [setting, setSetting] = useState(0);
  const [question, setQuestion] = useState<number>();
  const table = useRef<HTMLDivElement>(null);
  const settings = useMemo(() => (run ? plotSettings(run) : []), [run]);
  if (!run) {
    return (
      <>
        <BackLink />
        {problem ? <Alert words={problem} /> : <p className="text-ink-muted">…</p>}
      </>
    );
  }
  const openSetting = (id: string) => {
    setSetting(Number(id));
    table.current?.scrollIntoView({ block: 'start', behavior: 'smooth' });
    table.current?.focus({ preventScroll: true });
  };
  const hasFigures = run.figures.some(({ accuracy }) => accuracy !== undefined);
  return (
    <>
      <BackLink />
      <RunHead run={run} onChange={change} />
      {problem && <Alert words={problem} />}
      {hasFigures && (
        <>
          <RunPlots
            settings={settings}
            title={run.title}
            card={card}
            votes={{
              path: `/api/lab/runs/${encodeURIComponent(run.id)}/votes`,
              at: run.figuresAt,
              withLogprob: run.withLogprob ?? 0,
            }}
            onOpen={openSetting}
          />
          <section className={card}>
            <h2 className="mb-2 text-md font-semibold">By point</h2>
            <SettingTable run={run} chosen={setting} onChoose={openSetting} onChange={change} />
          </section>
        </>
      )}
      <section className={`${card} scroll-mt-4`} ref={table} tabIndex={-1} aria-label="Questions">
        <QuestionTable run={run} setting={setting} onSetting={setSetting} onOpen={setQuestion} />
      </section>
      {hasFigures && !run.recorded && <Rescoring run={run} card={card} onAsk={ask} />}
      {hasFigures && <CompareRuns run={run} other={props.other} card={card} />}
      {!run.recorded && <AddModel run={run} providers={props.providers} card={card} onChange={change} />}
      <RunFacts run={run} card={card} />
      {question !== undefined && (
        <QuestionDialog run={run} setting={setting} question={question} onClose={() => setQuestion(undefined)} />
      )}
    </>
  );
}

function BackLink() {
  return (
    <p className="text-sm">
      <Link href="/lab" className="text-accent underline-offset-2 hover:underline">
        ← All runs
      </Link>
    </p>
  );
}
