import { readAnswer } from '../reasoning/equality/read-answer.ts';
import { finalAnswerOf } from '../reasoning/final-answer.ts';
import { findFormulas } from '../reasoning/prose.ts';
import type { AnswerKind } from './question.ts';

export const extractionRules = [
  'boxed',
  'answer-tags',
  'phrase',
  'letter',
  'whole',
  'last-formula',
  'last-number',
] as const;
/** By what an answer was found, the surest first. */
export type ExtractionRule = (typeof extractionRules)[number];

export interface FoundAnswer {
  text: string;
  rule: ExtractionRule;
  /** It stands in the thought, which was cut off before there was an answer. */
  inThinking: boolean;
}

/**
 * The answer in a reply, with the rule that found it: the last box; the last answer tags; a line that says so (`Answer:`, "the
 * final answer is", `####`, 答案是); for choices a lone letter; a reply that is nothing but mathematics; the last formula; the
 * last number. Looked for in the answer alone; in the thought only when there is no answer. Letters are never taken out of prose.
 * @returns undefined where there is none
 */
export function extractAnswer(
  { answer, thinking }: { answer: string; thinking: string },
  kind: AnswerKind,
): FoundAnswer | undefined {
  const inThinking = answer.trim() === '';
  const text = inThinking ? thinking : answer;
  const found = finalAnswerOf(text);
  const rule = found?.found;
  const sure = rule === 'boxed' || rule === 'answer-tags' || rule === 'phrase';
  if (kind === 'choice') {
    const letter = (sure ? letterOf(found?.text ?? '') : undefined) ?? findLoneLetter(text);
    if (letter !== undefined)
      return { text: letter, rule: found && sure && letterOf(found.text) ? rule : 'letter', inThinking };
    return found && sure ? { text: found.text, rule, inThinking } : undefined;
  }
  // of a puzzle the way is the answer, not what it comes to
  if (kind === 'puzzle' && rule === 'whole') return { text: text.trim(), rule, inThinking };
  if (sure || rule === 'whole') return { text: found?.text ?? '', rule, inThinking };
  const formula = kind === 'puzzle' ? findLastSum(text) : findLastFormula(text);
  if (formula !== undefined) return { text: formula, rule: 'last-formula', inThinking };
  return found && { text: found.text, rule: 'last-number', inThinking };
}

function letterOf(text: string): string | undefined {
  const read = readAnswer(text);
  return read.is === 'choice' ? read.letter : undefined;
}

/** A letter in brackets, in emphasis, or the only thing on its line; the last one. */
const loneLetter =
  /(?:^|\n)[ \t]*[*_]{0,2}[([]?([A-J])[)\].]?[*_]{0,2}[ \t]*(?=\n|$)|(?<![\p{L}\d\\])\(([A-J])\)(?![\p{L}\d])|\*\*\(?([A-J])\)?[.:]?\*\*/gu;

function findLoneLetter(text: string): string | undefined {
  let last: string | undefined;
  for (const match of text.matchAll(loneLetter)) last = match[1] ?? match[2] ?? match[3];
  return last;
}

/** Three numbers at least, with signs between them, and what they come to if that is said. */
const sum =
  /(?:\(\s?){0,3}\d{1,6}(?:[\s()]{0,3}(?:[-+*/×·÷−]|\\times|\\cdot|\\div)[\s()]{0,3}\d{1,6}){2,12}\s?\){0,3}/g;

function findLastSum(text: string): string | undefined {
  return text.match(sum)?.at(-1)?.trim();
}

const number = /\d/;

/**
 * What the last formula comes to, unless a number comes after it: that is then said of it. Of an equation, its last side. A
 * formula without a number in it names something and is no answer.
 */
function findLastFormula(text: string): string | undefined {
  const last = findFormulas(text).at(-1);
  if (!last || number.test(text.slice(last.end))) return undefined;
  const inside = text
    .slice(last.start, last.end)
    .replace(/^(?:\$\$?|\\\(|\\\[)/, '')
    .replace(/(?:\$\$?|\\\)|\\\])$/, '')
    .trim();
  const side =
    inside
      .split(/(?<![<>:!\\])=|\\approx(?![a-z])/)
      .at(-1)
      ?.trim() ?? '';
  return number.test(side) && side.length <= 200 && readAnswer(side).is !== 'words' ? side : undefined;
}
