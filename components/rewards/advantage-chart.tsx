'use client';

import type { PlotOptions } from '@observablehq/plot';
import type { AdvantageRule } from '../../lib/lab/rewards.ts';
import { formatCount, formatShortCount } from '../../lib/quantity-words.ts';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { PlotChart, type PlotLibrary } from '../charts/plot-chart.tsx';
import { margins, tip } from '../charts/plot-frame.ts';
import { Swatch } from '../charts/swatch.tsx';
import type { RankedSample } from './group-sample.ts';
import { advantageWords } from './reward-table.tsx';

const colors = { right: 'var(--good)', wrong: 'var(--danger)' } as const;

/** What each token of a sample is pushed by, against how long the sample is: where GRPO lets long wrong answers off. */
export function AdvantageChart(props: {
  samples: readonly RankedSample[];
  rule: AdvantageRule;
  onOpen?: (id: string) => void;
}) {
  const { samples, rule, onOpen } = props;
  const points = samples
    .filter(({ tokens }) => tokens > 0)
    .map((sample) => {
      const kind = sample.rewards.accuracy > 0 ? ('right' as const) : ('wrong' as const);
      const perToken = sample.perToken * 1000;
      const words = `${sample.name}, ${kind}: ${formatCount(sample.tokens)} tokens, advantage ${advantageWords(sample.advantage)}, ${advantageWords(perToken)} per 1,000 tokens`;
      return { id: `#${sample.id}`, kind, color: colors[kind], x: sample.tokens, y: perToken, words };
    });
  return (
    <ChartFigure
      title="Advantage per token, against length"
      note={
        <span className="flex flex-wrap gap-x-3.5">
          {(['right', 'wrong'] as const).map((kind) => (
            <span key={kind} className="inline-flex items-center gap-1.5">
              <Swatch color={colors[kind]} /> {kind}
            </span>
          ))}
          <span>
            {rule === 'grpo'
              ? 'GRPO divides a sample’s advantage among its tokens, so each token of a long wrong answer is pushed down less.'
              : 'Dr. GRPO divides by the same number for all: length makes no difference.'}
          </span>
        </span>
      }
      table={{
        head: ['Sample', 'Tokens', 'Advantage', 'Per 1,000 tokens'],
        rows: samples.map((sample) => ({
          key: sample.id,
          cells: [
            sample.name,
            formatCount(sample.tokens),
            advantageWords(sample.advantage),
            advantageWords(sample.perToken * 1000),
          ],
        })),
      }}
    >
      <PlotChart
        label={`Advantage per token against length of ${formatCount(points.length)} samples.`}
        draw={(plot, width) => drawPoints(plot, width, points)}
        onOpen={(href) => onOpen?.(href.slice(1))}
      />
    </ChartFigure>
  );
}

interface Point {
  id: string;
  color: string;
  x: number;
  y: number;
  words: string;
}

function drawPoints(plot: PlotLibrary, width: number, points: readonly Point[]): PlotOptions {
  const longest = Math.max(...points.map(({ x }) => x), 1);
  return {
    ...margins,
    marginLeft: 52,
    marginTop: 22,
    width,
    height: 240,
    x: { label: 'tokens →', domain: [0, longest * 1.04], ticks: 6, tickFormat: formatShortCount },
    y: { label: '↑ advantage per 1,000 tokens', grid: true, ticks: 5, nice: true },
    marks: [
      plot.ruleY([0], { stroke: 'var(--ink-muted)' }),
      plot.dot(points, {
        x: 'x',
        y: 'y',
        fill: 'color',
        stroke: 'var(--surface)',
        r: 4.5,
        href: 'id',
        ariaLabel: 'words',
      }),
      plot.tip(
        points,
        plot.pointer({
          ...tip,
          x: 'x',
          y: 'y',
          title: (p: Point) => p.words.replace(/: |, (?=adv)/g, '\n'),
          maxRadius: 30,
        }),
      ),
    ],
  };
}
