import { endOfBraces, findCode } from './prose.ts';

/** What an answer comes down to. */
export interface FinalAnswer {
  /** As it stands, without what is around it. */
  text: string;
  /** By what it was found, the surest first. */
  found: 'boxed' | 'answer-tags' | 'phrase' | 'last-number';
}

/**
 * The final answer of a text: what its last `\boxed{}` holds, or its last answer tags, or what follows "the answer is", or its
 * last number. Looked for in the answer; in the thinking only when there is no answer (it was cut off).
 */
export function finalAnswerOf(answer: string, thinking = ''): FinalAnswer | undefined {
  const text = answer.trim() === '' ? thinking : answer;
  const tagged = findLastTagged(text);
  return findBoxed(text) ?? (tagged === undefined ? findInWords(text) : findTagged(tagged));
}

function findLastTagged(text: string): string | undefined {
  const end = text.lastIndexOf('</answer>');
  const start = end < 0 ? -1 : text.lastIndexOf('<answer>', end);
  return start < 0 ? undefined : text.slice(start + '<answer>'.length, end);
}

/** More than this is no final answer but a text with one in it. */
const longest = 200;

function findBoxed(text: string): FinalAnswer | undefined {
  for (let from = text.length; from > 0; ) {
    const at = text.lastIndexOf('\\boxed', from - 1);
    if (at < 0) return undefined;
    from = at;
    const brace = /^\\boxed\s{0,4}\{/.exec(text.slice(at, at + 12))?.[0];
    const end = brace === undefined ? undefined : endOfBraces(text, at + brace.length);
    if (brace === undefined || end === undefined) continue;
    const inside = text.slice(at + brace.length, end - 1).trim();
    if (inside !== '') return { text: inside, found: 'boxed' };
  }
  return undefined;
}

function findTagged(inside: string): FinalAnswer | undefined {
  const text = inside.trim();
  if (text.length <= longest && !text.includes('\n'))
    return findInWords(text, 'phrase') ?? { text, found: 'answer-tags' };
  return findInWords(text);
}

// On the next line it may stand too, but not as a list: that is several.
const phrase =
  /(?:\b(?:final |correct )?answers?\b[*_ ]*(?:is|are|would be|must be|equals|:|=|≈)|(?:最终|最終)?答案(?:是|为|為|：|:)|(?:所以|因此)?(?:结果|結果)(?:是|为|為|：|:))[*_ :：]*(?:that |thus |therefore )?(?:[ \t]{0,3}|\s{0,3}\n(?![ \t]*(?:[-*+•]|\d+[.)])\s)[ \t]*)([^\n]{1,300})/giu;

function findInWords(text: string, only?: 'phrase'): FinalAnswer | undefined {
  const said = lastMatch(text, phrase);
  const short = said === undefined ? '' : cutAtSentence(said);
  if (short !== '' && short.length <= longest) return { text: short, found: 'phrase' };
  if (only) return undefined;
  const number = lastMatch(withoutCode(text), /(?<![\p{L}\d_])([-−]?\d[\d,]*(?:\.\d+)?(?:\/\d+)?\s?%?)/gu);
  return number === undefined ? undefined : { text: number.replace(/,$/, '').trim(), found: 'last-number' };
}

/** A full stop that ends a sentence, not the point of a number. */
function cutAtSentence(text: string): string {
  return text
    .replace(/(?:[.!?](?=\s|[*_]*$)|[。！？；]|;\s).*$/u, '')
    .replace(/^[\s*_:]+|[\s*_,:]+$/gu, '')
    .trim();
}

function withoutCode(text: string): string {
  let kept = '';
  let from = 0;
  for (const { start, end } of findCode(text)) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}

function lastMatch(text: string, pattern: RegExp): string | undefined {
  let last: string | undefined;
  for (const match of text.matchAll(pattern)) last = match[1];
  return last;
}

/**
 * An answer without what is only its form: marks of mathematics and Markdown, sizes of fractions and brackets, blanks,
 * thousands separators, letter case, a variable it is assigned to, a full stop.
 */
export function normaliseAnswer(text: string): string {
  return unwrapMath(text.normalize('NFKC').trim())
    .replace(/\\(?:text|mathrm|textbf|mathbf|textit|mathit|operatorname|mbox)\s*\{([^{}]*)\}/g, ' $1 ')
    .replace(/\\(?:left|right|big|Big|bigg|Bigg|displaystyle|limits)\b/g, '')
    .replace(/\\[dt]frac/g, '\\frac')
    .replace(/\\[,;:! ]|~|\\q?quad/g, ' ')
    .replace(/\\\$|[$€£¥]/g, '')
    .replace(/\\%/g, '%')
    .replace(/\^\s*(?:\\circ|\{\s*\\circ\s*\})|°/g, ' degrees')
    .replace(/[−–]/g, '-')
    .replace(/[×·]|\\times|\\cdot/g, '*')
    .replace(/÷|\\div/g, '/')
    .replace(/[*_]{2}|`/g, '')
    .replace(/(?<=\d)(?:\{,\}|,|['’\u202f\u00a0 ])(?=\d{3}(?!\d))/g, '')
    .replace(/^(?:\p{L}|\\[a-z]+)(?:\(\p{L}\))?\s*(?:=|≈|\\approx)\s*/iu, '')
    .replace(/^(?:≈|\\approx|~|=|about |approximately |roughly )\s*/i, '')
    .replace(/[.。,，;；]+$/u, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

function unwrapMath(text: string): string {
  const inner = /^(?:\*\*|__)?(?:\$\$([^$]+)\$\$|\$([^$]+)\$|\\\((.+?)\\\)|\\\[(.+?)\\\])(?:\*\*|__)?\.?$/s.exec(text);
  return (inner ? (inner[1] ?? inner[2] ?? inner[3] ?? inner[4] ?? text) : text.replace(/\$|\\[()[\]]/g, ' ')).trim();
}

/** Says whether two expressions in (normalised) TeX have the same value; undefined where it cannot read one. */
export type SameValue = (a: string, b: string) => boolean | undefined;

/**
 * Whether two final answers are the same: equal but for their form, or equal in value as `sameValue` sees it, with units
 * left aside where only one names them. Reflexive and symmetric. Without `sameValue` only the form is compared.
 */
export function agree(a: string, b: string, sameValue?: SameValue): boolean {
  const [x, y] = [normaliseAnswer(a), normaliseAnswer(b)];
  if (x.replaceAll(' ', '') === y.replaceAll(' ', '')) return true;
  if (!sameValue) return isSameNumber(x, y);
  return isSameNumber(x, y) || isSameList(x, y, sameValue) || isSameQuantity(x, y, sameValue);
}

function isSameNumber(x: string, y: string): boolean {
  const isNumber = (text: string) => /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(text);
  return isNumber(x) && isNumber(y) && Number(x) === Number(y);
}

const unit = /^(.*?[\d)}!])\s*(%|[a-zµ\p{sc=Han}][a-z\p{sc=Han} ./²³]*(?:\^\{?-?\d\}?)?)$/u;

function isSameQuantity(x: string, y: string, sameValue: SameValue): boolean {
  if (sameValue(x, y)) return true;
  const [p, q] = [quantityOf(x), quantityOf(y)];
  if (p.unit === q.unit && p.unit === '') return false;
  if (p.unit !== '' && q.unit !== '' && !isSameUnit(p.unit, q.unit)) return false;
  if (sameValue(p.value, q.value)) return true;
  const share = ({ unit: of, value }: typeof p) => (of === '%' ? `(${value})/100` : value);
  return (p.unit === '%') !== (q.unit === '%') && sameValue(share(p), share(q)) === true;
}

function quantityOf(text: string): { value: string; unit: string } {
  const [, value, of] = unit.exec(text) ?? [];
  return value === undefined || of === undefined ? { value: text, unit: '' } : { value, unit: of.trim() };
}

function isSameUnit(a: string, b: string): boolean {
  const plain = (text: string) =>
    text
      .replace(/[ .]/g, '')
      .replace(/s$/, '')
      .replace(/^percent$/, '%');
  return plain(a) === plain(b);
}

/** Coordinates in their order, loose lists in any. */
function isSameList(x: string, y: string, sameValue: SameValue): boolean {
  const [p, q] = [itemsOf(x), itemsOf(y)];
  if (!p || !q || p.items.length !== q.items.length || p.ordered !== q.ordered) return false;
  const isSame = (a: string, b: string | undefined) => b !== undefined && (a === b || isSameQuantity(a, b, sameValue));
  if (p.ordered) return p.items.every((item, i) => isSame(item, q.items[i]));
  const rest = [...q.items];
  return p.items.every((item) => {
    const at = rest.findIndex((other) => isSame(item, other));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function itemsOf(text: string): { items: string[]; ordered: boolean } | undefined {
  const inside = /^\((.*)\)$|^\\\{(.*)\\\}$/.exec(text);
  const items = (inside?.[1] ?? inside?.[2] ?? text)
    .split(/,|;| and | or |、|和|或/)
    .map((item) => item.trim().replace(/^\p{L}\s*=\s*/u, ''))
    .filter((item) => item !== '');
  return items.length > 1 && items.length <= 20 ? { items, ordered: inside?.[1] !== undefined } : undefined;
}

/** Answers that agree: indices into the list, the largest group first; an answer that is missing is in none. */
export function groupAnswers(answers: readonly (string | undefined)[], sameValue?: SameValue): number[][] {
  const groups: number[][] = [];
  answers.forEach((answer, i) => {
    if (answer === undefined) return;
    const group = groups.find(([first]) => agree(answers[first ?? 0] ?? '', answer, sameValue));
    if (group) group.push(i);
    else groups.push([i]);
  });
  return groups.sort((a, b) => b.length - a.length);
}
