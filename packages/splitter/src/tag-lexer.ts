/** Finds tags and turn labels in text that arrives in pieces. Knows their spelling, not their meaning. */

export type TagRole = 'think-open' | 'think-close' | 'answer-open' | 'answer-close' | 'user' | 'assistant';

/** One spelling to look for. */
export interface TagSpelling {
  role: TagRole;
  spelling: string;
  /** Number of the think pair it belongs to. */
  pair: number;
}

export interface Tag {
  role: TagRole;
  /** Numbers of the pairs it belongs to: two pairs may share one tag. */
  pairs: readonly number[];
}

/** A complete tag as it stood in the text. Whether it counts is for the reader of tokens to say. */
export interface Token {
  tag: Tag;
  raw: string;
  selfClosing: boolean;
}

/** What the lexer's findings are handed to, in the order of the text. */
export interface TokenSink {
  /** Never empty, and never holds a complete tag. */
  text(piece: string): void;
  token(token: Token): void;
}

interface Pattern {
  tag: { role: TagRole; pairs: number[] };
  key: string;
  firstUnit: number;
  isAngleOpener: boolean;
  /** Length of the tag at `at`, or one of the two words below. */
  match(text: string, at: number): number;
}

const NO_MATCH = 0;
/** The text ends before this can be decided: it is a proper prefix of some tag. */
const UNDECIDED = -1;

const ANGLE_TAG = /^<(\/?)([a-z][a-z0-9_:.|-]*)>$/i;
const MAX_INTERIOR = 64;
const MAX_CLOSER_BLANKS = 8;

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const SLASH = 47;
const LESS = 60;
const GREATER = 62;

export class TagLexer {
  readonly #patterns: Pattern[];
  readonly #tagStart: RegExp;
  /** A prefix of a tag, and behind it at most one high surrogate whose other half is still to come. */
  #held = '';

  constructor(spellings: readonly TagSpelling[]) {
    this.#patterns = compile(spellings);
    this.#tagStart = new RegExp(`[${this.#patterns.map((p) => unitEscape(p.firstUnit)).join('')}]`, 'g');
  }

  /** Reads on; what cannot be decided yet stays here, at most the length of one tag and one surrogate. */
  feed(chunk: string, sink: TokenSink): void {
    const text = this.#held + chunk;
    const limit = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length;
    this.#held = text.slice(this.#read(text, limit, false, sink));
  }

  /** No more text comes: a prefix is text. To be called once. */
  end(sink: TokenSink): void {
    this.#read(this.#held, this.#held.length, true, sink);
  }

  /** Hands over all that is decided before `limit`; returns where the undecided rest begins. */
  #read(text: string, limit: number, final: boolean, sink: TokenSink): number {
    let at = 0;
    while (at < limit) {
      const start = Math.min(this.#nextStart(text, at), limit);
      if (start > at) sink.text(text.slice(at, start));
      at = start;
      if (at === limit) break;
      const token = this.#tokenAt(text, at, final);
      if (token === 'undecided') break;
      if (token) {
        sink.token(token);
        at += token.raw.length;
      } else {
        // One character is text and reading resumes at the next: `<<think>` holds a tag.
        sink.text(text.charAt(at));
        at += 1;
      }
    }
    return at;
  }

  #nextStart(text: string, from: number): number {
    this.#tagStart.lastIndex = from;
    return this.#tagStart.exec(text)?.index ?? text.length;
  }

  /** The longest tag at `at`; of equals the first one listed. */
  #tokenAt(text: string, at: number, final: boolean): Token | 'undecided' | undefined {
    const firstUnit = text.charCodeAt(at);
    let best: Pattern | undefined;
    let bestLength = 0;
    for (const pattern of this.#patterns) {
      if (pattern.firstUnit !== firstUnit) continue;
      const length = pattern.match(text, at);
      if (length === UNDECIDED && !final) return 'undecided';
      if (length > bestLength) [best, bestLength] = [pattern, length];
    }
    if (!best) return undefined;
    const raw = text.slice(at, at + bestLength);
    return { tag: best.tag, raw, selfClosing: best.isAngleOpener && raw.endsWith('/>') };
  }
}

function compile(spellings: readonly TagSpelling[]): Pattern[] {
  const patterns: Pattern[] = [];
  for (const { role, spelling, pair } of spellings) {
    if (spelling === '') continue;
    const pattern = role === 'user' || role === 'assistant' ? literalPattern(spelling) : tagPattern(spelling);
    const key = `${role} ${pattern.key}`;
    const same = patterns.find((p) => p.key === key);
    if (same) same.tag.pairs.push(pair);
    else patterns.push({ ...pattern, key, tag: { role, pairs: [pair] } });
  }
  return patterns;
}

function tagPattern(spelling: string): Omit<Pattern, 'tag'> {
  const angle = ANGLE_TAG.exec(spelling);
  if (!angle?.[2]) return literalPattern(spelling);
  const name = angle[2].toLowerCase();
  const isAngleOpener = angle[1] === '';
  const match = isAngleOpener ? matchOpener : matchCloser;
  return {
    key: spelling.toLowerCase(),
    firstUnit: LESS,
    isAngleOpener,
    match: (text, at) => match(text, at, name),
  };
}

function literalPattern(spelling: string): Omit<Pattern, 'tag'> {
  return {
    key: spelling,
    firstUnit: spelling.charCodeAt(0),
    isAngleOpener: false,
    match: (text, at) => matchLiteral(text, at, spelling),
  };
}

function matchLiteral(text: string, at: number, spelling: string): number {
  if (text.startsWith(spelling, at)) return spelling.length;
  const rest = text.length - at;
  return rest < spelling.length && spelling.startsWith(text.slice(at)) ? UNDECIDED : NO_MATCH;
}

/** `<name>`, or `<name` and an interior of attributes or blanks. */
function matchOpener(text: string, at: number, name: string): number {
  const matched = matchName(text, at + 1, name);
  if (matched <= 0) return matched;
  const interior = at + 1 + name.length;
  if (interior === text.length) return UNDECIDED;
  const unit = text.charCodeAt(interior);
  if (unit === GREATER) return interior + 1 - at;
  if (unit !== SPACE && unit !== TAB && unit !== SLASH) return NO_MATCH;
  for (let i = interior; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === GREATER) return isInterior(text.slice(interior, i)) ? i + 1 - at : NO_MATCH;
    if (c === LESS || c === NEWLINE || c === RETURN || i - interior === MAX_INTERIOR) return NO_MATCH;
  }
  return UNDECIDED;
}

/** `<think about it>` is prose; blanks, attributes and a closing slash make a tag. */
function isInterior(interior: string): boolean {
  const inside = interior.endsWith('/') ? interior.slice(0, -1) : interior;
  return inside.includes('=') || /^[ \t\v\f]*$/.test(inside);
}

/** `</name>`, with some blanks before the bracket. */
function matchCloser(text: string, at: number, name: string): number {
  if (at + 1 === text.length) return UNDECIDED;
  if (text.charCodeAt(at + 1) !== SLASH) return NO_MATCH;
  const matched = matchName(text, at + 2, name);
  if (matched <= 0) return matched;
  const blanks = at + 2 + name.length;
  for (let i = blanks; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === GREATER) return i + 1 - at;
    if ((c !== SPACE && c !== TAB) || i - blanks === MAX_CLOSER_BLANKS) return NO_MATCH;
  }
  return UNDECIDED;
}

/** The name's length when all of it stands at `at` in any letter case. */
function matchName(text: string, at: number, name: string): number {
  for (let i = 0; i < name.length; i++) {
    if (at + i === text.length) return UNDECIDED;
    if (lowerCase(text.charCodeAt(at + i)) !== name.charCodeAt(i)) return NO_MATCH;
  }
  return name.length;
}

/** ASCII only: elsewhere letter case can change a string's length, and `K` (Kelvin) is no `k` of a tag. */
function lowerCase(unit: number): number {
  return unit >= 65 && unit <= 90 ? unit + 32 : unit;
}

function unitEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
