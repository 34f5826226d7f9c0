'use client';

import type { PlotOptions } from '@observablehq/plot';
import { nextStep, type SeriesStep } from '../../lib/local-days.ts';
import { formatCount, formatCounted, formatDayOfYear, formatShortCount } from '../../lib/quantity-words.ts';
import type { TokenLog } from '../../lib/token-log.ts';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { PlotChart, type PlotLibrary } from '../charts/plot-chart.tsx';
import { ColorName } from './color-legend.tsx';
import { margins, tip } from '../charts/plot-frame.ts';
import { lengthsHeight } from './lengths-frame.ts';
import { stepLabel, stepWords } from './words.ts';

/** Thinking and answer tokens, stacked, over the period. */
export function TokensOverTime({ log }: { log: TokenLog }) {
  const { series, step, totals } = log;
  const label = `Tokens by ${stepWords[step]}: ${formatCount(totals.reasoningTokens)} of thinking and ${formatCount(totals.answerTokens)} of answers.`;
  return (
    <ChartFigure
      title="Tokens over time"
      note={
        <span className="flex flex-wrap gap-x-3.5 gap-y-0.5">
          <ColorName color="var(--thinking)">Thinking</ColorName>
          <ColorName color="var(--answer)">Answer</ColorName>
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
    { ...bar, y1: 0, y2: bar.reasoningTokens, kind: 'var(--thinking)' },
    { ...bar, y1: bar.reasoningTokens, y2: bar.total, kind: 'var(--answer)' },
  ]);
  const last = bars.at(-1)?.x2.getTime() ?? 0;
  const unit = (bars[0]?.x2.getTime() ?? 0) - (bars[0]?.x1.getTime() ?? 0);
  const first = Math.min(bars[0]?.x1.getTime() ?? 0, last - fewestSteps * unit);
  return {
    ...margins,
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
