import * as complex from './complex.ts';
import type { Complex } from './complex.ts';
import type { Expression, FunctionName } from './expression.ts';
import * as exact from './fraction.ts';
import type { Fraction } from './fraction.ts';

/** The exact value where it is rational and can be told exactly; variables have the values of `scope`. */
export function exactValue(expression: Expression, scope?: ReadonlyMap<string, Fraction>): Fraction | undefined {
  switch (expression.is) {
    case 'number':
      return expression.value;
    case 'variable':
      return scope?.get(expression.name);
    case 'constant':
      return undefined;
    case 'negate': {
      const of = exactValue(expression.of, scope);
      return of && exact.negate(of);
    }
    case 'call':
      return exactCall(expression.name, expression.of, scope);
    default: {
      const left = exactValue(expression.left, scope);
      const right = left && exactValue(expression.right, scope);
      if (!left || !right) return undefined;
      if (expression.is === 'add') return exact.add(left, right);
      if (expression.is === 'multiply') return exact.multiply(left, right);
      if (expression.is === 'divide') return exact.divide(left, right);
      return exact.power(left, right);
    }
  }
}

function exactCall(
  name: FunctionName,
  args: readonly Expression[],
  scope: ReadonlyMap<string, Fraction> | undefined,
): Fraction | undefined {
  const values: Fraction[] = [];
  for (const arg of args) {
    const value = exactValue(arg, scope);
    if (!value) return undefined;
    values.push(value);
  }
  const [first, second] = values;
  if (!first) return undefined;
  switch (name) {
    case 'sqrt':
      return exact.rootOf(first, 2n);
    case 'root':
      return second?.d === 1n ? exact.rootOf(first, second.n) : undefined;
    case 'abs':
      return first.n < 0n ? exact.negate(first) : first;
    case 'floor':
      return exact.fraction(exact.floor(first));
    case 'ceil':
      return exact.fraction(-exact.floor(exact.negate(first)));
    case 'factorial':
      return factorial(first);
    case 'binom':
      return second && binomial(first, second);
    case 'log':
      return second && logarithm(first, second);
    case 'lg':
      return logarithm(first, { n: 10n, d: 1n });
    case 'gcd':
    case 'lcm':
      return wholeFold(values, name);
    case 'min':
    case 'max':
      return values.reduce((best, value) => (exact.compare(value, best) < 0 === (name === 'min') ? value : best));
    default:
      return undefined;
  }
}

function factorial({ n, d }: Fraction): Fraction | undefined {
  if (d !== 1n || n < 0n || n > 500n) return undefined;
  let product = 1n;
  for (let i = 2n; i <= n; i++) product *= i;
  return exact.fraction(product);
}

function binomial(n: Fraction, k: Fraction): Fraction | undefined {
  if (n.d !== 1n || k.d !== 1n || n.n < 0n || k.n < 0n) return undefined;
  if (k.n > n.n) return exact.zero;
  const least = k.n * 2n > n.n ? n.n - k.n : k.n;
  if (least > 500n) return undefined;
  let value = 1n;
  for (let i = 1n; i <= least; i++) value = (value * (n.n - least + i)) / i;
  return exact.fraction(value);
}

/** Where it is a fraction of small parts; told exactly by raising the base again. */
function logarithm(value: Fraction, base: Fraction): Fraction | undefined {
  if (value.n <= 0n || base.n <= 0n || exact.isSame(base, exact.one)) return undefined;
  const near = Math.log(exact.toNumber(value)) / Math.log(exact.toNumber(base));
  for (const d of [1, 2, 3, 4, 6]) {
    const n = Math.round(near * d);
    if (!Number.isSafeInteger(n)) return undefined;
    const candidate = exact.fraction(BigInt(n), BigInt(d));
    const [raised, wanted] = [exact.power(base, { n: BigInt(n), d: 1n }), exact.power(value, { n: BigInt(d), d: 1n })];
    if (candidate && raised && wanted && exact.isSame(raised, wanted)) return candidate;
  }
  return undefined;
}

function wholeFold(values: readonly Fraction[], name: 'gcd' | 'lcm'): Fraction | undefined {
  if (values.some(({ d }) => d !== 1n)) return undefined;
  const folded = values
    .map(({ n }) => n)
    .reduce((a, b) => (name === 'gcd' ? exact.gcd(a, b) : (a / exact.gcd(a, b)) * b));
  return exact.fraction(folded);
}

/** The value in floating point; not finite where there is none. Real arguments stay in the reals: √−1 is i. */
export function approximate(expression: Expression, scope: ReadonlyMap<string, Complex>): Complex {
  switch (expression.is) {
    case 'number':
      return complex.real(exact.toNumber(expression.value));
    case 'variable':
      return scope.get(expression.name) ?? complex.nothing;
    case 'constant':
      return constants[expression.name];
    case 'negate':
      return complex.minus(complex.real(0), approximate(expression.of, scope));
    case 'add':
      return complex.plus(approximate(expression.left, scope), approximate(expression.right, scope));
    case 'multiply':
      return complex.times(approximate(expression.left, scope), approximate(expression.right, scope));
    case 'divide':
      return complex.over(approximate(expression.left, scope), approximate(expression.right, scope));
    case 'power':
      return raised(approximate(expression.left, scope), expression.right, scope);
    case 'call':
      return called(
        expression.name,
        expression.of.map((arg) => approximate(arg, scope)),
      );
  }
}

const constants = { pi: complex.real(Math.PI), e: complex.real(Math.E), i: { re: 0, im: 1 } } as const;

/** A fraction with an odd denominator takes the real root of a negative number, as school does. */
function raised(base: Complex, exponent: Expression, scope: ReadonlyMap<string, Complex>): Complex {
  const ratio = exactValue(exponent);
  if (ratio && base.im === 0 && base.re < 0 && ratio.d !== 1n && ratio.d % 2n === 1n) {
    const size = (-base.re) ** exact.toNumber(ratio);
    return complex.real(ratio.n % 2n === 0n ? size : -size);
  }
  return complex.raise(base, ratio ? complex.real(exact.toNumber(ratio)) : approximate(exponent, scope));
}

function called(name: FunctionName, [first = complex.nothing, second, ...rest]: readonly Complex[]): Complex {
  const one = complex.real(1);
  const isReal = first.im === 0;
  switch (name) {
    case 'sqrt':
      return complex.squareRoot(first);
    case 'root':
      return rootOf(first, second?.re ?? Number.NaN);
    case 'sin':
      return complex.sine(first);
    case 'cos':
      return complex.cosine(first);
    case 'tan':
      return complex.over(complex.sine(first), complex.cosine(first));
    case 'cot':
      return complex.over(complex.cosine(first), complex.sine(first));
    case 'sec':
      return complex.over(one, complex.cosine(first));
    case 'csc':
      return complex.over(one, complex.sine(first));
    case 'exp':
      return complex.exp(first);
    case 'ln':
      return complex.log(first);
    case 'log':
      return complex.over(complex.log(first), complex.log(second ?? complex.real(10)));
    case 'lg':
      return complex.over(complex.log(first), complex.real(Math.LN10));
    case 'abs':
      return complex.real(complex.magnitude(first));
    case 'degrees':
      return complex.times(first, complex.real(Math.PI / 180));
    default:
      return isReal && (second?.im ?? 0) === 0
        ? complex.real(realCall(name, first.re, [second?.re, ...rest.map(({ re }) => re)]))
        : complex.nothing;
  }
}

function rootOf(of: Complex, degree: number): Complex {
  if (!Number.isInteger(degree) || degree < 1) return complex.raise(of, complex.real(1 / degree));
  if (of.im === 0 && of.re < 0 && degree % 2 === 1) return complex.real(-((-of.re) ** (1 / degree)));
  return of.im === 0 && degree === 3 ? complex.real(Math.cbrt(of.re)) : complex.raise(of, complex.real(1 / degree));
}

function realCall(name: FunctionName, x: number, [y, ...rest]: readonly (number | undefined)[]): number {
  const all = [x, y, ...rest].filter((value) => value !== undefined);
  switch (name) {
    case 'arcsin':
      return Math.asin(x);
    case 'arccos':
      return Math.acos(x);
    case 'arctan':
      return Math.atan(x);
    case 'sinh':
      return Math.sinh(x);
    case 'cosh':
      return Math.cosh(x);
    case 'tanh':
      return Math.tanh(x);
    case 'floor':
      return Math.floor(x);
    case 'ceil':
      return Math.ceil(x);
    case 'min':
      return Math.min(...all);
    case 'max':
      return Math.max(...all);
    case 'factorial':
      return Number.isInteger(x) && x >= 0 && x <= 170 ? product(x, x) : Number.NaN;
    case 'binom':
      return y !== undefined && Number.isInteger(y) && y >= 0 && y <= 170 ? product(x, y) / product(y, y) : Number.NaN;
    default:
      return Number.NaN;
  }
}

/** `count` factors from `from` down. */
function product(from: number, count: number): number {
  let value = 1;
  for (let i = 0; i < count; i++) value *= from - i;
  return value;
}

/** Names of the variables, and whether it holds the imaginary unit, or a function that is for real numbers. */
export function factsOf(expression: Expression): { names: Set<string>; isComplex: boolean; isRealOnly: boolean } {
  const facts = { names: new Set<string>(), isComplex: false, isRealOnly: false };
  collect(expression, facts);
  return facts;
}

function collect(expression: Expression, facts: ReturnType<typeof factsOf>): void {
  if (expression.is === 'variable') facts.names.add(expression.name);
  else if (expression.is === 'constant') facts.isComplex ||= expression.name === 'i';
  else if (expression.is === 'negate') collect(expression.of, facts);
  else if (expression.is === 'call') {
    facts.isRealOnly ||= /^(?:abs|floor|ceil|min|max|sqrt|root)$/.test(expression.name);
    for (const arg of expression.of) collect(arg, facts);
  } else if (expression.is !== 'number') {
    collect(expression.left, facts);
    collect(expression.right, facts);
  }
}
