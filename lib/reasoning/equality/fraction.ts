/** An exact rational number, in lowest terms, its denominator positive. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

/** Longer numbers are not reckoned with: what a model may write must not take the thread. */
const mostBits = 4096;
const safe = 1n << 53n;
const most = 1n << BigInt(mostBits);

export const zero: Fraction = { n: 0n, d: 1n };
export const one: Fraction = { n: 1n, d: 1n };

/** @returns undefined for a denominator of 0, or where the number grows beyond `mostBits`. */
export function fraction(n: bigint, d = 1n): Fraction | undefined {
  if (d === 0n || n > most || n < -most || d > most || d < -most) return undefined;
  if (d === 1n) return { n, d };
  const by = d < 0n ? -gcd(n, d) : gcd(n, d);
  return { n: n / by, d: d / by };
}

export function add(a: Fraction, b: Fraction): Fraction | undefined {
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function multiply(a: Fraction, b: Fraction): Fraction | undefined {
  return fraction(a.n * b.n, a.d * b.d);
}

export function divide(a: Fraction, b: Fraction): Fraction | undefined {
  return fraction(a.n * b.d, a.d * b.n);
}

export function negate(a: Fraction): Fraction {
  return { n: -a.n, d: a.d };
}

export function isSame(a: Fraction, b: Fraction): boolean {
  return a.n === b.n && a.d === b.d;
}

export function compare(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** Raised to a rational power, where that is rational: `(9/4)^(1/2)`. */
export function power(base: Fraction, exponent: Fraction): Fraction | undefined {
  const root = exponent.d === 1n ? base : rootOf(base, exponent.d);
  if (!root) return undefined;
  const times = exponent.n < 0n ? -exponent.n : exponent.n;
  if (exponent.n < 0n && root.n === 0n) return undefined;
  const bits = BigInt(Math.max(bitsOf(root.n), bitsOf(root.d)));
  const isUnit = (root.n === 0n || root.n === 1n || root.n === -1n) && root.d === 1n;
  if (!isUnit && times * bits > BigInt(mostBits)) return undefined;
  // a unit's power tells even from odd only
  const [n, d] = isUnit ? [root.n ** (times === 0n ? 0n : 2n - (times % 2n)), 1n] : [root.n ** times, root.d ** times];
  return exponent.n < 0n ? fraction(d, n) : fraction(n, d);
}

/** The real `by`-th root where it is rational; odd roots of negative numbers are negative. */
export function rootOf({ n, d }: Fraction, by: bigint): Fraction | undefined {
  if (by < 1n || by > 64n) return undefined;
  const isNegative = n < 0n;
  if (isNegative && by % 2n === 0n) return undefined;
  const [top, bottom] = [wholeRoot(isNegative ? -n : n, by), wholeRoot(d, by)];
  if (top === undefined || bottom === undefined) return undefined;
  return fraction(isNegative ? -top : top, bottom);
}

function wholeRoot(n: bigint, by: bigint): bigint | undefined {
  if (n < 2n || by === 1n) return n;
  if (n < safe) {
    const near = BigInt(Math.round(Number(n) ** (1 / Number(by))));
    return near ** by === n ? near : undefined;
  }
  let low = 1n;
  let high = 1n << (BigInt(bitsOf(n)) / by + 1n);
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (middle ** by <= n) low = middle;
    else high = middle - 1n;
  }
  return low ** by === n ? low : undefined;
}

/** The largest whole number that is not above it. */
export function floor({ n, d }: Fraction): bigint {
  const q = n / d;
  return n < 0n && q * d !== n ? q - 1n : q;
}

export function toNumber({ n, d }: Fraction): number {
  const [top, bottom] = [Number(n), Number(d)];
  if (Number.isFinite(top) && Number.isFinite(bottom)) return top / bottom;
  // both too long for a double: what they have in front
  const cut = BigInt(Math.max(bitsOf(n), bitsOf(d)) - 900);
  return Number(n >> cut) / Number(d >> cut);
}

export function gcd(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  if (x < safe && y < safe) {
    let [p, q] = [Number(x), Number(y)];
    while (q !== 0) [p, q] = [q, p % q];
    return BigInt(p || 1);
  }
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}

function bitsOf(n: bigint): number {
  return (n < 0n ? -n : n).toString(16).length * 4;
}
