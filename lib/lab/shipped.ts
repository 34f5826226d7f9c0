import { targetsOf } from './puzzle.ts';
import { createRandom, pickBelow, type Random, shuffled } from './random.ts';
import type { LabQuestion } from './question.ts';

/** Drawn anew they would be other questions, and figures of two runs could not be compared. */
const seed = 20_261_130;

const perLevel = 5;
const levels = [1, 2, 3] as const;
type Level = (typeof levels)[number];

/**
 * Sixty questions of our own, which need nobody's permission: four kinds, three levels of each, their keys reckoned here. Made
 * so that a small model finds some and misses some.
 */
export function shippedQuestions(): LabQuestion[] {
  const random = createRandom(seed);
  const kinds = { reckoning, puzzles, remainders, weekdays };
  return Object.entries(kinds).flatMap(([kind, make]) =>
    levels.flatMap((level) => {
      const seen = new Set<string>();
      const questions: LabQuestion[] = [];
      while (questions.length < perLevel) {
        const made = make(level, random);
        if (seen.has(made.question)) continue;
        seen.add(made.question);
        questions.push({
          id: `${kind}-${level}-${questions.length + 1}`,
          kind: 'value',
          group: `${kind} ${level}`,
          ...made,
        });
      }
      return questions;
    }),
  );
}

type Made = Pick<LabQuestion, 'question' | 'answer'> & Partial<Pick<LabQuestion, 'kind' | 'numbers'>>;

function between(low: number, high: number, random: Random): number {
  return low + pickBelow(high - low + 1, random);
}

/** Sums and products of two numbers. */
function reckoning(level: Level, random: Random): Made {
  const [low, high] = { 1: [12, 99], 2: [101, 999], 3: [1_001, 9_999] }[level] as [number, number];
  const [a, b] = [between(low, high, random), between(low, high, random)];
  return random() < 0.3
    ? { question: `What is ${a * 7 + 1} + ${b * 9 + 4}?`, answer: String(a * 7 + 1 + b * 9 + 4) }
    : { question: `What is ${a} × ${b}?`, answer: String(a * b) };
}

/** Three numbers, each to be used once, and what they are to come to: in one way only. */
function puzzles(level: Level, random: Random): Made {
  const most = { 1: 9, 2: 12, 3: 20 }[level];
  while (true) {
    const numbers = shuffled(
      Array.from({ length: most - 1 }, (_, i) => i + 2),
      random,
    ).slice(0, 3);
    const [a = 0, b = 0, c = 0] = numbers;
    const single = [...targetsOf([a, b, c])].filter(([target, ways]) => ways === 1 && target > 9 * level);
    const target = single[pickBelow(Math.max(1, single.length), random)]?.[0];
    if (target === undefined) continue;
    return {
      question: `Use the numbers ${a}, ${b} and ${c}, each exactly once, with +, −, × and brackets to make ${target}. Give the expression as your answer.`,
      answer: String(target),
      kind: 'puzzle',
      numbers,
    };
  }
}

/** Remainders, and sums of digits. */
function remainders(level: Level, random: Random): Made {
  const by = between(6, 13, random);
  if (level === 1) {
    const n = between(100, 999, random);
    return { question: `What is the remainder when ${n} is divided by ${by}?`, answer: String(n % by) };
  }
  if (level === 2) {
    const [a, b] = [between(21, 99, random), between(21, 99, random)];
    return { question: `What is the sum of the digits of ${a} × ${b}?`, answer: String(digitSum(a * b)) };
  }
  const [base, power] = [between(2, 9, random), between(12, 40, random)];
  const modulus = between(11, 29, random);
  return {
    question: `What is the remainder when ${base}^${power} is divided by ${modulus}?`,
    answer: String(BigInt(base) ** BigInt(power) % BigInt(modulus)),
  };
}

function digitSum(n: number): number {
  return [...String(n)].reduce((sum, digit) => sum + Number(digit), 0);
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const dayMs = 86_400_000;
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Dates and weekdays of the Gregorian calendar. */
function weekdays(level: Level, random: Random): Made {
  const start = Date.UTC(between(2001, 2027, random), between(0, 11, random), between(1, 28, random));
  const dayOf = (at: number) => days[new Date(at).getUTCDay()] ?? days[0];
  if (level === 1) {
    const later = between(20, 120, random);
    return {
      question: `Today is a ${dayOf(start)}. Which day of the week is it in ${later} days?`,
      answer: dayOf(start + later * dayMs),
    };
  }
  const later = level === 2 ? between(40, 330, random) : between(2_000, 9_000, random);
  if (level === 2) {
    return {
      question: `How many days after ${date.format(start)} is ${date.format(start + later * dayMs)}?`,
      answer: String(later),
    };
  }
  return {
    question: `${date.format(start)} was a ${dayOf(start)}. Which day of the week is ${date.format(start + later * dayMs)}?`,
    answer: dayOf(start + later * dayMs),
  };
}
