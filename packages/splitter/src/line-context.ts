/** Where in a line, and in which code, a place of the text stands. Markdown only as far as tags need it. */

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const BACKTICK = 96;

/** Four columns of indent are a code line in Markdown, so a tag behind them is not at a line start. */
const MAX_INDENT = 3;
/** A fence shows within these first units of its line; no more of a line is kept. */
const LINE_HEAD = 200;
const FENCE = /^[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*)*(`{3,}|~{3,})(.*)$/;

/** An open fence of code. */
export interface Fence {
  marker: string;
  /** Answer openers in this fence that had no closer yet. */
  openAnswers: number;
}

/** Whether a UTF-16 unit is whitespace that is trimmed: ASCII only. NaN is not. */
function isWhitespace(unit: number): boolean {
  return unit === SPACE || (unit >= 9 && unit <= RETURN);
}

/** Index of the first unit that is not whitespace, or -1. */
export function firstVisible(text: string): number {
  for (let i = 0; i < text.length; i++) if (!isWhitespace(text.charCodeAt(i))) return i;
  return -1;
}

/** Index of the last unit before `end` that is not whitespace, or -1. */
export function lastVisible(text: string, end = text.length): number {
  let i = end - 1;
  while (i >= 0 && isWhitespace(text.charCodeAt(i))) i--;
  return i;
}

export class LineContext {
  /** The open fence. Only lines read as answer open or close one. */
  fence: Fence | null = null;
  /** Openers on this line that were left as text and whose closers are still to come. */
  literalOpeners = { think: 0, answer: 0 };

  #onlyBlanksSinceTag = true;
  #atLineStart = true;
  #indent = 0;
  #lineHead = '';
  /** Length of the run of backticks that opened the span, 0 outside. */
  #span = 0;
  /** Length of the run of backticks that the text ends in; whether it opens or closes shows when it is over. */
  #run = 0;

  get atLineStart(): boolean {
    return this.#atLineStart;
  }

  get onlyBlanksSinceTag(): boolean {
    return this.#onlyBlanksSinceTag;
  }

  /** A place where a tag is markup rather than a mention. */
  get isStructural(): boolean {
    return this.#atLineStart || this.#onlyBlanksSinceTag;
  }

  get isInSpan(): boolean {
    return this.#spanAfterRun() !== 0;
  }

  /** The place behind a tag that was removed: a line begins. */
  beginAfterTag(): void {
    this.#onlyBlanksSinceTag = true;
    this.#beginLine();
  }

  /** Moves on over text. `fences`: whether lines that end in it may open or close a fence. */
  advance(text: string, fences: boolean): void {
    let lineFrom = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit === NEWLINE) {
        this.#keepHead(text, lineFrom, i);
        if (fences) this.#completeLine();
        this.#beginLine();
        lineFrom = i + 1;
      } else {
        this.#advanceInLine(unit);
      }
    }
    this.#keepHead(text, lineFrom, text.length);
  }

  #advanceInLine(unit: number): void {
    if (unit === BACKTICK) {
      this.#run++;
    } else if (this.#run > 0) {
      this.#span = this.#spanAfterRun();
      this.#run = 0;
    }
    if (this.#atLineStart && unit !== RETURN) {
      this.#indent++;
      this.#atLineStart = unit === SPACE && this.#indent <= MAX_INDENT;
    }
    if (this.#onlyBlanksSinceTag) this.#onlyBlanksSinceTag = isWhitespace(unit);
  }

  #spanAfterRun(): number {
    if (this.#run === 0) return this.#span;
    if (this.#span === 0) return this.#run;
    return this.#span === this.#run ? 0 : this.#span;
  }

  #keepHead(text: string, from: number, to: number): void {
    const room = LINE_HEAD - this.#lineHead.length;
    if (room > 0 && to > from) this.#lineHead += text.slice(from, Math.min(to, from + room));
  }

  #beginLine(): void {
    this.#atLineStart = true;
    this.#indent = 0;
    this.#lineHead = '';
    this.#span = 0;
    this.#run = 0;
    this.literalOpeners.think = 0;
    this.literalOpeners.answer = 0;
  }

  #completeLine(): void {
    const line = this.#lineHead.endsWith('\r') ? this.#lineHead.slice(0, -1) : this.#lineHead;
    const [, marker, rest] = FENCE.exec(line) ?? [];
    if (marker === undefined || rest === undefined) return;
    if (!this.fence) {
      if (marker.startsWith('~') || !rest.includes('`')) this.fence = { marker, openAnswers: 0 };
    } else if (marker.startsWith(this.fence.marker) && firstVisible(rest) < 0) {
      this.fence = null;
    }
  }
}
