import type { ModelInfo, ProviderAdapter } from '../../../model.ts';
import type { ProviderLimits } from '../../config.ts';
import { createOpenAICompatibleAdapter } from '../openai/index.ts';
import { replayModels } from './models.ts';
import { createReplayFetch } from './replay-fetch.ts';

/** The provider that is always there: recordings behind the same adapter as every live provider. `speed` 1 is real time. */
export function createReplayProvider(options: { speed: number; limits: ProviderLimits }): {
  label: string;
  models: ModelInfo[];
  adapter: ProviderAdapter;
} {
  const label = 'Recordings';
  const adapter = createOpenAICompatibleAdapter({
    id: 'replay',
    label,
    baseURL: 'http://recordings.invalid/v1', // never looked up: nothing leaves this process
    fetch: createReplayFetch({ pace: options.speed }),
    limits: options.limits,
  });
  return { label, models: replayModels, adapter };
}
