import * as complex from './complex.ts';
import type { Complex } from './complex.ts';
import { exactValue, factsOf, approximate } from './evaluate.ts';
import type { Expression } from './expression.ts';
import * as exact from './fraction.ts';
import type { Fraction } from './fraction.ts';

/** `unsure` is said where neither can be shown; it counts as no verdict. */
export type Verdict = 'same' | 'different' | 'unsure';

/** Values of the variables: fractions, so that polynomials are compared exactly; both signs; apart from each other. */
const points: readonly Fraction[] = [
  { n: 7n, d: 5n },
  { n: -13n, d: 7n },
  { n: 29n, d: 11n },
  { n: -31n, d: 17n },
  { n: 3n, d: 19n },
  { n: -5n, d: 23n },
];
const wholePoints: readonly Fraction[] = [3n, 5n, 8n, 12n, 2n, 7n].map((n) => ({ n, d: 1n }));
/** Where no real value exists: both parts not zero. */
const complexPoints: readonly Complex[] = [
  { re: 0.7390851332, im: 0.5671432904 },
  { re: -1.3247179572, im: 0.8346268417 },
  { re: 0.4142135623, im: -1.2020569031 },
  { re: -0.6180339887, im: -0.9159655941 },
];

/**
 * Whether two expressions have the same value whatever their variables stand for. Exactly where both can be told exactly; else
 * in floating point at negative and positive values, and at complex ones where no real ones exist.
 */
export function compareExpressions(a: Expression, b: Expression): Verdict {
  const facts = [factsOf(a), factsOf(b)] as const;
  const names = [...new Set([...facts[0].names, ...facts[1].names])];
  if (names.length === 0) return compareConstants(a, b);
  if (names.length > 8) return 'unsure';
  const isComplex = facts.some((of) => of.isComplex);
  for (const set of [points, wholePoints]) {
    const { verdict, compared } = compareAtPoints(a, b, names, set, isComplex);
    if (verdict !== 'unsure' && compared >= 2) return verdict;
    if (verdict === 'different') return verdict;
  }
  if (facts.some((of) => of.isRealOnly)) return 'unsure';
  return compareAtComplex(a, b, names);
}

function compareAtPoints(
  a: Expression,
  b: Expression,
  names: readonly string[],
  set: readonly Fraction[],
  isComplex: boolean,
): { verdict: Verdict; compared: number } {
  let compared = 0;
  let isUnsure = false;
  for (let i = 0; i < set.length; i++) {
    const scope = new Map(names.map((name, at) => [name, set[(i + at) % set.length] ?? exact.one]));
    const [x, y] = [exactValue(a, scope), exactValue(b, scope)];
    if (x && y) {
      compared++;
      if (!exact.isSame(x, y)) return { verdict: 'different', compared };
      continue;
    }
    const values = new Map([...scope].map(([name, value]) => [name, complex.real(exact.toNumber(value))]));
    const [p, q] = [approximate(a, values), approximate(b, values)];
    if (!complex.hasValue(p) || !complex.hasValue(q)) continue;
    if (!isComplex && (p.im !== 0 || q.im !== 0)) continue; // outside the reals one of them has no value
    compared++;
    const verdict = compareValues(p, q, 1e-11);
    if (verdict === 'different') return { verdict, compared };
    isUnsure ||= verdict === 'unsure';
  }
  return { verdict: compared === 0 || isUnsure ? 'unsure' : 'same', compared };
}

function compareAtComplex(a: Expression, b: Expression, names: readonly string[]): Verdict {
  let compared = 0;
  for (let i = 0; i < complexPoints.length; i++) {
    const scope = new Map(
      names.map((name, at) => [name, complexPoints[(i + at) % complexPoints.length] ?? complex.real(1)]),
    );
    const [p, q] = [approximate(a, scope), approximate(b, scope)];
    if (!complex.hasValue(p) || !complex.hasValue(q)) continue;
    compared++;
    if (compareValues(p, q, 1e-11) !== 'same') return 'different';
  }
  return compared === 0 ? 'unsure' : 'same';
}

function compareConstants(a: Expression, b: Expression): Verdict {
  const [x, y] = [exactValue(a), exactValue(b)];
  if (x && y) return exact.isSame(x, y) ? 'same' : 'different';
  const none = new Map<string, Complex>();
  const [p, q] = [approximate(a, none), approximate(b, none)];
  if (!complex.hasValue(p) || !complex.hasValue(q)) return 'unsure';
  const verdict = compareValues(p, q, 1e-13);
  // e^{π√163} is a whole number to fifteen digits, and is none
  const isLarge = Math.max(complex.magnitude(p), complex.magnitude(q)) > 1e9;
  return verdict === 'same' && isLarge && (x !== undefined) !== (y !== undefined) ? 'unsure' : verdict;
}

/** Two doubles: the same within `tolerance`, different beyond 1e-9, between them neither can be said. */
function compareValues(p: Complex, q: Complex, tolerance: number): Verdict {
  const apart = complex.magnitude(complex.minus(p, q)) / Math.max(1, complex.magnitude(p), complex.magnitude(q));
  return apart <= tolerance ? 'same' : apart > 1e-9 ? 'different' : 'unsure';
}

/**
 * Whether `decimal`, as written, is `value` rounded to its own places, with three significant digits at least.
 */
export function isRoundingOf(decimal: Expression, value: Expression): boolean {
  const written = decimal.is === 'negate' ? decimal.of : decimal;
  if (written.is !== 'number' || written.places === undefined || (written.significant ?? 0) < 3) return false;
  const unit = written.places >= 0 ? exact.fraction(1n, 10n ** BigInt(written.places)) : undefined;
  const shown = exactValue(decimal);
  if (!unit || !shown) return false;
  const known = exactValue(value);
  if (known) {
    const apart = exact.add(known, exact.negate(shown));
    if (!apart) return false;
    const twice = exact.multiply({ n: apart.n < 0n ? -apart.n : apart.n, d: apart.d }, { n: 2n, d: 1n });
    return twice !== undefined && exact.compare(twice, unit) <= 0;
  }
  const near = approximate(value, new Map());
  if (!complex.hasValue(near) || Math.abs(near.im) > 1e-12) return false;
  return Math.abs(near.re - exact.toNumber(shown)) <= 0.5 * exact.toNumber(unit) * (1 + 1e-9);
}

/** Whether an expression is a decimal as written, with its sign: such a one may be rounded. */
export function isDecimal(expression: Expression): boolean {
  const written = expression.is === 'negate' ? expression.of : expression;
  return written.is === 'number' && written.places !== undefined && written.places > 0;
}
