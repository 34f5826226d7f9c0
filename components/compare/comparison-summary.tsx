'use client';

import { ChevronDown } from 'lucide-react';
import Link from 'next/link';
import { lazy, Suspense } from 'react';
import type { Message } from '../../lib/conversation.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import { computeAddressOf } from '../../lib/token-log.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { formatCost, formatCount, formatDuration } from '../../lib/quantity-words.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { useClock } from '../answer/use-clock.ts';
import { useStored, writeStored } from '../ui/stored.ts';
import { barsOf, type Figures, figuresOf } from './figures.ts';
import { useCalmViews } from './use-calm-views.ts';

const AgreementLine = lazy(() => import('./agreement-line.tsx'));

const foldedKey = 'thinkglass:compare-summary';

/** The last answers of all columns beside each other: their tokens on one scale, their time, their cost, their end. */
export function ComparisonSummary(props: {
  store: ConversationStore;
  columns: readonly { id: string; label: string; detail: string }[];
  /** The last answer of each column, if it was asked what was asked last. */
  answers: readonly (Message | undefined)[];
  shown: boolean;
}) {
  const { columns } = props;
  const views = useCalmViews(props.store, props.answers);
  const running = views.some((view) => view && view.state.phase !== 'done');
  const now = useClock(running);
  const folded = useStored(foldedKey) === 'folded';
  if (views.every((view) => view === undefined)) return null;

  const figures = views.map((view) => view && figuresOf(view, now));
  const bars = barsOf(figures.map((f) => f ?? { reasoningTokens: 0, answerTokens: 0 }));
  return (
    <section
      className="compare-summary"
      aria-label="Summary"
      data-folded={folded || undefined}
      data-shown={props.shown || undefined}
    >
      <header className="compare-summary-head">
        <button
          type="button"
          className="quiet-button"
          aria-expanded={!folded}
          onClick={() => writeStored(foldedKey, folded ? undefined : 'folded')}
        >
          <ChevronDown aria-hidden size={14} className="compare-chevron" />
          Summary
        </button>
        <div className="compare-verdict">
          {running ? (
            progressWords(figures)
          ) : (
            <Suspense>
              <AgreementLine
                answers={views.flatMap((view, i) =>
                  view ? [{ label: nameOf(columns[i]), text: finishedText(view) }] : [],
                )}
              />
            </Suspense>
          )}
        </div>
        <span className="grow" />
        {!running && (
          <Link
            href={computeAddressOf(props.store.getView().id)}
            prefetch={false}
            className="quiet-button"
            title="Tokens, time and cost of all its turns"
          >
            What it cost
          </Link>
        )}
        <span className="compare-legend" aria-hidden>
          <span className="compare-legend-thinking" /> thinking
          <span className="compare-legend-answer" /> answer
        </span>
      </header>
      <table className="compare-table">
        <thead className="sr-only">
          <tr>
            <th>Column</th>
            <th>Tokens</th>
            <th>Thinking</th>
            <th>Answer</th>
            <th>Time</th>
            <th>Cost</th>
            <th>End</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ id, label, detail }, i) => (
            <SummaryRow
              key={id}
              label={label}
              detail={detail}
              figures={figures[i]}
              bar={bars[i] ?? { reasoning: 0, answer: 0 }}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function SummaryRow(props: {
  label: string;
  detail: string;
  figures: Figures | undefined;
  bar: { reasoning: number; answer: number };
}) {
  const { label, detail, figures, bar } = props;
  return (
    <tr>
      <th scope="row">
        {label} {detail && <span className="compare-row-detail">{detail}</span>}
      </th>
      <td className="compare-bar-cell">
        <svg aria-hidden className="compare-bars" viewBox="0 0 100 4" preserveAspectRatio="none">
          <rect width="100" height="4" className="compare-bars-ground" />
          <rect width={100 * bar.reasoning} height="4" className="token-bar-thinking" />
          <rect x={100 * bar.reasoning} width={100 * bar.answer} height="4" className="token-bar-answer" />
        </svg>
      </td>
      <td className="compare-tokens">
        {figures && (
          <>
            <span>{formatCount(figures.reasoningTokens)}</span> + <span>{formatCount(figures.answerTokens)}</span>
          </>
        )}
      </td>
      <td>{figures?.totalMs !== undefined && formatDuration(figures.totalMs)}</td>
      <td>{figures?.cost !== undefined && formatCost(figures.cost)}</td>
      <td className="compare-state" data-tone={figures?.tone}>
        {figures?.state ?? 'Not asked'}
      </td>
    </tr>
  );
}

function nameOf(column: { label: string; detail: string } | undefined): string {
  return [column?.label, column?.detail].filter(Boolean).join(', ');
}

/** The answer, if it was given to its end. */
function finishedText({ state }: GenerationView): string {
  return state.finish?.outcome === 'complete' ? textOfKind(state.segments, 'answer') : '';
}

function progressWords(figures: readonly (Figures | undefined)[]): string {
  const asked = figures.filter((f) => f !== undefined);
  const done = asked.filter((f) => !f.running).length;
  return done === 0 ? '' : `${done} of ${asked.length} are done`;
}
