import type { RepetitionHealth, RepetitionLoop } from '../health.ts';
import { findRepetition } from './repetition.ts';

/** Words in an n-gram. */
const n = 4;

/** What counts as a loop: at least so often, and over at least so many UTF-16 units in all. */
const loopLimits = { times: 4, length: 300 } as const;

const longestLoopText = 200;

/**
 * How much of a thought has been said before: 1 − different 4-grams ÷ 4-grams, over words in lower case, marks left out
 * (a Chinese or Japanese character is a word). It is seq-rep-4 of Welleck et al., "Neural Text Generation with
 * Unlikelihood Training" (arXiv:1908.04319, section 6.1). It grows with length: compare thoughts of like length.
 *
 * A loop is words that follow each other again and again without anything between; the longest is named. Linear in the text.
 * @returns undefined for fewer words than an n-gram has.
 */
export function measureRepetition(text: string): RepetitionHealth | undefined {
  const words = readWords(text);
  const total = words.ids.length - n + 1;
  if (total < 1) return undefined;
  const grams = numberGrams(words.ids);
  const different = grams.reduce((most, gram) => Math.max(most, gram + 1), 0);
  const loop = findLoop(text, words, grams) ?? loopOfMarks(text);
  return { share: 1 - different / total, n, total, ...(loop && { loop }) };
}

interface Words {
  /** Which word, numbered from 0 in order of appearance. */
  ids: number[];
  starts: number[];
  ends: number[];
}

const cjk = String.raw`\p{Ideographic}\p{sc=Hiragana}\p{sc=Katakana}`;
const word = new RegExp(String.raw`[${cjk}]|[[\p{L}\p{M}\p{N}]--[${cjk}]]+`, 'gv');

function readWords(text: string): Words {
  const numbers = new Map<string, number>();
  const words: Words = { ids: [], starts: [], ends: [] };
  for (const match of text.matchAll(word)) {
    const spelling = match[0].toLowerCase();
    const id = numbers.get(spelling) ?? numbers.size;
    numbers.set(spelling, id);
    words.ids.push(id);
    words.starts.push(match.index);
    words.ends.push(match.index + match[0].length);
  }
  return words;
}

/** The n-gram that begins at each word, numbered from 0 in order of appearance: pairs first, then pairs of pairs. */
function numberGrams(ids: readonly number[]): number[] {
  const pairs = numberPairs(ids, 1);
  return numberPairs(pairs, 2);
}

function numberPairs(ids: readonly number[], distance: number): number[] {
  // An open-addressed table over plain numbers: a Map of such keys takes five times as long.
  const size = 2 ** Math.ceil(Math.log2(2 * ids.length + 2));
  const table = new Int32Array(size).fill(-1);
  const firsts: number[] = [];
  const seconds: number[] = [];
  const result: number[] = [];
  for (let i = 0; i + distance < ids.length; i++) {
    const first = ids[i] as number; // in range, as is the next
    const second = ids[i + distance] as number;
    let slot = (Math.imul(first, 0x9e3779b1) ^ Math.imul(second + 1, 0x85ebca6b)) & (size - 1);
    for (;;) {
      const number = table[slot] as number; // the table wraps
      if (number < 0) {
        table[slot] = firsts.length;
        result.push(firsts.length);
        firsts.push(first);
        seconds.push(second);
        break;
      }
      if (firsts[number] === first && seconds[number] === second) {
        result.push(number);
        break;
      }
      slot = (slot + 1) & (size - 1);
    }
  }
  return result;
}

/** The longest stretch of words that equal those one period before. */
function findLoop(text: string, words: Words, grams: readonly number[]): RepetitionLoop | undefined {
  const { ids } = words;
  const lastAt: number[] = [];
  let best: RepetitionLoop | undefined;
  let period = 0;
  let from = 0;
  const settle = (to: number) => {
    if (period === 0) return;
    const loop = loopOf(text, words, { first: from - period, to, period });
    if (loop && (!best || loop.length > best.length)) best = loop;
    period = 0;
  };
  for (let i = 0; i < ids.length; i++) {
    if (period > 0 && ids[i] !== ids[i - period]) settle(i);
    const gram = grams[i];
    if (gram === undefined) continue;
    const before = lastAt[gram];
    lastAt[gram] = i;
    if (period > 0 || before === undefined) continue;
    period = i - before;
    from = i;
  }
  settle(ids.length);
  return best;
}

function loopOf(
  text: string,
  { starts, ends }: Words,
  { first, to, period }: { first: number; to: number; period: number },
): RepetitionLoop | undefined {
  const times = Math.floor((to - first) / period);
  const at = starts[first] ?? 0;
  const length = (ends[to - 1] ?? at) - at;
  if (times < loopLimits.times || length < loopLimits.length) return undefined;
  return { text: shorten(text.slice(at, starts[first + period] ?? at)), times, at, length };
}

/** Marks have no words: what the stream's own detector finds at the end. */
function loopOfMarks(text: string): RepetitionLoop | undefined {
  const found = findRepetition(text.slice(-6000));
  if (!found) return undefined;
  const { period, length } = found;
  const at = text.length - length;
  return { text: shorten(text.slice(at, at + period)), times: Math.floor(length / period), at, length };
}

function shorten(text: string): string {
  const said = text.trim();
  return said.length > longestLoopText ? `${said.slice(0, longestLoopText - 1).trimEnd()}…` : said;
}
