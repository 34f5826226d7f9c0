import { createRandom, pickBelow, type Random, shuffled } from './random.ts';
import type { LabQuestion } from './question.ts';

/** Whole numbers, each to be used once at most, and what they are to come to. */
export interface Puzzle {
  numbers: readonly number[];
  target: string;
}

/** The four operations; a puzzle's own numbers are whole, what stands between may be a fraction. */
type Step = { n: number; d: number };

const token = /\s*(?:(\d{1,6})|([-+*/()×·÷−–]|\\times|\\cdot|\\div))/y;
const plain: Record<string, string> = {
  '×': '*',
  '·': '*',
  '\\times': '*',
  '\\cdot': '*',
  '÷': '/',
  '\\div': '/',
  '−': '-',
  '–': '-',
};

/**
 * Whether an expression solves a puzzle: it comes to the target, and each of its numbers is one of the puzzle's, used once at
 * most. All three of three numbers must be there, and any three of more. An equation is taken by its side with an operation;
 * the other one must be the target.
 */
export function judgePuzzle(given: string, { numbers, target }: Puzzle): boolean {
  const sides = given
    .trim()
    .slice(0, 200)
    .replace(/\\(?:left|right|[()[\],;! ])|[$]|[.。]$/g, ' ')
    .split('=');
  if (sides.length > 2) return false;
  const [first = '', second] = sides;
  const isTurned = second !== undefined && /^\s*\d+\s*$/.test(first);
  const [expression, other] = isTurned ? [second, first] : [first, second];
  if (other !== undefined && Number(other) !== Number(target)) return false;
  const read = readExpression(expression ?? '');
  if (!read || read.value.d === 0 || read.value.n !== Number(target) * read.value.d) return false;
  if (read.used.length < Math.min(3, numbers.length)) return false;
  const left = [...numbers];
  return read.used.every((used) => {
    const at = left.indexOf(used);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

/** Its value as a fraction and the numbers it is made of; undefined for anything that is no expression of the four operations. */
function readExpression(text: string): { value: Step; used: number[] } | undefined {
  const tokens: string[] = [];
  token.lastIndex = 0;
  const source = text.trim();
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    if (!match) return undefined;
    tokens.push(match[1] ?? plain[match[2] ?? ''] ?? match[2] ?? '');
  }
  if (tokens.length === 0 || tokens.length > 60) return undefined;
  const used: number[] = [];
  let at = 0;
  const sum = (): Step | undefined => {
    let value = product();
    while (value && (tokens[at] === '+' || tokens[at] === '-')) {
      const sign = tokens[at++] === '+' ? 1 : -1;
      const next = product();
      value = next && { n: value.n * next.d + sign * next.n * value.d, d: value.d * next.d };
    }
    return value;
  };
  const product = (): Step | undefined => {
    let value = atom();
    while (value && (tokens[at] === '*' || tokens[at] === '/')) {
      const isTimes = tokens[at++] === '*';
      const next = atom();
      value =
        next && (isTimes ? { n: value.n * next.n, d: value.d * next.d } : { n: value.n * next.d, d: value.d * next.n });
    }
    return value;
  };
  const atom = (): Step | undefined => {
    const word = tokens[at++] ?? '';
    if (word === '-') {
      const value = atom();
      return value && { n: -value.n, d: value.d };
    }
    if (word === '(') {
      const value = sum();
      return tokens[at++] === ')' ? value : undefined;
    }
    if (!/^\d+$/.test(word)) return undefined;
    used.push(Number(word));
    return { n: Number(word), d: 1 };
  };
  const value = sum();
  return value && at === tokens.length ? { value, used } : undefined;
}

const operations = ['+', '-', '*'] as const;

/** A puzzle with one of its solutions, every number used: `(a ∘ b) ∘ c`. */
function drawPuzzle(random: Random, most: number): { numbers: number[]; target: number } {
  while (true) {
    const numbers = shuffled(
      Array.from({ length: most }, (_, i) => i + 1),
      random,
    ).slice(0, 3);
    const [a = 0, b = 0, c = 0] = numbers;
    const values = targetsOf([a, b, c]);
    // exactly one way there: what blind search finds easily would tell little
    const single = [...values].filter(([target, ways]) => ways === 1 && target >= 10).map(([target]) => target);
    const target = single[pickBelow(Math.max(1, single.length), random)];
    if (target !== undefined) return { numbers, target };
  }
}

/** What three numbers can come to with + − ×, nothing in between below 0 or above 99, and in how many ways up to order. */
export function targetsOf(numbers: readonly [number, number, number]): Map<number, number> {
  const ways = new Map<number, Set<string>>();
  const apply = (a: number, sign: string, b: number) => (sign === '+' ? a + b : sign === '-' ? a - b : a * b);
  const inside = (value: number) => value >= 0 && value <= 99;
  for (const [i, j, k] of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 2, 0],
  ] as const) {
    const [p, q, r] = [numbers[i], numbers[j], numbers[k]];
    for (const first of operations) {
      const [high, low] = first === '-' ? [Math.max(p, q), Math.min(p, q)] : [p, q];
      const between = apply(high, first, low);
      if (!inside(between)) continue;
      for (const second of operations) {
        for (const value of second === '-' ? [between - r, r - between] : [apply(between, second, r)]) {
          if (!inside(value)) continue;
          // sums of sums and products of products are one way, in whatever order
          const name = first === second && first !== '-' ? `${first}${second}` : `${first}${second}${r}`;
          ways.set(value, (ways.get(value) ?? new Set()).add(name));
        }
      }
    }
  }
  return new Map([...ways].map(([value, names]) => [value, names.size]));
}

/**
 * Puzzles in the words that the small models inside were trained with, and know nothing else: `Use 3, 5 and 7 to make 26.`
 * With four numbers, any three of them do.
 */
export function insidePuzzles(count: number, seed: number): LabQuestion[] {
  const random = createRandom(seed);
  const seen = new Set<string>();
  const questions: LabQuestion[] = [];
  while (questions.length < count) {
    const isHard = questions.length % 2 === 1;
    const { numbers, target } = drawPuzzle(random, 12);
    const others = Array.from({ length: 12 }, (_, i) => i + 1).filter((n) => !numbers.includes(n) && n !== target);
    const shown = isHard ? shuffled([...numbers, others[pickBelow(others.length, random)] ?? 1], random) : numbers;
    const words = `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
    if (seen.has(words)) continue;
    seen.add(words);
    questions.push({
      id: `puzzle-${questions.length + 1}`,
      question: `Use ${words} to make ${target}.`,
      answer: String(target),
      kind: 'puzzle',
      numbers: shown,
      group: isHard ? 'four numbers' : 'three numbers',
    });
  }
  return questions;
}
