import type { ProviderAdapter, ProviderModels } from '../../../model.ts';
import type { ProviderLimits } from '../../config.ts';
import { createOpenAICompatibleAdapter } from '../openai-compatible.ts';
import { replayModels } from './models.ts';
import { createReplayFetch } from './replay-fetch.ts';

export { exampleQuestions } from './models.ts';

/** The provider that is always there: recordings behind the same adapter as every live provider. `speed` 1 is real time. */
export function createReplayProvider({
  speed,
  limits,
}: {
  speed: number;
  limits: ProviderLimits;
}): ProviderModels & { adapter: ProviderAdapter } {
  return {
    provider: {
      id: 'replay',
      label: 'Recordings',
      kind: 'replay',
      status: { state: 'ready', models: replayModels.length },
    },
    models: replayModels,
    adapter: createOpenAICompatibleAdapter({
      id: 'replay',
      label: 'Recordings',
      baseURL: 'http://recordings.invalid/v1', // never looked up: nothing leaves this process
      fetch: createReplayFetch({ pace: speed }),
      limits,
    }),
  };
}
