'use client';

import type { PlotOptions } from '@observablehq/plot';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { formatCount, formatDuration, formatMoment, formatShortCount } from '../../lib/quantity-words.ts';
import { maxPoints, type TokenLog, type TokenLogPoint } from '../../lib/token-log.ts';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { PlotChart, type PlotLibrary } from '../charts/plot-chart.tsx';
import { colorsOf, modelKeyOf, otherColor } from './model-colors.ts';
import { margins, powersIn, tip } from '../charts/plot-frame.ts';

/** So many of the newest stand in a chart's table. */
const tableRows = 200;

interface ScatterPoint {
  id: string;
  x: number;
  y: number;
  href: string;
  color: string;
  title: string;
  /** The same, to be read aloud. */
  words: string;
}

/** How long the thinking took, for how much of it. */
export function ThinkingAgainstTime({ log }: { log: TokenLog }) {
  const points = log.points.filter((p) => p.reasoningTokens > 0 && (p.thinkingMs ?? 0) > 0);
  return (
    <PointChart
      log={log}
      points={points}
      title="Thinking against time"
      note="How many seconds of thinking, for how many tokens. A press opens the message."
      axes={{ x: 'thinking tokens →', y: '↑ seconds' }}
      yOf={(point) => (point.thinkingMs ?? 0) / 1000}
      tickY={(n) => `${n < 1 ? Number(n.toPrecision(1)) : formatShortCount(n)} s`}
    />
  );
}

/** How much is said, for how much was thought. */
export function ThinkingAgainstAnswer({ log }: { log: TokenLog }) {
  const points = log.points.filter((p) => p.reasoningTokens > 0);
  return (
    <PointChart
      log={log}
      points={points}
      title="Thinking against answer"
      note="What was thought, and what was said of it; an answer that never came lies on the floor."
      axes={{ x: 'thinking tokens →', y: '↑ answer tokens' }}
      yOf={(point) => Math.max(1, point.answerTokens)}
      tickY={formatShortCount}
    />
  );
}

function PointChart(props: {
  log: TokenLog;
  points: readonly TokenLogPoint[];
  title: string;
  note: string;
  axes: { x: string; y: string };
  yOf: (point: TokenLogPoint) => number;
  tickY: (n: number) => string;
}) {
  const { log, points, axes, yOf, tickY } = props;
  const router = useRouter();
  const colors = new Map(colorsOf(log).map((color) => [color.key, color]));
  const colorOf = (point: TokenLogPoint) => colors.get(modelKeyOf(point));
  const drawn: ScatterPoint[] = points.map((point) => {
    const told = [
      colorOf(point)?.label ?? point.modelKey,
      `Thinking ${formatCount(point.reasoningTokens)}${point.thinkingMs === undefined ? '' : ` in ${formatDuration(point.thinkingMs)}`}`,
      `Answer ${formatCount(point.answerTokens)}`,
      formatMoment(point.queuedAt),
    ];
    return {
      id: point.id,
      x: point.reasoningTokens,
      y: yOf(point),
      href: hrefOf(point),
      color: colorOf(point)?.color ?? otherColor,
      title: told.join('\n'),
      words: told.join(', '),
    };
  });
  const limited = log.points.length === maxPoints ? `The newest ${formatCount(maxPoints)} generations. ` : '';
  return (
    <ChartFigure
      title={props.title}
      note={limited + props.note}
      table={{
        head: ['Message', 'Model', 'Thinking', 'Time', 'Answer'],
        rows: points.slice(0, tableRows).map((point) => ({
          key: point.id,
          cells: [
            <Link key="to" href={hrefOf(point)} prefetch={false} className="text-accent underline underline-offset-2">
              {formatMoment(point.queuedAt)}
            </Link>,
            colorOf(point)?.label,
            formatCount(point.reasoningTokens),
            point.thinkingMs === undefined ? '–' : formatDuration(point.thinkingMs),
            formatCount(point.answerTokens),
          ],
        })),
        ...(points.length > tableRows && {
          note: `The newest ${tableRows} of ${formatCount(points.length)}; all are in the files.`,
        }),
      }}
    >
      {points.length === 0 ? (
        <p className="py-2 text-sm text-ink-muted">Nothing that thought in view.</p>
      ) : (
        <PlotChart
          label={`${props.title}: ${formatCount(points.length)} generations, each a point. The arrow keys go through them; the table lists them with their links.`}
          draw={(plot, width) => drawPoints(plot, width, { drawn, axes, tickY })}
          onOpen={(href) => router.push(href)}
        />
      )}
    </ChartFigure>
  );
}

function hrefOf(point: TokenLogPoint): string {
  return `/c/${point.conversationId}#${point.id}`;
}

function drawPoints(
  plot: PlotLibrary,
  width: number,
  { drawn, axes, tickY }: { drawn: ScatterPoint[]; axes: { x: string; y: string }; tickY: (n: number) => string },
): PlotOptions {
  const channels = { x: 'x', y: 'y' };
  const [xs, ys] = [domainOf(drawn.map((p) => p.x)), domainOf(drawn.map((p) => p.y))];
  return {
    ...margins,
    marginTop: 22,
    width,
    height: 280,
    x: { type: 'log', label: axes.x, grid: true, domain: xs, ticks: powersIn(...xs), tickFormat: formatShortCount },
    y: { type: 'log', label: axes.y, grid: true, domain: ys, ticks: powersIn(...ys), tickFormat: tickY },
    marks: [
      plot.dot(drawn, {
        ...channels,
        fill: 'color',
        fillOpacity: 0.75,
        stroke: 'var(--surface)',
        strokeWidth: 0.75,
        r: drawn.length > 400 ? 2.75 : 4,
        href: 'href',
        ariaLabel: 'words',
      }),
      plot.tip(drawn, plot.pointer({ ...channels, ...tip, title: 'title', maxRadius: 24 })),
    ],
  };
}

/** Whole powers of ten around the figures, two apart at least. */
function domainOf(figures: readonly number[]): [number, number] {
  const low = Math.floor(Math.log10(Math.min(...figures)));
  const high = Math.max(Math.ceil(Math.log10(Math.max(...figures))), low + 1);
  return [10 ** low, 10 ** high];
}
