'use client';

import { PageTitle } from '../client/page-title.tsx';
import { useState } from 'react';
import type { TrainingRecord } from '../../lib/zero/record.ts';
import { examplePuzzles } from '../../lib/zero/puzzles.ts';
import type { Checkpoint } from '../../lib/zero/texts.ts';
import { fieldLook } from '../ui/field.tsx';
import { Button } from '../ui/button.tsx';
import { lazyPart } from '../ui/lazy-part.tsx';
import { CapsPlot } from './caps-plot.tsx';
import { LearningPlots } from './learning-plots.tsx';
import { Honesty, Recipe } from './story.tsx';
import { TakeAlong } from './take-along.tsx';

const inPlace = {
  waiting: () => <p className="text-ink-muted">…</p>,
  missing: <p className="text-ink-muted">This could not be loaded.</p>,
};
const AskAll = lazyPart(() => import('./ask-all.tsx'), inPlace);
const StepGroup = lazyPart(() => import('./step-group.tsx'), inPlace);
const TrainHere = lazyPart(() => import('./train-here.tsx'), inPlace);

/** How tiny-zero and tiny-r1 learnt: what a step is, what came of it, and the checkpoints themselves. */
export function ZeroScreen({ record, checkpoints }: { record: TrainingRecord; checkpoints: Checkpoint[] }) {
  const [puzzle, setPuzzle] = useState<string>(examplePuzzles[0]);
  return (
    <main className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain print:overflow-visible">
      <PageTitle of="How it learnt · Thinkglass" />
      <div className="mx-auto flex max-w-page flex-col gap-9 px-3.5 pt-5 pb-12 lg:px-6 lg:pt-7 lg:pb-16">
        <header>
          <h1 className="font-serif text-xl leading-tight tracking-tight">How it learnt to think</h1>
          <p className="max-w-prose text-pretty text-ink-muted">
            R1-Zero’s recipe in miniature, trained by us on two processor cores: a model of 0.6 million parameters
            against 671 billion, puzzles of a few numbers against mathematics. What carries over is the shape.
          </p>
        </header>
        <LearningPlots record={record} />
        <section className="flex min-w-0 flex-col gap-4" aria-label="Ask them">
          <h2 className="font-serif text-lg">Ask them yourself</h2>
          <label className="flex max-w-prose flex-col gap-1 text-sm text-ink-muted">
            A puzzle: three or four different numbers from 1 to 12, and one to make of three of them
            <input
              className={`${fieldLook} text-ink`}
              value={puzzle}
              maxLength={300}
              onChange={(event) => setPuzzle(event.currentTarget.value)}
            />
          </label>
          <p className="flex flex-wrap gap-2">
            {examplePuzzles.map((example) => (
              <Button key={example} tone="pill" onClick={() => setPuzzle(example)}>
                {example}
              </Button>
            ))}
          </p>
          <AskAll puzzle={puzzle} checkpoints={checkpoints} />
          <StepGroup puzzle={puzzle} checkpoints={checkpoints} />
        </section>
        <TrainHere record={record} />
        <CapsPlot record={record} />
        <Recipe record={record} />
        <Honesty record={record} />
        <TakeAlong checkpoints={checkpoints} />
      </div>
    </main>
  );
}
