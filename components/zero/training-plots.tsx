'use client';

import { useMemo } from 'react';
import type { TrainingRecord } from '../../lib/zero/record.ts';
import { blindAt, type TrainedEvaluation, type TrainedStep } from '../../lib/zero/training.ts';
import { ChartFigure } from '../charts/chart-figure.tsx';
import { LinePlot, type LineSeries, valueWords } from './line-plot.tsx';

const share = { isShare: true };

/** How a training goes, drawn as it goes: rewards and length by step, with what blind search finds in as many tokens. */
export function TrainingPlots(props: {
  steps: readonly TrainedStep[];
  evaluations: readonly TrainedEvaluation[];
  record: TrainingRecord;
}) {
  const { steps, evaluations, record } = props;
  const right = useMemo(() => rightSeries(steps, evaluations, record), [steps, evaluations, record]);
  const thoughts = useMemo(() => thoughtSeries(steps, evaluations), [steps, evaluations]);
  const table = {
    head: ['Step', 'Right', 'Well-formed', 'Thinking tokens', 'Groups that teach nothing'],
    rows: steps.map((step) => ({
      key: String(step.step),
      cells: [
        step.step,
        valueWords(step.accuracy, share),
        valueWords(step.format, share),
        valueWords(step.thinkingTokens),
        `${step.groupsThatTeachNothing} of ${step.groups}`,
      ],
    })),
  };
  return (
    <div className="grid min-w-0 gap-8 lg:grid-cols-2">
      <ChartFigure
        title="Right and well-formed"
        note="Of the texts it learns from, and of puzzles it never sees. Dashed: what blind search finds in as many tokens."
        table={table}
      >
        <LinePlot
          label="This training: right and well-formed by step"
          series={right}
          x={{ label: 'step' }}
          y={{ label: 'share of texts', ...share }}
        />
      </ChartFigure>
      <ChartFigure title="How long its thoughts are" note="As long as it likes. Nothing rewards length." table={table}>
        <LinePlot
          label="This training: thinking tokens by step"
          series={thoughts}
          x={{ label: 'step' }}
          y={{ label: 'thinking tokens' }}
        />
      </ChartFigure>
    </div>
  );
}

function rightSeries(
  steps: readonly TrainedStep[],
  evaluations: readonly TrainedEvaluation[],
  record: TrainingRecord,
): LineSeries[] {
  const blind = evaluations.map(({ step, thinkingTokens }) => ({ step, ...blindAt(record, thinkingTokens) }));
  return [
    { name: 'well-formed', color: 'var(--chart-3)', points: steps.map(({ step, format }) => ({ x: step, y: format })) },
    { name: 'right', color: 'var(--chart-1)', points: steps.map(({ step, accuracy }) => ({ x: step, y: accuracy })) },
    {
      name: 'right, unseen puzzles',
      color: 'var(--chart-2)',
      points: evaluations.map(({ step, accuracy }) => ({ x: step, y: accuracy })),
    },
    {
      name: 'blind search',
      color: 'var(--chart-other)',
      dashed: true,
      points: blind.map(({ step, repeats }) => ({ x: step, y: repeats })),
    },
    {
      name: 'blind, no repeats',
      color: 'var(--chart-7)',
      dashed: true,
      points: blind.map(({ step, noRepeats }) => ({ x: step, y: noRepeats })),
    },
  ];
}

function thoughtSeries(steps: readonly TrainedStep[], evaluations: readonly TrainedEvaluation[]): LineSeries[] {
  const points = (all: readonly TrainedEvaluation[]) =>
    all.map(({ step, thinkingTokens }) => ({ x: step, y: thinkingTokens }));
  return [
    { name: 'samples', color: 'var(--chart-1)', points: points(steps) },
    { name: 'unseen puzzles', color: 'var(--chart-2)', points: points(evaluations) },
  ];
}
