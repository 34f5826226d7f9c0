import { agreeAnswers, type Verdict } from './equality/compare-answers.ts';
import { readAnswer } from './equality/read-answer.ts';
import { endOfBraces, findCode } from './prose.ts';

/** What an answer comes down to. */
export interface FinalAnswer {
  /** As it stands, without what is around it. */
  text: string;
  /** By what it was found, the surest first. */
  found: 'boxed' | 'answer-tags' | 'whole' | 'phrase' | 'last-number';
}

/**
 * The final answer of a text: what its last `\boxed{}` (or `\fbox{}`) holds, several in one sentence being one answer; or its
 * last answer tags, or what follows "the answer is", "the correct option is", `####`, 答案是; or its last number. Looked for in
 * the answer; in the thinking only when there is no answer (it was cut off).
 */
export function finalAnswerOf(answer: string, thinking = ''): FinalAnswer | undefined {
  const text = answer.trim() === '' ? thinking : answer;
  const tagged = findLastTagged(text);
  return findBoxed(text) ?? (tagged === undefined ? (findWhole(text) ?? findInWords(text)) : findTagged(tagged));
}

const functionNames = /\b(?:sin|cos|tan|cot|sec|csc|arcsin|arccos|arctan|log|ln|exp|sqrt|pi|mod)\b/g;

/**
 * An answer that is nothing but one line of mathematics is taken whole: R1-Zero's puzzles are answered so (`7 * 3 + 5`). Of
 * an equation of numbers, what it comes to.
 */
function findWhole(answer: string): FinalAnswer | undefined {
  const text = answer.trim().replace(/(?<=[\d)$*}])\.$/, '');
  if (text === '' || text.length > longest || text.includes('\n') || text.search(listMarker) >= 0) return undefined;
  const bare = text.replace(/\\[a-z]+/gi, ' ').replace(functionNames, ' ');
  if (/\p{L}{2}|[^\p{ASCII}\p{Sm}\p{N}·°]/u.test(bare)) return undefined;
  const sides = text.split(/(?<![<>:!])=/);
  const last = sides.at(-1)?.trim() ?? '';
  const value = sides.length > 1 && !/\p{L}/u.test(bare) && last !== '' ? last : text;
  return ['expression', 'quantity', 'assignment'].includes(readAnswer(value).is)
    ? { text: value, found: 'whole' }
    : undefined;
}

function findLastTagged(text: string): string | undefined {
  const end = text.lastIndexOf('</answer>');
  const start = end < 0 ? -1 : text.lastIndexOf('<answer>', end);
  return start < 0 ? undefined : text.slice(start + '<answer>'.length, end);
}

/** More than this is no final answer but a text with one in it. */
const longest = 200;

interface Box {
  text: string;
  start: number;
  end: number;
}

const boxOpening = /\\f?box(?:ed)?\s{0,4}\{/g;

function findBoxed(text: string): FinalAnswer | undefined {
  const boxes = lastBoxes(text);
  const last = boxes.at(-1);
  if (!last) return undefined;
  const sentence = [last];
  for (let at = boxes.length - 2; at >= 0; at--) {
    const [box, next] = [boxes[at], sentence[0]];
    if (!box || !next || !isOneSentence(text.slice(box.end, next.start))) break;
    sentence.unshift(box);
  }
  const parts = sentence.map((box, at) => named(box, text, sentence[at - 1]?.end));
  return { text: sentence.length === 1 ? last.text : parts.join(', '), found: 'boxed' };
}

/** The boxes at the end of the text, whole and not empty; at most as many as an answer may have parts. */
function lastBoxes(text: string): Box[] {
  const boxes: Box[] = [];
  for (let from = text.length; from > 0 && boxes.length < 12; ) {
    const at = Math.max(text.lastIndexOf('\\boxed', from - 1), text.lastIndexOf('\\fbox', from - 1));
    if (at < 0) break;
    from = at;
    boxOpening.lastIndex = at;
    const opening = boxOpening.exec(text.slice(0, at + 12));
    const end = opening?.index === at ? endOfBraces(text, at + opening[0].length) : undefined;
    if (!opening || end === undefined) continue;
    const inside = text.slice(at + opening[0].length, end - 1).trim();
    if (inside !== '') boxes.unshift({ text: inside, start: at, end });
  }
  return boxes;
}

/** What joins the parts of one answer, and no word with which a sentence takes something back or reckons on. */
function isOneSentence(between: string): boolean {
  if (between.length > 60 || /\n\s*\n|[.!?。！？](?:\s|$)|[。！？]/.test(between.replace(/\\[()[\]]/g, ' ')))
    return false;
  if (
    /\b(?:no|not|but|wait|rather|instead|so|thus|hence|then|therefore|first|actually|gives?|becomes?|or rather)\b/i.test(
      between,
    )
  )
    return false;
  if (
    /不|而是|所以|因此|得|[=→]|\\(?:to|implies|Rightarrow|approx)/.test(
      between.replace(/(?:\p{L}|\\[a-z]+)\s*=\s*\$?\s*$/u, ''),
    )
  )
    return false;
  return /,|;|，|；|、|\b(?:and|or)\b|和|与|及|或/.test(between);
}

/** A box with the variable that stands before it: `x = \boxed{2}`. */
function named({ text: inside, start }: Box, text: string, after = 0): string {
  const name = /(\p{L}|\\[a-z]+)\s*=\s*\$?\s*$/u.exec(text.slice(Math.max(after, start - 16), start))?.[1];
  return name === undefined ? inside : `${name} = ${inside}`;
}

function findTagged(inside: string): FinalAnswer | undefined {
  const text = inside.trim();
  if (text.length <= longest && !text.includes('\n'))
    return findInWords(text, 'phrase') ?? { text, found: 'answer-tags' };
  return findInWords(text);
}

// On the next line it may stand too, but not as a list: that is several.
const phrase =
  /(?:(?<![^\n])####[ \t]*|\b(?:correct|right|best) (?:option|choice)\b[*_ ]*(?:is|:)|正确(?:的)?(?:选项|答案)(?:是|为|：|:)|选项?(?:是|为|：|:)|\b(?:final |correct )?answers?\b[*_ ]*(?:is|are|would be|must be|equals|:|=|≈)|(?:最终|最終)?答案(?:是|为|為|：|:)|(?:所以|因此)?(?:结果|結果)(?:是|为|為|：|:))[*_ :：]*(?:that |thus |therefore )?(?:[ \t]{0,3}|\s{0,3}\n(?![ \t]*(?:[-*+•]|\d+[.)])\s)[ \t]*)([^\n]{1,300})/giu;

function findInWords(text: string, only?: 'phrase'): FinalAnswer | undefined {
  const said = lastMatch(text, phrase);
  const short = said === undefined ? '' : cutAtSentence(said);
  if (short !== '' && short.length <= longest) return { text: short, found: 'phrase' };
  if (only) return undefined;
  const number = lastMatch(endOf(withoutCode(text)), /(?<![\p{L}\d_])([-−]?\d[\d,]*(?:\.\d+)?(?:\/\d+)?\s?%?)/gu);
  return number === undefined ? undefined : { text: number.replace(/,$/, '').trim(), found: 'last-number' };
}

const listMarker = /^[ \t]*(?:#{1,6}[ \t]+)?[*_]{0,2}\d{1,3}[.)][*_]{0,2}[ \t]/gm;

/** The last two paragraphs, without the numbers of lists and headings: what is said before is seldom what it comes to. */
function endOf(text: string): string {
  const paragraphs = text.split(/\n[ \t]*\n/).filter((paragraph) => paragraph.trim() !== '');
  return paragraphs.slice(-2).join('\n\n').replace(listMarker, '');
}

/** A full stop that ends a sentence, not the point of a number. */
function cutAtSentence(text: string): string {
  return text
    .replace(/(?:[.!?](?=\s|[*_]*$)|[。！？；]|;\s).*$/u, '')
    .replace(/^[\s*_:]+|[\s*_,:]+$/gu, '')
    .trim();
}

function withoutCode(text: string): string {
  let kept = '';
  let from = 0;
  for (const { start, end } of findCode(text)) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}

function lastMatch(text: string, pattern: RegExp): string | undefined {
  let last: string | undefined;
  for (const match of text.matchAll(pattern)) last = match[1];
  return last;
}

/** Answers that agree with each other, and what can be said of the rest. */
export interface AnswerGroups {
  /** Indices into the list, the largest group first; an answer that is missing is in none. */
  groups: number[][];
  /** How two groups stand to each other: `unsure` where nobody can say. */
  between: (a: readonly number[], b: readonly number[]) => Verdict;
}

/**
 * Groups answers that agree. Agreeing is not transitive where a decimal is rounded (0.33 and 0.333 both are 1/3): each answer
 * is held against its group's most exact member.
 */
export function groupAnswers(answers: readonly (string | undefined)[]): AnswerGroups {
  const groups: { best: string; members: number[] }[] = [];
  const order = answers.flatMap((answer, at) => (answer === undefined ? [] : [{ answer, at }]));
  for (const { answer, at } of [...order].sort((a, b) => roughness(a.answer) - roughness(b.answer) || a.at - b.at)) {
    const group = groups.find(({ best }) => agreeAnswers(best, answer) === 'same');
    if (group) group.members.push(at);
    else groups.push({ best: answer, members: [at] });
  }
  for (const { members } of groups) members.sort((a, b) => a - b);
  groups.sort((a, b) => b.members.length - a.members.length || (a.members[0] ?? 0) - (b.members[0] ?? 0));
  const bestOf = (members: readonly number[]) => groups.find((group) => group.members === members)?.best ?? '';
  return {
    groups: groups.map(({ members }) => members),
    between: (a, b) => agreeAnswers(bestOf(a), bestOf(b)),
  };
}

/** 0 for what is exact; a decimal the more the fewer places it has. */
function roughness(answer: string): number {
  const places = /\d\.(\d+)/.exec(answer)?.[1]?.length;
  return places === undefined ? 0 : 1 + 1 / places;
}
