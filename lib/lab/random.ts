/** Gives numbers from 0 up to 1, the same ones for the same seed. */
export type Random = () => number;

/**
 * A seeded source of numbers, so that a figure that was drawn by lot can be drawn again. Source: mulberry32 (T. Ettinger,
 * public domain); its period of 2^32 is far beyond what a figure needs.
 * @param seed a whole number, or a text such as a question's id
 */
export function createRandom(seed: number | string): Random {
  let state = typeof seed === 'number' ? seed | 0 : hashOf(seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash | 0;
}

/** A whole number from 0 up to `below`. */
export function pickBelow(below: number, random: Random): number {
  return Math.floor(random() * below);
}

/** The items in an order drawn by lot (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let at = order.length - 1; at > 0; at--) {
    const other = pickBelow(at + 1, random);
    [order[at], order[other]] = [order[other] as T, order[at] as T]; // both indices are inside
  }
  return order;
}
