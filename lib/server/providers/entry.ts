import type { ModelInfo, ModelMemory, ProviderAdapter, ProviderInfo } from '../../model.ts';
import type { ModelServer } from './list-models.ts';

/** A provider with all that is needed to ask it. */
export interface Entry {
  info: ProviderInfo;
  adapter: ProviderAdapter;
  /** By key. */
  models: ReadonlyMap<string, ModelInfo>;
  server?: ModelServer;
}

export function modelsByKey(models: readonly ModelInfo[]): ReadonlyMap<string, ModelInfo> {
  return new Map(models.map((model) => [model.key, model]));
}

/** Whether a server says that it has to load a model before it can answer. */
export function isOutOf(memory: ModelMemory | undefined): boolean {
  return memory !== undefined && memory.state !== 'loaded';
}
