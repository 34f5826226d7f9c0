import type { ThreadSettings } from '../../conversation.ts';
import type { ModelSource } from './ask.ts';
import { renderRequest } from './render-request.ts';
import { getModel } from './target.ts';

/** What would be sent, as far as the provider would be asked at all. */
export interface PromptPreview {
  request?: { url: string; body: string };
  unknownVariables: string[];
}

/**
 * What asking a first question with these settings would send, without sending it.
 * @throws AppError `not_found` for a model that is not there.
 */
export async function previewPrompt(
  models: ModelSource,
  ownerId: string,
  settings: ThreadSettings,
  question: string,
): Promise<PromptPreview> {
  const { model, adapter } = getModel(await models.forViewer(ownerId), settings.model);
  const { request, prompt } = renderRequest(model, settings, [], question);
  const sent = await adapter.preview?.(request);
  return { unknownVariables: prompt.unknownVariables, ...(sent && { request: sent }) };
}
