import { type Fraction, fraction } from './fraction.ts';

/** What an answer is written with. `spaced`: white space stands before it. */
export type Token = { spaced: boolean } & (
  | {
      is: 'number';
      value: Fraction;
      /** Digits behind the point of a decimal; undefined for whole and repeating numbers, which are exact as they stand. */
      places?: number;
      /** Digits from the first that is not zero on. */
      significant: number;
      /** As written, for what is compared as text. */
      text: string;
    }
  /** A command such as `\frac`, without its backslash. */
  | { is: 'command'; name: string }
  /** Letters in a row. */
  | { is: 'letters'; text: string }
  /** Words in `\text{}` and its kin. */
  | { is: 'text'; text: string }
  /** Any other character; `\{` and `\}` as they stand, since `{` and `}` only group. */
  | { is: 'sign'; text: string }
);

/** What a model may write in its box and have read; more is compared as text. */
export const limits = { characters: 4096, tokens: 2048, depth: 64, nodes: 512, digits: 256 } as const;

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ';
const superscriptOf = '0123456789+-()n';
const subscripts = '₀₁₂₃₄₅₆₇₈₉';
const vulgar: Record<string, string> = {
  '½': '1/2',
  '⅓': '1/3',
  '⅔': '2/3',
  '¼': '1/4',
  '¾': '3/4',
  '⅕': '1/5',
  '⅖': '2/5',
  '⅗': '3/5',
  '⅘': '4/5',
  '⅙': '1/6',
  '⅚': '5/6',
  '⅛': '1/8',
  '⅜': '3/8',
  '⅝': '5/8',
  '⅞': '7/8',
};
const unicodeSigns: Record<string, string> = {
  '−': '-',
  '–': '-',
  '—': '-',
  '×': '*',
  '·': '*',
  '⋅': '*',
  '∙': '*',
  '÷': '/',
  '⁄': '/',
  '∕': '/',
  '≤': '\\le ',
  '⩽': '\\le ',
  '≥': '\\ge ',
  '⩾': '\\ge ',
  '≠': '\\ne ',
  '≈': '\\approx ',
  '±': '\\pm ',
  '∓': '\\mp ',
  '∞': '\\infty ',
  '∪': '\\cup ',
  '∩': '\\cap ',
  '∈': '\\in ',
  '∖': '\\setminus ',
  '∅': '\\emptyset ',
  ℝ: '\\mathbb{R}',
  ℤ: '\\mathbb{Z}',
  ℕ: '\\mathbb{N}',
  ℚ: '\\mathbb{Q}',
  π: '\\pi ',
  θ: '\\theta ',
  φ: '\\phi ',
  α: '\\alpha ',
  β: '\\beta ',
  λ: '\\lambda ',
  '√': '\\sqrt ',
  '∛': '\\sqrt[3] ',
  '°': '^\\circ ',
  '⌊': '\\lfloor ',
  '⌋': '\\rfloor ',
  '⌈': '\\lceil ',
  '⌉': '\\rceil ',
  '…': '\\ldots ',
  '“': '"',
  '”': '"',
  '’': "'",
  '、': ', ',
  '⟨': '\\langle ',
  '⟩': '\\rangle ',
};

/** The signs of Unicode as TeX writes them, full-width characters as plain ones. */
export function plainSigns(text: string): string {
  let plain = '';
  let raised = '';
  let lowered = '';
  const close = () => {
    if (raised !== '') plain += `^{${raised}}`;
    if (lowered !== '') plain += `_{${lowered}}`;
    raised = '';
    lowered = '';
  };
  for (const character of text) {
    const up = superscripts.indexOf(character);
    const down = subscripts.indexOf(character);
    if (up >= 0) raised += superscriptOf[up] ?? '';
    else if (down >= 0) lowered += String(down);
    else {
      close();
      const fractional = vulgar[character];
      if (fractional !== undefined) plain += /\d$/.test(plain) ? ` ${fractional}` : fractional;
      else plain += unicodeSigns[character] ?? character;
    }
  }
  close();
  return plain.normalize('NFKC');
}

const wordCommands = /^(?:text|mathrm|textrm|textbf|textit|textsf|texttt|mbox|hbox|mathsf|mathtt|unit)$/;
const looks =
  /^(?:left|right|big|Big|bigg|Bigg|bigl|bigr|Bigl|Bigr|biggl|biggr|displaystyle|textstyle|limits|nolimits|mathbf|boldsymbol|bm|mathit|mathcal|vec|hat|widehat|tilde|mathopen|mathclose|rm|bf|it|large|Large|normalsize)$/;
const letterRun = /^\p{L}[\p{L}\p{M}]*/u;
const blanks = /^(?:[,;:! ]|quad|qquad|hspace|enspace|thinspace|medspace|nbsp)$/;

/**
 * Reads TeX, or what people write instead of it, into tokens. Linear in its length.
 * @returns undefined where it is beyond the limits
 */
export function tokensOf(source: string): Token[] | undefined {
  if (source.length > limits.characters) return undefined;
  const text = braceArguments(plainSigns(source));
  const tokens: Token[] = [];
  /** Open brackets that make a comma part a list: `(1,234)` is two numbers. */
  let depth = 0;
  let spaced = false;
  for (let at = 0; at < text.length; ) {
    if (tokens.length > limits.tokens) return undefined;
    const character = text[at] ?? '';
    if (/\s|~/.test(character)) {
      spaced = true;
      at++;
      continue;
    }
    const number = readNumber(text, at, depth > 0);
    if (number === 'too long') return undefined;
    if (number) {
      tokens.push({ ...number.token, spaced });
      at = number.end;
    } else if (character === '\\') {
      const name = /^\\(?:[a-zA-Z]+|.)/s.exec(text.slice(at, at + 64))?.[0].slice(1) ?? '';
      at += 1 + name.length;
      if (blanks.test(name)) {
        spaced = true;
        continue;
      }
      if (looks.test(name)) {
        if (/^(?:left|right)$/.test(name) && text[at] === '.') at++; // a bracket that is not there
        continue;
      }
      const words = wordCommands.test(name) || name === 'operatorname' ? /^\s*\{([^{}]*)\}/.exec(text.slice(at)) : null;
      if (words) {
        at += words[0].length;
        const inside = (words[1] ?? '').trim();
        if (name === 'operatorname') tokens.push({ is: 'command', name: inside, spaced });
        else if (inside !== '') tokens.push({ is: 'text', text: inside, spaced: spaced || /^\s/.test(words[1] ?? '') });
      } else if (name === '{' || name === '}') {
        depth = Math.max(0, depth + (name === '{' ? 1 : -1));
        tokens.push({ is: 'sign', text: `\\${name}`, spaced });
      } else if (name === '$' || name === '%' || name === '&' || name === '#' || name === '|' || name === '_') {
        tokens.push({ is: 'sign', text: name, spaced });
      } else if (name === '(' || name === ')' || name === '[' || name === ']') {
        spaced = true; // TeX's own brackets around a formula
        continue;
      } else tokens.push({ is: 'command', name, spaced });
    } else if (/\p{L}/u.test(character)) {
      const run = letterRun.exec(text.slice(at, at + 200))?.[0] ?? character;
      // only one letter is raised or lowered: e^xe^y
      const before = tokens.at(-1);
      const isScript = before?.is === 'sign' && (before.text === '^' || before.text === '_') && /^[a-zA-Z]+$/.test(run);
      const letters = isScript ? character : run;
      tokens.push({ is: 'letters', text: letters, spaced });
      at += letters.length;
    } else {
      if (character === '(' || character === '[') depth++;
      if (character === ')' || character === ']') depth = Math.max(0, depth - 1);
      tokens.push({ is: 'sign', text: character, spaced });
      at++;
    }
    spaced = false;
  }
  return tokens;
}

/** `\frac12` is one half: its digits are its arguments. */
function braceArguments(text: string): string {
  return text
    .replace(/(\\[dtc]?frac)\s*(\d)/g, '$1{$2}')
    .replace(/(\\[dtc]?frac\s{0,9}\{[^{}]*\})\s{0,9}(\d)/g, '$1{$2}');
}

type NumberToken = Extract<Token, { is: 'number' }>;

const plainDigits = /\d+/y;
const grouped = /\d{1,3}(?:(?:\{,\}|\{\\,\}|\\,|['\u202f\u00a0 ])\d{3})+(?!\d)/y;
const groupedByCommas = /\d{1,3}(?:,\d{3})+(?!,?\d)/y;

function readNumber(
  text: string,
  at: number,
  inBrackets: boolean,
): { token: Omit<NumberToken, 'spaced'>; end: number } | 'too long' | undefined {
  const isPoint = text[at] === '.' && /\d/.test(text[at + 1] ?? '');
  if (!isPoint && !/\d/.test(text[at] ?? '')) return undefined;
  const written = isPoint
    ? ''
    : (matchAt(grouped, text, at) ??
      (inBrackets ? undefined : matchAt(groupedByCommas, text, at)) ??
      matchAt(plainDigits, text, at) ??
      '');
  const whole = written.replace(/\D/g, '');
  let end = at + written.length;
  const decimals = /\.(\d+)/y;
  const behind = matchAt(decimals, text, end)?.slice(1) ?? (/\{,\}\d/.test(text.slice(end, end + 4)) ? undefined : '');
  if (behind === undefined) {
    const comma = /\{,\}(\d+)/y; // a decimal comma, braced so that TeX sets no blank behind it
    const digits = matchAt(comma, text, end)?.slice(3) ?? '';
    return finish(whole, digits, end + 3 + digits.length);
  }
  if (behind !== '') end += 1 + behind.length;
  if (whole.length + behind.length > limits.digits) return 'too long';
  const repeating = readRepeating(text, end, behind !== '');
  if (repeating) {
    const value = repeatingValue(whole, behind, repeating.digits);
    if (!value) return undefined;
    return { token: { is: 'number', value, significant: 99, text: text.slice(at, repeating.end) }, end: repeating.end };
  }
  return finish(whole, behind, end);

  function finish(before: string, digits: string, to: number) {
    if (before.length + digits.length > limits.digits) return 'too long' as const;
    const power = /[eE]([+-]?\d{1,4})(?![\d.\p{L}])/uy;
    const exponent = digits !== '' || before.length === 1 ? matchAt(power, text, to) : undefined;
    const shift = exponent === undefined ? 0 : Number(exponent.slice(1));
    const n = BigInt(before + digits || '0');
    const scale = shift - digits.length;
    if (Math.abs(scale) > 1200) return 'too long' as const;
    const value = scale >= 0 ? fraction(n * 10n ** BigInt(scale)) : fraction(n, 10n ** BigInt(-scale));
    if (!value) return 'too long' as const;
    const stop = to + (exponent?.length ?? 0);
    const token: Omit<NumberToken, 'spaced'> = {
      is: 'number',
      value,
      significant: (before + digits).replace(/^0+/, '').length,
      text: text.slice(at, stop),
      ...(digits !== '' && { places: digits.length - shift }),
    };
    return { token, end: stop };
  }
}

const overlined = /^\.?\\(?:overline|bar)\s*(?:\{(\d{1,20})\}|(\d))/;
const dotted = /^\.?\\dot\s*\{?(\d)\}?(?:(\d{0,18})\\dot\s*\{?(\d)\}?)?/;
const bracketed = /^\.?\((\d{1,20})\)/;
const goingOn = /^(?:\\[lc]?dots(?![a-z])|\.\.\.)/;

/** `\overline{6}`, `\dot{6}`, `(6)` or `666…` behind a point. */
function readRepeating(text: string, end: number, hasDigits: boolean): { digits: string; end: number } | undefined {
  const next = text[end];
  // a point of its own where no digit stands before the period
  if (hasDigits ? next !== '\\' && next !== '(' && next !== '.' : next !== '.') return undefined;
  const rest = text.slice(end, end + 60);
  const marked = overlined.exec(rest) ?? bracketed.exec(rest);
  if (marked) return { digits: marked[1] ?? marked[2] ?? '', end: end + marked[0].length };
  const dots = dotted.exec(rest);
  if (dots) return { digits: `${dots[1]}${dots[2] ?? ''}${dots[3] ?? ''}`, end: end + dots[0].length };
  const more = hasDigits ? goingOn.exec(rest) : null;
  if (!more) return undefined;
  const said = /\.(\d+)$/.exec(text.slice(Math.max(0, end - limits.digits), end))?.[1] ?? '';
  const period = /(\d{1,6}?)\1{2,}$/.exec(said)?.[1] ?? (/(\d{2,6})\1$/.exec(said)?.[1] || undefined);
  return period === undefined ? undefined : { digits: period, end: end + more[0].length };
}

function repeatingValue(whole: string, before: string, period: string): Fraction | undefined {
  const nines = 10n ** BigInt(period.length) - 1n;
  const scale = 10n ** BigInt(before.length);
  return fraction(BigInt(whole + before || '0') * nines + BigInt(period), scale * nines);
}

/** `pattern` must be sticky. */
function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
