'use client';

import { useState } from 'react';
import type { LabSnapshot, QuestionRow } from '../../lib/lab/run.ts';
import { formatCount, formatMoment } from '../../lib/quantity-words.ts';
import { useLoaded } from '../client/use-loaded.ts';
import { Alert } from '../ui/alert.tsx';
import { Button } from '../ui/button.tsx';
import { plotSettings } from './run/plot-settings.ts';
import { RunFacts } from './run/run-facts.tsx';
import { RunPlots } from './run/run-plots.tsx';
import { settingWords } from './run/run-words.ts';
import { SettingTable } from './run/setting-table.tsx';

const card = 'min-w-0 rounded-lg border border-line bg-surface px-3.5 py-4 shadow-small lg:px-5';

/** A run behind a link: its plots, figures and questions, frozen; no texts of samples. */
export function SharedRun({ id }: { id: string }) {
  const load = useLoaded<LabSnapshot>(`/api/lab/shares/${encodeURIComponent(id)}`);
  return (
    <main className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain print:overflow-visible">
      <title>A run of the lab · Thinkglass</title>
      <div className="mx-auto flex max-w-page flex-col gap-5 px-3.5 pt-5 pb-12 lg:px-6 lg:pt-7 lg:pb-16">
        {load.state === 'ready' ? (
          <Shown snapshot={load.value} />
        ) : load.state === 'failed' ? (
          <Alert words={load.reason} />
        ) : (
          <p className="text-ink-muted">…</p>
        )}
      </div>
    </main>
  );
}

function Shown({ snapshot }: { snapshot: LabSnapshot }) {
  const { run, questions, sharedAt } = snapshot;
  const [setting, setSetting] = useState(run.settings[0]?.index ?? 0);
  const choose = (id: string) => setSetting(Number(id));
  return (
    <>
      <header>
        <h1 className="font-serif text-xl leading-tight tracking-tight wrap-anywhere">{run.title}</h1>
        <p className="text-ink-muted">
          {formatCount(run.samples.over)} of {formatCount(run.samples.planned)} samples, as they were on{' '}
          {formatMoment(sharedAt)}.
        </p>
      </header>
      <RunPlots settings={plotSettings(run)} title={run.title} card={card} onOpen={choose} />
      <section className={card}>
        <h2 className="mb-2 text-md font-semibold">By point</h2>
        <SettingTable run={run} chosen={setting} onChoose={choose} />
      </section>
      <section className={card}>
        <h2 className="mb-2 text-md font-semibold">
          By question:{' '}
          {settingWords(
            run.settings.find(({ index }) => index === setting) ?? { modelLabel: '', step: { way: 'as-is' } },
          )}
        </h2>
        <Questions rows={questions} setting={setting} />
      </section>
      <RunFacts run={run} card={card} />
    </>
  );
}

const pageSize = 50;

function Questions({ rows, setting }: { rows: readonly QuestionRow[]; setting: number }) {
  const [shown, setShown] = useState(pageSize);
  return (
    <>
      <ol className="divide-y divide-line text-sm">
        {rows.slice(0, shown).map(({ index, question, cells }) => {
          const cell = cells.find((each) => each.setting === setting);
          const over = Object.values(cell?.states ?? {}).reduce((sum, count) => sum + count, 0);
          return (
            <li key={index} className="flex gap-3 py-1.5">
              <span className="min-w-0 grow wrap-anywhere">{question.question.slice(0, 300)}</span>
              <span className="flex-none text-ink-muted">{question.answer.slice(0, 40)}</span>
              <span className="w-14 flex-none text-right tabular-nums">
                {cell?.right ?? 0}/{over}
              </span>
            </li>
          );
        })}
      </ol>
      {shown < rows.length && (
        <Button tone="quiet" onClick={() => setShown(shown + pageSize)}>
          More questions
        </Button>
      )}
    </>
  );
}
