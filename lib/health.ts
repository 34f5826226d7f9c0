/** The health of a thought: what R1's rewards looked at, and two signs more, measured when an answer is over. */
export interface Health {
  /** Absent when there is nothing to judge: the answer was stopped or failed, or the model thinks elsewhere or not at all. */
  format?: FormatHealth;
  /** Absent without words to judge. */
  language?: LanguageHealth;
  /** Absent when the thought has fewer words than one n-gram. */
  repetition?: RepetitionHealth;
  /** Absent without thinking. */
  rethinks?: RethinkHealth;
}

/** Whether it is one well-formed thought followed by an answer. */
export interface FormatHealth {
  ok: boolean;
  /**
   * `tags`: judged by the tags the model wrote. `field`: the server has taken them out and sent the thinking in a field of
   * its own, so all there is to judge is that thinking and an answer are both there.
   */
  basis: 'tags' | 'field';
  /** What is wrong, in the order of the text; empty when it is well-formed. */
  problems: FormatProblem[];
}

export type FormatProblem =
  | 'text-before'
  | 'no-thinking'
  | 'no-opening-tag'
  | 'no-closing-tag'
  | 'two-thoughts'
  | 'text-outside'
  | 'no-answer'
  | 'no-answer-tags'
  | 'answer-not-closed'
  | 'two-answers'
  | 'invented-turn';

/** How much of the thinking is in the question's language. */
export interface LanguageHealth {
  /** Words in the question's language of all words judged, from 0 to 1. */
  share: number;
  /** The question's language (ISO 639-1), or where that is not certain (`What is 2+2?`) its script alone. */
  expected: { language?: string; script: string };
  /** Words judged. Too short a stretch to tell its language is not judged, nor are code and formulas. */
  words: number;
  /** Where it is in another one: offsets into the thinking, in UTF-16 units; the first ones. */
  mixed: MixedRange[];
  /** How many such places there are in all. */
  mixedCount: number;
}

export interface MixedRange {
  start: number;
  end: number;
  /** ISO 639-1 where known, else the script (`Han`, `Cyrillic`). */
  language: string;
  words: number;
}

/** How much of the thinking has been said before. */
export interface RepetitionHealth {
  /** 1 − different n-grams ÷ n-grams, from 0 to 1. */
  share: number;
  /** Words in an n-gram. */
  n: number;
  /** N-grams in all. */
  total: number;
  loop?: RepetitionLoop;
}

/** A text that was written over and over, without anything between. */
export interface RepetitionLoop {
  /** What, cut after 200 units. */
  text: string;
  times: number;
  /** Where it begins and how long all of it is: offsets into the thinking, in UTF-16 units. */
  at: number;
  length: number;
}

/** How often the model turned back on itself. */
export interface RethinkHealth {
  count: number;
  /** The first ones: offsets into the thinking, in UTF-16 units. */
  places: { at: number; length: number; phrase: string }[];
}

/**
 * Offsets are into the thinking as `textOfKind(segments, 'reasoning')` joins it.
 * So many places are kept at most; the counts are of all.
 */
export const maxHealthPlaces = 200;
