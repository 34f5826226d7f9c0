'use client';

import type { PlotOptions } from '@observablehq/plot';
import { formatCount, formatCounted, formatShare, formatShortCount } from '../../lib/quantity-words.ts';
import { thinkingEdges, type TokenLog } from '../../lib/token-log.ts';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { PlotChart, type PlotLibrary } from '../charts/plot-chart.tsx';
import { colorsOf, type ModelColor, modelKeyOf } from './model-colors.ts';
import { margins, powersIn, tip } from '../charts/plot-frame.ts';
import { lengthsHeight, shownModels } from './lengths-frame.ts';

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
      note={`Thinking tokens of a generation, by model; the line is the median${thinkers.some((model) => model.thinking.count <= fewThoughts) ? ', a dot is one thought where there are few' : ''}.${thinkers.length > shown.length ? ` The ${shown.length} that wrote most.` : ''}`}
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
      <PlotChart label={label} draw={(plot, width) => drawLengths(plot, width, { log, named })} />
    </ChartFigure>
  );
}

/** So few thoughts have no shape yet: each is a dot. */
const fewThoughts = 19;

/** How long each thought of a model was; where not all of them are listed, as far as is known, the middle of its interval. */
function lengthsOf(model: TokenLog['models'][number], { points }: TokenLog): number[] {
  const key = modelKeyOf(model);
  const listed = points.filter((point) => point.reasoningTokens > 0 && modelKeyOf(point) === key);
  if (listed.length === model.thinking.count) return listed.map(({ reasoningTokens }) => reasoningTokens);
  return model.thinkingLengths.flatMap((count, i) => {
    const from = thinkingEdges[i] ?? 1;
    const to = thinkingEdges[i + 1] ?? from * 2;
    return Array.from({ length: count }, () => Math.sqrt(from * to));
  });
}

function drawLengths(
  plot: PlotLibrary,
  width: number,
  {
    log,
    named,
  }: { log: TokenLog; named: readonly { model: TokenLog['models'][number]; color: ModelColor | undefined }[] },
): PlotOptions {
  const many = named.filter(({ model }) => model.thinking.count > fewThoughts);
  const dots = named.flatMap(({ model, color }) =>
    model.thinking.count > fewThoughts
      ? []
      : lengthsOf(model, log).map((x) => ({ facet: color?.key, fill: color?.color, x })),
  );
  const bins = many.flatMap(({ model, color }) => {
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
  const lowest = Math.min(...bins.map((bin) => bin.x1), ...dots.map(({ x }) => x), 10);
  const highest = Math.max(...bins.map((bin) => bin.x2), ...dots.map(({ x }) => x * 1.1), lowest * 100);
  return {
    ...margins,
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
      plot.dot(
        dots,
        plot.dodgeY({ fy: 'facet', x: 'x', anchor: 'bottom', r: 3.5, padding: 1, fill: 'fill', fillOpacity: 0.85 }),
      ),
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
