/**
 * Finds the formulas in a block of Markdown and puts a token in the place of each, so that the Markdown parser never
 * reads TeX: `_`, `*`, `|` and `\\` mean other things there. After parsing, tokens become formulas again, and where the
 * parser put one in code or in an address, the source it stands for. Characters that are no marks there (the stars of a
 * product) get a token too.
 *
 * Understood: `$…$` and `$$…$$`, `\(…\)` and `\[…\]`, and bare `\boxed{…}` and `\begin{align}…\end{align}` (and other
 * environments). A dollar that is money stays a dollar. Nothing inside code is touched.
 */

export interface Formula {
  /** As written, delimiters included; joined with the text around it, this is the source. */
  readonly source: string;
  /** What is between the delimiters. */
  readonly tex: string;
  /** On a line of its own. */
  readonly display: boolean;
  /** False while the end has not come; the source is shown then. */
  readonly complete: boolean;
}

/** A text whose formulas are replaced by tokens, and the formulas, by number. */
export interface FormulaText {
  readonly text: string;
  readonly formulas: readonly Formula[];
}

// Two noncharacters, which no text should contain and every Markdown parser passes through.
const tokenStart = '\ufdd0';
const tokenEnd = '\ufdd1';
const token = /\ufdd0(\d+)\ufdd1/g;

// Each of these stands for a character that Markdown would take for a mark, and that means itself.
const literals: Record<string, string> = { '*': '\ufdd2', _: '\ufdd3', '|': '\ufdd4' };
const literalOf = new Map(Object.entries(literals).map(([character, literal]) => [literal, character]));

function restoreLiterals(text: string): string {
  return text.replace(/[\ufdd2-\ufdd4]/g, (literal) => literalOf.get(literal) ?? literal);
}

/** The longest inline formula; what is longer was a stray delimiter. */
const maxInline = 1000;
/** How much may stand behind a lone dollar before it is believed to be one. */
const maxPendingDollar = 160;

const environments = new Set(
  (
    'align alignat aligned alignedat array bmatrix Bmatrix cases CD dcases drcases equation gather gathered matrix ' +
    'multline pmatrix rcases smallmatrix split subarray Vmatrix vmatrix'
  ).split(' '),
);

/**
 * Replaces formulas by tokens. `growing`: the text's end has not come, so what is open there may still be closed and is
 * held as an incomplete formula.
 */
export function extractFormulas(text: string, growing: boolean): FormulaText {
  return new Extractor(text.replace(/[\ufdd0-\ufdd4]/g, '\ufffd'), growing).run();
}

/** The source again: every token replaced by what it stands for. */
export function restoreFormulas(text: string, formulas: readonly Formula[]): string {
  return restoreLiterals(text).replace(token, (_, number: string) => formulas[Number(number)]?.source ?? '');
}

/** A text with tokens as a list of what to draw, in order. */
export function splitAtFormulas(text: string, formulas: readonly Formula[]): (string | Formula)[] {
  const pieces: (string | Formula)[] = [];
  let at = 0;
  for (const match of text.matchAll(token)) {
    const formula = formulas[Number(match[1])];
    if (match.index > at) pieces.push(restoreLiterals(text.slice(at, match.index)));
    if (formula) pieces.push(formula);
    at = match.index + match[0].length;
  }
  if (at < text.length) pieces.push(restoreLiterals(text.slice(at)));
  return pieces;
}

const closers: Record<string, string> = { $: '$', $$: '$$', '\\(': '\\)', '\\[': '\\]' };

/** A drawn formula's source as it is copied: as written, but without the marks of a quotation that it stands in. */
export function sourceToCopy(source: string, tex = source): string {
  if (!/\n[ \t]*>/.test(source)) return source;
  const open = /^(?:\$\$?|\\[([])/.exec(source)?.[0] ?? '';
  const close = closers[open];
  return close === undefined ? tex : `${open}\n${tex}\n${close}`;
}

class Extractor {
  private readonly source: string;
  private readonly growing: boolean;
  private readonly formulas: Formula[] = [];
  private out = '';
  private at = 0;
  /** Up to here the source is in `out`. */
  private copied = 0;

  constructor(source: string, growing: boolean) {
    this.source = source;
    this.growing = growing;
  }

  run(): FormulaText {
    const special = /[`~$\\*]|__/g;
    while (this.at < this.source.length) {
      special.lastIndex = this.at;
      const match = special.exec(this.source);
      if (!match) break;
      this.at = match.index;
      this.read(match[0].charAt(0));
    }
    this.out += this.source.slice(this.copied);
    return { text: this.out, formulas: this.formulas };
  }

  private read(character: string): void {
    if (character === '`' || character === '~') this.skipCode(character);
    else if (character === '$') this.readDollar();
    else if (character === '*') this.readStars();
    else if (character === '_') this.readUnderscores();
    else this.readBackslash();
  }

  /** Stars that multiply (`5*4*3`, `2**10`, `width*height`) or stand for any name (`*.js`) are no marks of emphasis: none may vanish. */
  private readStars(): void {
    const run = runLength(this.source, this.at, '*');
    const before = this.source.slice(Math.max(0, this.at - maxStarsBefore), this.at);
    const behind = this.source.slice(this.at + run, this.at + run + 40);
    const isLiteral = run <= 2 && (isOperator(before, behind, run) || isWildcard(before, behind));
    if (isLiteral && !/(?:\/\/|www\.)\S*$/.test(before)) this.escape(run, '*');
    this.at += run;
  }

  /** `__init__` and its like are names, not emphasis. */
  private readUnderscores(): void {
    const run = runLength(this.source, this.at, '_');
    const name = run === 2 ? dunder.exec(this.source.slice(this.at, this.at + 40))?.[0] : undefined;
    if (name === undefined) {
      this.at += run;
      return;
    }
    this.escape(2, '_');
    this.at += name.length - 2;
    this.escape(2, '_');
    this.at += 2;
  }

  /** The next characters mean themselves. */
  private escape(count: number, character: string): void {
    this.out += `${this.source.slice(this.copied, this.at)}${(literals[character] ?? '').repeat(count)}`;
    this.copied = this.at + count;
  }

  private skipCode(mark: string): void {
    const run = runLength(this.source, this.at, mark);
    const begun = lineBefore(this.source, this.at);
    if (run >= 3 && /^[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)*$/.test(begun)) {
      const end = new RegExp(`\\n[ \\t>]*${mark}{${run},}[ \\t]*(?=\\n|$)`, 'g');
      end.lastIndex = this.at;
      this.at = end.exec(this.source) ? end.lastIndex : this.source.length;
      return;
    }
    this.at += run;
    if (mark === '~') return;
    for (let next = this.source.indexOf('`', this.at); next !== -1; next = this.source.indexOf('`', next)) {
      const length = runLength(this.source, next, '`');
      if (length === run) {
        if (!hasBlankLine(this.source.slice(this.at, next))) this.takeCode(next + length);
        return;
      }
      next += length;
    }
  }

  /** Within a row of a table, a bar in code is no end of a cell. */
  private takeCode(end: number): void {
    const code = this.source.slice(this.at, end);
    const isInRow = code.includes('|') && !code.includes('\n') && this.isInRow();
    if (isInRow && delimiterRow.test(this.source)) {
      this.out += `${this.source.slice(this.copied, this.at)}${code.replace(/(?<!\\)\|/g, literals['|'] ?? '')}`;
      this.copied = end;
    }
    this.at = end;
  }

  private isInRow(): boolean {
    return /^[ \t>]*\|/.test(lineBefore(this.source, this.at));
  }

  private readBackslash(): void {
    const next = this.source.charAt(this.at + 1);
    if (next === '(') this.readDelimited('\\)', false);
    else if (next === '[') this.readBracket();
    else if (next === 'b' && this.source.startsWith('\\boxed{', this.at)) this.readBoxed('\\boxed');
    else if (next === 'f' && this.source.startsWith('\\fbox{', this.at)) this.readBoxed('\\fbox');
    else if (next === 'b' && this.source.startsWith('\\begin{', this.at)) this.readEnvironment();
    else this.at += 2; // an escaped character, or the start of a word
  }

  private readDelimited(close: string, display: boolean): void {
    const from = this.at + 2;
    const end = closerFrom(this.source, from, close);
    const limit = display ? this.source.length : paragraphEnd(this.source, from);
    if (end !== -1 && end < limit) this.take(end + 2, this.source.slice(from, end), display);
    else this.takeIncomplete(limit, from, display);
  }

  private readBracket(): void {
    const rest = this.source.slice(this.at, this.at + 80);
    const citation = /^\\\[[\d\s,–-]{1,20}\\\]/.test(rest) && lineBefore(this.source, this.at).trim() !== '';
    if (citation || /^\\\[[^\n]*?\\?\]\(/.test(rest)) this.at += 2;
    else this.readDelimited('\\]', true);
  }

  private readBoxed(command: string): void {
    const from = this.at;
    const end = braceEnd(this.source, from + command.length);
    if (end !== -1) this.take(end, this.source.slice(from, end), false);
    else this.takeIncomplete(paragraphEnd(this.source, from), from, false);
  }

  private readEnvironment(): void {
    const name = /^\\begin\{([a-zA-Z]+)(\*?)\}/.exec(this.source.slice(this.at, this.at + 30));
    if (!name || !environments.has(name[1] ?? '')) {
      this.at += 2;
      return;
    }
    const close = `\\end{${name[1]}${name[2]}}`;
    const end = environmentEnd(this.source, this.at, `\\begin{${name[1]}${name[2]}}`, close);
    if (end !== -1) this.take(end, this.source.slice(this.at, end), true);
    else this.takeIncomplete(this.source.length, this.at, true);
  }

  private readDollar(): void {
    const run = runLength(this.source, this.at, '$');
    if (run === 2) this.readDoubleDollar();
    else if (run > 2) this.at += run;
    else this.readSingleDollar();
  }

  private readDoubleDollar(): void {
    const from = this.at + 2;
    const end = closerFrom(this.source, from, '$$');
    const tex = this.source.slice(from, end);
    if (end !== -1 && tex.trim() !== '') this.take(end + 2, tex, true);
    else if (lineBefore(this.source, this.at).trim() === '' || this.growing) {
      this.takeIncomplete(this.source.length, from, true);
    } else this.at += 2;
  }

  private readSingleDollar(): void {
    const from = this.at + 1;
    const limit = Math.min(from + maxInline, paragraphEnd(this.source, from));
    const row = this.isInRow();
    const end = closerFrom(this.source, from, '$');
    const tex = this.source.slice(from, end);
    const around = { before: this.source.charAt(this.at - 1), after: this.source.charAt(end + 1), row };
    if (end !== -1 && end < limit && isFormula(tex, around)) {
      this.take(end + 1, tex, false);
      return;
    }
    const tail = this.source.slice(from);
    const pending = this.growing && tail.length <= maxPendingDollar && limit === this.source.length;
    if (pending && tail !== '' && !tail.includes('$') && looksBegun(tail)) {
      this.takeIncomplete(this.source.length, from, false);
    } else this.at += 1;
  }

  private take(end: number, within: string, display: boolean): void {
    const tex = this.withoutQuoteMarks(within);
    if (tex.trim() === '') this.at = end;
    else this.replace({ source: this.source.slice(this.at, end), tex: tex.trim(), display, complete: true }, end);
  }

  /** A quotation's marks at the beginning of a formula's lines are no part of it. */
  private withoutQuoteMarks(tex: string): string {
    if (!tex.includes('\n')) return tex;
    const depth = (
      /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*((?:>[ \t]?)+)/.exec(lineBefore(this.source, this.at))?.[1] ?? ''
    ).replace(/[^>]/g, '').length;
    return depth === 0 ? tex : tex.replace(new RegExp(`\\n[ \\t]{0,12}(?:>[ \\t]?){1,${depth}}`, 'g'), '\n');
  }

  private takeIncomplete(limit: number, from: number, display: boolean): void {
    const end = this.at + this.source.slice(this.at, limit).trimEnd().length;
    const source = this.source.slice(this.at, end);
    this.replace({ source, tex: this.source.slice(from, end), display, complete: false }, end);
  }

  private replace(formula: Formula, end: number): void {
    this.out += `${this.source.slice(this.copied, this.at)}${tokenStart}${this.formulas.length}${tokenEnd}`;
    this.formulas.push(formula);
    this.at = end;
    this.copied = end;
  }
}

/** Whether what stands between two dollars is a formula: `$x$` is, `$5 and $10` is money. */
function isFormula(tex: string, around: { before: string; after: string; row: boolean }): boolean {
  if (tex === '' || /[\d$]/.test(around.after)) return false;
  if (isShell(tex, around.after)) return false;
  if (around.row && (tex.includes('\n') || barsOutside(tex) % 2 === 1)) return false;
  const spaced = /^\s/.test(tex) || /\s$/.test(tex);
  if (spaced) {
    // `$ x^2 $` is a formula; `costs $ or so, a $ more` is not, nor is `$5 and $10`
    return /^\s/.test(tex) && /\s$/.test(tex) && !tex.includes('\n') && /[\\^_=]/.test(tex);
  }
  if (!/^[\d.,]/.test(tex)) return true;
  if (/[A-Za-z]/.test(around.before)) return false; // US$5
  const words = tex.replace(/\\(?:text|mathrm|operatorname)\{[^}]*\}|\\[A-Za-z]+/g, ' ');
  if (/[A-Za-z]{3,}/.test(words) && !/[\\^_=]/.test(tex)) return false;
  return isBalanced(tex) && !/[(,;:/–-]$/.test(tex);
}

/** Whether two dollars begin variables of a shell: `$HOME/bin:$PATH`, `${A}/${B}`, `$this->$name`. */
function isShell(tex: string, after: string): boolean {
  if (/^\{[A-Za-z_]\w*\}/.test(tex)) return after === '{' || after === '';
  if (!/[A-Za-z_{]/.test(after)) return false;
  return /^[A-Z_][A-Z0-9_]+(?![a-z])/.test(tex) || /^[A-Za-z_]\w*(?:[^\\]*)(?:[/:.,;=|-]|->)$/.test(tex);
}

/** Bars that could end a cell: those in brackets belong to the formula, as in `P(A|B)`, and those close between two others, as in `a|b`. */
function barsOutside(tex: string): number {
  let depth = 0;
  let bars = 0;
  for (const { 0: mark, index } of tex.matchAll(/\\.|[()[\]{}|]/gs)) {
    if (/^(?:[([{]|\\\{)$/.test(mark)) depth++;
    else if (/^(?:[)\]}]|\\\})$/.test(mark)) depth--;
    else if (mark === '|' && depth <= 0 && !/^[^\s|]\|[^\s|]$/.test(tex.slice(index - 1, index + 2))) bars++;
  }
  return bars;
}

/** How far before a star its product is followed. */
const maxStarsBefore = 400;

/** What may stand in a product: figures, names, brackets, signs. */
const product = /[\p{sc=Latin}\p{sc=Greek}\p{N}_.,()[\]'!+\-/^*]+$/u;

/** Whether stars between these two multiply: beside figures, names or brackets, without blanks, in a product that no mark of emphasis begins. */
function isOperator(before: string, behind: string, stars: number): boolean {
  if (!/^(?:[\p{N}(]|[\p{sc=Latin}\p{sc=Greek}_])/u.test(behind)) return false;
  const chain = product.exec(before)?.[0] ?? '';
  if (!/[\p{sc=Latin}\p{sc=Greek}\p{N}_)\]]$/u.test(chain)) return false;
  const isWhole = chain.length < maxStarsBefore;
  const marks = /^[([]*(\*+)/.exec(chain)?.[1]?.length ?? 0;
  if (isWhole && (marks === stars || marks > 2 || /[\\]$/.test(before.slice(0, -chain.length)))) return false;
  const isWord = /[\p{sc=Latin}\p{sc=Greek}]{2}$/u.test(chain) || /^[\p{sc=Latin}\p{sc=Greek}]{2}/u.test(behind);
  if (!isWord) return true;
  // a word may also be emphasised in part: `re**quest**ed`, `step**2**`
  const isExponent = /^(?:[\p{N}.]+|\(|[\p{sc=Latin}\p{sc=Greek}](?!\p{L}))(?!\*\*)/u.test(behind);
  return (stars === 1 || isExponent) && !hasOpenMark(before, stars);
}

/** Whether a mark of emphasis of so many stars stands open before this place. */
function hasOpenMark(before: string, stars: number): boolean {
  const paragraph = before.slice(before.lastIndexOf('\n\n') + 1);
  const mark = `(?<!\\*)\\*{${stars}}(?!\\*)`;
  const lastOf = (pattern: string) => [...paragraph.matchAll(new RegExp(pattern, 'g'))].at(-1)?.index ?? -1;
  const opened = lastOf(`(?:^|[\\s(\\["'“])${mark}(?!\\s)`);
  const closed = lastOf(`[^\\s*]${mark}(?=[\\s.,;:!?)\\]"'”])`);
  return opened !== -1 && opened >= closed;
}

/** Whether stars stand for any name of a file: `*.js`, `src/**` and a slash. */
function isWildcard(before: string, behind: string): boolean {
  if (!/(?:^|[\s/("'[{,])$/.test(before)) return false;
  if (/^\.[A-Za-z0-9]{1,8}(?![A-Za-z0-9*])/.test(behind)) return true;
  if (!behind.startsWith('/')) return false;
  return before.endsWith('/') || !/[^/*]\*+[.,;:!?)]*$/.test(/^\S*/.exec(behind)?.[0] ?? '');
}

/** Python's names between two underscores each, and C's. */
const dunder =
  /^__(?:init|name|main|call|str|repr|len|iter|next|enter|exit|aenter|aexit|getitem|setitem|delitem|getattr|getattribute|setattr|new|del|eq|ne|lt|le|gt|ge|hash|bool|int|float|add|radd|sub|mul|matmul|truediv|mod|pow|neg|and|or|dict|class|doc|file|all|slots|contains|init_subclass|post_init|version|author|path|import|future|annotations|builtins|debug|module|qualname|bases|mro|subclasses|await|proto|dirname|filename|typename|line|LINE|FILE|func)__(?![A-Za-z0-9_])/;

const delimiterRow = /^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/m;

/** Whether what follows a lone dollar at the end of a growing text promises a formula rather than a price. */
function looksBegun(tail: string): boolean {
  if (/^\s/.test(tail) || tail.includes('\n')) return false;
  if (/^[\d.,]+\s*(?:[A-Za-z]{2,}.*)?$/.test(tail)) return false;
  return /[\\^_{}=]/.test(tail) || tail.length <= 8;
}

function isBalanced(tex: string): boolean {
  let depth = 0;
  for (const character of tex) {
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

function runLength(text: string, at: number, character: string): number {
  let end = at;
  while (text.charAt(end) === character) end += 1;
  return end - at;
}

function lineBefore(text: string, at: number): string {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
}

/** The next `close` that is not escaped by a backslash, or −1. */
function closerFrom(text: string, from: number, close: string): number {
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(close, at)) return at;
    if (text.charAt(at) === '\\') at += 1;
  }
  return -1;
}

function paragraphEnd(text: string, from: number): number {
  const blank = /\n[ \t\r]*(?=\n)/g;
  blank.lastIndex = from;
  return blank.exec(text)?.index ?? text.length;
}

function hasBlankLine(text: string): boolean {
  return /\n[ \t\r]*\n/.test(text);
}

/** Behind the brace that closes the one at `at`, or −1. */
function braceEnd(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '\\') i += 1;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return i + 1;
    } else if (character === '\n' && /^\n[ \t\r]*\n/.test(text.slice(i, i + 40))) return -1;
  }
  return -1;
}

/** Behind the `\end` that belongs to the `\begin` at `at`, or −1. */
function environmentEnd(text: string, at: number, begin: string, end: string): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text.charAt(i) !== '\\') continue;
    if (text.startsWith(begin, i)) depth += 1;
    else if (text.startsWith(end, i)) {
      depth -= 1;
      if (depth === 0) return i + end.length;
    }
    i += 1;
  }
  return -1;
}
