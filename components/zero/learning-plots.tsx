'use client';

import { useId, useMemo, useState } from 'react';
import type { Evaluation, Figures, TrainingRecord } from '../../lib/zero/record.ts';
import { ChartFigure, type ChartTable } from '../charts/chart-figure.tsx';
import { Segments } from '../ui/segments.tsx';
import { LinePlot, type LineSeries, valueWords } from './line-plot.tsx';

const share = { isShare: true };
const figures = [
  ['Right', (of) => valueWords(of.accuracy, share)],
  ['Well-formed', (of) => valueWords(of.format, share)],
  ['Thinking tokens', (of) => valueWords(of.thinkingTokens)],
  ['Attempts', (of) => valueWords(of.attempts)],
  ['Thoughts in two languages', (of) => valueWords(of.mixed, share)],
  ['Ended by the window', (of) => valueWords(of.ranOut, share)],
  ['Wrong sums', (of) => valueWords(of.wrongSums, share)],
  ['Attempts with a false yes', (of) => valueWords(of.falseYes, share)],
  ['Attempts made before', (of) => valueWords(of.repeats, share)],
] as const satisfies readonly (readonly [string, (of: Figures) => string])[];

/** The paper's two plots from our own record, and each evaluated step's figures. */
export function LearningPlots({ record }: { record: TrainingRecord }) {
  const [of, setOf] = useState<'zero' | 'r1'>('zero');
  const { evaluations } = record[of];
  const [chosen, setChosen] = useState(Number.POSITIVE_INFINITY);
  const at = Math.min(chosen, evaluations.length - 1);
  const here = evaluations[at];
  const [right, thoughts] = useMemo(() => [rightSeries(evaluations), thoughtSeries(evaluations)], [evaluations]);
  const name = `tiny-${of}`;
  const mark = here ? { mark: here.step } : {};
  return (
    <section className="flex min-w-0 flex-col gap-5" aria-label="How it learnt, step by step">
      <div className="max-w-72">
        <Segments
          label="Training of"
          value={of}
          segments={[
            { value: 'zero', content: 'tiny-zero', title: 'Base, then nothing but rewards' },
            { value: 'r1', content: 'tiny-r1', title: 'Base, then clean examples, then rewards, one for one language' },
          ]}
          onChoose={(run) => {
            setOf(run);
            setChosen(Number.POSITIVE_INFINITY);
          }}
        />
      </div>
      <div className="grid min-w-0 gap-8 lg:grid-cols-2">
        <ChartFigure
          title="How often it is right"
          note={`${name} on puzzles with number sets it was never trained on, as the training goes on.`}
          table={tableOf(evaluations)}
        >
          <LinePlot
            label={`${name}: accuracy, form and mixed languages by step of reinforcement learning`}
            series={right}
            x={{ label: 'step of reinforcement learning' }}
            y={{ label: 'share of texts', ...share }}
            {...mark}
          />
        </ChartFigure>
        <ChartFigure
          title="How long it thinks"
          note="As long as it likes. Nothing rewards length. Longer thoughts here belong to the harder puzzles; this is not “more thinking, more accuracy”."
          table={tableOf(evaluations)}
        >
          <LinePlot
            label={`${name}: thinking tokens by step of reinforcement learning`}
            series={thoughts}
            x={{ label: 'step of reinforcement learning' }}
            y={{ label: 'thinking tokens' }}
            {...mark}
          />
        </ChartFigure>
      </div>
      {here && <StepFigures evaluations={evaluations} at={at} here={here} onChoose={setChosen} />}
    </section>
  );
}

function StepFigures(props: {
  evaluations: readonly Evaluation[];
  at: number;
  here: Evaluation;
  onChoose: (at: number) => void;
}) {
  const { evaluations, at, here, onChoose } = props;
  const id = useId();
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <label htmlFor={id} className="font-medium">
        After step {here.step}
      </label>
      <input
        id={id}
        type="range"
        className="w-full accent-accent pointer-coarse:min-h-10"
        min={0}
        max={evaluations.length - 1}
        value={at}
        aria-valuetext={`step ${here.step}`}
        onChange={(event) => onChoose(event.currentTarget.valueAsNumber)}
      />
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-3 lg:grid-cols-5">
        {figures.map(([name, words]) => (
          <div key={name}>
            <dt className="text-sm text-ink-muted">{name}</dt>
            <dd className="tabular-nums">{words(here.both)}</dd>
          </div>
        ))}
        <div>
          <dt className="text-sm text-ink-muted">Right: three, four numbers</dt>
          <dd className="tabular-nums">
            {valueWords(here.three.accuracy, share)}, {valueWords(here.four.accuracy, share)}
          </dd>
        </div>
      </dl>
    </div>
  );
}

function rightSeries(evaluations: readonly Evaluation[]): LineSeries[] {
  const of = (pick: (evaluation: Evaluation) => number | undefined) =>
    evaluations.map((evaluation) => ({ x: evaluation.step, y: pick(evaluation) }));
  return [
    { name: 'right, three numbers', color: 'var(--chart-1)', points: of(({ three }) => three.accuracy) },
    { name: 'right, four numbers', color: 'var(--chart-2)', points: of(({ four }) => four.accuracy) },
    { name: 'well-formed', color: 'var(--chart-3)', dashed: true, points: of(({ both }) => both.format) },
    { name: 'in two languages', color: 'var(--chart-4)', dashed: true, points: of(({ both }) => both.mixed) },
  ];
}

function thoughtSeries(evaluations: readonly Evaluation[]): LineSeries[] {
  const of = (kind: 'three' | 'four') => evaluations.map((one) => ({ x: one.step, y: one[kind].thinkingTokens }));
  return [
    { name: 'three numbers', color: 'var(--chart-1)', points: of('three') },
    { name: 'four numbers', color: 'var(--chart-2)', points: of('four') },
  ];
}

function tableOf(evaluations: readonly Evaluation[]): ChartTable {
  return {
    head: ['Step', 'Right, three', 'Right, four', 'Well-formed', 'Two languages', 'Thinking, three', 'Thinking, four'],
    rows: evaluations.map(({ step, both, three, four }) => ({
      key: String(step),
      cells: [
        step,
        valueWords(three.accuracy, share),
        valueWords(four.accuracy, share),
        valueWords(both.format, share),
        valueWords(both.mixed, share),
        valueWords(three.thinkingTokens),
        valueWords(four.thinkingTokens),
      ],
    })),
  };
}
