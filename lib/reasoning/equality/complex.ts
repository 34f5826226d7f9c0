/** A complex number in floating point; a part that is not finite means "no value". */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const real = (re: number): Complex => ({ re, im: 0 });
export const nothing: Complex = { re: Number.NaN, im: 0 };

export function hasValue({ re, im }: Complex): boolean {
  return Number.isFinite(re) && Number.isFinite(im);
}

export function plus(a: Complex, b: Complex): Complex {
  return { re: a.re + b.re, im: a.im + b.im };
}

export function minus(a: Complex, b: Complex): Complex {
  return { re: a.re - b.re, im: a.im - b.im };
}

export function times(a: Complex, b: Complex): Complex {
  if (a.im === 0 && b.im === 0) return real(a.re * b.re);
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

export function over(a: Complex, b: Complex): Complex {
  if (b.im === 0) return b.re === 0 ? nothing : { re: a.re / b.re, im: a.im / b.re };
  const square = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / square, im: (a.im * b.re - a.re * b.im) / square };
}

export function magnitude({ re, im }: Complex): number {
  return im === 0 ? Math.abs(re) : Math.hypot(re, im);
}

export function exp({ re, im }: Complex): Complex {
  const size = Math.exp(re);
  return im === 0 ? real(size) : { re: size * Math.cos(im), im: size * Math.sin(im) };
}

/** The principal logarithm. */
export function log(a: Complex): Complex {
  if (a.re === 0 && a.im === 0) return nothing;
  return { re: Math.log(magnitude(a)), im: Math.atan2(a.im, a.re) };
}

/** The principal power; whole powers by multiplying, so that real numbers stay real. */
export function raise(a: Complex, b: Complex): Complex {
  if (b.im === 0 && Number.isInteger(b.re) && Math.abs(b.re) <= 64) return wholePower(a, b.re);
  if (a.im === 0 && b.im === 0 && a.re >= 0) return a.re === 0 && b.re < 0 ? nothing : real(a.re ** b.re);
  if (a.re === 0 && a.im === 0) return b.re > 0 ? real(0) : nothing;
  return exp(times(b, log(a)));
}

function wholePower(a: Complex, exponent: number): Complex {
  if (exponent < 0) return over(real(1), wholePower(a, -exponent));
  let result = real(1);
  for (let i = 0; i < exponent; i++) result = times(result, a);
  return result;
}

export function squareRoot(a: Complex): Complex {
  if (a.im === 0) return a.re >= 0 ? real(Math.sqrt(a.re)) : { re: 0, im: Math.sqrt(-a.re) };
  return raise(a, real(0.5));
}

export function sine({ re, im }: Complex): Complex {
  return im === 0 ? real(Math.sin(re)) : { re: Math.sin(re) * Math.cosh(im), im: Math.cos(re) * Math.sinh(im) };
}

export function cosine({ re, im }: Complex): Complex {
  return im === 0 ? real(Math.cos(re)) : { re: Math.cos(re) * Math.cosh(im), im: -Math.sin(re) * Math.sinh(im) };
}

/** Whether two values are one but for the rounding of doubles. */
export function isClose(a: Complex, b: Complex): boolean {
  return magnitude(minus(a, b)) <= 1e-9 * Math.max(1, magnitude(a), magnitude(b));
}
