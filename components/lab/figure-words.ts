import type { Figure, Mean } from '../../lib/lab/measures.ts';
import type { EndState } from '../../lib/lab/score.ts';
import { formatCount, formatCounted } from '../../lib/quantity-words.ts';

/** A share as the lab tells it, with a digit behind the point: "62.5 %", "0 %", "100 %". */
export function percentWords(share: number): string {
  const percent = (share * 100).toFixed(1);
  return `${percent.endsWith('.0') ? percent.slice(0, -2) : percent} %`;
}

/** "62.5 % (55–69)". */
export function figureWords(figure: Figure | undefined): string {
  if (!figure) return '–';
  return `${percentWords(figure.value)} (${rangeWords(figure)})`;
}

/** "55–69", in percent. */
export function rangeWords({ low, high }: { low: number; high: number }): string {
  const whole = (share: number) => Number((share * 100).toFixed(high - low < 0.02 ? 1 : 0));
  return `${whole(low)}–${whole(high)}`;
}

/** "1,240 (1,180–1,300)". */
export function meanWords(mean: Mean | undefined): string {
  if (!mean) return '–';
  return `${formatCount(mean.value)} (${formatCount(mean.low)}–${formatCount(mean.high)})`;
}

/** "1,280 samples", "1,270 of 1,280 samples". */
export function sampleWords({ samples, planned }: { samples: number; planned: number }): string {
  const all = formatCounted(planned, 'sample');
  return samples === planned ? all : `${formatCount(samples)} of ${all}`;
}

/** What an interval means and how it was found, in a sentence or two. */
export function meaningWords({ interval, questions }: Pick<Figure, 'interval' | 'questions'>): string {
  const how = {
    clustered: 'its samples are not independent, so errors are clustered by question',
    wilson: 'Wilson’s interval, for few questions or a share near 0 or 100 %',
    bootstrap: 'by drawing the questions anew 1,000 times',
  }[interval];
  return `95 %: with other questions of this kind, ${formatCount(questions)} of them, the figure would lie in such a range 19 times of 20 (${how}).`;
}

export const stateWords: Record<EndState, string> = {
  right: 'right',
  wrong: 'wrong',
  'no-answer': 'no answer found',
  'cut-thinking': 'cut while thinking',
  'cut-answering': 'cut while answering',
  filtered: 'refused or filtered',
  failed: 'failed',
  stopped: 'stopped',
};

export const stateColors: Record<EndState, string> = {
  right: 'var(--good)',
  wrong: 'var(--danger)',
  'no-answer': 'var(--chart-3)',
  'cut-thinking': 'var(--chart-2)',
  'cut-answering': 'var(--warn)',
  filtered: 'var(--chart-4)',
  failed: 'var(--chart-other)',
  stopped: 'var(--ink-muted)',
};
