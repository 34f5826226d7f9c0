/**
 * A text as a reasoning model writes it, of our own making and always the same for a seed: paragraphs, formulas, lists,
 * code now and then, and sometimes a paragraph that does not want to end. About one character in seven is mathematics.
 */

/** One token. `prose`: a word of running text, so another word may follow it. */
export interface Token {
  text: string;
  prose: boolean;
}

const openers = [
  'Okay, so',
  'Let me think.',
  'Wait,',
  'Hmm,',
  'Alternatively,',
  'So',
  'Now',
  'Let me check that:',
  'But',
];
const subjects = [
  'the sum',
  'this term',
  'the left side',
  'our first guess',
  'the remainder',
  'the second case',
  'the bound',
  'that root',
];
const verbs = [
  'grows with',
  'is the same as',
  'has to be smaller than',
  'divides',
  'cancels against',
  'tells us about',
  'follows from',
];
const objects = [
  'the number of steps',
  'what we had before',
  'the product of both',
  'an even number',
  'the value at zero',
  'the largest prime',
];
const endings = [
  'which looks right.',
  'so that is not it.',
  'and I should verify it.',
  'if I have not made a mistake.',
  'as the problem says.',
  'for every such n.',
];
const inline = [
  '\\(x^2 - 11x + 18 = 0\\)',
  '$n \\ge 3$',
  '\\(\\frac{a}{b}\\)',
  '$\\sqrt{x + 7}$',
  '\\(k\\)',
  '$2^{10} = 1024$',
  '\\(\\binom{n}{k}\\)',
];
const display = [
  '\\[\\sum_{k=1}^{n} k^2 = \\frac{n(n+1)(2n+1)}{6}\\]',
  '\\[x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}\\]',
  '$$\\int_0^1 x^m (1-x)^n \\, dx = \\frac{m! \\, n!}{(m+n+1)!}$$',
  '\\[\n\\begin{aligned}\n3x + 2y &= 12 \\\\\nx - y &= -1\n\\end{aligned}\n\\]',
];
const code = [
  'def count(n):\n    total = 0\n    for k in range(1, n + 1):\n        if k % 3 == 0 or k % 5 == 0:\n            total += k\n    return total',
  'for (let i = 2; i * i <= n; i++) {\n  if (n % i === 0) return false;\n}\nreturn true;',
];

/** Tokens of thinking, without end. */
export function* thinkingTokens(seed: number): Generator<Token> {
  const dice = createDice(seed);
  for (let step = 1; ; step++) {
    const kind = dice(20);
    if (kind < 1) yield* fixed(`\`\`\`python\n${pick(dice, code)}\n\`\`\`\n\n`);
    else if (kind < 3) yield* list(dice, 3 + dice(4), (i) => `${i}. `);
    else if (kind < 4) yield* list(dice, 2 + dice(4), () => '- ');
    else if (kind < 6) {
      yield* words(`${sentence(dice)} So`);
      yield* fixed(`\n\n${pick(dice, display)}\n\n`);
    } else yield* paragraph(dice, step % 40 === 0 ? 45 : 1 + dice(5));
  }
}

/** Tokens of an answer, without end. */
export function* answerTokens(seed: number): Generator<Token> {
  const dice = createDice(seed);
  for (let step = 1; ; step++) {
    yield* fixed(`## Step ${step}\n\n`);
    yield* paragraph(dice, 3);
    yield* words('This is **the part that matters**, and *only* this:');
    yield* fixed(`\n\n${pick(dice, display)}\n\n`);
    if (step % 3 === 0) yield* fixed('| n | value |\n|---|---|\n| 1 | 1 |\n| 2 | 5 |\n| 3 | 14 |\n\n');
    if (step % 4 === 0) yield* fixed(`\`\`\`js\n${pick(dice, code)}\n\`\`\`\n\n`);
    yield* list(dice, 3, () => '- ');
  }
}

function* paragraph(dice: Dice, sentences: number): Generator<Token> {
  yield* words(pick(dice, openers));
  for (let i = 0; i < sentences; i++) {
    yield* words(` ${sentence(dice)}`);
    if (dice(3) === 0) {
      yield* fixed(' ');
      yield* fixed(pick(dice, inline));
    }
  }
  yield* fixed('\n\n');
}

function* list(dice: Dice, items: number, mark: (i: number) => string): Generator<Token> {
  for (let i = 1; i <= items; i++) {
    yield* fixed(mark(i));
    yield* words(sentence(dice));
    yield* fixed(i === items ? '\n\n' : '\n');
  }
}

function sentence(dice: Dice): string {
  return `${pick(dice, subjects)} ${pick(dice, verbs)} ${pick(dice, objects)} ${dice(1000)}, ${pick(dice, endings)}`;
}

function* words(text: string): Generator<Token> {
  for (const piece of cut(text)) yield { text: piece, prose: true };
}

function* fixed(text: string): Generator<Token> {
  for (const piece of cut(text)) yield { text: piece, prose: false };
}

/** About as a byte-pair vocabulary cuts: short words whole, long ones in two, digits by three, signs alone. */
function cut(text: string): string[] {
  return text.match(/ ?[A-Za-z]{1,7}|\d{1,3}|\n+|[^A-Za-z\d\n]/g) ?? [];
}

type Dice = (sides: number) => number;

/** Numbers that look random and are the same for the same seed (mulberry32). */
function createDice(seed: number): Dice {
  let state = seed >>> 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

function pick<T>(dice: Dice, list: readonly T[]): T {
  return list[dice(list.length)] as T; // within the list
}
