import { pickBelow, type Random, shuffled } from '../../lab/random.ts';

/** A puzzle to train with. */
export interface TrainingPuzzle {
  numbers: number[];
  target: number;
}

const largestNumber = 12;
const largestValue = 99;
const operators = ['+', '-', '*'] as const;

/**
 * Draws a puzzle as training/src/task.c does: three or four different numbers, and a target to which exactly one way leads
 * over three of them, up to order.
 * @param heldOut of the number sets that no training has seen, or of the others
 */
export function drawTrainingPuzzle(
  random: Random,
  { count, heldOut }: { count: 3 | 4; heldOut: boolean },
): TrainingPuzzle {
  const all = Array.from({ length: largestNumber }, (_, at) => at + 1);
  for (;;) {
    const numbers = shuffled(all, random).slice(0, count);
    if (isHeldOut(numbers) !== heldOut) continue;
    const targets = singleTargets(numbers);
    const target = targets[pickBelow(Math.max(1, targets.length), random)];
    if (target !== undefined) return { numbers, target };
  }
}

const mask = (1n << 64n) - 1n;
const heldOutSets = new Map<string, boolean>();

/** One set of numbers in ten, by a hash of the set: the trainer's, SplitMix64. */
export function isHeldOut(numbers: readonly number[]): boolean {
  const sorted = numbers.toSorted((a, b) => a - b);
  const name = sorted.join(' ');
  const known = heldOutSets.get(name);
  if (known !== undefined) return known;
  let z = (sorted.reduce((hash, number) => (hash * 101n + BigInt(number)) & mask, 0n) + 0x9e3779b97f4a7c15n) & mask;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
  const isOut = (z ^ (z >> 31n)) % 10n === 0n;
  heldOutSets.set(name, isOut);
  return isOut;
}

/** What can be made of three of the numbers in exactly one way up to the order of + and ×, every value on the way 0 to 99. */
export function singleTargets(numbers: readonly number[]): number[] {
  const ways = new Map<number, Set<string>>();
  for (const [i, a] of numbers.entries()) {
    for (const [j, b] of numbers.entries()) {
      if (i === j) continue;
      for (const first of operators) {
        const between = apply(a, first, b);
        const pair = first === '-' || i < j ? `${i} ${j}` : `${j} ${i}`;
        if (between === undefined) continue;
        for (const [k, c] of numbers.entries()) {
          if (k === i || k === j) continue;
          for (const second of operators) {
            const name = `${pair} ${k} ${first} ${second}`;
            count(ways, apply(between, second, c), name);
            count(ways, apply(c, second, between), second === '-' ? `${name} turned` : name);
          }
        }
      }
    }
  }
  return [...ways]
    .flatMap(([value, names]) => (value > 0 && names.size === 1 ? [value] : []))
    .toSorted((a, b) => a - b);
}

function count(ways: Map<number, Set<string>>, value: number | undefined, name: string): void {
  if (value === undefined) return;
  const names = ways.get(value) ?? new Set();
  ways.set(value, names.add(name));
}

function apply(a: number, operator: (typeof operators)[number], b: number): number | undefined {
  const value = operator === '+' ? a + b : operator === '-' ? a - b : a * b;
  return value < 0 || value > largestValue ? undefined : value;
}
