'use client';

import { useState } from 'react';
import { insidePuzzles } from '../../../lib/lab/puzzle.ts';
import { createRandom, shuffled } from '../../../lib/lab/random.ts';
import { shippedQuestions } from '../../../lib/lab/shipped.ts';
import { formatCount } from '../../../lib/quantity-words.ts';
import { Segments } from '../../ui/segments.tsx';
import type { ChosenQuestions, QuestionSource } from './chosen-questions.ts';
import { FirstQuestions } from './first-questions.tsx';
import { lazyPart } from '../../ui/lazy-part.tsx';

/** Readers of files and of keys are only there where somebody brings questions. */
const OwnQuestions = lazyPart(() => import('./own-questions.tsx'), {
  waiting: () => <p className="min-h-17 text-sm text-ink-muted">…</p>,
  missing: <p className="min-h-17 text-sm text-ink-muted">This could not be loaded.</p>,
});

const insideCount = 30;

const sources: readonly { value: QuestionSource; content: string; title: string }[] = [
  { value: 'shipped', content: '60 of ours', title: 'Four kinds, three levels, keys reckoned by code' },
  { value: 'inside', content: 'Puzzles', title: 'Of numbers, in the words that the models inside were trained with' },
  { value: 'file', content: 'A file', title: 'JSONL, JSON or CSV' },
  { value: 'pasted', content: 'Pasted', title: 'JSONL, JSON or CSV' },
];

/** The questions that come with the app. */
export function ownedQuestions(source: 'shipped' | 'inside'): ChosenQuestions {
  return source === 'shipped'
    ? { source, name: 'Thinkglass 60', questions: shippedQuestions() }
    : { source, name: 'Number puzzles', questions: insidePuzzles(insideCount, 1) };
}

/** Which questions are asked, and how many of them. */
export function QuestionChoice(props: {
  chosen: ChosenQuestions | undefined;
  source: QuestionSource;
  onSource: (source: QuestionSource) => void;
  onChoose: (chosen: ChosenQuestions | undefined) => void;
}) {
  const { chosen, source, onSource, onChoose } = props;
  const [all, setAll] = useState(chosen);
  const take = (whole: ChosenQuestions | undefined) => {
    setAll(whole);
    onChoose(whole);
  };
  const choose = (next: QuestionSource) => {
    onSource(next);
    take(next === 'shipped' || next === 'inside' ? ownedQuestions(next) : undefined);
  };
  return (
    <div className="flex flex-col gap-3.5">
      <div className="max-w-128">
        <Segments label="Questions" value={source} segments={sources} onChoose={choose} />
      </div>
      <p className="text-sm text-pretty text-ink-muted">{sourceWords[source]}</p>
      {(source === 'file' || source === 'pasted') && <OwnQuestions key={source} source={source} onQuestions={take} />}
      {all && chosen && all.questions.length > 0 && (
        <>
          <HowMany all={all} chosen={chosen} onChoose={onChoose} />
          <FirstQuestions questions={chosen.questions} />
        </>
      )}
    </div>
  );
}

const sourceWords: Record<QuestionSource, string> = {
  shipped:
    'Sums and products, countdown with three numbers, remainders and digit sums, dates and weekdays; three levels of each. Our own, so that they need nobody’s permission.',
  inside:
    'For the small models inside, which know nothing else: a run of these takes a minute, here, without any server.',
  file: 'GSM8K, MATH, AIME, GPQA and MMLU-Pro in the shapes in which they go about, or any JSONL, JSON or CSV with questions and keys. It is read here; nothing leaves this machine but what is asked.',
  pasted: 'JSON lines, a JSON array, or CSV with a head.',
};

/** All of them, or some drawn by lot, always the same ones. */
function HowMany({
  all,
  chosen,
  onChoose,
}: {
  all: ChosenQuestions;
  chosen: ChosenQuestions;
  onChoose: (chosen: ChosenQuestions) => void;
}) {
  const most = all.questions.length;
  const set = (wanted: number) => {
    const count = Math.min(most, Math.max(1, Math.round(wanted)));
    if (count === most) return onChoose(all);
    const order = all.questions.map((_, at) => at);
    const drawn = new Set(shuffled(order, createRandom(all.name)).slice(0, count));
    onChoose({ ...all, questions: all.questions.filter((_, at) => drawn.has(at)) });
  };
  return (
    <label className="flex flex-wrap items-center gap-2 text-base">
      Ask
      <input
        type="number"
        min={1}
        max={most}
        aria-label="Questions to ask"
        className="w-24 rounded-md border border-line bg-paper px-2.5 py-1.5 text-base tabular-nums pointer-coarse:min-h-10 pointer-coarse:text-lg"
        value={chosen.questions.length}
        onChange={(event) => {
          const wanted = event.currentTarget.valueAsNumber;
          if (Number.isFinite(wanted)) set(wanted);
        }}
      />
      of {formatCount(most)}
      {chosen.questions.length < most && (
        <span className="text-sm text-ink-muted">drawn by lot, always the same ones</span>
      )}
    </label>
  );
}
