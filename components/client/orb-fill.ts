/** At so many tokens the orb is half full; it is never quite full, for nobody knows how much a thought will take. */
const halfFullAt = 1_500;

/** How full the orb of something that runs is, from 0 to 1. */
export function orbFill(tokens: number): number {
  return tokens / (tokens + halfFullAt);
}
