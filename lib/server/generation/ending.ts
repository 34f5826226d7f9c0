import type { GenerationError } from '../../errors.ts';
import type { Finish, FinishReason } from '../../stream-part.ts';

/** What a generation was told to end for, as the reason of its abort signal. */
export type AbortReason = 'stopped' | 'interrupted' | 'deleted';

/** Why we have had enough of an answer before its model was done: it invented a user's turn, repeats itself, or is at its guard. */
export type Cut = 'turn-cut' | 'repeating' | 'guard';

/** All that was seen of a generation's end; several may have come together. */
export interface SeenEnd {
  aborted?: AbortReason | undefined;
  cut?: Cut | undefined;
  /** What went wrong at the provider, or on the way. */
  error?: GenerationError | undefined;
  /** What the model said itself. */
  said?: { reason: FinishReason; rawReason?: string } | undefined;
}

/** What ended it. */
export interface Ending extends Pick<Finish, 'outcome' | 'reason' | 'rawReason'> {
  error?: GenerationError;
  /** False when something is missing for sure, whatever the text looks like. */
  mayBeComplete: boolean;
  /** False for a count that the provider gave before the end. */
  isCountFinal: boolean;
  /** The splitter's word for it: what it may still make of the text it holds. */
  forSplitter: 'abort' | 'error' | 'length' | 'stop' | null;
}

/**
 * What ended a generation, of all that was seen: what we cut ourselves is no error and was not stopped, unless by its
 * guard, which is its person's stop; a person's stop
 * outweighs an error; a stream that says nothing about its end was interrupted.
 */
export function endingOf(seen: SeenEnd): Ending {
  if (seen.cut === 'guard') {
    const isStopped = { outcome: 'stopped', reason: 'unknown', forSplitter: 'abort' } as const;
    return { ...isStopped, mayBeComplete: true, isCountFinal: false };
  }
  if (seen.cut) {
    const reason = seen.cut === 'turn-cut' ? 'stop' : 'other';
    return {
      outcome: 'complete',
      reason,
      mayBeComplete: seen.cut !== 'repeating',
      isCountFinal: false,
      forSplitter: reason === 'stop' ? 'stop' : null,
    };
  }
  const { aborted, said } = seen;
  const error = errorOf(seen);
  return {
    outcome: outcomeOf(aborted, error),
    reason: error ? 'error' : (said?.reason ?? 'unknown'),
    ...(said?.rawReason !== undefined && { rawReason: said.rawReason }),
    ...(error && { error }),
    // only `stop` and its synonyms mean complete; of an end without a word nothing else is known
    mayBeComplete: !error && said?.reason !== 'other',
    isCountFinal: aborted === undefined,
    forSplitter: aborted ? 'abort' : error ? 'error' : splitterWordOf(said?.reason),
  };
}

function errorOf({ aborted, error, said }: SeenEnd): GenerationError | undefined {
  if (aborted === 'interrupted') {
    return { kind: 'interrupted', code: 'server-stopped', facts: {} };
  }
  if (aborted) return undefined;
  if (error || said) return error;
  return { kind: 'interrupted', code: 'no-end', facts: {} };
}

function outcomeOf(aborted: AbortReason | undefined, error: GenerationError | undefined): Finish['outcome'] {
  if (error) return error.kind === 'interrupted' ? 'interrupted' : 'failed';
  return aborted ? 'stopped' : 'complete';
}

function splitterWordOf(reason: FinishReason | undefined): Ending['forSplitter'] {
  return reason === 'length' || reason === 'stop' ? reason : null;
}
