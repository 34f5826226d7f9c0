/** A stretch of text that says the same over and over, at the end of what was read. */
export interface Repetition {
  /** Length of what is repeated, in UTF-16 units. */
  period: number;
  /** Length of all repeats found together, at least. */
  length: number;
}

/** What counts as repeating: at least so often, and over at least so many UTF-16 units, with a period no longer than this. */
export const repetitionLimits = { times: 6, length: 1_500, period: 400 } as const;

/** How much of the end must be known to judge it. */
const windowLength = Math.max(repetitionLimits.length, repetitionLimits.times * repetitionLimits.period);

/** It is looked every so many units, so that looking costs about ten steps for each unit read. */
const stride = 240;

/**
 * Notices when a model's text falls into a loop: its end is one piece of text repeated exactly, time after time. Lists and
 * tables whose rows differ by as much as a number are not that.
 *
 * What is found depends on the text only, not on how it was cut into deltas; the work is linear in the text, the memory
 * constant.
 */
export class RepetitionDetector {
  /** The end of the text; long enough to be judged at every place in it that is due. */
  #tail = '';
  #untilLook: number = stride;
  #found: Repetition | undefined;

  /** Takes more text; answers the repetition as soon as there is one, and undefined before and after. */
  push(text: string): Repetition | undefined {
    if (this.#found) return undefined;
    let at = 0;
    while (text.length - at >= this.#untilLook) {
      this.#keep(text.slice(at, at + this.#untilLook));
      at += this.#untilLook;
      this.#untilLook = stride;
      this.#found = findRepetition(this.#tail);
      if (this.#found) return this.#found;
    }
    this.#keep(text.slice(at));
    this.#untilLook -= text.length - at;
    return undefined;
  }

  #keep(text: string): void {
    this.#tail = (this.#tail + text).slice(-windowLength);
  }
}

/** Whether the end of this text is a repetition, by its shortest period. Linear in the text. */
export function findRepetition(text: string): Repetition | undefined {
  const { times, length, period: longest } = repetitionLimits;
  if (text.length < length) return undefined;
  const matches = selfMatches(text);
  for (let period = 1; period <= longest; period++) {
    const repeated = (matches[period] ?? 0) + period;
    if (repeated >= Math.max(length, times * period)) return { period, length: repeated };
  }
  return undefined;
}

/** For each shift: how many units at the end equal those that many units before them (the Z function, read backwards). */
function selfMatches(text: string): Uint32Array {
  const n = text.length;
  const matches = new Uint32Array(n);
  let from = 0;
  let to = 0;
  for (let i = 1; i < n; i++) {
    let match = i < to ? Math.min(to - i, matches[i - from] ?? 0) : 0;
    while (i + match < n && text.charCodeAt(n - 1 - match) === text.charCodeAt(n - 1 - i - match)) match++;
    matches[i] = match;
    if (i + match > to) {
      from = i;
      to = i + match;
    }
  }
  return matches;
}
