import type { NewRun } from '../../lib/server/generation/run-log.ts';

/** A generation that nobody runs, as a log has to know it. */
export function newRun(generationId: string, run: Partial<NewRun> = {}): NewRun {
  return {
    generationId,
    conversationId: 'c',
    now: () => 0,
    obey: () => Promise.resolve(),
    written: () => [],
    ...run,
  };
}
