import type { ProviderStatus } from '../../lib/model.ts';
import { formatClock } from '../../lib/quantity-words.ts';
import { errorSentence } from '../../lib/sentences.ts';

/** A server that has been loading for less than this is not timed. */
const timedFromMs = 2_000;

/**
 * How a provider is doing, in a few words.
 * @param now epoch ms; undefined where nobody watches the time.
 */
export function statusWords(status: ProviderStatus, now?: number): string {
  switch (status.state) {
    case 'ready':
      return status.models === 1 ? '1 model' : `${status.models} models`;
    case 'needs-key':
      return `needs ${status.envKey} in .env.local`;
    case 'gone':
      return errorSentence(status.reason);
    case 'loading': {
      const ms = now === undefined ? 0 : now - status.since;
      return `is loading its model${ms >= timedFromMs ? `, ${formatClock(ms)}` : ''}`;
    }
    case 'asleep':
      return 'asleep';
    case 'locked':
      return status.reason.code === 'key-refused' ? 'refuses its key' : 'wants a key';
    case 'unreachable':
      return 'not reachable';
  }
}

/** Why it cannot answer now and what can be done, in a sentence or two; undefined where there is no more to say. */
export function statusAdvice(status: ProviderStatus): string | undefined {
  return 'since' in status ? errorSentence(status.reason) : undefined;
}
