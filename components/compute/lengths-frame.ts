/** So many models have their lengths drawn, one below the other. */
export const shownModels = 6;

/** The height of the lengths of so many models that thought; the chart beside it is as high. In px. */
export function lengthsHeight(thinkers: number): number {
  return Math.max(150, Math.min(thinkers, shownModels) * 58 + 46);
}
