import { AppError, type ErrorCause } from '../../errors.ts';
import type { ModelInfo, ModelRef, ProviderAdapter } from '../../model.ts';
import { errorSentence } from '../../sentences.ts';
import type { Registry } from '../providers/registry.ts';

/** A model, and through whom it is asked. */
export type Target = NonNullable<ReturnType<Registry['findModel']>>;

/** @throws AppError `not_found` */
export function getModel(models: Pick<Registry, 'findModel'>, ref: ModelRef): Target {
  const found = models.findModel(ref);
  if (found) return found;
  throw new AppError('not_found', errorSentence(missingCause(ref)));
}

/**
 * Finds the models that are asked together. One that is not there only says so: one column's trouble is not the others'.
 * @throws AppError (when it finds) `not_found` where none of them is there.
 */
export function targetFinder(
  models: Pick<Registry, 'findModel'>,
  asked: readonly (ModelRef | undefined)[],
): (ref: ModelRef) => Target {
  const isAny = asked.some((ref) => ref && models.findModel(ref));
  return (ref) => (isAny ? (models.findModel(ref) ?? missingTarget(ref)) : getModel(models, ref));
}

function missingTarget(ref: ModelRef): Target {
  const { providerId, modelKey } = ref;
  const adapter: ProviderAdapter = {
    async *ask() {
      yield { type: 'error', error: { kind: 'model', ...missingCause(ref) } };
    },
  };
  const model: ModelInfo = {
    key: modelKey,
    id: modelKey,
    providerId,
    label: modelKey,
    reasoning: { transport: 'none', startsInReasoning: 'auto' },
    history: 'strip',
    promptTemplate: 'chat',
    advice: { systemPrompt: 'ok' },
    limits: {},
    requestExtras: {},
    recording: false,
    takesImages: true, // it says that it is missing, whatever it is asked
  };
  return {
    model,
    adapter,
    provider: {
      id: providerId,
      label: providerId,
      kind: 'custom',
      status: { state: 'gone', reason: missingCause(ref) },
    },
  };
}

function missingCause({ providerId, modelKey }: ModelRef): ErrorCause {
  return { code: 'model-gone', facts: { provider: providerId, model: modelKey } };
}
