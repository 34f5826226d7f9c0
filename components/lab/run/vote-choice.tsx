import { useEffect, useState } from 'react';
import type { WeighedVotes } from '../../../lib/lab/run.ts';
import type { VoteWeight } from '../../../lib/lab/votes.ts';
import { formatCount } from '../../../lib/quantity-words.ts';
import { requestJson } from '../../client/request-json.ts';
import type { PlotSetting } from '../plot-points.ts';

/** Where a run tells what votes of another weight come to, and the state of it that is meant (epoch ms). */
export interface VotesOfRun {
  path: string;
  at: number;
  /** Of how many of its samples it is known how sure their tokens were. */
  withLogprob: number;
}

interface ShownVotes {
  withLogprob: number;
  weight: VoteWeight;
  /** The points, with votes of this weight; of another one until they have come. */
  settings: readonly PlotSetting[];
  problem?: string;
  choose: (weight: VoteWeight) => void;
}

/** The points of a run with their votes weighed as chosen. @param votes absent where nothing can be asked: all weigh the same */
export function useVotes(settings: readonly PlotSetting[], votes: VotesOfRun | undefined): ShownVotes {
  const [weight, choose] = useState<VoteWeight>('equal');
  const [weighed, setWeighed] = useState<WeighedVotes>();
  const [problem, setProblem] = useState<string>();
  const path = votes && `${votes.path}?weight=${weight}&at=${votes.at}`;
  useEffect(() => {
    if (path === undefined || weight === 'equal') return;
    let wanted = true;
    requestJson<WeighedVotes>('GET', path).then(
      (value) => {
        if (!wanted) return;
        setWeighed(value);
        setProblem(undefined);
      },
      (error: unknown) =>
        wanted && setProblem(error instanceof Error ? error.message : 'The votes could not be weighed.'),
    );
    return () => {
      wanted = false;
    };
  }, [path, weight]);
  const shown = weight === 'equal' ? undefined : weighed;
  return {
    weight,
    withLogprob: votes?.withLogprob ?? 0,
    settings: shown ? settings.map((setting) => weighedSetting(setting, shown)) : settings,
    ...(problem !== undefined && weight !== 'equal' && { problem }),
    choose,
  };
}

function weighedSetting(setting: PlotSetting, { byK }: WeighedVotes): PlotSetting {
  // a setting's index is its place
  const own = byK[Number(setting.id)];
  return own ? { ...setting, figures: { ...setting.figures, byK: [...own] } } : setting;
}

const weightWords: Record<VoteWeight, string> = {
  equal: 'all the same',
  brevity: 'more, the shorter its sample is among the others',
  format: 'only where its sample is well-formed',
  confidence: 'more, the surer its tokens were',
};

/** What a vote counts. */
export function VoteChoice({ votes }: { votes: ShownVotes }) {
  return (
    <div className="mt-2 text-sm text-ink-muted">
      <label className="flex flex-wrap items-center gap-2">
        Votes count
        <select
          className="h-9 max-w-72 rounded-md border border-line bg-surface px-2.5 text-sm text-ink pointer-coarse:h-10 pointer-coarse:text-lg"
          value={votes.weight}
          onChange={({ currentTarget }) => {
            const weights = Object.keys(weightWords) as VoteWeight[]; // its own
            votes.choose(weights.find((weight) => weight === currentTarget.value) ?? 'equal');
          }}
        >
          {Object.entries(weightWords).map(([weight, words]) => (
            <option key={weight} value={weight} disabled={weight === 'confidence' && votes.withLogprob === 0}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <p className="mt-1 text-xs text-pretty">
        In both plots of votes.{' '}
        {votes.withLogprob === 0
          ? 'How sure a sample’s tokens were (DeepConf) is known of none of these samples. The models inside tell it when they are asked.'
          : `How sure a sample’s tokens were (the mean of their probabilities, DeepConf) is known of ${formatCount(votes.withLogprob)} samples; a point that has others has no vote by it.`}
      </p>
      {votes.problem && <p className="text-danger">{votes.problem}</p>}
    </div>
  );
}
