'use client';

import type { PlotOptions } from '@observablehq/plot';
import { useCallback } from 'react';
import { PlotChart, type PlotLibrary } from '../charts/plot-chart.tsx';
import { margins, tip } from '../charts/plot-frame.ts';
import { Swatch } from '../charts/swatch.tsx';

/** A line of a plot; a point without a value is left out. */
export interface LineSeries {
  name: string;
  color: string;
  dashed?: boolean;
  points: readonly { x: number; y: number | undefined }[];
}

interface Axes {
  x: { label: string; isLog?: boolean };
  y: { label: string; isShare?: boolean };
  /** A place on the x axis to be marked. */
  mark?: number;
}

/** Lines with their dots, nothing fitted, and what each is of beneath. Keep `series` the same while it is. */
export function LinePlot(props: { label: string; series: readonly LineSeries[] } & Axes) {
  const { label, series, x, y, mark } = props;
  const { label: xLabel, isLog = false } = x;
  const { label: yLabel, isShare = false } = y;
  const draw = useCallback(
    (plot: PlotLibrary, width: number) =>
      drawLines(plot, width, series, {
        x: { label: xLabel, isLog },
        y: { label: yLabel, isShare },
        ...(mark !== undefined && { mark }),
      }),
    [series, xLabel, isLog, yLabel, isShare, mark],
  );
  return (
    <>
      <PlotChart label={label} draw={draw} />
      <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-muted">
        {series.map(({ name, color, dashed }) => (
          <li key={name} className="flex items-center gap-1.5">
            <Swatch color={color} /> {name}
            {dashed && ' (dashed)'}
          </li>
        ))}
      </ul>
    </>
  );
}

function drawLines(plot: PlotLibrary, width: number, series: readonly LineSeries[], { x, y, mark }: Axes): PlotOptions {
  const points = series.flatMap(({ name, color, dashed = false, points }) =>
    points.flatMap((point) =>
      point.y === undefined
        ? []
        : [{ x: point.x, y: point.y, name, color, dashed, title: `${name}, ${point.x}: ${valueWords(point.y, y)}` }],
    ),
  );
  const line = (dashed: boolean) =>
    plot.line(
      points.filter((point) => point.dashed === dashed),
      { x: 'x', y: 'y', z: 'name', stroke: 'color', strokeWidth: 1.75, ...(dashed && { strokeDasharray: '4 3' }) },
    );
  // doublings alone are named: others would lie on each other
  const ticks = [...new Set(points.map((point) => point.x))].filter((at) => Number.isInteger(Math.log2(at)));
  return {
    ...margins,
    marginLeft: 50,
    marginTop: 24,
    width,
    height: Math.max(240, Math.min(340, width * 0.5)),
    x: { label: x.label, ...(x.isLog && { type: 'log', base: 2, ticks, tickFormat: String }) },
    y: {
      label: `↑ ${y.label}`,
      grid: true,
      ticks: 5,
      zero: true,
      ...(y.isShare && { domain: [0, 1], tickFormat: (share: number) => `${Math.round(share * 100)} %` }),
    },
    marks: [
      plot.ruleY([0], { stroke: 'var(--line)' }),
      ...(mark === undefined ? [] : [plot.ruleX([mark], { stroke: 'var(--ink-muted)', strokeDasharray: '2 3' })]),
      line(false),
      line(true),
      plot.dot(points, { x: 'x', y: 'y', fill: 'color', r: 3 }),
      plot.tip(points, plot.pointer({ ...tip, x: 'x', y: 'y', title: 'title', maxRadius: 40 })),
    ],
  };
}

/** "62.5 %", or a number with a digit. */
export function valueWords(value: number | undefined, { isShare = false }: { isShare?: boolean } = {}): string {
  if (value === undefined) return '–';
  return isShare ? `${Number((value * 100).toFixed(1))} %` : String(Number(value.toFixed(1)));
}
