'use client';

import type { PlotOptions } from '@observablehq/plot';
import { formatShortCount } from '../../lib/quantity-words.ts';
import { PlotChart, type PlotLibrary } from '../charts/plot-chart.tsx';
import { margins, powersIn, tip } from '../charts/plot-frame.ts';
import type { PlotPoint } from './plot-points.ts';

/** A level of somebody else's, drawn faintly across. */
export interface PlotLevel {
  name: string;
  value: number;
}

/** Shares against tokens or samples: points with error bars both ways, those of a series joined, nothing fitted. */
export function PointPlot(props: {
  label: string;
  points: readonly PlotPoint[];
  levels?: readonly PlotLevel[];
  x: { label: string; of: 'tokens' | 'samples' };
  onOpen: (id: string) => void;
}) {
  const { points, levels = [], x } = props;
  return (
    <PlotChart
      label={props.label}
      draw={(plot, width) => drawPoints(plot, width, { points, levels, x })}
      onOpen={(href) => props.onOpen(href.slice(1))}
    />
  );
}

function drawPoints(
  plot: PlotLibrary,
  width: number,
  {
    points,
    levels,
    x,
  }: { points: readonly PlotPoint[]; levels: readonly PlotLevel[]; x: { label: string; of: string } },
): PlotOptions {
  const channels = { x: 'x', y: 'y', stroke: 'color' } as const;
  const ordered = [...points].sort((a, b) => a.x - b.x);
  const isNarrow = width < 560;
  const shown = points.filter(({ isJoint }) => !isJoint);
  const line = (dashed: boolean) =>
    plot.line(
      ordered.filter((point) => point.dashed === dashed),
      { ...channels, z: 'series', strokeWidth: 1.5, strokeOpacity: 0.7, ...(dashed && { strokeDasharray: '4 3' }) },
    );
  return {
    ...margins,
    marginLeft: 50,
    marginTop: 22,
    marginRight: levels.length > 0 && !isNarrow ? 190 : 24,
    width,
    height: Math.max(300, Math.min(440, width * 0.5)),
    x: axisOf(points, x),
    y: {
      label: '↑ right',
      domain: [0, 1],
      grid: true,
      ticks: 5,
      tickFormat: (share: number) => `${Math.round(share * 100)} %`,
    },
    marks: [
      plot.ruleY([0], { stroke: 'var(--line)' }),
      plot.ruleY(levels, {
        y: 'value',
        stroke: 'var(--ink-muted)',
        strokeOpacity: 0.55,
        strokeDasharray: '6 3',
      }),
      plot.text(spread(levels), {
        y: 'at',
        text: 'words',
        textAnchor: 'start',
        fontSize: 11,
        // beside the lines, or on them where there is no room beside
        ...(isNarrow ? { frameAnchor: 'left', dx: 4, dy: -6 } : { frameAnchor: 'right', dx: 6 }),
      }),
      line(false),
      line(true),
      plot.ruleX(shown, { ...channels, y: undefined, y1: 'y1', y2: 'y2', strokeWidth: 1.25, strokeOpacity: 0.55 }),
      plot.ruleY(
        shown.filter((point) => point.x2 > point.x1),
        { ...channels, x: undefined, x1: 'x1', x2: 'x2', strokeWidth: 1.25, strokeOpacity: 0.55 },
      ),
      plot.dot(shown, {
        x: 'x',
        y: 'y',
        fill: 'color',
        stroke: 'var(--surface)',
        strokeWidth: 1,
        symbol: (point: PlotPoint) => (point.dashed ? 'diamond' : 'circle'),
        r: 5,
        href: 'href',
        ariaLabel: 'words',
      }),
      plot.tip(shown, plot.pointer({ ...tip, x: 'x', y: 'y', title: 'title', maxRadius: 40 })),
    ],
  };
}

/** Names of levels that lie close are moved apart, in shares of the height. */
function spread(levels: readonly PlotLevel[]): { at: number; words: string }[] {
  let last = 2;
  return [...levels]
    .sort((a, b) => b.value - a.value)
    .map(({ name, value }) => {
      const at = Math.min(value, last - 0.045);
      last = at;
      return { at, words: `${name} ${Number((value * 100).toFixed(1))}` };
    });
}

function axisOf(points: readonly PlotPoint[], { label, of }: { label: string; of: string }): PlotOptions['x'] {
  const low = Math.min(...points.map(({ x1 }) => x1), Number.POSITIVE_INFINITY);
  const high = Math.max(...points.map(({ x2 }) => x2), 1);
  if (of === 'samples') {
    const ticks = [...new Set(points.map(({ x }) => x))];
    return {
      type: 'log',
      base: 2,
      label,
      domain: [0.9, Math.max(2, high) * 1.1],
      ticks,
      tickFormat: (k: number) => String(k),
    };
  }
  // room at both sides, and two powers at least that have a name
  const from = Number.isFinite(low) ? Math.min(low / 1.25, 10 ** Math.floor(Math.log10(high))) : 1;
  const to = Math.max(high * 1.25, 10 ** Math.ceil(Math.log10(from) + 1e-9), from * 10);
  const powers = powersIn(from, to);
  const between =
    powers.length > 2
      ? powers
      : [...new Set(powers.flatMap((power) => [power / 5, power / 2, power, power * 2, power * 5]))];
  return {
    type: 'log',
    label,
    grid: true,
    domain: [from, to],
    ticks: between.filter((tick) => tick >= from && tick <= to),
    tickFormat: formatShortCount,
  };
}
