import type { ModelRef, ProviderModels } from '../../lib/model.ts';

/**
 * The model that an address names: `provider:key`, or its bare key or id, which is looked for among all providers, those
 * that can be asked first. One that nobody offers has no provider.
 */
export function namedModel(entry: string, providers: readonly ProviderModels[]): ModelRef {
  const colon = entry.indexOf(':');
  const group = providers.find(({ provider }) => colon > 0 && provider.id === entry.slice(0, colon));
  if (group) return { providerId: group.provider.id, modelKey: entry.slice(colon + 1) };
  return findBareModel(entry, providers) ?? { providerId: '', modelKey: entry };
}

/** First as it is written, then in any case; of several, one that can be asked. */
function findBareModel(name: string, providers: readonly ProviderModels[]): ModelRef | undefined {
  const ready = providers.filter(({ provider }) => provider.status.state === 'ready');
  const models = [...ready, ...providers].flatMap((group) => group.models);
  const lower = name.toLowerCase();
  const found =
    models.find(({ key, id }) => key === name || id === name) ??
    models.find(({ key, id }) => key.toLowerCase() === lower || id.toLowerCase() === lower);
  return found && { providerId: found.providerId, modelKey: found.key };
}
