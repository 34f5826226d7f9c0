'use client';

import { useState } from 'react';
import { measureDifference, type PairedDifference } from '../../../lib/lab/measures.ts';
import type { LabRun, LabRunSummary, Page, QuestionRow } from '../../../lib/lab/run.ts';
import { isMissing } from '../../../lib/lab/score.ts';
import { formatCount } from '../../../lib/quantity-words.ts';
import { requestJson } from '../../client/request-json.ts';
import { useLoaded } from '../../client/use-loaded.ts';
import { Button } from '../../ui/button.tsx';
import { differencesOf, settingWords } from './run-words.ts';

const select =
  'h-9 w-full min-w-0 rounded-md border border-line bg-surface px-2.5 text-sm text-ink pointer-coarse:h-10 pointer-coarse:text-lg';

/** Two points question by question, of this run or of another one, and in what two runs differ. */
export function CompareRuns({ run, other, card }: { run: LabRun; other: string | undefined; card: string }) {
  const runs = useLoaded<{ runs: LabRunSummary[] }>('/api/lab/runs');
  const choices = runs.state === 'ready' ? runs.value.runs.filter(({ id }) => id !== run.id) : [];
  const choose = (id: string) => {
    const params = new URLSearchParams({ run: run.id, ...(id !== '' && { with: id }) });
    window.history.replaceState(null, '', `/lab?${params}`);
  };
  return (
    <section className={`${card} flex flex-col gap-3`} aria-labelledby="lab-compare">
      <h2 id="lab-compare" className="text-md font-semibold">
        Compare, question by question
      </h2>
      <p className="text-sm text-pretty text-ink-muted">
        What is hard for both cancels out, so a paired difference tells more than two error bars side by side.
      </p>
      {choices.length > 0 && (
        <label className="flex max-w-128 flex-col gap-1 text-sm text-ink-muted">
          With
          <select className={select} value={other ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">this run itself</option>
            {choices.slice(0, 200).map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      {other === undefined ? <Pair a={run} b={run} /> : <WithOther key={other} run={run} other={other} />}
    </section>
  );
}

function WithOther({ run, other }: { run: LabRun; other: string }) {
  const load = useLoaded<LabRun>(`/api/lab/runs/${encodeURIComponent(other)}`);
  if (load.state !== 'ready')
    return <p className="text-sm text-ink-muted">{load.state === 'failed' ? load.reason : '…'}</p>;
  const differences = differencesOf(run, load.value);
  return (
    <>
      <div className="text-sm">
        {differences.length === 0
          ? 'The two runs are alike in all that fixes a run.'
          : differences.length === 1
            ? 'They differ in one thing:'
            : `They differ in ${differences.length} things, so a difference has more than one possible reason:`}
        <ul className="list-disc pl-5 text-ink-muted">
          {differences.map((words) => (
            <li key={words} className="wrap-anywhere">
              {words}
            </li>
          ))}
        </ul>
      </div>
      <Pair a={run} b={load.value} />
    </>
  );
}

type Result = 'idle' | 'busy' | { failed: string } | { found: PairedDifference | undefined };

function Pair({ a, b }: { a: LabRun; b: LabRun }) {
  const [first, setFirst] = useState(a.settings[0]?.index ?? 0);
  const [second, setSecond] = useState(b.settings.find(({ index }) => a !== b || index !== first)?.index ?? 0);
  const [result, setResult] = useState<Result>('idle');
  if (a === b && a.settings.length < 2) return null;
  const measure = async () => {
    setResult('busy');
    try {
      const [one, two] = await Promise.all([marksOf(a, first), marksOf(b, second)]);
      setResult({ found: measureDifference(one, two) });
    } catch (error) {
      setResult({ failed: error instanceof Error ? error.message : 'That did not work.' });
    }
  };
  return (
    <div className="flex flex-col gap-2.5">
      <div className="grid gap-2.5 md:grid-cols-2">
        {(
          [
            ['First', a, first, setFirst],
            ['Second', b, second, setSecond],
          ] as const
        ).map(([name, run, value, set]) => (
          <label key={name} className="flex min-w-0 flex-col gap-1 text-sm text-ink-muted">
            {name}
            <select
              className={select}
              value={value}
              onChange={(event) => {
                set(Number(event.currentTarget.value));
                setResult('idle');
              }}
            >
              {run.settings.map((setting) => (
                <option key={setting.index} value={setting.index}>
                  {settingWords(setting)}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
      <Button className="self-start" disabled={result === 'busy'} onClick={() => void measure()}>
        Measure the difference
      </Button>
      <p role="status" className="text-base text-pretty">
        {typeof result === 'object' && ('failed' in result ? result.failed : differenceWords(result.found))}
      </p>
    </div>
  );
}

function differenceWords(found: PairedDifference | undefined): string {
  if (!found) return 'Fewer than two questions were answered by both.';
  const points = (share: number) => `${share > 0 ? '+' : share < 0 ? '−' : ''}${Math.abs(share * 100).toFixed(1)}`;
  const [first, second, equal] = found.better;
  const isSure = found.low > 0 || found.high < 0;
  return `The first is ${points(found.value)} points from the second (95 %: ${points(found.low)} to ${points(found.high)}), over ${formatCount(found.questions)} questions: better on ${first}, worse on ${second}, the same on ${equal}. ${isSure ? 'That is more than chance.' : 'That may be chance.'}${found.unpaired > 0 ? ` ${formatCount(found.unpaired)} questions were answered by only one of them.` : ''}`;
}

const pageSize = 200;

/** The marks of one point by question, from all pages. */
async function marksOf(run: LabRun, setting: number): Promise<Map<string, boolean[]>> {
  const marks = new Map<string, boolean[]>();
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const path: string = `/api/lab/runs/${encodeURIComponent(run.id)}/questions?offset=${offset}&limit=${pageSize}`;
    const page: Page<QuestionRow> = await requestJson('GET', path);
    for (const { question, cells } of page.items) {
      const cell = cells.find((each) => each.setting === setting);
      if (!cell) continue;
      const judged = Object.entries(cell.states).reduce((sum, [state, count]) => {
        const isOut = state === 'planned' || state === 'running' || isMissing(state as 'failed'); // its own keys
        return isOut ? sum : sum + (count ?? 0);
      }, 0);
      marks.set(question.id, [
        ...Array.from({ length: cell.right }, () => true),
        ...Array.from({ length: Math.max(0, judged - cell.right) }, () => false),
      ]);
    }
    offset = page.next;
  }
  return marks;
}
