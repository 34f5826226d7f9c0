import type { MarkKind } from '../../lib/reasoning/outline.ts';

/** What a mark of an outline is called, and several of them. */
export const markWords: Record<MarkKind, { one: string; many: string }> = {
  candidate: { one: 'Answer', many: 'Answers' },
  heading: { one: 'Heading', many: 'Headings' },
  language: { one: 'Language', many: 'Languages' },
  rethink: { one: 'Re-think', many: 'Re-thinks' },
  step: { one: 'Step', many: 'Steps' },
};
