/** A place where something was found: offsets in UTF-16 units. */
export interface Hit {
  at: number;
  length: number;
}

/** Most blanks and marks of Markdown that may stand where the query has one blank, or between two letters. */
const mostBlanks = 12;
const mostMarks = 3;
const longQuery = 200;

/**
 * What to look for, as a pattern: case does not matter, a blank stands for any blanks, and marks of emphasis and code may
 * stand between the letters, so that what is found in the source is what is read on the screen. Undefined for nothing.
 */
export function findPattern(query: string): { pattern: RegExp; longest: number } | undefined {
  const letters = [...query.trim().slice(0, longQuery)];
  if (letters.length === 0) return undefined;
  const parts: string[] = [];
  for (const letter of letters) {
    const blank = /\s/.test(letter);
    if (blank && parts.at(-1) === blanks) continue;
    parts.push(blank ? blanks : letter.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&'));
  }
  const longest = parts.reduce((sum, part) => sum + (part === blanks ? mostBlanks + mostMarks : 2) + mostMarks, 0);
  return { pattern: new RegExp(parts.join(marks), 'giu'), longest };
}

const blanks = `[*_\`]{0,${mostMarks}}\\s{1,${mostBlanks}}`;
const marks = `[*_\`]{0,${mostMarks}}`;

/**
 * Finds a query in a growing text: only the end is looked at again, and however the text arrived, the hits are those of
 * the text searched whole. Hits do not overlap.
 */
export class TextFinder {
  readonly #search: ReturnType<typeof findPattern>;
  #text = '';
  #hits: Hit[] = [];

  constructor(query: string) {
    this.#search = findPattern(query);
  }

  /** All hits in the order of the text. A text that does not begin with the former one is searched afresh. */
  grow(text: string): readonly Hit[] {
    if (!this.#search || text === this.#text) return this.#hits;
    const { pattern, longest } = this.#search;
    const known = text.slice(0, this.#text.length) === this.#text ? this.#text.length : 0;
    // What began so near the end may have been cut off by it.
    const from = Math.max(0, known - longest);
    const firstOpen = this.#hits.findIndex((hit) => hit.at + hit.length > from);
    const hits = known === 0 ? [] : this.#hits.slice(0, firstOpen < 0 ? undefined : firstOpen);
    const last = hits.at(-1);
    const open = known === 0 ? undefined : this.#hits[hits.length];
    const resume = Math.max(from, last ? last.at + last.length : 0);
    pattern.lastIndex = startOfLetter(text, Math.min(resume, open?.at ?? resume));
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      hits.push({ at: match.index, length: match[0].length });
    }
    this.#hits = hits;
    this.#text = text;
    return hits;
  }
}

/** Not between the halves of a surrogate pair: there the search would begin in front of it. */
function startOfLetter(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at + 1 : at;
}
