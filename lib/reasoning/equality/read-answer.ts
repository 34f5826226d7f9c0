import { readExpression, type Expression } from './expression.ts';
import { exactValue, factsOf } from './evaluate.ts';
import * as exact from './fraction.ts';
import { type Token, tokensOf } from './tokens.ts';
import { isUnit, type Unit, unitOf } from './units.ts';
import { findMultiple, hasNumberWord, numberInWords, partInWords } from './number-words.ts';

/** The end of an interval; no value is infinity. */
export interface End {
  value?: Expression;
  closed: boolean;
}
export interface Interval {
  from: End;
  to: End;
}

export type Relation = '=' | '<' | '<=' | '!=';

/** What an answer is, as a teacher would say. */
export type Answer =
  | { is: 'expression'; value: Expression }
  | { is: 'quantity'; value: Expression; unit: Unit }
  /** Ordered: coordinates in round brackets. `brackets` as they stand, `''` for a loose list. */
  | { is: 'list'; items: readonly Answer[]; brackets: '' | '()' | '[]' | '\\{\\}' }
  /** Numbers that form a set: a union of intervals, sorted as written; of one variable where it is named. */
  | { is: 'region'; intervals: readonly Interval[]; of?: string }
  /** `left` stands in `relation` to `right`. */
  | { is: 'relation'; left: Expression; right: Expression; relation: Relation }
  /** A variable and what it is. */
  | { is: 'assignment'; to: string; value: Answer }
  | { is: 'matrix'; rows: readonly (readonly Answer[])[]; form: 'matrix' | 'determinant' }
  | { is: 'choice'; letter: string; text: string }
  | { is: 'words'; text: string };

/**
 * Reads a final answer, in TeX or in words.
 * @param asked what kind its partner is, where its signs alone leave it open: `(0, 1)` beside an interval is one
 */
export function readAnswer(source: string, asked?: 'region'): Answer {
  const text = trimAnswer(source);
  const words: Answer = { is: 'words', text: plainWords(text) };
  const choice = readChoice(text);
  if (choice) return choice;
  const named = readNamed(text);
  if (named) return named;
  if (/^(?:yes|no|not|odd)$/.test(words.text)) return words; // and no product of letters
  const worded = readWordedNumber(text);
  if (worded) return worded;
  const tokens = tokensOf(text);
  return (tokens && readTokens(tokens, asked)) ?? words;
}

/** An answer without what is only around it: formula brackets, emphasis, a box, a full stop, "about". */
function trimAnswer(source: string): string {
  let text = source.trim().slice(0, 5000);
  for (let turn = 0; turn < 4; turn++) {
    const before = text;
    text = text
      .replace(/^(?:\*\*|__|`+)([\s\S]*?)(?:\*\*|__|`+)$/, '$1')
      .replace(/^\$\$([^$]*)\$\$[.。]?$/, '$1')
      .replace(/^\$([^$]+)\$[.。]?$/, '$1')
      .replace(/^\\\((.*)\\\)[.。]?$/s, '$1')
      .replace(/^\\\[(.*)\\\][.。]?$/s, '$1')
      .replace(/^\\f?boxed\s*\{(.*)\}$/s, '$1')
      .replace(/(?<!\.)[.。,，;；]$|(?<=\p{L}{2})[!！]$/u, '')
      .replace(/(?<=[\d)}%])\s+[(（](?=[^()（）]*\p{L}{3})[\p{L}\s,.'-]+[)）]$/u, '') // 2 (two)
      .replace(/^(?:≈|\\approx(?![a-z])|\\sim(?![a-z])|=|about |approximately |roughly |exactly |约|大约)\s*/i, '')
      .trim();
    if (text === before) break;
  }
  text = otherForms.reduce((form, [written, usual]) => form.replace(written, usual), text);
  // Money's sign and the formula's are the same; before a number it is money.
  return text
    .replace(/\\\$/g, '＄')
    .replace(/(?<!\\)\$(?=\s?\d[\d,.]*$)/, '＄')
    .replace(/\$/g, ' ')
    .trim();
}

/** Older or longer forms of the same, as the usual ones. */
const otherForms: readonly (readonly [RegExp, string])[] = [
  [/\\langle(?![a-z])/g, '('],
  [/\\rangle(?![a-z])/g, ')'],
  [/\{([^{}]{1,200})\\over(?![a-z])([^{}]{1,200})\}/g, '\\frac{$1}{$2}'],
  [/\{([^{}]{1,200})\\choose(?![a-z])([^{}]{1,200})\}/g, '\\binom{$1}{$2}'],
  [/^\\left\s?[[(]\s*(\\begin\{array\}[\s\S]*\\end\{array\})\s*\\right\s?[\])]$/, '$1'],
  [/^\(\s*[a-z](?:\s*,\s*[a-z])+\s*\)\s*=\s*(?=\()/i, ''],
  [/^[a-z]\s*\\in\s*(\\\{[^{}|:]*\\\})$/i, '$1'],
  [
    /^\\?\{\s*[a-z](?:\s*\\in\s*\\mathbb\s*\{?R\}?)?\s*(?:\||:|\\mid|\\colon)\s*([^{}|]*[<>≤≥]|[^{}|]*\\[lg](?:eq?|t)(?![a-z]))([^{}|]*?)\\?\}$/,
    '$1$2',
  ],
  [/^\((\d{1,60})\)_/, '$1_'],
];

const choiceLetter =
  /^(?:(?:the )?(?:correct )?(?:option|choice|answer)\s*(?:is\s*)?[:：]?\s*|选项?\s*)?(?:\\(?:text|mathrm|textbf|mathbf)\s*\{\s*)?[([（]?\s*([A-Ja-j])\s*[)\]）]?\s*[.)]?\s*\}?(?:\s*[.:：)]?\s+(.+)|[.:：)]\s*(.*))?$/iu;

function readChoice(text: string): Answer | undefined {
  const match = choiceLetter.exec(text);
  const letter = match?.[1];
  if (letter === undefined) return undefined;
  const isMarked = /[()（）:：.]|option|choice|answer|选/i.test(text);
  const rest = (match?.[2] ?? match?.[3] ?? '').trim();
  // "A" alone is a choice; "a" is a variable unless it is marked, and words may begin with "A "
  if (rest !== '' && !/^[([（]?[A-J][)\]）.:：]/.test(text.replace(/^\\\w+\{/, '')) && !/option|choice|选/i.test(text))
    return undefined;
  if (letter !== letter.toUpperCase() && !isMarked) return undefined;
  return { is: 'choice', letter: letter.toUpperCase(), text: rest };
}

const emptyWords =
  /^(?:no (?:real )?(?:solutions?|answers?|values?|such .*)|none|does not exist|dne|undefined|empty set|the empty set|no real (?:roots?|solutions?)|无解|不存在|空集)$/;
const allWords = /^(?:all real(?: number)?s?|any real number|all x|(?:the )?real numbers|全体实数|所有实数|任意实数)$/;

function readNamed(text: string): Answer | undefined {
  const plain = plainWords(text);
  if (emptyWords.test(plain)) return { is: 'region', intervals: [] };
  if (allWords.test(plain)) return { is: 'region', intervals: [everything] };
  return undefined;
}

const infinite: End = { closed: false };
const everything: Interval = { from: infinite, to: infinite };

const whole = (n: bigint, d = 1n): Expression => ({ is: 'number', value: { n, d } });

/** A number in words, a fraction in words, or a number in words of something. */
function readWordedNumber(text: string): Answer | undefined {
  const plain = plainWords(text);
  const value = numberInWords(plain);
  if (value !== undefined) return { is: 'expression', value: whole(value) };
  const share = readShare(plain);
  if (share) return share;
  const [, first = '', unit = ''] =
    /^([a-z]+(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|[零〇一二两三四五六七八九十百千]+)[\s-]*(.+)$/u.exec(
      plain,
    ) ?? [];
  const counted = numberInWords(first);
  if (counted === undefined || unit.length > 30) return undefined;
  const part = partInWords(unit);
  if (part !== undefined)
    return { is: 'expression', value: { is: 'divide', left: whole(counted), right: whole(part) } };
  const multiple = findMultiple(unit);
  // "one hundred twenty apples" is more than we read
  return hasNumberWord(multiple?.rest ?? unit) ? { is: 'words', text: plain } : quantityOf(whole(counted), unit);
}

/** 四分之一, 百分之十二. */
function readShare(plain: string): Answer | undefined {
  const [, below, above] = /^(.{1,12})分之(.{1,12})$/u.exec(plain) ?? [];
  if (below === undefined || above === undefined) return undefined;
  const number = (text: string) => (/^\d{1,9}$/.test(text) ? BigInt(text) : numberInWords(text));
  const [d, n] = [below === '百' ? 100n : number(below), number(above)];
  if (d === undefined || n === undefined || d === 0n) return { is: 'words', text: plain };
  if (d === 100n) return { is: 'quantity', value: whole(n), unit: unitOf('%') };
  return { is: 'expression', value: { is: 'divide', left: whole(n), right: whole(d) } };
}

/** A number with what it is of; a million of it is more of it. */
function quantityOf(value: Expression, unit: string): Answer {
  const multiple = findMultiple(unit);
  if (!multiple) return { is: 'quantity', value, unit: unitOf(unit) };
  const more: Expression = { is: 'multiply', left: value, right: whole(multiple.by) };
  return multiple.rest === ''
    ? { is: 'expression', value: more }
    : { is: 'quantity', value: more, unit: unitOf(multiple.rest) };
}

/** Words as they are compared: without case, accents of form, articles and signs. */
export function plainWords(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\\(?:text|mathrm|textbf|mathbf|textit|operatorname|mbox)\s*\{([^{}]*)\}/g, ' $1 ')
    .replace(/\\[,;:! ]|~|\\q?quad(?![a-z])/g, ' ')
    .replace(/[*_`"“”‘’'$]|\\[()[\]]/g, '')
    .toLowerCase()
    .replace(/^(?:the|an?) /, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const opens = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['\\{', '\\}'],
]);

/** Cuts at separators that stand in no bracket. */
function cutAt(tokens: readonly Token[], isSeparator: (token: Token, at: number) => boolean): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.is === 'sign' && opens.has(token.text)) depth++;
    else if (token.is === 'sign' && /^(?:[)\]}]|\\\})$/.test(token.text)) depth--;
    if (depth === 0 && isSeparator(token, at)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

const isSign = (token: Token | undefined, text: string) => token?.is === 'sign' && token.text === text;
const isCommand = (token: Token | undefined, name: string) => token?.is === 'command' && token.name === name;
const isWord = (token: Token, word: RegExp) => (token.is === 'letters' || token.is === 'text') && word.test(token.text);

function readTokens(all: readonly Token[], asked: 'region' | undefined): Answer | undefined {
  const tokens = withoutName(withoutBraces(all));
  const [only] = tokens;
  if (!only) return undefined;
  if (tokens.length === 1 && only.is === 'text') {
    const inside = tokensOf(only.text);
    return inside && readTokens(inside, asked);
  }
  return (
    readMatrix(tokens) ??
    readRegion(tokens, asked) ??
    readLooseList(tokens, asked) ??
    readRelation(tokens, asked) ??
    readBracketed(tokens) ??
    readPlusMinus(tokens) ??
    readQuantity(tokens)
  );
}

/** `P(1, 2)` is its coordinates. */
function withoutName(tokens: readonly Token[]): readonly Token[] {
  const [name, open] = tokens;
  if (name?.is !== 'letters' || !/^[A-Z]$/.test(name.text) || !isSign(open, '(')) return tokens;
  return cutAt(tokens.slice(2, -1), (token) => isSign(token, ',')).length > 1 && isSign(tokens.at(-1), ')')
    ? tokens.slice(1)
    : tokens;
}

function withoutBraces(tokens: readonly Token[]): readonly Token[] {
  let inner = tokens;
  while (isSign(inner[0], '{') && isSign(inner.at(-1), '}') && closesAtEnd(inner)) inner = inner.slice(1, -1);
  return inner;
}

/** Whether the bracket at the beginning is closed by the one at the end. */
function closesAtEnd(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.is === 'sign' && /^(?:[([{]|\\\{)$/.test(token.text)) depth++;
    else if (token.is === 'sign' && /^(?:[)\]}]|\\\})$/.test(token.text)) depth--;
    if (depth === 0) return at === tokens.length - 1;
  }
  return false;
}

/** `\begin{pmatrix} … \end{pmatrix}`: rows at `\\`, cells at `&`. */
function readMatrix(tokens: readonly Token[]): Answer | undefined {
  if (!isCommand(tokens[0], 'begin')) return undefined;
  const kind = tokens[2];
  const name = kind?.is === 'letters' ? kind.text : '';
  if (!/^(?:[pbBvV]?matrix|smallmatrix|array)$/.test(name)) return undefined;
  let from = 4;
  if (name === 'array' && isSign(tokens[from], '{')) while (!isSign(tokens[from++ - 0], '}') && from < tokens.length);
  const end = tokens.findIndex((token) => isCommand(token, 'end'));
  if (end < 0 || end + 4 !== tokens.length) return undefined;
  const rows = cutAt(tokens.slice(from, end), (token) => isCommand(token, '\\'))
    .filter((row) => row.length > 0)
    .map((row) => cutAt(row, (token) => isSign(token, '&')).map((cell) => readTokens(cell, undefined)));
  if (rows.some((row) => row.some((cell) => cell === undefined))) return undefined;
  return {
    is: 'matrix',
    rows: rows.map((row) => row.flatMap((cell) => cell ?? [])),
    form: /^[vV]/.test(name) ? 'determinant' : 'matrix',
  };
}

const numberSets = new Map([['R', [everything]]]);

/** Intervals, their unions, the reals without some; `(0, 1)` alone only where a region is asked for. */
function readRegion(tokens: readonly Token[], asked: 'region' | undefined): Answer | undefined {
  const at = tokens.findIndex((token) => isCommand(token, 'in'));
  if (at === 1 && tokens[0]?.is === 'letters') {
    const inside = readRegion(tokens.slice(2), 'region');
    return inside?.is === 'region' ? { ...inside, of: tokens[0].text } : undefined;
  }
  const without = cutAt(tokens, (token) => isCommand(token, 'setminus') || isCommand(token, 'backslash'));
  if (without.length === 2) {
    const from = readRegion(without[0] ?? [], 'region');
    const points = pointsOf(without[1] ?? []);
    return from?.is === 'region' && points
      ? { is: 'region', intervals: points.reduce(removePoint, from.intervals) }
      : undefined;
  }
  const parts = cutAt(tokens, (token) => isCommand(token, 'cup'));
  const intervals: Interval[] = [];
  for (const part of parts) {
    const read = readInterval(part, parts.length > 1 ? 'region' : asked);
    if (!read) return undefined;
    intervals.push(...read);
  }
  return { is: 'region', intervals };
}

function pointsOf(tokens: readonly Token[]): Expression[] | undefined {
  const read = readBracketed(tokens);
  if (read?.is !== 'list') return undefined;
  const points = read.items.map((item) => (item.is === 'expression' ? item.value : undefined));
  return points.some((point) => point === undefined) ? undefined : points.flatMap((point) => point ?? []);
}

function removePoint(intervals: readonly Interval[], point: Expression): Interval[] {
  const value = exactValue(point);
  return intervals.flatMap((interval) => {
    const isInside = value !== undefined && interval.from.value === undefined && interval.to.value === undefined;
    const after = interval.from.value && value && numberOf(interval.from.value) < numberOf(point);
    const before = interval.to.value === undefined || numberOf(point) < numberOf(interval.to.value);
    if (!isInside && !(after && before)) return [interval];
    return [
      { from: interval.from, to: { value: point, closed: false } },
      { from: { value: point, closed: false }, to: interval.to },
    ];
  });
}

function numberOf(expression: Expression): number {
  const value = exactValue(expression);
  return value ? Number(value.n) / Number(value.d) : Number.NaN;
}

function readInterval(tokens: readonly Token[], asked: 'region' | undefined): Interval[] | undefined {
  const [first, second] = tokens;
  if (isCommand(first, 'emptyset') || isCommand(first, 'varnothing')) return tokens.length === 1 ? [] : undefined;
  if (first?.is === 'sign' && first.text === '\\{' && tokens.length === 2) return [];
  if (isCommand(first, 'mathbb') || isCommand(first, 'Reals')) {
    const name = tokens.flatMap((token) => (token.is === 'letters' ? token.text : [])).join('');
    return tokens.length <= 4 ? numberSets.get(name) : undefined;
  }
  if (asked === 'region' && first?.is === 'sign' && first.text === '\\{') {
    const points = pointsOf(tokens);
    return points?.map((value) => ({ from: { value, closed: true }, to: { value, closed: true } }));
  }
  const last = tokens.at(-1);
  if (!second || first?.is !== 'sign' || last?.is !== 'sign') return undefined;
  if (!/^[([]$/.test(first.text) || !/^[)\]]$/.test(last.text)) return undefined;
  const ends = cutAt(tokens.slice(1, -1), (token) => isSign(token, ','));
  if (ends.length !== 2) return undefined;
  const [from, to] = [readEnd(ends[0] ?? [], -1), readEnd(ends[1] ?? [], 1)];
  if (!from || !to) return undefined;
  const isClear = first.text === '[' || last.text === ']' || from === 'infinite' || to === 'infinite';
  if (!isClear && asked !== 'region') return undefined; // (1, 2) is a point, until an interval is asked for
  return [
    {
      from: from === 'infinite' ? infinite : { value: from, closed: first.text === '[' },
      to: to === 'infinite' ? infinite : { value: to, closed: last.text === ']' },
    },
  ];
}

function readEnd(tokens: readonly Token[], side: 1 | -1): Expression | 'infinite' | undefined {
  if (isInfinite(tokens, side)) return 'infinite';
  return readExpression(tokens);
}

function isInfinite(tokens: readonly Token[], side: 1 | -1): boolean {
  const last = tokens.at(-1);
  const isNamed = isCommand(last, 'infty') || (last !== undefined && isWord(last, /^(?:inf|infinity|oo)$/));
  const sign = tokens.length === 2 ? tokens[0] : undefined;
  return isNamed && (tokens.length === 1 ? side === 1 : isSign(sign, side === 1 ? '+' : '-'));
}

const joins = /^(?:and|or|und|oder|和|或|与|及|以及)$/i;

/** Several answers without brackets: "2, 3", "x = 1 or x = 2". */
function readLooseList(tokens: readonly Token[], asked: 'region' | undefined): Answer | undefined {
  const parts = cutAt(
    tokens,
    (token) =>
      isSign(token, ',') ||
      isSign(token, ';') ||
      isWord(token, joins) ||
      isCommand(token, 'lor') ||
      isCommand(token, 'vee'),
  ).filter((part) => part.length > 0);
  if (parts.length < 2 || parts.length > 40) return undefined;
  const items = parts.map((part) => readTokens(part, asked));
  if (items.some((item) => item === undefined)) return undefined;
  const read = items.flatMap((item) => item ?? []);
  const regions = read.flatMap((item) => (item.is === 'region' ? [item] : []));
  if (regions.length === read.length) {
    const of = regions[0]?.of;
    return { is: 'region', intervals: regions.flatMap(({ intervals }) => intervals), ...(of !== undefined && { of }) };
  }
  return { is: 'list', items: read.flatMap((item) => spread(item)), brackets: '' };
}

/** `x = ±2` among others is two of them. */
function spread(item: Answer): readonly Answer[] {
  return item.is === 'list' && item.brackets === '' ? item.items : [item];
}

const relationOf = (token: Token): { relation: Relation; turned: boolean } | undefined => {
  const sign = token.is === 'command' ? token.name : token.is === 'sign' ? token.text : '';
  if (sign === '=' || sign === 'approx' || sign === 'equiv') return { relation: '=', turned: false };
  if (sign === '<' || sign === 'lt') return { relation: '<', turned: false };
  if (sign === '>' || sign === 'gt') return { relation: '<', turned: true };
  if (/^(?:leq?|leqslant)$/.test(sign)) return { relation: '<=', turned: false };
  if (/^(?:geq?|geqslant)$/.test(sign)) return { relation: '<=', turned: true };
  if (/^(?:neq?|not)$/.test(sign)) return { relation: '!=', turned: false };
  return undefined;
};

function readRelation(given: readonly Token[], asked: 'region' | undefined): Answer | undefined {
  const tokens = joinedSigns(given);
  const marks = tokens.flatMap((token) => relationOf(token) ?? []);
  if (marks.length === 0 || marks.length > 2) return undefined;
  const sides = cutAt(tokens, (token) => relationOf(token) !== undefined);
  if (sides.length !== marks.length + 1) return undefined;
  const [first = [], second = [], third = []] = sides;
  const [mark, next] = marks;
  if (!mark) return undefined;
  if (next)
    return mark.relation === '='
      ? readRelation(tokens.slice(first.length + 1), asked)
      : readChain(first, second, third, [mark, next]);
  if (mark.relation === '=') {
    const assigned = readAssignment(first, second, asked);
    if (assigned) return assigned;
  }
  const [left, right] = [readExpression(first), readExpression(second)];
  if (!left || !right) return undefined;
  if (mark.relation !== '=') {
    const region = regionOf(left, right, mark.relation, mark.turned);
    if (region) return region;
  }
  return mark.turned
    ? { is: 'relation', left: right, right: left, relation: mark.relation }
    : { is: 'relation', left, right, relation: mark.relation };
}

/** `<=` and `>=` as one sign each. */
function joinedSigns(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const last = joined.at(-1);
    if (isSign(token, '=') && !token.spaced && (isSign(last, '<') || isSign(last, '>') || isSign(last, '!')))
      joined[joined.length - 1] = {
        is: 'command',
        name: isSign(last, '<') ? 'le' : isSign(last, '>') ? 'ge' : 'ne',
        spaced: last?.spaced ?? false,
      };
    else joined.push(token);
  }
  return joined;
}

/** A variable, or a function of one, and what it equals. */
function readAssignment(
  first: readonly Token[],
  second: readonly Token[],
  asked: 'region' | undefined,
): Answer | undefined {
  const to = nameOf(first);
  if (to === undefined) return undefined;
  const value = readTokens(second, asked);
  if (!value) return undefined;
  return value.is === 'list' && value.brackets === ''
    ? { ...value, items: value.items.map((item) => ({ is: 'assignment', to, value: item })) }
    : { is: 'assignment', to, value };
}

function nameOf(tokens: readonly Token[]): string | undefined {
  const read = readExpression(tokens);
  if (read?.is === 'variable') return read.name;
  if (read?.is === 'constant' && read.name !== 'pi') return read.name;
  const [name, open, argument, close] = tokens;
  const isFunction =
    tokens.length === 4 &&
    name?.is === 'letters' &&
    name.text.length === 1 &&
    isSign(open, '(') &&
    argument?.is === 'letters' &&
    isSign(close, ')');
  if (isFunction) return name.text;
  const words = tokens.map((token) => (token.is === 'letters' || token.is === 'text' ? token.text : undefined));
  if (words.length > 0 && words.every((word) => word !== undefined) && words.join('').length > 3)
    return words.join(' ');
  return undefined;
}

type Mark = { relation: Relation; turned: boolean };

/** `1 < x ≤ 2`. */
function readChain(
  a: readonly Token[],
  b: readonly Token[],
  c: readonly Token[],
  [first, second]: [Mark, Mark],
): Answer | undefined {
  if (first.turned !== second.turned || first.relation === '!=' || second.relation === '!=') return undefined;
  const [low, middle, high] = [readEnd(a, first.turned ? 1 : -1), readExpression(b), readEnd(c, first.turned ? -1 : 1)];
  if (!low || !middle || !high || middle.is !== 'variable') return undefined;
  const end = (value: Expression | 'infinite', { relation }: Mark): End =>
    value === 'infinite' ? infinite : { value, closed: relation === '<=' };
  const [from, to] = [end(low, first), end(high, second)];
  return { is: 'region', intervals: [first.turned ? { from: to, to: from } : { from, to }], of: middle.name };
}

/** An inequality whose one side is a variable, or a variable without sign, as the numbers it leaves. */
function regionOf(left: Expression, right: Expression, relation: Relation, turned: boolean): Answer | undefined {
  const isConstant = (side: Expression) => factsOf(side).names.size === 0;
  if (left.is === 'variable' && isConstant(right)) return interval(left.name, right, relation, turned);
  if (right.is === 'variable' && isConstant(left)) return interval(right.name, left, relation, !turned);
  const linear = relation === '!=' ? undefined : linearBound(left, right);
  if (linear) return interval(linear.of, linear.bound, relation, turned === linear.isRising);
  const [inside] = left.is === 'call' && left.name === 'abs' ? left.of : [];
  if (inside?.is === 'variable' && isConstant(right)) return aroundZero(inside.name, right, relation, turned);
  return undefined;
}

/** Where what bends, or has a corner, is found out. */
const probes: readonly exact.Fraction[] = [
  { n: -3n, d: 1n },
  { n: 7n, d: 1n },
  { n: -61n, d: 2n },
  { n: 1009n, d: 3n },
];

/** Where both sides of a linear inequality are the same, and whether left minus right rises there. */
function linearBound(
  left: Expression,
  right: Expression,
): { of: string; bound: Expression; isRising: boolean } | undefined {
  const difference: Expression = { is: 'add', left, right: { is: 'negate', of: right } };
  const [of, ...more] = factsOf(difference).names;
  if (of === undefined || more.length > 0) return undefined;
  const valueAt = (point: exact.Fraction) => exactValue(difference, new Map([[of, point]]));
  const [at0, at1] = [valueAt(exact.zero), valueAt(exact.one)];
  const slope = at0 && at1 && exact.add(at1, exact.negate(at0));
  if (!slope || slope.n === 0n) return undefined;
  for (const point of probes) {
    const [step, found] = [exact.multiply(slope, point), valueAt(point)];
    const expected = step && exact.add(at0, step);
    if (!expected || !found || !exact.isSame(expected, found)) return undefined;
  }
  const bound = exact.divide(exact.negate(at0), slope);
  return bound && { of, bound: { is: 'number', value: bound }, isRising: slope.n > 0n };
}

function interval(of: string, value: Expression, relation: Relation, isAbove: boolean): Answer {
  const end: End = { value, closed: relation === '<=' };
  if (relation === '!=')
    return {
      is: 'region',
      of,
      intervals: [
        { from: infinite, to: end },
        { from: end, to: infinite },
      ],
    };
  return { is: 'region', of, intervals: [isAbove ? { from: end, to: infinite } : { from: infinite, to: end }] };
}

function aroundZero(of: string, value: Expression, relation: Relation, isOutside: boolean): Answer | undefined {
  const closed = relation === '<=';
  const below: End = { value: { is: 'negate', of: value }, closed };
  const above: End = { value, closed };
  if (relation === '!=') return undefined;
  return {
    is: 'region',
    of,
    intervals: isOutside
      ? [
          { from: infinite, to: below },
          { from: above, to: infinite },
        ]
      : [{ from: below, to: above }],
  };
}

function readBracketed(tokens: readonly Token[]): Answer | undefined {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (first?.is !== 'sign' || last?.is !== 'sign' || tokens.length < 3 || !closesAtEnd(tokens)) return undefined;
  const brackets = `${first.text}${last.text}`;
  if (brackets !== '()' && brackets !== '[]' && brackets !== '\\{\\}') return undefined;
  const parts = cutAt(tokens.slice(1, -1), (token) => isSign(token, ',') || isSign(token, ';'));
  if (parts.length > 200 || (parts.length < 2 && brackets !== '\\{\\}')) return undefined;
  const items = parts.map((part) => readTokens(part, undefined));
  if (items.some((item) => item === undefined)) return undefined;
  return { is: 'list', items: items.flatMap((item) => (item ? spread(item) : [])), brackets };
}

/** `3 ± √2` is two numbers. */
function readPlusMinus(tokens: readonly Token[]): Answer | undefined {
  if (!tokens.some((token) => isCommand(token, 'pm') || isCommand(token, 'mp'))) return undefined;
  const [plus, minus] = [readExpression(tokens, 1), readExpression(tokens, -1)];
  if (!plus || !minus) return undefined;
  const items: Answer[] = [
    { is: 'expression', value: plus },
    { is: 'expression', value: minus },
  ];
  return { is: 'list', items, brackets: '' };
}

/** An expression, or one with a unit before or behind it. */
function readQuantity(tokens: readonly Token[]): Answer | undefined {
  if (isInfinite(tokens, 1)) return { is: 'region', intervals: [], of: '+infinity' };
  if (isInfinite(tokens, -1)) return { is: 'region', intervals: [], of: '-infinity' };
  const money = tokens[0];
  if (money?.is === 'sign' && /^[$＄€£¥]$/.test(money.text)) {
    const value = readExpression(tokens.slice(1));
    return value && { is: 'quantity', value, unit: unitOf(money.text === '＄' ? '$' : money.text) };
  }
  const at = unitBegins(tokens);
  if (at !== undefined) {
    const unit = writtenUnit(tokens.slice(at));
    const letters = tokens.slice(0, at).flatMap((token) => (token.is === 'letters' ? token.text : []));
    if (letters.some(isProse) || (letters.length > 0 && hasNumberWord(unit))) return undefined;
    const value = readExpression(tokens.slice(0, at));
    if (value) return quantityOf(value, unit);
  }
  const value = readExpression(tokens);
  return value && { is: 'expression', value };
}

/** A word, and no product of variables or a function. */
function isProse(text: string): boolean {
  return text.length > 1 && /^(?:the|an?|so|it|its|is|we|my|one|two|six|ten|and|for|our|that|this|thus)$/i.test(text);
}

/** Where a unit begins: words in `\text{}`, a word of two letters or more, a unit's letter behind a blank, a sign. */
function unitBegins(tokens: readonly Token[]): number | undefined {
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.is === 'sign' && /^(?:[([{]|\\\{)$/.test(token.text)) depth++;
    if (token.is === 'sign' && /^(?:[)\]}]|\\\})$/.test(token.text)) depth--;
    if (at === 0 || depth > 0) continue;
    const isPercent = token.is === 'sign' && /^[%＄€¢]$/.test(token.text);
    const isDegrees =
      isSign(token, '^') &&
      !tokens
        .slice(0, at)
        .some((before) => before.is === 'command' && /^(?:sin|cos|tan|cot|sec|csc)$/.test(before.name)) &&
      (isCommand(tokens[at + 1], 'circ') || isCommand(tokens[at + 2], 'circ'));
    const isLetters =
      token.is === 'letters' &&
      (isUnit(token.text)
        ? token.spaced || token.text.length > 1 || /\p{sc=Han}/u.test(token.text)
        : token.text.length > 3 || /\p{sc=Han}/u.test(token.text) || (token.spaced && token.text.length > 1)) &&
      !/^(?:pi|sin|cos|tan|log|ln|sqrt|exp)$/.test(token.text);
    if (isPercent || token.is === 'text' || isLetters) return at;
    if (isDegrees && tokens.slice(at).every((rest) => rest.is !== 'number')) return at;
  }
  return undefined;
}

function writtenUnit(tokens: readonly Token[]): string {
  const isDegrees = tokens.some((token) => isCommand(token, 'circ'));
  const words = tokens.map((token) => (token.is === 'command' ? '' : token.text)).join(' ');
  if (isDegrees) return /[CFK]/.test(words) ? `degree ${words.replace(/[^CFK]/g, '')}` : 'degree';
  return words
    .replace(/[{}]/g, '')
    .replace(/\s*\^\s*/g, '^')
    .replace(/\\/g, '')
    .trim()
    .replace(/^＄$/, '$');
}
