'use client';

import { type ReactNode, useState } from 'react';
import {
  advantagesOf,
  advantagesPerToken,
  type AdvantageRule,
  type GroupAdvantages,
  type Rewards,
  rewardWeights,
  type RewardWeights,
  sumRewards,
} from '../../lib/lab/rewards.ts';
import { Segments } from '../ui/segments.tsx';
import { AdvantageChart } from './advantage-chart.tsx';
import type { GroupSample } from './group-sample.ts';
import { RewardTable } from './reward-table.tsx';

const parts = [
  ['accuracy', 'Accuracy'],
  ['format', 'Format'],
  ['language', 'Language'],
] as const satisfies readonly (readonly [keyof Rewards, string])[];

/**
 * Why one sample of a question would be pushed up and another down: R1's rewards, their sum, and the group-relative advantage
 * of GRPO, with the weights and Dr. GRPO to try out. `children` stand beside the choices.
 */
export function RewardGroup(props: {
  samples: readonly GroupSample[];
  /** At first; R1-Zero's when absent. */
  weights?: RewardWeights;
  rule?: AdvantageRule;
  /** A sample's name was pressed. */
  onOpen?: (id: string) => void;
  children?: ReactNode;
}) {
  const [weights, setWeights] = useState<RewardWeights>(props.weights ?? rewardWeights['r1-zero']);
  const [rule, setRule] = useState<AdvantageRule>(props.rule ?? 'grpo');
  const rewards = props.samples.map((sample) => sumRewards(sample.rewards, weights));
  const group = advantagesOf(rewards, rule);
  const perToken = advantagesPerToken(
    group.advantages,
    props.samples.map(({ tokens }) => tokens),
    rule,
  );
  const ranked = props.samples.map((sample, i) => ({
    ...sample,
    reward: rewards[i] ?? 0,
    advantage: group.advantages[i] ?? 0,
    perToken: perToken[i] ?? 0,
  }));
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-end gap-x-5 gap-y-3">
        <WeightFields weights={weights} onChange={setWeights} />
        <div className="min-w-44">
          <Segments
            label="Advantage"
            value={rule}
            segments={[
              { value: 'grpo', content: 'GRPO', title: 'Divided by the standard deviation of the group' },
              { value: 'dr-grpo', content: 'Dr. GRPO', title: 'Not divided by anything (arXiv:2503.20783)' },
            ]}
            onChoose={setRule}
          />
        </div>
        {props.children}
      </div>
      <FormulaLine group={group} rule={rule} />
      <RewardTable samples={ranked} {...(props.onOpen && { onOpen: props.onOpen })} />
      {!group.teachesNothing && (
        <AdvantageChart samples={ranked} rule={rule} {...(props.onOpen && { onOpen: props.onOpen })} />
      )}
    </div>
  );
}

type Recipe = keyof typeof rewardWeights | 'own';

function WeightFields({ weights, onChange }: { weights: RewardWeights; onChange: (weights: RewardWeights) => void }) {
  const isSame = (other: RewardWeights) => parts.every(([part]) => other[part] === weights[part]);
  const recipe: Recipe = isSame(rewardWeights['r1-zero']) ? 'r1-zero' : isSame(rewardWeights.r1) ? 'r1' : 'own';
  return (
    <fieldset className="flex flex-wrap items-end gap-x-3 gap-y-2">
      <legend className="sr-only">What each reward counts</legend>
      <div className="min-w-44">
        <Segments<Recipe>
          label="Rewards of"
          value={recipe}
          segments={[
            { value: 'r1-zero', content: 'R1-Zero', title: 'Accuracy and format, the same weight' },
            { value: 'r1', content: 'R1', title: 'Accuracy and language consistency' },
            ...(recipe === 'own' ? [{ value: 'own' as const, content: 'Own weights' }] : []),
          ]}
          onChoose={(chosen) => chosen !== 'own' && onChange(rewardWeights[chosen])}
        />
      </div>
      {parts.map(([part, name]) => (
        <label key={part} className="flex items-center gap-1.5 text-sm text-ink-muted">
          {name} ×
          <input
            type="number"
            min={0}
            max={10}
            step={0.5}
            className="w-16 rounded-md border border-line bg-paper px-2 py-1 text-sm text-ink tabular-nums pointer-coarse:min-h-10 pointer-coarse:text-lg"
            value={weights[part]}
            onChange={(event) => {
              const value = event.currentTarget.valueAsNumber;
              if (Number.isFinite(value)) onChange({ ...weights, [part]: Math.min(10, Math.max(0, value)) });
            }}
          />
        </label>
      ))}
    </fieldset>
  );
}

/** The formula with the group's own numbers in it. */
function FormulaLine({ group, rule }: { group: GroupAdvantages; rule: AdvantageRule }) {
  if (group.teachesNothing) {
    return (
      <p className="text-base text-pretty">
        <strong className="font-semibold">This group teaches nothing.</strong> All samples have the same reward, so none
        is better than the others: every advantage is 0, and nothing would be pushed anywhere.
      </p>
    );
  }
  const mean = group.mean.toFixed(3);
  return (
    <p className="text-base text-pretty text-ink-muted">
      <code className="rounded-sm bg-code px-1.5 py-0.5 text-sm text-ink">
        {rule === 'grpo' ? `A = (r − ${mean}) / ${group.deviation.toFixed(3)}` : `A = r − ${mean}`}
      </code>{' '}
      {rule === 'grpo'
        ? 'Reward less the group’s mean, divided by its standard deviation (the population’s).'
        : 'Reward less the group’s mean. Not divided: the division gives questions that are nearly always or nearly never solved more weight.'}
    </p>
  );
}
