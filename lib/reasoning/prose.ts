/** A stretch of a text: offsets in UTF-16 units, `end` not in it. */
export interface Range {
  start: number;
  end: number;
}

/** Fenced blocks, inline code. A fence that is never closed reaches to the end, as Markdown has it. */
const code =
  /^[ \t]{0,3}(`{3,}|~{3,})[^\n]*(?:\n(?:(?![ \t]{0,3}\1)[^\n]*(?:\n|$))*(?:[ \t]{0,3}\1[`~]*[ \t]*$)?)?|(`+)(?!`)[^`\n]{1,500}?\2(?!`)/gm;

/** What a formula may begin with: TeX's marks, an environment, a box. */
const formulaOpeners = /\\\\|\\\$|\$\$?|\\\[|\\\(|\\begin\{(\w+\*?)\}|\\boxed\s*\{/g;
const longestInline = 1000;
const longestDisplay = 10_000;

/** Web and mail addresses. */
const addresses = /\b(?:https?:\/\/|www\.)[^\s<>"'，。]+|\b[\w.+-]+@[\w-]+\.[\w.]+/g;

/** Quotations within one line, lines quoted by a `>`; an apostrophe is no quotation mark. */
const quotes =
  /“[^”\n]{1,400}”|«[^»\n]{1,400}»|「[^」\n]{1,400}」|『[^』\n]{1,400}』|(?<![\p{L}\p{N}])"(?! )[^"\n]{1,400}"(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])‘[^‘’\n]{1,200}’(?!\p{L})|(?<![\p{L}\p{N}])'(?![ ])[^'\n]{1,60}'(?![\p{L}\p{N}])|^[ \t]{0,3}>[^\n]*/gmu;

/** Code in Markdown, in its order. */
export function findCode(text: string): Range[] {
  return rangesOf(text, code);
}

/** Formulas in TeX, in their order. A dollar that is money is none. Linear in the text. */
export function findFormulas(text: string): Range[] {
  const ranges: Range[] = [];
  const find = createFinder(text);
  formulaOpeners.lastIndex = 0;
  for (let match = formulaOpeners.exec(text); match; match = formulaOpeners.exec(text)) {
    const end = endOfFormula(text, match, find);
    if (end === undefined) continue;
    ranges.push({ start: match.index, end });
    formulaOpeners.lastIndex = end;
  }
  return ranges;
}

type Find = (words: string, from: number) => number;

function endOfFormula(text: string, match: RegExpExecArray, find: Find): number | undefined {
  const [opener, environment] = match;
  const inside = match.index + opener.length;
  const before = (closer: string, most: number) => {
    const at = find(closer, inside);
    return at >= 0 && at - inside <= most ? at + closer.length : undefined;
  };
  if (environment !== undefined) return before(`\\end{${environment}}`, longestDisplay);
  if (opener.startsWith('\\boxed')) return endOfBraces(text, inside);
  if (opener === '\\[') return before('\\]', longestDisplay);
  if (opener === '\\(') return before('\\)', longestInline);
  if (opener === '$$') return before('$$', longestDisplay);
  return opener === '$' ? endOfDollars(text, inside, find) : undefined;
}

/** No blank at its inner edges, no digit behind it, all on one line: Pandoc's rule for a formula between single dollars. */
function endOfDollars(text: string, inside: number, find: Find): number | undefined {
  const at = find('$', inside);
  if (at <= inside || at - inside > longestInline) return undefined;
  const lineEnd = find('\n', inside);
  if (lineEnd >= 0 && lineEnd < at) return undefined;
  const isFormula = !/\s/.test(text.charAt(inside)) && !/[\s\\]/.test(text.charAt(at - 1));
  return isFormula && !/\d/.test(text.charAt(at + 1)) ? at + 1 : undefined;
}

const deepestBraces = 20;

/** Behind the brace that closes the one before `inside`; undefined when none does, within reason. */
export function endOfBraces(text: string, inside: number): number | undefined {
  let depth = 1;
  const last = Math.min(text.length, inside + longestInline);
  for (let i = inside; i < last; i++) {
    const unit = text[i];
    if (unit === '\\') i++;
    else if (unit === '{' && ++depth > deepestBraces) return undefined;
    else if (unit === '}' && --depth === 0) return i + 1;
  }
  return undefined;
}

/** `indexOf` for places that only move on: each word is looked for once in each stretch of the text. */
function createFinder(text: string): Find {
  const next = new Map<string, number>();
  return (words, from) => {
    const known = next.get(words);
    if (known !== undefined && (known < 0 || known >= from)) return known;
    const at = text.indexOf(words, from);
    next.set(words, at);
    return at;
  };
}

/** Web and mail addresses, in their order. */
export function findAddresses(text: string): Range[] {
  return rangesOf(text, addresses);
}

/** What stands in quotation marks, in its order. */
export function findQuotes(text: string): Range[] {
  return rangesOf(text, quotes);
}

/** Several lists as one: in order, what overlaps joined. */
export function joinRanges(...lists: readonly Range[][]): Range[] {
  const joined: Range[] = [];
  for (const { start, end } of lists.flat().sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

export function isInside(range: Range | undefined, at: number): boolean {
  return range !== undefined && range.start <= at && at < range.end;
}

/** The text with these stretches as blanks, so that offsets stay; line breaks stay too. */
export function blankOut(text: string, ranges: readonly Range[]): string {
  let out = '';
  let from = 0;
  for (const { start, end } of ranges) {
    out += text.slice(from, start) + text.slice(start, end).replace(/[^\n]/g, ' ');
    from = end;
  }
  return out + text.slice(from);
}

function rangesOf(text: string, pattern: RegExp): Range[] {
  return Array.from(text.matchAll(pattern), (match) => ({ start: match.index, end: match.index + match[0].length }));
}
