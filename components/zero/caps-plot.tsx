'use client';

import { useMemo, useState } from 'react';
import type { TrainingRecord } from '../../lib/zero/record.ts';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { Segments } from '../ui/segments.tsx';
import { LinePlot, type LineSeries, valueWords } from './line-plot.tsx';

type Kind = 'both' | 'three' | 'four';

/** Accuracy when the thought is closed after so many tokens, beside search without any skill. */
export function CapsPlot({ record }: { record: TrainingRecord }) {
  const [kind, setKind] = useState<Kind>('both');
  const series = useMemo(() => seriesOf(record, kind), [record, kind]);
  const caps = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <ChartFigure
        title="More thinking, more accuracy"
        note="Here the length is forced: the thought is closed after so many tokens, and the answer must come. The dashed lines search blindly, as long; one may try the same twice, the other never does."
        table={{
          head: ['Tokens', ...series.map(({ name }) => name)],
          rows: caps.map((cap) => ({
            key: String(cap),
            cells: [
              cap,
              ...series.map(({ points }) => valueWords(points.find(({ x }) => x === cap)?.y, { isShare: true })),
            ],
          })),
        }}
      >
        <LinePlot
          label="Accuracy by forced length of thought, of the base, tiny-zero, tiny-r1 and blind search"
          series={series}
          x={{ label: 'thinking tokens, forced', isLog: true }}
          y={{ label: 'right', isShare: true }}
        />
      </ChartFigure>
      <div className="max-w-96">
        <Segments<Kind>
          label="Puzzles"
          value={kind}
          segments={[
            { value: 'both', content: 'Both' },
            { value: 'three', content: 'Three numbers' },
            { value: 'four', content: 'Four numbers' },
          ]}
          onChoose={setKind}
        />
      </div>
    </div>
  );
}

function seriesOf({ caps, blind }: TrainingRecord, kind: Kind): LineSeries[] {
  const of = (rows: TrainingRecord['caps']['base']) => rows.map((row) => ({ x: row.cap, y: row[kind] }));
  const search = (which: 'withRepeats' | 'withoutRepeats') =>
    blind.map(({ cap, [which]: found }) => ({
      x: cap,
      y: kind === 'both' ? (found.three + found.four) / 2 : found[kind],
    }));
  const all: LineSeries[] = [
    { name: 'tiny-zero', color: 'var(--chart-1)', points: of(caps.zero) },
    { name: 'tiny-r1', color: 'var(--chart-3)', points: of(caps.r1) },
    { name: 'base', color: 'var(--chart-2)', points: of(caps.base) },
    { name: 'base, forbidden to stop', color: 'var(--chart-4)', points: of(caps.baseNeverStops) },
    { name: 'blind search', color: 'var(--chart-other)', dashed: true, points: search('withRepeats') },
    { name: 'blind, no repeats', color: 'var(--chart-7)', dashed: true, points: search('withoutRepeats') },
  ];
  return all.filter(({ points }) => points.length > 0);
}
