'use client';

import { PageTitle } from '../client/page-title.tsx';
import { useSearchParams } from 'next/navigation';
import type { ShownTokenLog, TokenLog } from '../../lib/token-log.ts';
import { Button } from '../ui/button.tsx';
import { addressOf, type ComputeView, parseView } from './address.ts';
import { ModelLegend } from './color-legend.tsx';
import { ComputeFigures } from './compute-figures.tsx';
import { ComputeFilters } from './compute-filters.tsx';
import { ModelTable } from './model-table.tsx';
import { NothingAsked } from './nothing-asked.tsx';
import { ThinkingLengths } from './thinking-lengths.tsx';
import { ThinkingAgainstAnswer, ThinkingAgainstTime } from './thinking-points.tsx';
import { TokenLogFiles } from './token-log-files.tsx';
import { TokensOverTime } from './tokens-over-time.tsx';
import { useTokenLog } from './use-token-log.ts';
import { formatCount } from '../../lib/quantity-words.ts';

/** What the thinking cost over a period: sums, middles and charts, narrowed by what the address says. */
export function ComputeScreen() {
  const view = parseView(useSearchParams());
  const { loaded, loading, problem, reload } = useTokenLog(view);
  const show = (next: ComputeView) => window.history.pushState(null, '', addressOf(next));
  const isEmpty = loaded && loaded.log.choices.length === 0;
  return (
    <main className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain print:overflow-visible">
      <PageTitle of="Compute · Thinkglass" />
      <div className="mx-auto flex max-w-page flex-col gap-4 px-3.5 pt-5 pb-12 lg:gap-5 lg:px-6 lg:pt-7 lg:pb-16">
        <header>
          <h1 className="font-serif text-xl leading-tight tracking-tight">Compute</h1>
          <p className="text-ink-muted">
            What the thinking cost: tokens, time and money of{' '}
            {view.conversation ? 'one conversation, with all its branches' : 'all that you asked'}.
          </p>
        </header>
        {!isEmpty && (
          <ComputeFilters
            view={view}
            choices={loaded?.log.choices ?? []}
            title={titleOf(loaded?.log, view, loading)}
            onChange={show}
          />
        )}
        {problem && (
          <p
            role="alert"
            className="flex flex-wrap items-center gap-3 rounded-md bg-danger-soft px-3.5 py-2.5 text-base text-danger"
          >
            {problem} <Button onClick={reload}>Try again</Button>
          </p>
        )}
        {isEmpty ? (
          <NothingAsked />
        ) : (
          <div
            className={`flex flex-col gap-5 transition-opacity ${loading && loaded ? 'opacity-60' : ''}`}
            aria-busy={loading}
          >
            {loaded ? <Shown {...loaded} view={view} onShow={show} /> : !problem && <Skeleton />}
          </div>
        )}
      </div>
    </main>
  );
}

/** Of the view's conversation; null when there is none, undefined while the figures of another view are still shown. */
function titleOf(log: ShownTokenLog | undefined, view: ComputeView, loading: boolean): string | null | undefined {
  if (log?.conversation && log.conversation.id === view.conversation) return log.conversation.title;
  return loading || !log ? undefined : null;
}

const card = 'min-w-0 rounded-lg border border-line bg-surface px-3.5 pt-4 shadow-small lg:px-5 lg:pt-4.5';

function Shown(props: { log: TokenLog; query: string; view: ComputeView; onShow: (view: ComputeView) => void }) {
  const { log, query, view, onShow } = props;
  if (log.totals.generations === 0) {
    return (
      <section className="mx-auto mt-[10vh] flex max-w-sm flex-col items-center gap-3 text-center">
        <h2 className="font-serif text-xl tracking-tight">Nothing here</h2>
        <p className="text-pretty text-ink-muted">Nothing was asked that fits these filters.</p>
        <Button onClick={() => onShow({ period: 'all' })}>Show all there is</Button>
      </section>
    );
  }
  const choose = (provider: string, model: string) => onShow({ ...view, provider, model });
  return (
    <>
      <RecordingNote log={log} view={view} onShow={onShow} />
      <ComputeFigures totals={log.totals} />
      <div className="grid grid-cols-1 gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className={`${card} pb-3 lg:pb-4`}>
          <TokensOverTime log={log} />
        </div>
        <div className={`${card} pb-3 lg:pb-4`}>
          <ThinkingLengths log={log} />
        </div>
      </div>
      <ModelLegend log={log} />
      <div className="grid grid-cols-1 gap-5 xl:grid-cols-2">
        <div className={`${card} pb-3 lg:pb-4`}>
          <ThinkingAgainstTime log={log} />
        </div>
        <div className={`${card} pb-3 lg:pb-4`}>
          <ThinkingAgainstAnswer log={log} />
        </div>
      </div>
      <section className={`${card} pb-0`}>
        <h2 className="mb-2 text-md font-semibold">By model</h2>
        <ModelTable log={log} onChoose={choose} />
      </section>
      <TokenLogFiles log={log} query={query} />
    </>
  );
}

/** Recordings are nobody's compute; they are shown, and said to be there. */
function RecordingNote({
  log,
  view,
  onShow,
}: {
  log: TokenLog;
  view: ComputeView;
  onShow: (view: ComputeView) => void;
}) {
  const { recordings, generations } = log.totals;
  if (recordings === 0 || view.recordings === 'only') return null;
  const which =
    recordings === generations ? 'All of these' : `${formatCount(recordings)} of ${formatCount(generations)}`;
  return (
    <p className="text-sm text-ink-muted">
      {which} {recordings === 1 && recordings !== generations ? 'is a recording' : 'are recordings'}: replayed, not
      thought anew.{' '}
      {recordings < generations && (
        <button
          type="button"
          className="text-accent underline underline-offset-2"
          onClick={() => onShow({ ...view, recordings: 'none' })}
        >
          Leave them out
        </button>
      )}
    </p>
  );
}

function Skeleton() {
  return (
    <div className="grid gap-5">
      <span className="sr-only" role="status">
        Reading the token log…
      </span>
      {['figures', 'charts', 'points'].map((part) => (
        <span key={part} className="h-48 rounded-lg bg-ink/4" />
      ))}
    </div>
  );
}
