import type { Checkpoint } from '../../lib/zero/texts.ts';

/** "Base", "tiny-zero, step 20", "tiny-r1, step 70". */
export function checkpointWords({ kind, step }: Pick<Checkpoint, 'kind' | 'step'>): string {
  return kind === 'base' ? 'Base' : `tiny-${kind}, step ${step}`;
}
