'use client';

import { Download } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import type { ShownTokenLog, TokenLog } from '../../lib/token-log.ts';
import { Button } from '../ui/button.tsx';
import { addressOf, type ComputeView, parseView } from './address.ts';
import { ThinkingAgainstAnswer, ThinkingAgainstTime, ThinkingLengths, TokensOverTime } from './compute-charts.tsx';
import { ComputeFigures } from './compute-figures.tsx';
import { ComputeFilters } from './compute-filters.tsx';
import { colorsOf, swatchOf } from './model-colors.ts';
import { ModelTable } from './model-table.tsx';
import { useTokenLog } from './use-token-log.ts';
import { formatCount } from '../../lib/quantity-words.ts';
import { stepWords } from './words.ts';
import './compute.css';

/** What the thinking cost over a period: sums, middles and charts, narrowed by what the address says. */
export function ComputeScreen() {
  const view = parseView(useSearchParams());
  const { loaded, loading, problem, reload } = useTokenLog(view);
  const show = (next: ComputeView) => window.history.pushState(null, '', addressOf(next));
  const isEmpty = loaded && loaded.log.choices.length === 0;
  return (
    <main className="compute">
      <title>Compute · Thinkglass</title>
      <div className="compute-frame">
        <header className="compute-head">
          <h1>Compute</h1>
          <p>
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
          <p role="alert" className="compute-problem">
            {problem} <Button onClick={reload}>Try again</Button>
          </p>
        )}
        {isEmpty ? (
          <Empty />
        ) : (
          <div className="compute-body" aria-busy={loading} data-stale={(loading && loaded !== undefined) || undefined}>
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

function Shown(props: { log: TokenLog; query: string; view: ComputeView; onShow: (view: ComputeView) => void }) {
  const { log, query, view, onShow } = props;
  if (log.totals.generations === 0) {
    return (
      <section className="compute-none">
        <h2>Nothing here</h2>
        <p>Nothing was asked that fits these filters.</p>
        <Button onClick={() => onShow({ period: 'all' })}>Show all there is</Button>
      </section>
    );
  }
  const choose = (provider: string, model: string) => onShow({ ...view, provider, model });
  return (
    <>
      <RecordingNote log={log} view={view} onShow={onShow} />
      <ComputeFigures totals={log.totals} />
      <div className="compute-pair compute-uneven">
        <div className="compute-card">
          <TokensOverTime log={log} />
        </div>
        <div className="compute-card">
          <ThinkingLengths log={log} />
        </div>
      </div>
      <Legend log={log} />
      <div className="compute-pair">
        <div className="compute-card">
          <ThinkingAgainstTime log={log} />
        </div>
        <div className="compute-card">
          <ThinkingAgainstAnswer log={log} />
        </div>
      </div>
      <div className="compute-card compute-by-model">
        <h2>By model</h2>
        <ModelTable log={log} onChoose={choose} />
      </div>
      <Files log={log} query={query} />
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
    <p className="compute-note">
      {which} {recordings === 1 && recordings !== generations ? 'is a recording' : 'are recordings'}: replayed, not
      thought anew.{' '}
      {recordings < generations && (
        <button type="button" onClick={() => onShow({ ...view, recordings: 'none' })}>
          Leave them out
        </button>
      )}
    </p>
  );
}

function Legend({ log }: { log: TokenLog }) {
  const colors = colorsOf(log);
  const others = colors.filter(({ color }) => color === 'var(--chart-other)').length;
  return (
    <p className="chart-legend compute-legend">
      {colors.slice(0, colors.length - others).map(({ key, label, color }) => (
        <span key={key} style={swatchOf(color)}>
          {label}
        </span>
      ))}
      {others > 0 && <span style={swatchOf('var(--chart-other)')}>{others} more</span>}
    </p>
  );
}

function Files({ log, query }: { log: TokenLog; query: string }) {
  const files = [
    ['models', 'By model'],
    ['series', `By ${stepWords[log.step]}`],
    ['log', `Every generation (${formatCount(log.totals.generations)})`],
  ] as const;
  return (
    <section className="compute-files" aria-labelledby="compute-files">
      <h2 id="compute-files">Take it with you</h2>
      <ul>
        {files.map(([of, words]) => (
          <li key={of}>
            <Download aria-hidden size={15} /> {words}
            {(['csv', 'jsonl'] as const).map((format) => (
              <a
                key={format}
                href={`/api/usage/export?${query}&of=${of}&format=${format}`}
                download
                aria-label={`${words} as ${format.toUpperCase()}`}
              >
                {format.toUpperCase()}
              </a>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Empty() {
  return (
    <section className="compute-none">
      <EmptySketch />
      <h2>Nothing has been asked yet</h2>
      <p>
        Every answer leaves a line in the token log: how much was thought, how much was said, how long it took and what
        it cost. Here you will see it over time and by model, and open the message behind every point.
      </p>
      <Link href="/" className="button button-primary">
        Ask something
      </Link>
    </section>
  );
}

const sketch = [14, 30, 22, 46, 38, 64, 52];

function EmptySketch() {
  return (
    <svg className="compute-sketch" viewBox="0 0 140 72" width="140" height="72" aria-hidden="true">
      {sketch.map((height, i) => (
        <g key={height}>
          <rect x={i * 20 + 3} y={72 - height} width="14" height={height * 0.7} rx="2" fill="var(--chart-answer)" />
          <rect
            x={i * 20 + 3}
            y={72 - height * 0.72}
            width="14"
            height={height * 0.72}
            rx="2"
            fill="var(--chart-thinking)"
          />
        </g>
      ))}
    </svg>
  );
}

function Skeleton() {
  return (
    <div className="compute-skeleton">
      <span className="sr-only" role="status">
        Reading the token log…
      </span>
      <span />
      <span />
      <span />
    </div>
  );
}
