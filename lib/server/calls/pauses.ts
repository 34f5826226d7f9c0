/** Until a server that loads its model is asked again, in ms. */
export const loadingPausesMs: readonly number[] = [1_000, 1_000, 2_000, 2_000, 3_000, 5_000];
/** Until a server that is away is looked at again, in ms. */
export const awayPausesMs: readonly number[] = [2_000, 4_000, 8_000, 15_000, 30_000, 60_000];

/** The pause after `past` others, in ms; the last one stays. */
export function pauseAfter(past: number, pausesMs: readonly number[]): number {
  return pausesMs[Math.min(past, pausesMs.length - 1)] ?? 0;
}
