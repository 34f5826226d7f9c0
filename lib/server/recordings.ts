import type { ModelInfo, ProviderAdapter } from '../model.ts';
import type { ProviderLimits } from './config.ts';
import { getProtocol } from './protocols/index.ts';
import { replayModels } from './protocols/replay/models.ts';
import { createReplayFetch } from './protocols/replay/replay-fetch.ts';

/** The provider that is always there: recordings behind the same adapter as every live provider. `speed` 1 is real time. */
export function createReplayProvider(options: { speed: number; limits: ProviderLimits }): {
  label: string;
  models: ModelInfo[];
  adapter: ProviderAdapter;
} {
  const label = 'Recordings';
  const adapter = getProtocol('replay').createAdapter({
    id: 'replay',
    label,
    baseURL: 'http://recordings.invalid/v1', // never looked up: nothing leaves this process
    fetch: createReplayFetch({ pace: options.speed }),
    limits: options.limits,
  });
  return { label, models: replayModels, adapter };
}
