import type { ModelInfo } from '../model.ts';
import type { SplitterOptions } from '@thinkglass/splitter';

/** What most models write around their thinking. */
export const usualThinkTags: [open: string, close: string] = ['<think>', '</think>'];

/**
 * How a model's text is split: as its data says, with its own tags (if it has any) beside the usual ones.
 * @param known what the prompt, or earlier answers, say about how it begins; instead of the model's data.
 */
export function splitterOptionsOf(
  { reasoning }: Pick<ModelInfo, 'reasoning'>,
  known: SplitterOptions = {},
): SplitterOptions {
  const { startsInReasoning, thinkTags } = reasoning;
  return { startsInReasoning, ...known, ...(thinkTags && { thinkTags: [thinkTags, usualThinkTags] }) };
}

/** What ends a thought in this model's own text. */
export function closingTagOf({ reasoning }: Pick<ModelInfo, 'reasoning'>): string {
  return (reasoning.thinkTags ?? usualThinkTags)[1];
}
