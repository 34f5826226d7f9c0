'use client';

import { ChevronDown } from 'lucide-react';
import Link from 'next/link';
import type { Message } from '../../lib/conversation.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import { computeAddressOf } from '../../lib/token-log.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { formatCost, formatCount, formatDuration } from '../../lib/quantity-words.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { useClock } from '../answer/use-clock.ts';
import { Swatch } from '../charts/swatch.tsx';
import { Button, buttonLook } from '../ui/button.tsx';
import { useShortWindow } from '../ui/short-window.ts';
import { useStored, writeStored } from '../ui/stored.ts';
import { barsOf, type Figures, figuresOf } from './figures.ts';
import { toneInk } from './state-mark.tsx';
import { useCalmViews } from './use-calm-views.ts';
import { lazyPart } from '../ui/lazy-part.tsx';

const AgreementLine = lazyPart(() => import('./agreement-line.tsx'));

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
  const stored = useStored(foldedKey);
  const short = useShortWindow();
  const folded = stored ? stored === 'folded' : short;
  if (views.every((view) => view === undefined)) return null;

  const figures = views.map((view) => view && figuresOf(view, now));
  const bars = barsOf(figures.map((f) => f ?? { reasoningTokens: 0, answerTokens: 0 }));
  return (
    <section
      data-uncopied
      className={`flex-none border-line bg-sunken/55 px-3 pt-1 max-md:flex-1 max-md:border-t max-md:bg-transparent max-md:not-data-shown:hidden md:border-b print:mt-6 print:block print:border-t print:bg-transparent ${folded ? 'pb-1' : 'pb-2'}`}
      aria-label="Summary"
      data-shown={props.shown || undefined}
    >
      <header className="flex min-h-8 flex-wrap items-center gap-x-2.5 text-sm">
        <Button
          tone="quiet"
          aria-expanded={!folded}
          onClick={() => writeStored(foldedKey, folded ? (short ? 'open' : undefined) : 'folded')}
        >
          <ChevronDown aria-hidden size={14} className={`transition-transform ${folded ? '-rotate-90' : ''}`} />
          Summary
        </Button>
        <div className="min-w-0 flex-1 py-1 max-md:order-2 max-md:basis-full max-md:px-2 max-md:empty:hidden">
          {running ? (
            progressWords(figures)
          ) : (
            <AgreementLine
              answers={views.flatMap((view, i) =>
                view ? [{ label: nameOf(columns[i]), text: finishedText(view) }] : [],
              )}
            />
          )}
        </div>
        <span className="grow md:hidden" />
        {!running && (
          <Link
            href={computeAddressOf(props.store.getView().id)}
            prefetch={false}
            className={buttonLook('quiet')}
            title="Tokens, time and cost of all its turns"
          >
            What it cost
          </Link>
        )}
        <span className="flex flex-none items-center gap-1.5 pr-2 text-xs text-ink-muted" aria-hidden>
          <Swatch color="var(--thinking)" /> thinking
          <Swatch color="var(--answer)" className="ml-2" /> answer
        </span>
      </header>
      <table
        className={`block max-h-46 overflow-y-auto px-2 text-sm tabular-nums max-md:max-h-none print:max-h-none ${folded ? 'md:hidden' : ''}`}
      >
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
        <tbody className="grid grid-cols-[minmax(6rem,max-content)_minmax(8rem,1fr)_repeat(4,max-content)] gap-x-5 gap-y-0.5 max-md:grid-cols-[minmax(0,1fr)_repeat(3,max-content)] max-md:gap-y-0">
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

const figureLook = 'text-right whitespace-nowrap text-ink-muted';

function SummaryRow(props: {
  label: string;
  detail: string;
  figures: Figures | undefined;
  bar: { reasoning: number; answer: number };
}) {
  const { label, detail, figures, bar } = props;
  return (
    <tr className="col-span-full grid min-h-6.5 grid-cols-subgrid items-center border-line max-md:gap-y-1 max-md:border-t max-md:py-2.5">
      <th scope="row" className="max-w-64 truncate text-left font-medium max-md:col-span-full max-md:max-w-none">
        {label} {detail && <span className="font-normal text-ink-muted">{detail}</span>}
      </th>
      <td className="max-md:col-span-full">
        <svg
          aria-hidden
          className="block h-2 w-full overflow-hidden rounded-full forced-color-adjust-none"
          viewBox="0 0 100 4"
          preserveAspectRatio="none"
        >
          <rect width="100" height="4" className="fill-ink/4" />
          <rect width={100 * bar.reasoning} height="4" className="fill-thinking" />
          <rect x={100 * bar.reasoning} width={100 * bar.answer} height="4" className="fill-answer" />
        </svg>
      </td>
      <td className={`max-md:justify-self-start ${figureLook}`}>
        {figures && (
          <>
            <span className="text-ink">{formatCount(figures.reasoningTokens)}</span> +{' '}
            <span className="text-ink">{formatCount(figures.answerTokens)}</span>
          </>
        )}
      </td>
      <td className={figureLook}>{figures?.totalMs !== undefined && formatDuration(figures.totalMs)}</td>
      <td className={figureLook}>{figures?.cost !== undefined && formatCost(figures.cost)}</td>
      <td className={`whitespace-nowrap ${toneInk[figures?.tone ?? 'quiet']}`}>{figures?.state ?? 'Not asked'}</td>
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
