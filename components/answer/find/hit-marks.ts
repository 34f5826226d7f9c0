import type { Hit } from '../../../lib/reasoning/find-text.ts';
import { findRanges } from '../../markdown/find-ranges.ts';
import type { DrawnBlock, TextPlaces } from '../../markdown/text-places.ts';

const hitName = 'thinking-hit';
const currentName = 'thinking-hit-current';

/** Marks on the screen of one search: the browser's own highlights, which touch no element. All searches share two. */
export class HitMarks {
  #ranges: Range[] = [];

  clear(): void {
    if (!canHighlight()) return;
    for (const range of this.#ranges) {
      highlightOf(hitName).delete(range);
      highlightOf(currentName).delete(range);
    }
    this.#ranges = [];
  }

  /** Marks all that a pattern finds in an element. */
  addAll(element: Element, pattern: RegExp): void {
    for (const range of findRanges(element, pattern)) this.add(range);
  }

  add(range: Range, options: { current: boolean } = { current: false }): void {
    if (!canHighlight()) return;
    highlightOf(options.current ? currentName : hitName).add(range);
    this.#ranges.push(range);
  }
}

function canHighlight(): boolean {
  return typeof CSS !== 'undefined' && 'highlights' in CSS;
}

/** The style sheet knows them by name. */
function highlightOf(name: string): Highlight {
  const known = CSS.highlights.get(name);
  if (known) return known;
  const made = new Highlight();
  made.priority = name === currentName ? 1 : 0;
  CSS.highlights.set(name, made);
  return made;
}

/** Where one of a text's hits stands on the screen, if its part is drawn. */
export function rangeOfHit(
  places: TextPlaces,
  found: { hits: readonly Hit[]; index: number; pattern: RegExp },
): Range | undefined {
  const { hits, index, pattern } = found;
  const hit = hits[index];
  const drawn = hit && places.drawnAt(hit.at);
  if (!drawn) return undefined;
  const ranges = findRanges(drawn.element, pattern);
  const [place, count] = placeInBlock(hits, index, drawn);
  // What is drawn is not what was written where there are formulas: then the nearest stands for it, or all of it.
  const nearest = count === ranges.length ? place : Math.round((place * ranges.length) / Math.max(1, count));
  return ranges[Math.min(nearest, ranges.length - 1)] ?? wholeOf(drawn.element);
}

/** Which of its block's hits this one is, and how many those are. */
function placeInBlock(hits: readonly Hit[], index: number, { block }: DrawnBlock): [place: number, count: number] {
  const end = block.start + block.text.length;
  let first = index;
  while ((hits[first - 1]?.at ?? -1) >= block.start) first -= 1;
  let last = index;
  while ((hits[last + 1]?.at ?? end) < end) last += 1;
  return [index - first, last - first + 1];
}

function wholeOf(element: Element): Range {
  const range = document.createRange();
  range.selectNodeContents(element);
  return range;
}
