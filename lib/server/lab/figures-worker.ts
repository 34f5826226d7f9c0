import { parentPort } from 'node:worker_threads';
import { type JudgedSample, measureSetting } from '../../lab/figures.ts';

/** The samples of one setting, and the seed by which its draws are made. */
export interface FiguresRequest {
  samples: JudgedSample[];
  seed: number;
}

parentPort?.on('message', ({ samples, seed }: FiguresRequest) => {
  parentPort?.postMessage(measureSetting(samples, { seed }));
});
