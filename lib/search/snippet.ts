/** A piece of a text around what was found in it. */
export interface Snippet {
  text: string;
  /** What was found, in UTF-16 units of `text`, in order, not overlapping. */
  marks: { at: number; length: number }[];
  /** Where the first of it stands in the whole text. */
  at: number;
}

const before = 60;
const length = 220;

/**
 * The piece of a text that shows most of a query's words, with them marked; from its beginning when none is found as
 * written (the search also finds other forms).
 */
export function snippetOf(text: string, query: string): Snippet {
  const words = wordsOf(query);
  const folded = fold(text);
  const first = firstPlace(folded, words);
  const start = startAt(text, Math.max(0, first - before));
  const end = Math.min(text.length, start + length);
  const piece = text.slice(start, end).toWellFormed();
  const marks = marksIn(folded.slice(start, end), words);
  const shown = piece.replace(/\s/g, ' '); // one unit for one, so that the marks stay right
  return {
    text: `${start > 0 ? '…' : ''}${shown}${end < text.length ? '…' : ''}`,
    marks: start > 0 ? marks.map((mark) => ({ ...mark, at: mark.at + 1 })) : marks,
    at: first,
  };
}

/** The query's words and quoted phrases, folded. */
function wordsOf(query: string): string[] {
  const words: string[] = [];
  for (const [, quoted, plain] of query.slice(0, 400).matchAll(/"([^"]*)"|([^"]+)/g)) {
    if (quoted !== undefined) words.push(fold(quoted).trim());
    else words.push(...fold(plain ?? '').split(/[^\p{L}\p{M}\p{N}]+/u));
  }
  return [...new Set(words.filter((word) => word !== ''))];
}

/** Where the window with the most different words begins; the first of equals. Zero when there is none. */
function firstPlace(folded: string, words: readonly string[]): number {
  const places = words
    .flatMap((word) => placesOf(folded, word).map((at) => ({ at, word })))
    .sort((a, b) => a.at - b.at);
  let best = { at: 0, different: 0 };
  let end = 0;
  const inWindow = new Map<string, number>();
  for (const place of places) {
    while (end < places.length && (places[end]?.at ?? 0) < place.at + length - before) {
      const word = places[end]?.word ?? '';
      inWindow.set(word, (inWindow.get(word) ?? 0) + 1);
      end++;
    }
    if (inWindow.size > best.different) best = { at: place.at, different: inWindow.size };
    const left = (inWindow.get(place.word) ?? 1) - 1;
    if (left === 0) inWindow.delete(place.word);
    else inWindow.set(place.word, left);
  }
  return best.at;
}

/** Places of a word at the beginning of a word, where its script has blanks; at most a thousand. */
function placesOf(folded: string, word: string): number[] {
  const places: number[] = [];
  for (let at = folded.indexOf(word); at >= 0 && places.length < 1000; at = folded.indexOf(word, at + 1)) {
    if (isBeginning(folded, at)) places.push(at);
  }
  return places;
}

function isBeginning(folded: string, at: number): boolean {
  const here = folded.charAt(at);
  return (
    at === 0 || here > '\u2e80' || !/[\p{L}\p{N}]/u.test(folded.charAt(at - 1)) || folded.charAt(at - 1) > '\u2e80'
  );
}

function marksIn(folded: string, words: readonly string[]): { at: number; length: number }[] {
  const all = words
    .flatMap((word) => placesOf(folded, word).map((at) => ({ at, length: word.length })))
    .sort((a, b) => a.at - b.at || b.length - a.length);
  const marks: { at: number; length: number }[] = [];
  for (const mark of all) {
    const last = marks.at(-1);
    if (!last || mark.at >= last.at + last.length) marks.push(mark);
  }
  return marks;
}

/** Without case and accents, unit for unit, so that places in it are places in the text. */
function fold(text: string): string {
  if (!/[^ -~\s]/.test(text)) return text.toLowerCase();
  let folded = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charAt(i);
    if (unit < '\x80') {
      folded += unit.toLowerCase();
      continue;
    }
    const bare = unit.normalize('NFKD').charAt(0).toLowerCase();
    folded += bare.length === 1 ? bare : unit;
  }
  return folded;
}

/** The beginning of a word near a place, so that no word is cut where words have blanks. */
function startAt(text: string, at: number): number {
  if (at === 0) return 0;
  const blank = text.slice(at, at + 20).search(/\s/);
  const start = blank < 0 ? at : at + blank + 1;
  const unit = text.charCodeAt(start);
  return unit >= 0xdc00 && unit <= 0xdfff ? start + 1 : start;
}
