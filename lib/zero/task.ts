/**
 * The task of the training, as training/src/task.c has it: the same seed draws the same puzzles here and there, and the same
 * number sets are kept from every training.
 */

/** Three or four different numbers, any three of which make the target in exactly one way. */
export interface TaskPuzzle {
  numbers: number[];
  target: number;
}

/** Puzzles are of the numbers from 1 to this one. */
export const largestNumber = 12;
const largestValue = 99;
const operators = ['+', '-', '*'] as const;
type Operator = (typeof operators)[number];

const bits64 = (value: bigint) => BigInt.asUintN(64, value);

/** Numbers of 64 bits, the same for the same seed (SplitMix64, Steele, Lea and Flood 2014; training/src/random.h). */
export class TaskRandom {
  #state: bigint;

  constructor(seed: number | bigint) {
    this.#state = bits64(BigInt(seed));
  }

  bits(): bigint {
    this.#state = bits64(this.#state + 0x9e3779b97f4a7c15n);
    let mixed = this.#state;
    mixed = bits64((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = bits64((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    return mixed ^ (mixed >> 31n);
  }

  /** A whole number from 0 up to `count`. */
  below(count: number): number {
    return Number((this.bits() >> 33n) % BigInt(count));
  }
}

/** Whether a number set is kept from every training: one in ten, by a hash of the set. */
export function isHeldOut(numbers: readonly number[]): boolean {
  const sorted = numbers.toSorted((a, b) => a - b);
  const hash = sorted.reduce((sum, value) => bits64(sum * 101n + BigInt(value)), 0n);
  return new TaskRandom(hash).bits() % 10n === 0n;
}

/** A puzzle of `count` numbers, of a set that is held out, or of one that is not. */
export function drawTaskPuzzle(random: TaskRandom, count: 3 | 4, heldOut: boolean): TaskPuzzle {
  for (;;) {
    const numbers = Array.from({ length: count }, () => 1 + random.below(largestNumber));
    if (new Set(numbers).size < count || isHeldOut(numbers) !== heldOut) continue;
    const targets = singleTargets(numbers);
    const target = targets.length > 0 ? targets[random.below(targets.length)] : undefined;
    if (target !== undefined) return { numbers, target };
  }
}

/** The held-out puzzles that every figure of the record is on: in turn 64 of three numbers and 64 of four. */
export function heldOutPuzzles(count: number): TaskPuzzle[] {
  const random = new TaskRandom(777);
  return Array.from({ length: count }, (_, at) => drawTaskPuzzle(random, Math.floor(at / 64) % 2 === 0 ? 3 : 4, true));
}

/** What any three of the numbers make in exactly one way, orders of + and × not told apart; smallest first. */
export function singleTargets(numbers: readonly number[]): number[] {
  const ways = new Map<number, Set<string>>();
  for (const [i, first] of numbers.entries()) {
    for (const [j, second] of numbers.entries()) {
      if (i === j) continue;
      for (const operator of operators) {
        const between = apply(first, operator, second);
        if (between === undefined) continue;
        const pair = operator === '-' || i < j ? `${i} ${j}` : `${j} ${i}`;
        for (const [k, third] of numbers.entries()) {
          if (k === i || k === j) continue;
          for (const { value, way } of endsOf(between, third)) {
            const name = `${pair} ${operator} ${k} ${way}`;
            ways.set(value, (ways.get(value) ?? new Set()).add(name));
          }
        }
      }
    }
  }
  return [...ways]
    .filter(([value, names]) => value >= 1 && names.size === 1)
    .map(([value]) => value)
    .sort((a, b) => a - b);
}

function endsOf(between: number, third: number): { value: number; way: string }[] {
  return operators.flatMap((operator) => {
    const turned = operator === '-' ? [{ value: apply(third, operator, between), way: 'turned -' }] : [];
    return [{ value: apply(between, operator, third), way: operator }, ...turned].flatMap(({ value, way }) =>
      value === undefined ? [] : [{ value, way }],
    );
  });
}

/** Undefined where it leaves 0 to 99. */
function apply(a: number, operator: Operator, b: number): number | undefined {
  const value = operator === '+' ? a + b : operator === '-' ? a - b : a * b;
  return value < 0 || value > largestValue ? undefined : value;
}
