/**
 * Cuts growing Markdown into blocks. A finished block never changes, so it is drawn once; only the last is open.
 *
 * Decisions are taken on whole lines (or on a line's first characters, where the rest of the line cannot change them),
 * so how the text arrived does not matter: grown step by step or cut at once, the blocks are the same, and joined
 * they are the text. No block grows without bound: a long one is cut at a safe place and its rest says what must stand
 * before it (`carry`) to be read rightly alone.
 */

import { detachText } from '../detached-text.ts';

export interface Block {
  /** Where the block begins in the text; stable, so it serves as a key. */
  readonly start: number;
  readonly text: string;
  /** `code` is a fenced block and nothing else, `list` begins with a list item; all the rest is `text`. */
  readonly kind: 'text' | 'list' | 'code';
  /** The block before it was too long: this one goes on with the same paragraph, list, table or code. */
  readonly continued: boolean;
  /** For a continued table its head, for continued code its opening fence: to be read before `text`. Else empty. */
  readonly carry: string;
}

/** A text cut into blocks, and where cutting stopped, so that `growBlocks` need not look back. */
export interface Cut {
  readonly text: string;
  /** All blocks but the open one; they never change. */
  readonly closed: readonly Block[];
  /** The last block, which may still change; undefined for an empty text or right after a finished block. */
  readonly open: Block | undefined;
  readonly state: CutState;
}

interface Fence {
  readonly mark: string;
  readonly length: number;
  readonly indent: number;
  /** The column its list item's content begins at; a line less indented ends it. 0 outside lists. */
  readonly container: number;
  readonly opening: string;
  /** In a fence of Markdown: a fence with a word has begun, so the next bare one ends that, not this. */
  readonly holdsFence?: boolean;
}

interface MathOpening {
  readonly close: string;
  readonly at: number;
}

interface CutState {
  /** Where the first line not yet looked at begins. */
  readonly at: number;
  readonly start: number;
  readonly mode: 'none' | 'text' | 'list' | 'code';
  readonly continued: boolean;
  readonly carry: string;
  /** The line before was too long and was cut: what comes is not the start of a line. */
  readonly midLine: boolean;
  readonly afterBlank: boolean;
  readonly fence: Fence | undefined;
  readonly math: MathOpening | undefined;
  /** The column at which the content of the last outermost list item begins. */
  readonly contentColumn: number;
  /** Head and delimiter row of the table being read. */
  readonly table: string;
  readonly previousLine: string;
  readonly codeLines: number;
}

const MAX_LINE = 4000;
const MAX_TEXT = 3000;
const MAX_LIST = 3000;
/** A single list item longer than this is cut inside. */
const MAX_LIST_ITEM = 6000;
const MAX_TABLE = 6000;
/** Cells and items are drawn one by one: so many in a block, reckoned by the length of its last line. */
const MAX_CELLS = 600;
const MAX_ITEMS = 150;
const MAX_CODE = 12_000;
const MAX_CODE_LINES = 160;
/** A formula not closed after this many characters was none. */
const MAX_MATH = 4000;

const initialState: CutState = {
  at: 0,
  start: 0,
  mode: 'none',
  continued: false,
  carry: '',
  midLine: false,
  afterBlank: false,
  fence: undefined,
  math: undefined,
  contentColumn: 0,
  table: '',
  previousLine: '',
  codeLines: 0,
};

/** The cut of an empty text. */
export const emptyCut: Cut = { text: '', closed: [], open: undefined, state: initialState };

/** Cuts a whole text. */
export function cutBlocks(text: string): Cut {
  return growBlocks(emptyCut, text);
}

/**
 * The cut of `text`, given the cut of a beginning of it: only what is new is looked at. A text that does not begin with
 * the former one is cut afresh.
 */
export function growBlocks(former: Cut, text: string): Cut {
  if (text === former.text) return former;
  // Not `startsWith`: engines compare whole strings many characters at a time, beginnings one by one.
  if (text.slice(0, former.text.length) !== former.text) return growBlocks(emptyCut, text);
  return new Cutter(former, text).run();
}

/** All blocks, the open one last. */
export function allBlocks(cut: Cut): readonly Block[] {
  return cut.open ? [...cut.closed, cut.open] : cut.closed;
}

const blankLine = /^\s*$/;
const fenceLine = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})/;
const headingLine = /^ {0,3}#{1,6}(?:[ \t]|$)/;
const ruleLine = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const itemStart = /^( {0,3})([-*+]|\d{1,9}[.)])([ \t]+)(?=\S)/;
const emptyItem = /^( {0,3})([-*+]|\d{1,9}[.)])[ \t]*$/;
const delimiterRow = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;

class Cutter {
  private readonly text: string;
  private readonly former: readonly Block[];
  private readonly added: Block[] = [];
  private state: CutState;
  /** Set by a line that ends its block. */
  private closing = false;

  constructor(former: Cut, text: string) {
    this.text = text;
    this.state = former.state;
    this.former = former.closed;
  }

  run(): Cut {
    while (this.takeLine()) {
      // every line that is complete, or long enough to be cut
    }
    this.cutBeforeTail();
    const open = this.state.start < this.text.length ? this.blockUntil(this.text.length) : undefined;
    const closed = this.added.length > 0 ? [...this.former, ...this.added] : this.former;
    return { text: this.text, closed, open, state: this.state };
  }

  /** Reads one line, or one piece of an overlong line; false when what is left may still grow. */
  private takeLine(): boolean {
    const { at } = this.state;
    const newline = this.text.indexOf('\n', at);
    if (newline !== -1 && newline - at < MAX_LINE) {
      this.readLine(newline + 1, this.text.slice(at, newline).replace(/\r$/, ''), false);
      return true;
    }
    if (this.text.length - at <= MAX_LINE) return false;
    const end = safeCut(this.text, at, at + MAX_LINE);
    this.readLine(end, this.text.slice(at, end), true);
    return true;
  }

  private readLine(end: number, line: string, midLine: boolean): void {
    if (this.state.midLine) this.readRestOfLine(line);
    else if (this.state.mode === 'code') this.readInCode(line);
    else if (this.state.mode === 'list') this.readInList(line);
    else if (this.state.mode === 'text') this.readInText(line);
    else this.readFirst(line);
    this.set({ at: end, midLine, previousLine: line });
    if (this.closing) this.cutAt(end);
    else if (midLine) this.cutLongLine();
    this.closing = false;
  }

  private readFirst(line: string): void {
    if (blankLine.test(line)) return;
    const fence = readFenceLine(line, 0);
    if (fence) {
      this.set({ mode: 'code', fence, codeLines: 0 });
      return;
    }
    const item = itemStart.exec(line);
    if (item && !ruleLine.test(line)) {
      this.set({ mode: 'list', contentColumn: contentColumnOf(item), afterBlank: false });
      this.trackMath(line);
      return;
    }
    this.set({ mode: 'text' });
    if (headingLine.test(line)) this.closing = true;
    else this.trackMath(line);
  }

  private readInText(line: string): void {
    if (this.state.math) {
      if (this.overflows(MAX_MATH, this.state.math.at)) this.cutAndRead(line, {});
      else this.trackMath(line);
      return;
    }
    if (blankLine.test(line)) {
      this.closing = true;
      return;
    }
    const starts = fenceLine.test(line) || headingLine.test(line) || interruptsParagraph(line);
    if (starts) return this.cutAndRead(line, {});
    if (this.state.table) {
      const columns = (/^.*/.exec(this.state.table)?.[0] ?? '').split('|').length;
      const rows = Math.ceil(MAX_CELLS / columns);
      if (this.overflows(Math.min(MAX_TABLE, rows * line.length)))
        return this.cutWithin({ mode: 'text', carry: this.state.table }, line);
    } else if (this.overflows(MAX_TEXT)) {
      return this.cutWithin({ mode: 'text', carry: '' }, line);
    } else if (delimiterRow.test(line) && line.includes('-') && this.state.previousLine.includes('|')) {
      this.set({ table: `${this.state.previousLine}\n${line}\n` });
    }
    this.trackMath(line);
  }

  private readInList(line: string): void {
    const { fence, math, afterBlank } = this.state;
    const blank = blankLine.test(line);
    const column = indentOf(line);
    if (fence) {
      if (blank || column >= fence.container) {
        if (this.overflows(MAX_LIST_ITEM)) {
          this.cutWithin({ mode: 'code', carry: fence.opening, fence, codeLines: 0 }, line);
        } else if (closesFence(line.slice(fence.container), fence)) this.set({ fence: undefined });
        this.set({ afterBlank: blank });
        return;
      }
      this.set({ fence: undefined });
    }
    if (math) {
      if (this.overflows(MAX_MATH, math.at)) this.set({ math: undefined });
      else {
        this.trackMath(line);
        return;
      }
    }
    if (blank) {
      this.set({ afterBlank: true });
      return;
    }
    const item = ruleLine.test(line) ? null : (itemStart.exec(line) ?? emptyItem.exec(line));
    if (item) {
      if (this.overflows(Math.min(MAX_LIST, MAX_ITEMS * line.length)))
        return this.cutAndRead(line, { continued: true });
      this.set({ contentColumn: contentColumnOf(item), afterBlank: false });
      this.openFenceInItem(line.slice(item[0].length), contentColumnOf(item));
      this.trackMath(line);
      return;
    }
    const inside = column >= this.state.contentColumn;
    if (!inside && (afterBlank || fenceLine.test(line) || headingLine.test(line) || ruleLine.test(line))) {
      return this.cutAndRead(line, {});
    }
    if (this.overflows(MAX_LIST_ITEM)) return this.cutWithin({ mode: 'list', carry: '' }, line);
    this.set({ afterBlank: false });
    if (inside) this.openFenceInItem(line.trimStart(), column);
    if (!this.state.fence) this.trackMath(line);
  }

  private readInCode(line: string): void {
    const { fence } = this.state;
    if (!fence) return;
    const blank = blankLine.test(line);
    if (!blank && indentOf(line) < fence.container) return this.cutAndRead(line, {});
    const content = line.slice(fence.container);
    if (closesFence(content, fence)) {
      if (fence.holdsFence) this.set({ fence: { ...fence, holdsFence: false } });
      else this.closing = true;
      if (this.closing) return;
    } else if (!fence.holdsFence && opensWithin(content, fence)) this.set({ fence: { ...fence, holdsFence: true } });
    if (this.state.codeLines >= MAX_CODE_LINES || this.overflows(MAX_CODE)) {
      return this.cutWithin({ mode: 'code', carry: fence.opening, fence, codeLines: 1 }, line);
    }
    this.set({ codeLines: this.state.codeLines + 1 });
  }

  /** A piece of an overlong line belongs to what the line began. */
  private readRestOfLine(line: string): void {
    const { mode, math } = this.state;
    if (mode === 'none') this.set({ mode: 'text' });
    if (math && this.overflows(MAX_MATH, math.at)) this.set({ math: undefined });
    if (mode !== 'code') this.trackMath(line);
  }

  /** Within an overlong line a block that has become too long ends at once. */
  private cutLongLine(): void {
    const { mode, at, fence, table } = this.state;
    if (mode === 'code' && fence) {
      if (this.overflows(MAX_CODE)) this.cutAt(at, { mode, carry: fence.opening, fence });
    } else if (this.overflows(mode === 'list' ? MAX_LIST_ITEM : MAX_TEXT)) {
      this.cutAt(at, { mode: 'text', carry: table, table });
    }
  }

  /**
   * A paragraph after a list may be one long line: once its first character shows that it is no item, the list is
   * finished, and need not be drawn again with every word of the paragraph.
   */
  private cutBeforeTail(): void {
    const { mode, afterBlank, fence, math, at, contentColumn, midLine } = this.state;
    if (mode !== 'list' || !afterBlank || fence || math || midLine) return;
    const tail = /^( *)([^\s\-*+\d])/.exec(this.text.slice(at, at + 12));
    if (tail && (tail[1] ?? '').length < contentColumn) this.cutAt(at);
  }

  private openFenceInItem(content: string, container: number): void {
    const fence = readFenceLine(content, container);
    if (fence) this.set({ fence });
  }

  private trackMath(line: string): void {
    const next = mathAfter(line, this.state.math?.close);
    if (next === this.state.math?.close) return;
    this.set({ math: next === undefined ? undefined : { close: next, at: this.state.at } });
  }

  private overflows(limit: number, since = this.state.start): boolean {
    return this.state.at - since >= limit;
  }

  /** The block ends before this line, which is then read as the first of the next. */
  private cutAndRead(line: string, next: Partial<CutState>): void {
    this.cutAt(this.state.at, { mode: 'none', continued: false, ...next });
    this.readFirst(line);
  }

  /** The block has become too long: it is cut before this line, and the next one goes on in the same way. */
  private cutWithin(next: Partial<CutState>, line: string): void {
    this.cutAt(this.state.at, { continued: true, contentColumn: this.state.contentColumn, ...next });
    if (next.carry && next.mode === 'text') this.set({ table: next.carry });
    if (next.mode !== 'code') this.trackMath(line);
  }

  private cutAt(end: number, next: Partial<CutState> = {}): void {
    if (end > this.state.start) {
      const block = this.blockUntil(end);
      this.added.push({ ...block, text: detachText(block.text) });
    }
    const continued = next.mode !== undefined && next.mode !== 'none';
    this.state = { ...initialState, at: this.state.at, start: end, midLine: this.state.midLine, continued, ...next };
  }

  private blockUntil(end: number): Block {
    const { start, mode, continued, carry } = this.state;
    return { start, text: this.text.slice(start, end), kind: mode === 'none' ? 'text' : mode, continued, carry };
  }

  private set(change: Partial<CutState>): void {
    this.state = { ...this.state, ...change };
  }
}

/** Where to cut an overlong line, at most at `limit`: after a space before a letter, else between two characters. */
function safeCut(text: string, from: number, limit: number): number {
  for (let end = limit; end > from + MAX_LINE / 2; end--) {
    const before = text.charCodeAt(end - 1);
    if ((before === 32 || before === 0x3002) && /[\p{L}(]/u.test(text.charAt(end))) return end;
  }
  const code = text.charCodeAt(limit);
  return code >= 0xdc00 && code <= 0xdfff ? limit - 1 : limit;
}

function readFenceLine(line: string, container: number): Fence | undefined {
  const match = fenceLine.exec(line);
  const marks = match?.[2];
  if (!match || !marks) return undefined;
  const indent = container + (match[1] ?? '').length;
  return {
    mark: marks.charAt(0),
    length: marks.length,
    indent,
    container,
    opening: `${' '.repeat(indent)}${line.trim()}\n`,
  };
}

function closesFence(line: string, fence: Fence): boolean {
  const match = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line);
  const marks = match?.[1];
  return marks !== undefined && marks.charAt(0) === fence.mark && marks.length >= fence.length;
}

/** A file of Markdown that a model shows may hold a fence of its own; only one with a word is told from an end. */
function opensWithin(line: string, fence: Fence): boolean {
  if (!/^[ \t]*[`~]{3,}[ \t]*(?:markdown|md|mdx)\b/i.test(fence.opening)) return false;
  const marks = /^ {0,3}(`{3,}|~{3,})[ \t]*[\w+#.-]+[ \t]*$/.exec(line)?.[1];
  return marks !== undefined && marks.charAt(0) === fence.mark && marks.length >= fence.length;
}

/** A list interrupts a paragraph only where CommonMark says so: a bullet, or a first number. */
function interruptsParagraph(line: string): boolean {
  const item = itemStart.exec(line);
  const marker = item?.[2];
  return marker !== undefined && !ruleLine.test(line) && (!/^\d/.test(marker) || /^1[.)]$/.test(marker));
}

function contentColumnOf(item: RegExpExecArray): number {
  const spaces = item[3] ?? ' ';
  const width = spaces.length > 4 || spaces.includes('\t') ? 1 : spaces.length;
  return (item[1] ?? '').length + (item[2] ?? '').length + width;
}

function indentOf(line: string): number {
  let column = 0;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code === 32) column += 1;
    else if (code === 9) column += 4 - (column % 4);
    else return column;
  }
  return column;
}

/** What would close the formula still open after this line, given what would close the one open before it. */
function mathAfter(line: string, close: string | undefined): string | undefined {
  let open = close;
  const bare = line.includes('`') ? line.replace(/(`+)(?:(?!\1).)*?\1/g, '') : line;
  for (const [token] of bare.matchAll(/\\\\|\\\$|\\[[\]]|\$\$|\\(?:begin|end)\{[a-zA-Z]+\*?\}/g)) {
    if (open !== undefined) {
      if (token === open) open = undefined;
    } else if (token === '$$') open = '$$';
    else if (token === '\\[') open = '\\]';
    else if (token.startsWith('\\begin{')) open = token.replace('begin', 'end');
  }
  return open;
}

/** What a `code` block holds: the language it names, its code without the fences, and whether its end has come. */
export function readCode(block: Block): { info: string; code: string; closed: boolean } {
  const lines = (block.carry + block.text.replace(/^(?:[ \t]*\r?\n)+(?=[ \t]*(?:`{3}|~{3}))/, '')).split(/\r?\n/);
  const opening = lines.shift() ?? '';
  const marks = /^[ \t]*(`{3,}|~{3,})[ \t]*(.*)$/.exec(opening);
  const fence = readFenceLine(opening.trim(), 0);
  const info = (marks?.[2] ?? '').trim();
  const indent = indentOf(opening);
  let closed = false;
  if (lines.at(-1)?.trim() === '') lines.pop();
  if (fence && closesFence((lines.at(-1) ?? '').trimStart(), fence)) {
    lines.pop();
    closed = true;
  }
  return { info, code: lines.map((line) => stripIndent(line, indent)).join('\n'), closed };
}

function stripIndent(line: string, columns: number): string {
  let at = 0;
  while (at < columns && line.charCodeAt(at) === 32) at += 1;
  return line.slice(at);
}

/** What a `text` or `list` block is to be read as: with what it carries on, and no deeper indented than it needs. */
export function readText(block: Block): string {
  if (!block.continued) return block.text;
  const indent = indentOf(/^[ \t]*(?=\S)/m.exec(block.text)?.[0].concat('x') ?? '');
  if (indent === 0) return block.carry + block.text;
  return (
    block.carry +
    block.text
      .split('\n')
      .map((line) => stripIndent(line, indent))
      .join('\n')
  );
}
