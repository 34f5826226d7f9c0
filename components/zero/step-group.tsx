'use client';

import { useMemo, useState } from 'react';
import { advantagesOf, rewardWeights, sumRewards } from '../../lib/lab/rewards.ts';
import { type Checkpoint, countedRewards, judgeText, mostTexts } from '../../lib/zero/texts.ts';
import type { GroupSample } from '../rewards/group-sample.ts';
import { RewardGroup } from '../rewards/reward-group.tsx';
import { Button } from '../ui/button.tsx';
import { fieldLook } from '../ui/field.tsx';
import type { Asked } from './ask-texts.ts';
import { checkpointWords } from './checkpoint-words.ts';
import { useTexts } from './use-texts.ts';
import { WrittenText } from './written-text.tsx';

/** What a step is: a group of samples of one puzzle, what each earns, and where it would be pushed. */
export default function StepGroup({ puzzle, checkpoints }: { puzzle: string; checkpoints: readonly Checkpoint[] }) {
  const { asked, problem, isAsking, ask } = useTexts();
  const [chosen, setChosen] = useState(() => checkpoints.find(({ kind }) => kind === 'zero')?.id ?? '');
  const [opened, setOpened] = useState<string | undefined>();
  const draw = () => {
    setOpened(undefined);
    void ask({ puzzle, models: [chosen], samples: mostTexts });
  };
  const isWhole = asked !== undefined && !isAsking && !problem;
  return (
    <section className="flex min-w-0 flex-col gap-3 pt-4" aria-label="What a step is">
      <h3 className="font-serif text-md">What a step is</h3>
      <p className="max-w-prose text-pretty text-ink-muted">
        A step takes some puzzles and draws {mostTexts} texts of each. A rule, no person and no other model, gives a
        point for the right answer in its tags and one for the form. Those above their group’s mean are pushed up, made
        more likely token by token; those below are pushed down. A group in which all earn the same teaches nothing.
      </p>
      <p className="flex flex-wrap items-end gap-2">
        <label className="flex flex-col gap-1 text-sm text-ink-muted">
          Checkpoint
          <select className={fieldLook} value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
            {checkpoints.map((checkpoint) => (
              <option key={checkpoint.id} value={checkpoint.id}>
                {checkpointWords(checkpoint)}
              </option>
            ))}
          </select>
        </label>
        <Button onClick={draw} disabled={isAsking || puzzle.trim() === ''}>
          {isAsking ? 'Drawing …' : `Draw ${mostTexts} samples`}
        </Button>
      </p>
      {problem && <p role="alert">{problem}</p>}
      {isWhole && <Group asked={asked} opened={opened} onOpen={setOpened} />}
    </section>
  );
}

function Group(props: { asked: Asked; opened: string | undefined; onOpen: (id: string) => void }) {
  const { asked, opened } = props;
  const samples = useMemo(() => samplesOf(asked), [asked]);
  const text = opened === undefined ? undefined : asked.texts[Number(opened)]?.text;
  return (
    <>
      <p role="status">{summaryWords(samples)}</p>
      {text !== undefined && (
        <div className="rounded-md border border-line bg-surface p-3">
          <p className="mb-1 text-sm font-medium">Sample {Number(opened) + 1}</p>
          <WrittenText text={text} />
        </div>
      )}
      <RewardGroup samples={samples} rule="dr-grpo" onOpen={props.onOpen} />
    </>
  );
}

function samplesOf({ texts, puzzle }: Asked): GroupSample[] {
  return texts.map(({ text, tokens }, at) => {
    const { answer, rewards } = judgeText(text, puzzle);
    return { id: String(at), name: `Sample ${at + 1}`, said: answer ?? '–', rewards: countedRewards(rewards), tokens };
  });
}

/** "5 pushed up, 11 pushed down." */
function summaryWords(samples: readonly GroupSample[]): string {
  const { advantages, teachesNothing } = advantagesOf(
    samples.map(({ rewards }) => sumRewards(rewards, rewardWeights['r1-zero'])),
    'dr-grpo',
  );
  if (teachesNothing) return 'All earn the same: this group teaches nothing.';
  const up = advantages.filter((advantage) => advantage > 0).length;
  const down = advantages.filter((advantage) => advantage < 0).length;
  return `By R1-Zero’s rewards, ${up} of them would be pushed up and ${down} pushed down.`;
}
