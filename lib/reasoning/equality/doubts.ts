/**
 * Ways of writing that two careful people read differently: a difference found in them is none that can be said. Bases above
 * ten, `C(5, 2)`, a double factorial, `1/2x`, `2^3^2`, a sine of whole degrees without their sign, unit vectors.
 */
const readTwoWays = [
  /!!/,
  /(?<![a-zA-Z\\])[CPA](?:\(\s*\d|_\{?\d+\}?\s*\^)/,
  /\b0[xb][\da-f]+\b/i,
  /[A-F][\dA-F]{0,12}\}?_\{?1[1-6]\b/,
  /\d\/\d+\s?[a-z]/,
  /\^\{?\w+\}?\s*\^/,
  /(?:sin|cos|tan)\s*\(?\s*\d{2,}\s*\)?$/,
  /\\(?:mathbf|hat|vec|boldsymbol)\s*\{?\\?[ij]/,
];

/** Beyond it nobody has written an answer by hand. */
const longest = 200;

/** Whether a difference in one of these texts may be one of reading only. */
export function isReadTwoWays(a: string, b: string): boolean {
  if (a.length > longest || b.length > longest) return false;
  return readTwoWays.some((way) => way.test(a) || way.test(b)) || isLetterRun(a, b);
}

/** `ABC` beside `BCA`, which is no product but names of points, or an order. */
export function isProductOfNames(a: string, b: string): boolean {
  return isLetterRun(a, b) && !/[,、;和]|\band\b/.test(a + b) && lettersOf(a) !== lettersOf(b);
}

/** `ABC` beside `BCA`, or beside `A, B, C`: names of points, an order, or several choices. */
function isLetterRun(a: string, b: string): boolean {
  if (a.length > longest || b.length > longest) return false;
  const [x, y] = [lettersOf(a), lettersOf(b)];
  if (!/^[A-Z]{2,12}$/.test(x) || !/^[A-Z]{2,12}$/.test(y)) return false;
  return [...x].sort().join('') === [...y].sort().join('');
}

const lettersOf = (text: string) => text.replace(/\\(?:text|mathrm)|[\s{}$,、;和]|\band\b/g, '');

/** A number with commas may be grouped, or hold a decimal comma: how else it may be read. */
export function otherReadings(text: string): string[] {
  if (text.length > longest) return [];
  const bare = text.trim().replace(/^\((.*)\)$/, '$1');
  if (/^-?\d{1,3}(?:,\d{2,3})+$/.test(bare)) return [bare.replaceAll(',', ''), bare.replace(',', '.')];
  return /^-?\d+,\d+$/.test(text.trim()) ? [text.trim().replace(',', '.')] : [];
}

const writtenDate = /^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*$/;
const looseDate =
  /^\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\s*$|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s+\d|\d\s+(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)/i;

/** How two texts stand to each other of which one is a date; undefined where none is. */
export function compareDates(a: string, b: string): 'same' | 'different' | 'unsure' | undefined {
  if (a.length > longest || b.length > longest) return undefined;
  const [x, y] = [writtenDate.exec(a), writtenDate.exec(b)];
  if (x && y) return [1, 2, 3].every((at) => Number(x[at]) === Number(y[at])) ? 'same' : 'different';
  return x || y || looseDate.test(a) || looseDate.test(b) ? 'unsure' : undefined;
}
