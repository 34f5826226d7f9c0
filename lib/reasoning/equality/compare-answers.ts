import { compareDates, isProductOfNames, isReadTwoWays, otherReadings } from './doubts.ts';
import { exactValue, factsOf, approximate } from './evaluate.ts';
import type { Expression } from './expression.ts';
import * as exact from './fraction.ts';
import { type Answer, type End, type Interval, plainWords, readAnswer } from './read-answer.ts';
import { compareExpressions, isDecimal, isRoundingOf, type Verdict } from './same-expression.ts';
import { hasNumberWord } from './number-words.ts';
import { isUnit, type Unit } from './units.ts';

export type { Verdict } from './same-expression.ts';

export interface ComparisonOptions {
  /** An inequality is no answer to a question for an interval: a model that repeats the question has not solved it. */
  strict?: boolean;
}

/** Read answers, by what was read: comparing is repeated for the same texts. */
const kept = new Map<string, Answer>();
const mostKept = 2000;

function answerOf(source: string, asked?: 'region'): Answer {
  const key = `${asked ?? ''}:${source}`;
  const known = kept.get(key);
  if (known) return known;
  const answer = readAnswer(source, asked);
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, answer);
  return answer;
}

/**
 * Whether `given` is the answer that `gold` is, as a careful teacher would say: form does not count, the value does. Directed:
 * the kind of `gold` decides, and a given decimal may be `gold` rounded, to three significant digits at least.
 */
export function compareAnswers(gold: string, given: string, options: ComparisonOptions = {}): Verdict {
  if (gold.length > 4096 || given.length > 4096) return gold.trim() === given.trim() ? 'same' : 'unsure';
  if (textOf(gold) === textOf(given) || isSameWord(gold, given)) return 'same';
  const dated = compareDates(gold, given);
  if (dated) return dated;
  const verdict = compareTexts(gold, given, options);
  if (verdict === 'same') return isProductOfNames(gold, given) ? 'unsure' : 'same';
  return verdict === 'different' && (isReadTwoWays(gold, given) || isSameOtherwise(gold, given)) ? 'unsure' : verdict;
}

/** Whether one of them, read in another way, is what the other is. */
function isSameOtherwise(a: string, b: string): boolean {
  const isAs = (text: string, other: string) =>
    otherReadings(text).some((reading) => compareRead(answerOf(reading), answerOf(other)) === 'same');
  return isAs(a, b) || isAs(b, a);
}

function compareTexts(gold: string, given: string, options: ComparisonOptions): Verdict {
  let [a, b] = [answerOf(gold), answerOf(given)];
  if (a.is === 'region' && b.is !== 'region') b = answerOf(given, 'region');
  if (b.is === 'region' && a.is !== 'region') a = answerOf(gold, 'region');
  if (options.strict && a.is === 'region' && b.is === 'region' && isInequality(gold) !== isInequality(given))
    return 'different';
  return compareRead(a, b);
}

/**
 * Whether two answers agree, neither being the key: in one direction at least. Reflexive and symmetric.
 */
export function agreeAnswers(a: string, b: string): Verdict {
  const there = compareAnswers(a, b);
  if (there === 'same') return 'same';
  const back = compareAnswers(b, a);
  if (back === 'same') return 'same';
  return there === 'different' && back === 'different' ? 'different' : 'unsure';
}

const isInequality = (text: string) => /[<>≤≥]|\\(?:leq?|geq?|lt|gt|leqslant|geqslant)(?![a-z])/.test(text);

/** A word is one whatever its case; single letters are variables, and theirs counts. */
function isSameWord(a: string, b: string): boolean {
  const word = plainWords(a);
  return word === plainWords(b) && /^\p{L}[\p{L}\s'-]+$/u.test(word);
}

/** The text without what never counts. */
function textOf(text: string): string {
  return text
    .replace(/(?<=\d)[\s~]+(?=\d)/g, '_') // 1 2/3 is not 12/3
    .replace(/\\(?:left|right|displaystyle|[,;:! ])|[\s$~]/g, '')
    .replace(/\\[dt]frac/g, '\\frac');
}

function compareRead(a: Answer, b: Answer): Verdict {
  const [x, y] = [withoutNames(a, b), withoutNames(b, a)];
  if (x.is === 'choice' || y.is === 'choice') return compareChoices(x, y);
  if (x.is === 'list' || y.is === 'list') return compareLists(x, y);
  if (x.is === 'region' || y.is === 'region') return compareRegions(x, y);
  if (x.is === 'matrix' || y.is === 'matrix') return compareMatrices(x, y);
  if (x.is === 'assignment' && y.is === 'assignment') {
    const isSameName = x.to.toLowerCase() === y.to.toLowerCase();
    const verdict = compareRead(x.value, y.value);
    if (!isSameName && verdict === 'same' && hasNames(x.value)) return 'unsure'; // f(x) = x² and y = x²
    return isSameName ? verdict : (asRelations(x, y) ?? (verdict === 'same' ? 'unsure' : 'different'));
  }
  if (x.is === 'relation' || y.is === 'relation') return asRelations(x, y) ?? 'unsure';
  if (isValue(x) && isValue(y)) return compareQuantities(x, y);
  if (x.is === 'words' && y.is === 'words') return compareWords(x.text, y.text);
  return x.is === 'words' || y.is === 'words' ? wordsAgainst(x, y) : 'unsure';
}

/** `x = 5` beside `5` is 5. */
function withoutNames(answer: Answer, beside: Answer): Answer {
  if (answer.is !== 'assignment' || beside.is === 'assignment' || beside.is === 'relation') return answer;
  return answer.value;
}

function hasNames(answer: Answer): boolean {
  return answer.is === 'expression' && factsOf(answer.value).names.size > 0;
}

type Value = Extract<Answer, { is: 'expression' | 'quantity' }>;

function isValue(answer: Answer): answer is Value {
  return answer.is === 'expression' || answer.is === 'quantity';
}

function compareChoices(a: Answer, b: Answer): Verdict {
  if (a.is === 'choice' && b.is === 'choice') return a.letter === b.letter ? 'same' : 'different';
  const [choice, other] = a.is === 'choice' ? [a, b] : [b, a];
  if (choice.is !== 'choice') return 'unsure';
  if (other.is === 'expression' && other.value.is === 'variable') {
    return other.value.name.toUpperCase() === choice.letter ? 'same' : 'different';
  }
  // what stands beside the letter may be the answer in words
  if (choice.text !== '') return compareRead(answerOf(choice.text), other) === 'same' ? 'same' : 'unsure';
  return 'unsure';
}

function compareWords(a: string, b: string): Verdict {
  const joined = (text: string) => text.replace(/(?<=\d)\s+(?=\d)/g, '_').replace(/[\s{}]/g, '');
  if (joined(a) === joined(b)) return 'same';
  // another language, or more of the same words, may say the same
  if (/\p{sc=Han}/u.test(a) !== /\p{sc=Han}/u.test(b)) return 'unsure';
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (` ${long} `.includes(` ${short} `) && !/\b(?:not?|non)\b|[不非]/.test(long.replace(short, ''))) return 'unsure';
  const isPlain = (text: string) => /^[\p{L}\p{M}\s.'-]+$/u.test(text) && !text.includes('\\');
  return isPlain(a) && isPlain(b) ? 'different' : 'unsure';
}

function wordsAgainst(a: Answer, b: Answer): Verdict {
  const [words, other] = a.is === 'words' ? [a, b] : [b, a];
  const isWord = words.is === 'words' && /^[\p{L}\s]+$/u.test(words.text) && !hasNumberWord(words.text);
  return isWord && isValue(other) ? 'different' : 'unsure';
}

function compareQuantities(a: Value, b: Value): Verdict {
  if (a.is === 'expression' && b.is === 'expression') return compareValues(a.value, b.value);
  if (a.is === 'quantity' && b.is === 'quantity') return compareUnits(a, b);
  const [plain, counted] = a.is === 'quantity' ? [b, a] : [a, b];
  // 5 Ω beside 5 ohms
  if (counted.is === 'quantity' && !counted.unit.of && factsOf(plain.value).names.size > 0) return 'unsure';
  // a unit on one side only is left out; a share may be told as a part of one, an angle in radians
  const verdict = compareValues(a.value, b.value);
  const unit = a.is === 'quantity' ? a.unit : b.is === 'quantity' ? b.unit : undefined;
  if (verdict === 'same' || !unit) return verdict;
  const scale = scaleOf(unit);
  if (!scale) return verdict;
  const scaled = (value: Value) => (value.is === 'quantity' ? multiplied(value.value, scale) : value.value);
  return compareValues(scaled(a), scaled(b));
}

function scaleOf(unit: Unit): Expression | undefined {
  if (unit.of === 'share') return { is: 'number', value: { n: 1n, d: 100n } };
  if (unit.of !== 'angle') return undefined;
  return { is: 'divide', left: { is: 'constant', name: 'pi' }, right: { is: 'number', value: { n: 180n, d: 1n } } };
}

function multiplied(left: Expression, right: Expression): Expression {
  return { is: 'multiply', left, right };
}

function compareUnits(a: Value & { is: 'quantity' }, b: Value & { is: 'quantity' }): Verdict {
  if (a.unit.name === b.unit.name || (a.unit === b.unit && a.unit.of)) return compareValues(a.value, b.value);
  if (a.unit.of !== undefined && a.unit.of === b.unit.of && a.unit.size && b.unit.size) {
    if (exact.isSame(a.unit.size, b.unit.size)) return compareValues(a.value, b.value);
    const size = (value: exact.Fraction): Expression => ({ is: 'number', value });
    return compareValues(multiplied(a.value, size(a.unit.size)), multiplied(b.value, size(b.unit.size)));
  }
  if (a.unit.of !== undefined && b.unit.of !== undefined) {
    const radians =
      [a.unit, b.unit].some(({ of }) => of === 'radian') && [a.unit, b.unit].some(({ of }) => of === 'angle');
    if (!radians) return 'different';
    const inRadians = ({ value, unit }: typeof a) =>
      multiplied(value, scaleOf(unit) ?? { is: 'number', value: exact.one });
    return compareValues(inRadians(a), inRadians(b));
  }
  // words that we do not know may mean the same: "pieces" and "blocks"; 36 km/h are 10 m/s
  if (![a, b].every(({ unit }) => isThing(unit.name))) return 'unsure';
  return compareValues(a.value, b.value) === 'different' ? 'different' : 'unsure';
}

/** Something that is counted, and no unit or part of one that may be another's multiple. */
function isThing(name: string): boolean {
  return /^\p{L}[\p{L} -]*$/u.test(name) && name.split(/[ -]/).every((word) => word.length > 3 && !isUnit(word));
}

/** `a` is the key: a decimal given for it may be rounded, unless the key is a decimal itself. */
function compareValues(a: Expression, b: Expression): Verdict {
  const verdict = compareExpressions(a, b);
  if (verdict === 'same') return 'same';
  if (isDecimal(b) && !isDecimal(a) && factsOf(a).names.size === 0 && !isWhole(a) && isRoundingOf(b, a)) return 'same';
  return verdict;
}

function isWhole(expression: Expression): boolean {
  return exactValue(expression)?.d === 1n;
}

function compareLists(a: Answer, b: Answer): Verdict {
  const [x, y] = [itemsOf(a), itemsOf(b)];
  if (!x || !y) return 'unsure';
  if (x.items.length !== y.items.length && [a, b].some(isComplex)) return 'unsure'; // 3 + 4i beside (3, 4)
  if (x.items.length !== y.items.length) return x.isSet && y.isSet ? compareSets(x.items, y.items) : 'different';
  if (x.isOrdered && y.isOrdered) return every(x.items.map((item, at) => compareRead(item, y.items[at] ?? item)));
  if (x.isOrdered !== y.isOrdered) {
    // (1, 2) beside "1, 2": in this order it is the same, in another nobody knows
    const inOrder = every(x.items.map((item, at) => compareRead(item, y.items[at] ?? item)));
    return inOrder === 'same' && !x.isSet && !y.isSet
      ? 'same'
      : compareSets(x.items, y.items) === 'different'
        ? 'different'
        : 'unsure';
  }
  if (x.items.every(hasLabel) !== y.items.every(hasLabel)) {
    const inOrder = every(x.items.map((item, at) => compareRead(item, y.items[at] ?? item)));
    if (inOrder === 'same') return 'same';
    return compareSets(x.items, y.items) === 'different'
      ? 'different'
      : isOneName(x.items) || isOneName(y.items)
        ? 'same'
        : 'unsure';
  }
  const byLabel = compareByLabel(x.items, y.items);
  if (byLabel === 'different' && areNumbered(x.items) && areNumbered(y.items))
    return compareSets(x.items.map(heldBy), y.items.map(heldBy)) === 'same' ? 'unsure' : 'different';
  return byLabel ?? compareSets(x.items, y.items);
}

const isComplex = (answer: Answer) => answer.is === 'expression' && factsOf(answer.value).isComplex;

/** x_1 and x_2: which root is the first is nobody's. */
function areNumbered(items: readonly Answer[]): boolean {
  const letters = new Set(items.map((item) => /^(\p{L})_\d$/u.exec(labelOf(item) ?? '')?.[1]));
  return letters.size === 1 && !letters.has(undefined);
}

const heldBy = (item: Answer) => (item.is === 'assignment' ? item.value : item);

/** Said what it is of: `x = 1`, "23 chickens". */
function hasLabel(item: Answer): boolean {
  return item.is === 'assignment' || item.is === 'quantity';
}

/** `x = 1 or x = 2`: several values of one variable are a set. */
function isOneName(items: readonly Answer[]): boolean {
  const names = new Set(
    items.map((item) => (item.is === 'assignment' ? item.to : item.is === 'quantity' ? item.unit.name : '')),
  );
  return names.size === 1 && !names.has('');
}

function itemsOf(answer: Answer): { items: readonly Answer[]; isOrdered: boolean; isSet: boolean } | undefined {
  if (answer.is === 'list')
    return {
      items: answer.items,
      isOrdered: answer.brackets === '()' || answer.brackets === '[]',
      isSet: answer.brackets === '\\{\\}',
    };
  if (answer.is === 'assignment' && answer.value.is === 'list') return itemsOf(answer.value);
  if (answer.is === 'matrix' && answer.form === 'matrix') {
    const isVector = answer.rows.length === 1 || answer.rows.every((row) => row.length === 1);
    return isVector ? { items: answer.rows.flat(), isOrdered: true, isSet: false } : undefined;
  }
  if (isValue(answer) || answer.is === 'assignment') return { items: [answer], isOrdered: false, isSet: false };
  return undefined;
}

/** What a value is of, in the answer's own words. */
function labelOf(item: Answer): string | undefined {
  return item.is === 'assignment' ? item.to : item.is === 'quantity' ? item.unit.name : undefined;
}

/** Values by what they are of, where both sides name the same things, each once. */
function compareByLabel(a: readonly Answer[], b: readonly Answer[]): Verdict | undefined {
  const [x, y] = [a, b].map((items) => new Map(items.map((item) => [labelOf(item), item])));
  if (!x || !y || x.size !== a.length || y.size !== b.length || x.has(undefined)) return undefined;
  if (![...x.keys()].every((label) => y.has(label))) return undefined;
  return every([...x].map(([label, item]) => compareRead(item, y.get(label) ?? item)));
}

/** Each of `a` has its own partner in `b`, and nothing is left over; in a set the same thing twice is once. */
function compareSets(a: readonly Answer[], b: readonly Answer[]): Verdict {
  const [x, y] = [unique(a), unique(b)];
  if (x.length !== y.length) return 'different';
  const rest = [...y];
  let isUnsure = false;
  for (const item of x) {
    const verdicts = rest.map((other) => compareRead(item, other));
    const at = verdicts.indexOf('same');
    if (at >= 0) rest.splice(at, 1);
    else if (verdicts.includes('unsure')) isUnsure = true;
    else return 'different';
  }
  return isUnsure ? 'unsure' : 'same';
}

function unique(items: readonly Answer[]): Answer[] {
  const kinds: Answer[] = [];
  for (const item of items) if (!kinds.some((other) => compareRead(other, item) === 'same')) kinds.push(item);
  return kinds;
}

function every(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('different')) return 'different';
  return verdicts.includes('unsure') ? 'unsure' : 'same';
}

function compareRegions(a: Answer, b: Answer): Verdict {
  if (a.is !== 'region' || b.is !== 'region') return isValue(a) || isValue(b) ? 'different' : 'unsure';
  if (isInfinity(a.of) || isInfinity(b.of)) return a.of === b.of ? 'same' : 'different';
  if (a.of !== undefined && b.of !== undefined && a.of !== b.of) return 'different';
  const [x, y] = [merged(a.intervals), merged(b.intervals)];
  if (!x || !y) return 'unsure';
  if (x.length !== y.length) return 'different';
  return every(
    x.flatMap((interval, at) => {
      const other = y[at] ?? interval;
      return [compareEnds(interval.from, other.from), compareEnds(interval.to, other.to)];
    }),
  );
}

const isInfinity = (of: string | undefined) => of === '+infinity' || of === '-infinity';

function compareEnds(a: End, b: End): Verdict {
  if (!a.value || !b.value) return a.value === b.value ? 'same' : 'different';
  return a.closed === b.closed ? compareExpressions(a.value, b.value) : 'different';
}

/** In order, and joined where they touch; undefined where an end has no value. */
function merged(intervals: readonly Interval[]): Interval[] | undefined {
  const at = (end: End, side: 1 | -1) =>
    end.value ? approximate(end.value, new Map()).re : side * Number.POSITIVE_INFINITY;
  const sorted = [...intervals].sort((p, q) => at(p.from, -1) - at(q.from, -1));
  const joined: Interval[] = [];
  for (const interval of sorted) {
    if (Number.isNaN(at(interval.from, -1)) || Number.isNaN(at(interval.to, 1))) return undefined;
    const last = joined.at(-1);
    const gap = last ? at(interval.from, -1) - at(last.to, 1) : 1;
    const touches = gap < -1e-12 || (Math.abs(gap) <= 1e-12 && (interval.from.closed || last?.to.closed));
    if (!last || !touches) joined.push(interval);
    else if (at(interval.to, 1) > at(last.to, 1)) joined[joined.length - 1] = { from: last.from, to: interval.to };
  }
  return joined;
}

function compareMatrices(a: Answer, b: Answer): Verdict {
  if (a.is !== 'matrix' || b.is !== 'matrix') return compareLists(a, b);
  if (a.form !== b.form) return 'unsure';
  if (a.rows.length !== b.rows.length || a.rows.some((row, at) => row.length !== b.rows[at]?.length))
    return 'different';
  return every(a.rows.flatMap((row, r) => row.map((cell, c) => compareRead(cell, b.rows[r]?.[c] ?? cell))));
}

/** Equations and inequalities that say the same: one side minus the other is the same but for a factor. */
function asRelations(a: Answer, b: Answer): Verdict | undefined {
  const [p, q] = [differenceOf(a), differenceOf(b)];
  if (!p || !q || p.relation !== q.relation) return p && q ? 'different' : undefined;
  const ratio: Expression = { is: 'divide', left: p.difference, right: q.difference };
  const names = [...factsOf(ratio).names];
  const values = factors.map((shift) => {
    const scope = new Map(names.map((name, at) => [name, { re: shift + 0.37 * (at + 1) * (at % 2 ? -1 : 1), im: 0 }]));
    return approximate(ratio, scope);
  });
  const known = values.filter(({ re, im }) => Number.isFinite(re) && im === 0);
  const [first] = known;
  if (!first || known.length < 3) return 'unsure';
  const isConstant = known.every(({ re }) => Math.abs(re - first.re) <= 1e-9 * Math.max(1, Math.abs(first.re)));
  if (!isConstant || first.re === 0)
    return holdsFor(a, q.difference) || holdsFor(b, p.difference) ? 'unsure' : 'different';
  return p.relation === '=' || p.relation === '!=' || first.re > 0 ? 'same' : 'different';
}

/** Whether what a variable is makes the other relation true: y = 1/x and xy = 1. */
function holdsFor(answer: Answer, difference: Expression): boolean {
  if (answer.is !== 'assignment' || answer.value.is !== 'expression') return false;
  const { to, value } = { to: answer.to, value: answer.value.value };
  const names = [...factsOf({ is: 'add', left: value, right: difference }).names].filter((name) => name !== to);
  return factors.every((shift) => {
    const scope = new Map(names.map((name, at) => [name, { re: shift + 0.37 * (at + 1), im: 0 }]));
    const { re, im } = approximate(difference, new Map([...scope, [to, approximate(value, scope)]]));
    return Math.abs(re) <= 1e-9 && Math.abs(im) <= 1e-9;
  });
}

const factors = [0.713, -1.291, 2.857, -3.401, 5.119];

function differenceOf(answer: Answer): { difference: Expression; relation: string } | undefined {
  const minus = (left: Expression, right: Expression): Expression => ({
    is: 'add',
    left,
    right: { is: 'negate', of: right },
  });
  if (answer.is === 'relation') return { difference: minus(answer.left, answer.right), relation: answer.relation };
  if (answer.is === 'assignment' && answer.value.is === 'expression' && !answer.to.includes(' '))
    return { difference: minus({ is: 'variable', name: answer.to }, answer.value.value), relation: '=' };
  return undefined;
}
