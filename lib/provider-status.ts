import type { GenerationError } from './errors.ts';
import { causeOf } from './errors.ts';
import type { ProviderStatus, UnreadyState } from './model.ts';

/** Whether a question can be put to it at all: what loads or sleeps is waited for, what is away may be back. */
export function canBeAsked({ state }: ProviderStatus): boolean {
  return state !== 'needs-key' && state !== 'gone';
}

/** Whether it is only a matter of time until it answers. */
export function isComing({ state }: ProviderStatus): boolean {
  return state === 'loading' || state === 'asleep';
}

/** How a server is whose list came back as this error. `since`: epoch ms of the look. */
export function statusOfError(error: GenerationError, since: number): ProviderStatus & { state: UnreadyState } {
  const state = error.kind === 'auth' ? 'locked' : error.code === 'loading-model' ? 'loading' : 'unreachable';
  return { state, reason: causeOf(error), since };
}

/** The later of two looks at a server, with the time since when it has been so. */
export function laterStatus(before: ProviderStatus | undefined, now: ProviderStatus): ProviderStatus {
  if (!before || !('since' in now) || !('since' in before) || before.state !== now.state) return now;
  return { ...now, since: before.since };
}
