'use client';

import { useState } from 'react';
import { formatTokens } from '../../lib/quantity-words.ts';
import { type Checkpoint, judgeText, mostTexts } from '../../lib/zero/texts.ts';
import { Button } from '../ui/button.tsx';
import type { Asked, Written } from './ask-texts.ts';
import { checkpointWords } from './checkpoint-words.ts';
import { useTexts } from './use-texts.ts';
import { WrittenText } from './written-text.tsx';

/** One puzzle asked at every checkpoint at once, each in a column of its own, as it is thought. */
export default function AskAll({ puzzle, checkpoints }: { puzzle: string; checkpoints: readonly Checkpoint[] }) {
  const { asked, problem, isAsking, ask, stop } = useTexts();
  const [columns, setColumns] = useState<readonly Checkpoint[]>([]);
  const start = () => {
    const chosen = checkpoints.slice(0, mostTexts);
    setColumns(chosen);
    void ask({ puzzle, models: chosen.map(({ id }) => id), isRead: true });
  };
  return (
    <section className="flex min-w-0 flex-col gap-3" aria-label="Every checkpoint">
      <p className="flex flex-wrap items-center gap-2">
        <Button tone="primary" onClick={start} disabled={puzzle.trim() === ''}>
          Ask every checkpoint
        </Button>
        {isAsking && <Button onClick={stop}>Stop</Button>}
      </p>
      {problem && <p role="alert">{problem}</p>}
      {asked && (
        <ul className="grid min-w-0 gap-3 sm:grid-cols-2 lg:grid-cols-3" aria-label="Their texts">
          {columns.map((checkpoint, at) => (
            <li
              key={checkpoint.id}
              className="flex min-w-0 flex-col gap-2 rounded-md border border-line bg-surface p-3"
            >
              <h3 className="text-base font-semibold">{checkpointWords(checkpoint)}</h3>
              <Column written={asked.texts[at]} puzzle={asked.puzzle} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Column({ written, puzzle }: { written: Written | undefined; puzzle: Asked['puzzle'] }) {
  if (!written) return null;
  return (
    <>
      <WrittenText text={written.text} />
      <p className="mt-auto text-sm text-ink-muted">
        {written.failed ?? (written.end ? <Verdict written={written} puzzle={puzzle} /> : 'Writing …')}
      </p>
    </>
  );
}

function Verdict({ written, puzzle }: { written: Written; puzzle: Asked['puzzle'] }) {
  const { rewards, answer, saysFalseYes } = judgeText(written.text, puzzle);
  const isRight = rewards.accuracy === 1;
  return (
    <>
      <strong className={isRight ? 'text-good' : 'text-danger'}>
        {isRight ? 'Right' : answer === undefined ? 'No answer in its tags' : 'Wrong'}
      </strong>
      {rewards.format === 1 ? ', well-formed' : ', not well-formed'}
      {saysFalseYes && ', a false “yes”'}
      {`; ${formatTokens(written.thinkingTokens)} of thinking`}
      {written.end === 'length' && ', ended by its window'}
    </>
  );
}
