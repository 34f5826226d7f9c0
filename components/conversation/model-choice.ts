import type { ModelInfo, ModelRef, ProviderModels } from '../../lib/model.ts';
import { canBeAsked, isComing } from '../../lib/provider-status.ts';

/** Where this browser remembers the last model. */
export const lastModelKey = 'thinkglass:model';

/** "provider model" in one string, for storage and element ids. */
export function refText(ref: ModelRef): string {
  return `${ref.providerId}/${ref.modelKey}`;
}

/** The model with its provider; undefined when it is not offered (any more). */
export function findModel(
  providers: readonly ProviderModels[],
  ref: ModelRef | undefined,
): { group: ProviderModels; model: ModelInfo } | undefined {
  const group = providers.find((g) => g.provider.id === ref?.providerId);
  const model = group?.models.find((m) => m.key === ref?.modelKey);
  return group && model && { group, model };
}

/** Whether a model can be asked: it is offered, or its server is not ready to say what it has. */
export function canAsk(providers: readonly ProviderModels[], ref: ModelRef | undefined): boolean {
  if (findModel(providers, ref)) return true;
  const status = providers.find(({ provider }) => provider.id === ref?.providerId)?.provider.status;
  return status !== undefined && 'since' in status;
}

/** Whether it is known of one of these models how much it takes. */
export function hasWindow(providers: readonly ProviderModels[], refs: readonly ModelRef[]): boolean {
  return refs.some((ref) => {
    const model = findModel(providers, ref)?.model;
    return model?.limits.contextTokens !== undefined && !model.recording;
  });
}

/** Where a model is asked, if another provider offers one of that name: else its name says enough. */
export function tellingPlace(
  providers: readonly ProviderModels[],
  { group, model }: { group: ProviderModels; model: ModelInfo },
): string | undefined {
  const isTwice = providers.some(
    (other) =>
      other !== group && canBeAsked(other.provider.status) && other.models.some(({ label }) => label === model.label),
  );
  return isTwice ? group.provider.label : undefined;
}

/** The model remembered as "provider/model", if it can be asked now. */
export function rememberedModel(
  providers: readonly ProviderModels[],
  remembered: string | undefined,
): ModelRef | undefined {
  if (!remembered) return undefined;
  const slash = remembered.indexOf('/');
  const ref = { providerId: remembered.slice(0, slash), modelKey: remembered.slice(slash + 1) };
  const found = findModel(providers, ref);
  return found && canBeAsked(found.group.provider.status) ? ref : undefined;
}

/**
 * The model to begin with: a local one that thinks, else any live one that thinks, else any, else a recording. Of servers that
 * only load or sleep, their models are here too.
 */
export function defaultModel(providers: readonly ProviderModels[]): ModelRef | undefined {
  const ready = providers.filter(({ provider: { status } }) => status.state === 'ready' || isComing(status));
  const order = ['local', 'custom', 'hosted', 'replay'] as const; // those inside know one thing: they are chosen by hand
  const models = order.flatMap((kind) => ready.filter((g) => g.provider.kind === kind).flatMap((g) => g.models));
  const live = models.filter((m) => !m.recording);
  const model = live.find((m) => m.reasoning.transport !== 'none') ?? live[0] ?? models[0];
  return model && { providerId: model.providerId, modelKey: model.key };
}

/** True when nothing can be asked anything: recordings say what they say, and the models inside know one kind of puzzle. */
export function onlyRecordings(providers: readonly ProviderModels[]): boolean {
  return !providers.some((g) => g.provider.status.state === 'ready' && g.models.some(isForAnything));
}

/** Whether a model answers whatever it is asked. */
export function isForAnything({ recording, knows }: ModelInfo): boolean {
  return !recording && knows === undefined;
}
