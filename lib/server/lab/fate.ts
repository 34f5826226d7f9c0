import { AppError, causeOf, type ErrorCause, type GenerationError } from '../../errors.ts';
import type { LabSetting, RunPause } from '../../lab/run.ts';

/** A sample that fails is asked so often in all, with these pauses between. */
const mostAttempts = 4;
const pausesMs = [500, 3_000, 15_000];
/** A wait that a provider asks for is sat out up to this long; a longer one pauses the run. */
const longestWaitMs = 600_000;
/** So many failures in a row, without one answer: there is nobody to ask. */
const failuresInRow = 12;

/** What is done after a call. */
export interface Fate {
  /** The sample is planned again; absent: what came is what it came to. */
  again?: { notBefore: number; isOurs: boolean };
  /** The run cannot go on now. */
  pause?: RunPause;
  /** So long its provider asks to be left alone. */
  laneWaitMs?: number;
  /** It failed, and might go better the next time. */
  isFailure: boolean;
}

/** What is done after a call that ended with this error, or well. @param call.attempts with this one */
export function fateOf(
  error: GenerationError | undefined,
  call: { attempts: number; failuresBefore: number; providerLabel: string; now: number },
): Fate {
  if (!error) return { isFailure: false };
  const { attempts, failuresBefore, providerLabel, now } = call;
  const notCounted = { notBefore: 0, isOurs: true };
  const pause: RunPause = { because: 'provider', providerLabel, error: causeOf(error) };
  switch (error.kind) {
    case 'rate': {
      const waitMs = error.retryAfterSeconds === undefined ? undefined : Math.ceil(error.retryAfterSeconds * 1000);
      if (waitMs === undefined) return { again: notCounted, isFailure: false };
      // a run that is paused waits by itself; others may ask other models of the provider
      if (waitMs > longestWaitMs) {
        const until: RunPause = { because: 'limit', providerLabel, until: now + waitMs };
        return { again: notCounted, pause: until, isFailure: false };
      }
      return { again: notCounted, laneWaitMs: waitMs, isFailure: false };
    }
    // nobody can be asked there
    case 'auth':
    case 'balance':
    case 'model':
    case 'gone':
      return { again: notCounted, pause, isFailure: false };
    // it would end the same way
    case 'context':
    case 'request':
    case 'filtered':
    case 'limit':
      return { isFailure: false };
    case 'offline':
    case 'busy':
    case 'interrupted':
    case 'provider':
    case 'empty': {
      if (failuresBefore + 1 >= failuresInRow) return { again: notCounted, pause, isFailure: true };
      if (attempts >= mostAttempts) return { isFailure: true };
      return { again: { notBefore: now + (pausesMs[attempts - 1] ?? 0), isOurs: false }, isFailure: true };
    }
  }
}

/** What is done with a sample that could not be asked at all. */
export interface UnaskedFate {
  /** Epoch ms from which it may be asked again. */
  again: number;
  /** The run cannot go on now. */
  pause?: RunPause;
  /** It is given up, for this. */
  fault?: ErrorCause;
}

/** @param error what asking it threw @param now epoch ms */
export function fateOfUnasked(error: unknown, { settings, step, providerLabel }: LabSetting, now: number): UnaskedFate {
  if (!(error instanceof AppError)) {
    console.error('lab: a sample could not be asked', error);
    return { again: 0, fault: said('Something went wrong here while it was asked.') };
  }
  if (error.code === 'too_many_requests' || error.code === 'unavailable') {
    return { again: now + (error.retryAfterSeconds ?? 2) * 1000 }; // too much runs here already, or the store is away
  }
  if (error.code === 'not_found' && step.way !== 'prefix') {
    const { providerId, modelKey } = settings.model;
    const gone: ErrorCause = { code: 'model-gone', facts: { provider: providerId, model: modelKey } };
    return { again: 0, pause: { because: 'provider', providerLabel, error: gone } };
  }
  return { again: 0, fault: said(error.message) };
}

const said = (text: string): ErrorCause => ({ code: 'said', facts: { text } });
