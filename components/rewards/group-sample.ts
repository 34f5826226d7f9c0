import type { ReactNode } from 'react';
import type { Rewards } from '../../lib/lab/rewards.ts';

/** One sample of a question, as its group sees it. */
export interface GroupSample {
  id: string;
  /** What it is called: "Sample 3". */
  name: string;
  /** What it answered, in a word or two. */
  said: ReactNode;
  rewards: Rewards;
  /** Of its thinking and answer. */
  tokens: number;
}

/** A sample with what its group makes of it. */
export interface RankedSample extends GroupSample {
  reward: number;
  advantage: number;
  perToken: number;
}
