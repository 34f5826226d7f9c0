import type { ThinkingStep, ThinkingWay } from '../../../lib/lab/run.ts';

/** How the thinking of one model is varied, as it is written in the form. */
export interface StepDraft {
  way: ThinkingWay;
  /** Numbers or words, with commas between them. */
  text: string;
}

export const wayWords: Record<ThinkingWay, { name: string; note: string; text?: { label: string; usual: string } }> = {
  'as-is': { name: 'As it comes', note: 'Not varied: one point, and what samples and votes make of it.' },
  effort: {
    name: 'Effort',
    note: 'The provider’s own word. Some models ignore it; the plot shows the tokens that were really used.',
    text: { label: 'Efforts', usual: 'low, medium, high' },
  },
  budget: {
    name: 'Budget of the server',
    note: 'Tokens that its server holds it to. Servers ignore fields they do not know: each sample is checked.',
    text: { label: 'Tokens', usual: '256, 1024, 4096' },
  },
  cap: {
    name: 'Closed by us',
    note: 'At so many tokens the thought is closed and the answer asked for (budget forcing). Needs a model whose answer can be continued.',
    text: { label: 'Tokens', usual: '16, 32, 64, 128, 256' },
  },
  extend: {
    name: 'Extended by us',
    note: 'So many times the end of the thought is taken away and “Wait” put in its place (s1).',
    text: { label: 'Times', usual: '0, 1, 2, 4' },
  },
  prefix: {
    name: 'Cut afterwards',
    note: 'One whole thought, cut at each length and closed. Cheap; the model did not know its budget.',
    text: { label: 'Tokens', usual: '64, 128, 256, 512, 1024' },
  },
};

/** The steps that a draft means; undefined where it cannot be read. */
export function readSteps({ way, text }: StepDraft): ThinkingStep[] | undefined {
  if (way === 'as-is') return [{ way }];
  const parts = text.split(/[,;\s]+/).filter((part) => part !== '');
  if (parts.length === 0 || parts.length > 12) return undefined;
  if (way === 'effort') {
    return parts.every((part) => /^[a-z]{1,20}$/.test(part)) ? parts.map((effort) => ({ way, effort })) : undefined;
  }
  const numbers = parts.map(Number);
  const [least, most] = way === 'extend' ? [0, 8] : [1, 10_000_000];
  if (!numbers.every((n) => Number.isInteger(n) && n >= least && n <= most)) return undefined;
  return way === 'extend' ? numbers.map((times) => ({ way, times })) : numbers.map((tokens) => ({ way, tokens }));
}
