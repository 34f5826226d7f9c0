import type { RawPiece } from '../raw-text.ts';
import type { Segment } from '../stream-part.ts';
import { findRepetition, repetitionLimits } from './repetition.ts';

/** So much of an end is looked at: enough for each loop that is one. */
const lookedAt = Math.max(repetitionLimits.length, repetitionLimits.times * repetitionLimits.period);
/** A sentence that the loop cut into is looked for its beginning no farther back than this, in UTF-16 units. */
const sentenceLength = 300;

/** Where the loop begins in which a text ends, at the beginning of a sentence where there is one near; undefined where it ends in none. */
export function findLoopStart(text: string): number | undefined {
  const found = findRepetition(text.slice(-lookedAt));
  if (!found) return undefined;
  const { period } = found;
  let start = text.length - period;
  while (start > 0 && text.charCodeAt(start - 1) === text.charCodeAt(start - 1 + period)) start--;
  // The end of a sentence that stands before the first round as well as in each belongs to what is before.
  const ending = /^(?:[.!?。！？]+["”’)]?\s*|\s+)/.exec(text.slice(start, start + period));
  if (ending && start > 0) return start + ending[0].length;
  const before = text.slice(Math.max(0, start - sentenceLength), start);
  const end = /[\s\S]*(?:[.!?。！？]["”’)]?\s|[。！？]|\n)/.exec(before);
  return end ? start - before.length + end[0].length : start;
}

/** An answer without the loop in which it ends. */
export interface BeforeLoop {
  parts: Segment[];
  pieces: RawPiece[];
  /** UTF-16 units that were left out. */
  leftOut: number;
}

/** Undefined where it ends in no loop, or nothing was said before it. */
export function beforeLoop(parts: readonly Segment[], pieces: readonly RawPiece[]): BeforeLoop | undefined {
  const at = parts.findLastIndex(({ kind, text }) => kind !== 'discarded' && text.trim() !== '');
  const last = parts[at];
  const loop = last && findLoopStart(last.text);
  // White space at an end is no text yet: a splitter holds it back, and a token often begins with it.
  const start = loop === undefined ? undefined : last?.text.slice(0, loop).trimEnd().length;
  if (!last || start === undefined || (start === 0 && at === 0)) return undefined;
  const leftOut = last.text.length - start;
  // Behind the part's text the exact one may have white space, a tag: all of that comes after the loop's beginning.
  const behind = lengthBehind(pieces, last.text);
  if (behind === undefined) return undefined;
  const kept = parts.slice(0, at);
  if (start > 0) kept.push({ kind: last.kind, text: last.text.slice(0, start) });
  return { parts: kept, pieces: withoutEnd(pieces, leftOut + behind), leftOut };
}

/** How much of the exact text stands behind its last occurrence of a part's text; undefined where that is not in it. */
function lengthBehind(pieces: readonly RawPiece[], text: string): number | undefined {
  const exact = pieces
    .map((piece) => piece.text)
    .join('')
    .toWellFormed()
    .replaceAll('\0', '\uFFFD');
  const words = text.trimEnd();
  const from = exact.lastIndexOf(words);
  return from < 0 ? undefined : exact.length - from - text.length;
}

function withoutEnd(pieces: readonly RawPiece[], length: number): RawPiece[] {
  let left = length;
  return pieces
    .toReversed()
    .flatMap(({ field, text }) => {
      const taken = Math.min(left, text.length);
      left -= taken;
      return taken === text.length ? [] : [{ field, text: text.slice(0, text.length - taken) }];
    })
    .reverse();
}
