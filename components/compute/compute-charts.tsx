'use client';

import type { PlotOptions } from '@observablehq/plot';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { nextStep, type SeriesStep } from '../../lib/local-days.ts';
import { maxPoints, thinkingEdges, type TokenLog, type TokenLogPoint } from '../../lib/token-log.ts';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { PlotChart, type PlotLibrary } from '../charts/plot-chart.tsx';
import { colorsOf, type ModelColor, modelKeyOf, swatchOf } from './model-colors.ts';
import {
  formatCount,
  formatCounted,
  formatDayOfYear,
  formatDuration,
  formatMoment,
  formatShare,
  formatShortCount,
} from '../../lib/quantity-words.ts';
import { stepLabel, stepWords } from './words.ts';

const base = { marginLeft: 44, marginRight: 12, marginTop: 12, marginBottom: 34 } as const;
const tip = { fill: 'var(--surface)', stroke: 'var(--line)', textPadding: 9, lineHeight: 1.35 } as const;
const tableRows = 200;

/** Thinking and answer tokens, stacked, over the period. */
export function TokensOverTime({ log }: { log: TokenLog }) {
  const { series, step, totals } = log;
  const label = `Tokens by ${stepWords[step]}: ${formatCount(totals.reasoningTokens)} of thinking and ${formatCount(totals.answerTokens)} of answers.`;
  return (
    <ChartFigure
      title="Tokens over time"
      note={
        <span className="chart-legend">
          <span style={swatchOf('var(--chart-thinking)')}>Thinking</span>
          <span style={swatchOf('var(--chart-answer)')}>Answer</span>
          <span>by {stepWords[step]}</span>
        </span>
      }
      table={{
        head: [stepWords[step], 'Thinking', 'Answer', 'Prompt', 'Generations'],
        rows: [...series].reverse().map((s) => ({
          key: s.start,
          cells: [
            stepLabel(step, s.start),
            formatCount(s.reasoningTokens),
            formatCount(s.answerTokens),
            formatCount(s.promptTokens),
            formatCount(s.generations),
          ],
        })),
      }}
    >
      <PlotChart label={label} draw={(plot, width) => drawSeries(plot, width, log)} />
    </ChartFigure>
  );
}

function momentOf(step: SeriesStep, start: string): number {
  return Date.parse(step === 'hour' ? `${start}:00Z` : step === 'month' ? `${start}-01` : start);
}

/** A bar for a single step would fill the chart: there are so many at least. */
const fewestSteps = 12;

function drawSeries(plot: PlotLibrary, width: number, { series, step, models }: TokenLog): PlotOptions {
  const bars = series.map((s) => {
    const x1 = momentOf(step, s.start);
    return { ...s, x1: new Date(x1), x2: new Date(nextStep(step, x1)), total: s.reasoningTokens + s.answerTokens };
  });
  const parts = bars.flatMap((bar) => [
    { ...bar, y1: 0, y2: bar.reasoningTokens, kind: 'var(--chart-thinking)' },
    { ...bar, y1: bar.reasoningTokens, y2: bar.total, kind: 'var(--chart-answer)' },
  ]);
  const last = bars.at(-1)?.x2.getTime() ?? 0;
  const unit = (bars[0]?.x2.getTime() ?? 0) - (bars[0]?.x1.getTime() ?? 0);
  const first = Math.min(bars[0]?.x1.getTime() ?? 0, last - fewestSteps * unit);
  return {
    ...base,
    width,
    height: Math.max(276, lengthsHeight(models.filter((model) => model.thinking.count > 0).length)),
    x: {
      type: 'utc',
      label: null,
      domain: [new Date(first), new Date(last)],
      ...(step === 'hour' && { tickFormat: hourTick }),
    },
    y: { label: null, grid: true, ticks: 5, tickFormat: (n: number) => formatShortCount(n) },
    marks: [
      plot.rectY(parts, {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        fill: 'kind',
        insetLeft: 0.5,
        insetRight: 0.5,
        rx: 1,
      }),
      plot.ruleY([0], { stroke: 'var(--line)' }),
      plot.tip(
        bars,
        plot.pointerX({
          ...tip,
          x: (bar) => new Date((bar.x1.getTime() + bar.x2.getTime()) / 2),
          y: 'total',
          title: (bar) =>
            `${stepLabel(step, bar.start)}\nThinking ${formatCount(bar.reasoningTokens)}\nAnswer ${formatCount(bar.answerTokens)}\nPrompt ${formatCount(bar.promptTokens)}\n${formatCounted(bar.generations, 'generation')}`,
        }),
      ),
    ],
  };
}

/** 14:00, with its day where that is not clear. */
function hourTick(at: Date, i: number): string {
  const time = at.toISOString().slice(11, 16);
  if (i > 0 && time !== '00:00') return time;
  return `${time}\n${formatDayOfYear(at.getTime(), 'UTC')}`;
}

const shownModels = 6;

/** The chart beside it is as high. */
function lengthsHeight(thinkers: number): number {
  return Math.max(150, Math.min(thinkers, shownModels) * 58 + 46);
}

/** How long each model thinks, on a logarithmic axis, one below the other. */
export function ThinkingLengths({ log }: { log: TokenLog }) {
  const colors = new Map(colorsOf(log).map((color) => [color.key, color]));
  const thinkers = log.models.filter((model) => model.thinking.count > 0);
  const shown = thinkers.slice(0, shownModels);
  const named = shown.map((model) => ({ model, color: colors.get(modelKeyOf(model)) }));
  const label = `Lengths of thinking: ${shown
    .map((m) => `${m.modelLabel}, half of them under ${formatCount(m.thinking.median ?? 0)} tokens`)
    .join('; ')}.`;
  return (
    <ChartFigure
      title="How long they think"
      note={`Thinking tokens of a generation, by model; the line is the median.${thinkers.length > shown.length ? ` The ${shown.length} that wrote most.` : ''}`}
      table={{
        head: ['Model', 'Thoughts', 'Median', '90th percentile'],
        rows: thinkers.map((model) => ({
          key: modelKeyOf(model),
          cells: [
            colors.get(modelKeyOf(model))?.label,
            formatCount(model.thinking.count),
            formatCount(model.thinking.median ?? 0),
            formatCount(model.thinking.p90 ?? 0),
          ],
        })),
      }}
    >
      <PlotChart label={label} draw={(plot, width) => drawLengths(plot, width, named)} />
    </ChartFigure>
  );
}

function drawLengths(
  plot: PlotLibrary,
  width: number,
  named: readonly { model: TokenLog['models'][number]; color: ModelColor | undefined }[],
): PlotOptions {
  const bins = named.flatMap(({ model, color }) => {
    // The shape is what is compared: one that thought once must not flatten the others.
    const most = Math.max(...model.thinkingLengths);
    return model.thinkingLengths.flatMap((n, i) => {
      const x1 = thinkingEdges[i] ?? 1;
      const x2 = thinkingEdges[i + 1] ?? x1 * 2;
      const height = n / most;
      const share = n / model.thinking.count;
      return n === 0 ? [] : [{ facet: color?.key, fill: color?.color, x1, x2, n, height, share }];
    });
  });
  const lines = named.map(({ model, color }) => ({
    facet: color?.key,
    label: color?.label ?? model.modelLabel,
    median: model.thinking.median ?? 0,
  }));
  const lowest = Math.min(...bins.map((bin) => bin.x1), 10);
  const highest = Math.max(...bins.map((bin) => bin.x2), lowest * 100);
  return {
    ...base,
    marginLeft: 12,
    width,
    height: lengthsHeight(named.length),
    x: {
      type: 'log',
      label: 'thinking tokens →',
      domain: [lowest, highest],
      ticks: powersIn(lowest, highest),
      tickFormat: formatShortCount,
    },
    y: { axis: null, domain: [0, 1.5] },
    fy: { axis: null, domain: named.map(({ color }) => color?.key ?? ''), padding: 0.12 },
    marks: [
      plot.ruleY([0], { stroke: 'var(--line)' }),
      plot.rectY(bins, {
        fy: 'facet',
        x1: 'x1',
        x2: 'x2',
        y: 'height',
        fill: 'fill',
        fillOpacity: 0.85,
        inset: 0.5,
        rx: 1.5,
      }),
      plot.ruleX(lines, {
        fy: 'facet',
        x: 'median',
        y1: 0,
        y2: 1.1,
        stroke: 'var(--ink)',
        strokeWidth: 1.25,
      }),
      plot.text(lines, {
        fy: 'facet',
        text: (line) => line.label,
        frameAnchor: 'top-left',
        fill: 'var(--ink)',
        fontSize: 12,
        fontWeight: 500,
        dy: 1,
      }),
      plot.text(lines, {
        fy: 'facet',
        text: (line) => `median ${formatShortCount(line.median)}`,
        frameAnchor: 'top-right',
        fontSize: 11,
        dy: 2,
      }),
      plot.tip(
        bins,
        plot.pointer({
          ...tip,
          fy: 'facet',
          x: (bin) => Math.sqrt(bin.x1 * bin.x2),
          y: 'height',
          title: (bin) =>
            `${formatCount(bin.x1)} to ${formatCount(bin.x2)} tokens\n${formatCounted(bin.n, 'thought')}, ${formatShare(bin.share)}`,
        }),
      ),
    ],
  };
}

/** Powers of ten alone are named on a logarithmic axis. */
function powersIn(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  return Array.from({ length: Math.floor(Math.log10(high) + 1e-9) - first + 1 }, (_, i) => 10 ** (first + i));
}

interface ScatterPoint {
  id: string;
  x: number;
  y: number;
  href: string;
  color: string;
  title: string;
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
  const drawn: ScatterPoint[] = points.map((point) => ({
    id: point.id,
    x: point.reasoningTokens,
    y: yOf(point),
    href: hrefOf(point),
    color: colorOf(point)?.color ?? 'var(--chart-other)',
    title: [
      colorOf(point)?.label ?? point.modelKey,
      `Thinking ${formatCount(point.reasoningTokens)}${point.thinkingMs === undefined ? '' : ` in ${formatDuration(point.thinkingMs)}`}`,
      `Answer ${formatCount(point.answerTokens)}`,
      formatMoment(point.queuedAt),
    ].join('\n'),
  }));
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
            <Link key="to" href={hrefOf(point)} prefetch={false}>
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
        <p className="compute-nothing">Nothing that thought in view.</p>
      ) : (
        <PlotChart
          label={`${props.title}: ${formatCount(points.length)} generations, each a point. The table lists them with their links.`}
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
    ...base,
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
