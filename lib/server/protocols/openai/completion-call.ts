import type { GenerationError } from '../../../errors.ts';
import type { CompletionPrompt, ModelInfo, ModelRequest, Sampling } from '../../../model.ts';
import { dialsOf } from '../../../parameters.ts';
import { completionMaxTokens } from '../../../prompts/raw-prompt.ts';
import { cleanName, type ErrorContext } from '../../calls/errors.ts';

/**
 * The body of a raw completion: the prompt as it is, the sampling, where to stop, and always a limit. What a model needs
 * beside (`requestExtras`) is about its chat template, which has no part in this; `max_tokens` is what this endpoint
 * calls its limit everywhere.
 */
export function renderCompletionBody(
  request: Pick<ModelRequest, 'model' | 'sampling'> & { completion: CompletionPrompt },
  dialect: { sendIncludeUsage: boolean; tellsProgress?: boolean },
): Record<string, unknown> {
  const { model, sampling, completion } = request;
  const temperature = sampling.temperature ?? model.advice.temperature;
  const topP = sampling.topP ?? model.advice.topP;
  return {
    model: wireIdOf(model, sampling),
    prompt: completion.prompt,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    max_tokens: completionMaxTokens(model, sampling),
    ...(sampling.seed !== undefined && { seed: sampling.seed }),
    ...(completion.stop.length > 0 && { stop: completion.stop }),
    ...dialsOf(model, sampling),
    stream: true,
    ...(dialect.sendIncludeUsage && { stream_options: { include_usage: true } }),
    ...(dialect.tellsProgress && { return_progress: true }),
  };
}

/** What is sent as `model`: its id, and behind a colon the route that was chosen, if the model has any. */
export function wireIdOf(model: ModelInfo, { route }: Sampling): string {
  return route !== undefined && model.routes ? `${model.id}:${route}` : model.id;
}

const aboutCompletions =
  /\bchat model\b|\bcompletions?\b.{0,60}\b(not|only|unsupported|disabled)\b|\bnot\b.{0,40}\bcompletions?\b/i;

/**
 * The error of a refused completion by its cause, where the refusal is about there being no such endpoint, or none for this
 * model; any other error as it is.
 */
export function explainNoCompletions(context: ErrorContext, error: GenerationError): GenerationError {
  if (error.kind !== 'request' && error.kind !== 'model') return error;
  const isMissing = error.kind === 'request' && [404, 405, 501].includes(error.status ?? 0);
  if (!isMissing && !aboutCompletions.test(error.detail ?? '')) return error;
  const { label: provider, baseURL, model } = context;
  const named = error.kind === 'model' && model !== undefined ? { model: cleanName(model) } : {};
  return { ...error, code: 'no-completions', facts: { provider, baseURL, ...named } };
}
