import { detachText } from '../detached-text.ts';
import { findRethinks } from './rethinks.ts';

/** What a mark of the outline stands for, the weightiest first. */
export const markKinds = ['candidate', 'heading', 'language', 'rethink', 'step'] as const;

export type MarkKind = (typeof markKinds)[number];

/** A place in a thought worth going to. */
export interface Mark {
  kind: MarkKind;
  /** Offset in UTF-16 units. */
  at: number;
  /** What stands there, in one short line without markup. */
  label: string;
}

/** A line longer than this is read in pieces, so that the end of a text without line breaks stays short. */
const longLine = 4000;
const longLabel = 80;

interface Place {
  /** Where the first line not yet read begins. */
  at: number;
  /** The fence of the code it is in. */
  fence: string | undefined;
  /** The script of the last line that was long enough to tell. */
  script: string | undefined;
  /** The line goes on from the piece before. */
  midLine: boolean;
}

/**
 * The outline of a growing text: only what is new is read, and however it arrived, the marks are those of the text read
 * whole. Marks in the last, unfinished line may still change.
 */
export class Outline {
  #text = '';
  #place: Place = { at: 0, fence: undefined, script: undefined, midLine: false };
  #finished: Mark[] = [];

  /** Reads on; a text that does not begin with the former one is read afresh. */
  grow(text: string): void {
    if (text.slice(0, this.#text.length) !== this.#text) {
      this.#place = { at: 0, fence: undefined, script: undefined, midLine: false };
      this.#finished = [];
    }
    this.#text = text;
    const ends: number[] = [];
    for (let end = lineEnd(text, this.#place.at); end !== undefined; end = lineEnd(text, end)) ends.push(end);
    const read = readLines(text, ends, this.#place);
    for (const mark of read.marks) this.#finished.push(mark);
    this.#place = read.next;
  }

  /** All marks so far, in the order of the text. */
  marks(): readonly Mark[] {
    if (this.#place.at === this.#text.length) return this.#finished;
    return [...this.#finished, ...readLines(this.#text, [this.#text.length], this.#place).marks];
  }
}

/** The marks of a whole text. */
export function findMarks(text: string): readonly Mark[] {
  const outline = new Outline();
  outline.grow(text);
  return outline.marks();
}

/** Where the line at `from` ends, or the piece of it to be read alone; undefined while that is open. */
function lineEnd(text: string, from: number): number | undefined {
  const newline = text.indexOf('\n', from);
  if (newline >= 0 && newline < from + longLine) return newline + 1;
  if (text.length < from + longLine) return undefined;
  const piece = text.slice(from, from + longLine);
  const sentence = Math.max(piece.lastIndexOf('. '), piece.lastIndexOf('。'), piece.lastIndexOf('? '));
  if (sentence > longLine / 2) return from + sentence + 1;
  const blank = piece.lastIndexOf(' ');
  return from + (blank > longLine / 2 ? blank + 1 : longLine);
}

const fenceLine = /^[ \t]*(`{3,}|~{3,})/;
const headingLine = /^ {0,3}#{1,6}[ \t]+(?=\S)/;
const boldLine = /^ {0,3}(?:\*\*|__)(?=\S)[^\n]{1,150}?(?:\*\*|__)\s*[:：]?\s*$/;
const namedStep =
  /^[ \t#*_>-]{0,12}(?:(?:step|case|part|option|approach|method|attempt)[ \t]+(?:\d{1,3}|[A-Z]|[ivx]{1,4})\b|第[ \t]*[\d一二三四五六七八九十]{1,3}[ \t]*(?:步|种|個|个|点|部分))/i;
const numberedStep = /^ {0,3}(?:\*\*)?(?:\d{1,3}[.)](?=[ \t*])|\d{1,3}、|[（(]\d{1,2}[)）])[ \t]*(?:\*\*)?[ \t]*\S/;

interface Reading {
  marks: Mark[];
  next: Place;
}

/** The lines that end at `ends`. Re-thinks are looked for in many lines at once, which is ten times as fast as in each. */
function readLines(text: string, ends: readonly number[], place: Place): Reading {
  const marks: Mark[] = [];
  const headings = new Set<number>();
  let next = place;
  let prose = place.at; // where the prose begins in which no re-think was looked for yet

  const findIn = (until: number) => {
    const run = text.slice(prose, until);
    for (const { at } of findRethinks(run)) {
      if (headings.has(run.lastIndexOf('\n', at) + 1 + prose)) continue;
      addMark(marks, 'rethink', prose + at, sentenceAt(text, prose + at));
    }
  };
  for (const end of ends) {
    const start = next.at;
    const wasCode = next.fence !== undefined;
    const read = readLine(text.slice(start, end), next);
    // A run of prose ends at code, and at a piece of an overlong line, which has no end of its own.
    if (wasCode || read.next.fence !== undefined || next.midLine || read.next.midLine) {
      findIn(start);
      prose = wasCode || read.next.fence !== undefined ? end : start;
      if (read.next.midLine || next.midLine) {
        findIn(end);
        prose = end;
      }
    }
    for (const mark of read.marks) {
      marks.push(mark);
      if (mark.kind === 'heading') headings.add(start);
    }
    next = read.next;
  }
  findIn(next.at);
  return { marks: marks.sort((a, b) => a.at - b.at), next };
}

function addMark(marks: Mark[], kind: MarkKind, at: number, source: string): void {
  const label = labelOf(kind === 'candidate' ? source : inPlainSigns(source)); // what is compared stays as it is written
  if (label !== '') marks.push({ kind, at, label: detachText(label) });
}

/** The marks of one line, but for its re-thinks. */
function readLine(line: string, place: Place): Reading {
  const next: Place = { ...place, at: place.at + line.length, midLine: !line.endsWith('\n') };
  const fence = place.midLine ? undefined : fenceLine.exec(line)?.[1];
  if (place.fence !== undefined) {
    if (fence?.startsWith(place.fence) && line.trim() === fence) next.fence = undefined;
    return { marks: [], next };
  }
  if (fence !== undefined) return { marks: [], next: { ...next, fence } };

  const marks: Mark[] = [];
  const script = scriptOf(line);
  if (script !== undefined) {
    if (place.script !== undefined && script !== place.script) addMark(marks, 'language', place.at, `Into ${script}`);
    next.script = script;
  }
  if (!place.midLine) {
    const kind = kindOfLine(line);
    if (kind) addMark(marks, kind, place.at, line);
  }
  if (mayAnswer.test(line)) {
    for (const { at, answer } of findCandidates(line)) addMark(marks, 'candidate', place.at + at, answer);
  }
  return { marks, next };
}

function kindOfLine(line: string): MarkKind | undefined {
  if (namedStep.test(line)) return 'step';
  if (headingLine.test(line) || boldLine.test(line)) return 'heading';
  return numberedStep.test(line) ? 'step' : undefined;
}

const mayAnswer = /answer|\\boxed|答案/i;

/** Where an answer is named. A question about it ("what the answer is") names none. */
const answerWords =
  /\\boxed[ \t]*\{|(?<!\b(?:what|whether|if|which|how) (?:the |my |our )?(?:final |correct |right )?)\banswer(?: (?:here|then|to this|is therefore))?(?: is| should be| would be| must be| comes out as| =|[:：])(?! *(?:not|wrong|right|unclear|correct|incorrect|yes or no)\b)(?=[ \t*$\\({"“]*\S)|答案(?:就|应该|應該|应|應)?(?:是|为|為|[:：])(?!不|否)/gi;
/** "… 42 is the answer". */
const answerAfter = /([^\s,;:，；]{1,40})[ \t]+(?:is|must be|should be) (?:the|my|our) (?:final |correct )?answer\b/gi;

function findCandidates(line: string): { at: number; answer: string }[] {
  const found: { at: number; answer: string }[] = [];
  let end = 0;
  for (const match of line.matchAll(answerWords)) {
    if (match.index < end) continue;
    const from = match.index + match[0].length;
    const answer = match[0].startsWith('\\') ? untilBrace(line, from) : untilSentenceEnd(line, from);
    end = from + answer.length;
    if (answer.trim() !== '') found.push({ at: match.index, answer: unbox(answer) });
  }
  if (!/answer/i.test(line)) return found;
  for (const match of line.matchAll(answerAfter)) {
    if (!/^(?:that|this|it|which|what|here)$/i.test(match[1] ?? '')) {
      found.push({ at: match.index, answer: match[1] ?? '' });
    }
  }
  return found;
}

/** `\boxed{…}` as what is in it. */
function unbox(answer: string): string {
  const at = answer.indexOf('\\boxed{');
  return at < 0 ? answer : untilBrace(answer, at + '\\boxed{'.length);
}

function untilBrace(line: string, from: number): string {
  let depth = 1;
  let at = from;
  for (; at < line.length && at < from + 200; at++) {
    const char = line[at];
    if (char === '{') depth += 1;
    else if (char === '}') depth -= 1;
    if (depth === 0) break;
  }
  return line.slice(from, at);
}

/** A full stop inside a number does not end the sentence. */
function untilSentenceEnd(line: string, from: number): string {
  const rest = line.slice(from, from + 160);
  const end = /[.!?;](?=[\s*"”')\]]|$)|[。！？；，\n]/.exec(rest);
  return end ? rest.slice(0, end.index) : rest;
}

/** From the mark on to the end of its sentence, or of the next if that is only a word ("Wait. Is it …"). */
function sentenceAt(line: string, at: number): string {
  const first = untilSentenceEnd(line, at);
  const mark = line[at + first.length] ?? '\n';
  if (first.length >= 14 || mark === '\n') return first;
  return first + mark + untilSentenceEnd(line, at + first.length + 1);
}

/** Commands of formulas that are one sign. */
const signs: ReadonlyMap<string, string> = new Map([
  ['times', '×'],
  ['cdot', '·'],
  ['div', '÷'],
  ['pm', '±'],
  ['le', '≤'],
  ['leq', '≤'],
  ['ge', '≥'],
  ['geq', '≥'],
  ['ne', '≠'],
  ['neq', '≠'],
  ['approx', '≈'],
  ['equiv', '≡'],
  ['implies', '⇒'],
  ['to', '→'],
  ['infty', '∞'],
  ['pi', 'π'],
  ['ldots', '…'],
  ['dots', '…'],
]);

function inBrackets(term: string): string {
  return /^[\p{L}\p{N}.]*$/u.test(term) ? term : `(${term})`;
}

/** A line with its formulas in plain signs, where they have some: roots, fractions, and what is one sign. */
function inPlainSigns(line: string): string {
  return line
    .slice(0, 400)
    .replace(/\\sqrt\{([^{}]*)\}/g, (_, of: string) => `√${inBrackets(of)}`)
    .replace(
      /\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}/g,
      (_, of: string, by: string) => `${inBrackets(of)}/${inBrackets(by)}`,
    )
    .replace(/\\([A-Za-z]+)/g, (command, name: string) => signs.get(name) ?? command)
    .replace(/ (?=\\\)[:,;])/g, '');
}

/** One short line without markup. */
function labelOf(source: string): string {
  const words = source
    .slice(0, 400)
    .replace(/^[ \t]*(?:#{1,6}[ \t]+|>[ \t]*)+/, '')
    .replace(/[*_]{2,}|`+|\\[()[\]]|\$+|(?<!\w)[*_]|[*_](?!\w)/g, '')
    .replace(/\\(?:text|mathrm|boxed|textbf)\{([^{}]*)\}/g, '$1')
    .replace(/\s+/g, ' ')
    .replace(/^[ \-–—:：,，.]+|[ :：,，]+$/g, '');
  if (words.length <= longLabel) return words;
  const cut = words.slice(0, longLabel).replace(/[\ud800-\udbff]$/, '');
  const blank = cut.lastIndexOf(' ');
  return `${blank > longLabel / 2 ? cut.slice(0, blank) : cut}…`;
}

const scripts: readonly [name: string, letters: RegExp, weight: number][] = [
  ['Latin script', /[A-Za-zÀ-ɏ]+/g, 1],
  ['Chinese', /[\u3400-\u4dbf\u4e00-\u9fff]+/g, 3],
  ['Japanese', /[\u3040-\u30ff]+/g, 3],
  ['Korean', /[\uac00-\ud7af]+/g, 3],
  ['Cyrillic', /[\u0400-\u04ff]+/g, 1],
  ['Arabic', /[\u0600-\u06ff]+/g, 1],
  ['Hebrew', /[\u0590-\u05ff]+/g, 1],
  ['Devanagari', /[\u0900-\u097f]+/g, 1],
  ['Thai', /[\u0e00-\u0e7f]+/g, 1],
];

const notWords = /`[^`\n]*`|\$[^$\n]*\$|\\[A-Za-z]+/g;
const notLatin = /[\u0400-\u0fff\u3040-\ud7af]/;

/** The script most of a line is in; undefined for a line too short, or too mixed, to tell. */
function scriptOf(line: string): string | undefined {
  if (line.length < 8) return undefined;
  if (!notLatin.test(line)) return line.length >= 40 && lettersIn(line) >= 20 ? 'Latin script' : undefined;
  const prose = line.replace(notWords, ' ');
  let total = 0;
  let japanese = false;
  let best: { name: string; count: number } | undefined;
  for (const [name, letters, weight] of scripts) {
    let count = 0;
    for (const [run] of prose.matchAll(letters)) count += run.length * weight;
    total += count;
    if (name === 'Japanese') japanese = count > 0;
    if (!best || count > best.count) best = { name, count };
  }
  if (!best || best.count < 20 || best.count < total * 0.65) return undefined;
  return best.name === 'Chinese' && japanese ? 'Japanese' : best.name;
}

function lettersIn(line: string): number {
  return line.replace(notWords, ' ').replace(/[^A-Za-zÀ-ɏ]+/g, '').length;
}

const weights: Record<MarkKind, number> = { candidate: 4, heading: 4, language: 3, rethink: 3, step: 1 };

/**
 * At most `most` of the marks (or entries of them), in their order: kinds that are few stay whole, of those that are many an even choice with
 * the first and the last, more of the weighty kinds than of the light ones.
 */
export function thinMarks<T extends { kind: MarkKind }>(marks: readonly T[], most: number): readonly T[] {
  if (marks.length <= most) return marks;
  const kinds = markKinds
    .map((kind) => ({ kind, own: marks.filter((mark) => mark.kind === kind) }))
    .filter(({ own }) => own.length > 0)
    .sort((a, b) => a.own.length / weights[a.kind] - b.own.length / weights[b.kind]);
  let room = most;
  let weight = kinds.reduce((sum, { kind }) => sum + weights[kind], 0);
  const kept = new Set<T>();
  for (const { kind, own } of kinds) {
    const share = Math.min(own.length, Math.floor((room * weights[kind]) / weight));
    for (const mark of evenly(own, share)) kept.add(mark);
    room -= share;
    weight -= weights[kind];
  }
  return marks.filter((mark) => kept.has(mark));
}

function evenly<T>(marks: readonly T[], count: number): readonly T[] {
  if (count >= marks.length) return marks;
  if (count <= 1) return marks.slice(marks.length - count); // the last: nearest to what was decided
  const step = (marks.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => marks[Math.round(i * step)]).filter((mark) => mark !== undefined);
}
