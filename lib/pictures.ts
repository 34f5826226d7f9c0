import type { ThreadSettings } from './conversation.ts';
import type { ModelInfo } from './model.ts';

/** Why pictures would not reach a model under these settings, in words; undefined when they would. */
export function refusalOfPictures(
  model: ModelInfo,
  settings: Pick<ThreadSettings, 'promptTemplate'>,
): string | undefined {
  if (!model.takesImages) return `${model.label} takes no pictures. Take them out, or ask a model that does.`;
  if ((settings.promptTemplate ?? model.promptTemplate) === 'chat') return undefined;
  return `${model.label} is asked by a text alone here, which holds no pictures. Choose the prompt of chat messages.`;
}
