/** Where a column dropped at one side of another comes to stand, counted without itself as `moveThread` counts. */
export function dropIndex(from: number, over: number, side: 'before' | 'after'): number {
  const to = side === 'after' ? over + 1 : over;
  return to > from ? to - 1 : to;
}
