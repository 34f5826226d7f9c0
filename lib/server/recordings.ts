import type { ModelInfo, ProviderAdapter } from '../model.ts';
import type { ProviderLimits } from './config.ts';
import { getProtocol } from './protocols/index.ts';
import { replayModels } from './protocols/replay/models.ts';
import { createReplayFetch, findUnrecorded } from './protocols/replay/replay-fetch.ts';
import { notRecorded } from './protocols/replay/unrecorded.ts';

/**
 * The provider that is always there: recordings behind the same adapter as every live provider. `speed` 1 is real time. What
 * is not recorded is an error of its own kind, which the app tells in its own name.
 */
export function createReplayProvider(options: { speed: number; limits: ProviderLimits }): {
  label: string;
  models: ModelInfo[];
  adapter: ProviderAdapter;
} {
  const label = 'Recordings';
  const wire = getProtocol('replay').createAdapter({
    id: 'replay',
    label,
    baseURL: 'http://recordings.invalid/v1', // never looked up: nothing leaves this process
    fetch: createReplayFetch({ pace: options.speed }),
    limits: options.limits,
  });
  const adapter: ProviderAdapter = {
    ...wire,
    async *ask(request) {
      const sent = await wire.preview?.(request);
      const unrecorded = sent && findUnrecorded(sent);
      if (unrecorded) yield { type: 'error', error: notRecorded(unrecorded) };
      else yield* wire.ask(request);
    },
  };
  return { label, models: replayModels, adapter };
}
