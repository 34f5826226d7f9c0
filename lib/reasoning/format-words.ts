import type { FormatProblem } from '../health.ts';

const problemWords: Record<FormatProblem, string> = {
  'text-before': 'text before the thinking',
  'no-thinking': 'no thinking',
  'no-opening-tag': 'no opening tag',
  'no-closing-tag': 'no closing tag',
  'two-thoughts': 'more than one thought, or tags in a thought',
  'text-outside': 'text outside the tags',
  'no-answer': 'no answer',
  'no-answer-tags': 'the answer is not between answer tags',
  'answer-not-closed': 'the answer tag is not closed',
  'two-answers': 'more than one answer',
  'invented-turn': 'a turn of the user was invented',
};

/** A problem in words, without a full stop. */
export function describeFormatProblem(problem: FormatProblem): string {
  return problemWords[problem];
}
