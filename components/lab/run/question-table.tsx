'use client';

import { useState } from 'react';
import type { LabRun, Page, QuestionCell, QuestionRow } from '../../../lib/lab/run.ts';
import { endStates } from '../../../lib/lab/score.ts';
import { formatCount, formatCounted } from '../../../lib/quantity-words.ts';
import { useLoaded } from '../../client/use-loaded.ts';
import { Button } from '../../ui/button.tsx';
import { ScrollTable } from '../../ui/scroll-table.tsx';
import { stateColors, stateWords } from '../figure-words.ts';
import { settingWords } from './run-words.ts';

/** So many questions are on the page at a time, however many there are. */
const pageSize = 50;
/** Marks beyond this are told by a number. */
const mostMarks = 32;

/** The questions of a run under one of its points: a mark a sample, the vote, the thinking. */
export function QuestionTable(props: {
  run: LabRun;
  setting: number;
  onSetting: (setting: number) => void;
  onOpen: (question: number) => void;
}) {
  const { run, setting, onSetting } = props;
  const [offset, setOffset] = useState(0);
  // while it runs, the marks are as old as the figures
  const path = `/api/lab/runs/${encodeURIComponent(run.id)}/questions?offset=${offset}&limit=${pageSize}&at=${run.figuresAt}`;
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center justify-between gap-3">
        <h2 className="text-md font-semibold">By question</h2>
        {run.settings.length > 1 && (
          <select
            aria-label="Point whose samples are shown"
            className="h-9 max-w-full rounded-md border border-line bg-surface px-2.5 text-sm pointer-coarse:h-10 pointer-coarse:text-lg"
            value={setting}
            onChange={(event) => onSetting(Number(event.currentTarget.value))}
          >
            {run.settings.map((each) => (
              <option key={each.index} value={each.index}>
                {settingWords(each)}
              </option>
            ))}
          </select>
        )}
      </div>
      <Rows {...props} path={path} />
      <div className="mt-2 flex items-center justify-between gap-3 text-sm text-ink-muted tabular-nums">
        <span>
          Questions {formatCount(Math.min(offset + 1, run.facts.questionCount))} to{' '}
          {formatCount(Math.min(offset + pageSize, run.facts.questionCount))} of {formatCount(run.facts.questionCount)}
        </span>
        <span className="flex gap-1">
          <Button tone="quiet" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - pageSize))}>
            Earlier
          </Button>
          <Button
            tone="quiet"
            disabled={offset + pageSize >= run.facts.questionCount}
            onClick={() => setOffset(offset + pageSize)}
          >
            Later
          </Button>
        </span>
      </div>
    </>
  );
}

const cell = 'px-2 py-2 align-top first:pl-0 last:pr-0';

function Rows(props: { setting: number; onOpen: (question: number) => void; path: string }) {
  const { setting, onOpen, path } = props;
  const load = useLoaded<Page<QuestionRow>>(path);
  const [shown, setShown] = useState<Page<QuestionRow>>();
  // the page before stays while the next is read
  if (load.state === 'ready' && load.value !== shown) setShown(load.value);
  if (load.state === 'failed') return <p className="text-sm text-danger">{load.reason}</p>;
  if (!shown) return <p className="text-sm text-ink-muted">…</p>;
  return (
    <ScrollTable
      label="Questions of this point"
      head={['Question', 'Key', 'Samples', 'Most said', 'Thinking']}
      className="max-h-160 overflow-auto"
      headClassName={`text-left font-normal ${cell}`}
    >
      {shown.items.map((row) => {
        const own = row.cells.find((each) => each.setting === setting);
        return (
          <tr key={row.index} className="border-t border-line">
            <th scope="row" className={`min-w-48 font-normal ${cell}`}>
              <button
                type="button"
                className="line-clamp-2 text-left wrap-anywhere text-accent underline-offset-2 hover:underline pointer-coarse:min-h-10"
                onClick={() => onOpen(row.index)}
              >
                {row.question.question.slice(0, 300)}
              </button>
            </th>
            <td className={`max-w-32 truncate ${cell}`}>{row.question.answer.slice(0, 80)}</td>
            <td className={cell}>{own && <Marks cell={own} />}</td>
            <td className={`max-w-40 truncate ${cell}`}>
              {own?.votes[0] && (
                <>
                  <span className={own.votes[0].right ? 'text-good' : 'text-danger'}>
                    {own.votes[0].answer.slice(0, 60)}
                  </span>{' '}
                  <span className="text-ink-muted">{formatCounted(own.votes[0].count, 'vote')}</span>
                </>
              )}
            </td>
            <td className={cell}>{own?.thinkingTokens === undefined ? '–' : formatCount(own.thinkingTokens)}</td>
          </tr>
        );
      })}
    </ScrollTable>
  );
}

/** A bar of the ways in which a question's samples ended, and how many are right. */
function Marks({ cell: { states, right } }: { cell: QuestionCell }) {
  const parts = endStates.flatMap((state) => (states[state] ? [{ state, count: states[state] }] : []));
  const over = parts.reduce((sum, { count }) => sum + count, 0);
  const open = (states.planned ?? 0) + (states.running ?? 0);
  const words = parts.map(({ state, count }) => `${count} ${stateWords[state]}`).join(', ');
  return (
    <span className="flex items-center gap-2" title={words || undefined}>
      <span className="flex h-2.5 w-24 overflow-hidden rounded-sm bg-ink/6 forced-color-adjust-none" aria-hidden>
        {parts.map(({ state, count }) => (
          <span
            key={state}
            style={{ width: `${(count / Math.max(1, over + open)) * 100}%`, backgroundColor: stateColors[state] }}
          />
        ))}
      </span>
      <span className="whitespace-nowrap">
        {formatCount(right)}/{formatCount(over)}
        {open > 0 && over <= mostMarks && <span className="text-ink-muted"> +{formatCount(open)}</span>}
      </span>
      <span className="sr-only">{words}</span>
    </span>
  );
}
