import { parentPort } from 'node:worker_threads';
import { type JudgedSample, measureSetting } from '../../lab/figures.ts';
import type { VoteWeight } from '../../lab/votes.ts';

/** The samples of one setting, the seed by which its draws are made, and by what its votes are weighed. */
export interface FiguresRequest {
  samples: JudgedSample[];
  seed: number;
  weight: VoteWeight;
}

parentPort?.on('message', ({ samples, ...options }: FiguresRequest) => {
  parentPort?.postMessage(measureSetting(samples, options));
});
