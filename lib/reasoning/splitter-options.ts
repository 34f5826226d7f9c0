import type { SplitterOptions } from '@thinkglass/splitter';
import { defaultEndMarks } from '@thinkglass/splitter/mark-filter';
import type { ModelInfo } from '../model.ts';
import { familyOf, marksOf, type ModelFamily } from './families.ts';

/** What most models write around their thinking. */
export const usualThinkTags: [open: string, close: string] = ['<think>', '</think>'];

type SplitModel = Pick<ModelInfo, 'reasoning'> & Partial<Pick<ModelInfo, 'id'>>;

/**
 * How a model's text is split: as its data says, with its own tags (if it has any) beside the usual ones; where nobody has
 * said any, with those of its family.
 * @param known what the prompt, or earlier answers, say about how it begins; instead of the model's data.
 */
export function splitterOptionsOf(model: SplitModel, known: SplitterOptions = {}): SplitterOptions {
  const { startsInReasoning, thinkTags } = model.reasoning;
  const own = thinkTags && { thinkTags: [thinkTags, usualThinkTags] };
  return { startsInReasoning, ...known, ...(own ?? familyOptions(assumedFamilyOf(model))) };
}

/** The family by which a model's text is split, because nobody has said its tags: an assumption, and shown as one. */
export function assumedFamilyOf({ id, reasoning }: SplitModel): ModelFamily | undefined {
  return id === undefined || reasoning.thinkTags ? undefined : familyOf(id);
}

function familyOptions(family: ModelFamily | undefined): SplitterOptions {
  if (!family) return {};
  return {
    thinkTags: [...family.thinkTags.map(([open, close]): [string, string] => [open, close]), usualThinkTags],
    ...(family.answerTags && { answerTags: [...family.answerTags] }),
    marks: marksOf(family, defaultEndMarks),
  };
}

/** What begins a thought in this model's own text. */
export function openingTagOf(model: SplitModel): string {
  return ownTagsOf(model)[0];
}

/** What ends a thought in this model's own text. */
export function closingTagOf(model: SplitModel): string {
  return ownTagsOf(model)[1];
}

function ownTagsOf(model: SplitModel): readonly [string, string] {
  return model.reasoning.thinkTags ?? assumedFamilyOf(model)?.thinkTags[0] ?? usualThinkTags;
}
