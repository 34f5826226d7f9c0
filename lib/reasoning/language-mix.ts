import { type LanguageHealth, type MixedRange, maxHealthPlaces } from '../health.ts';
import { blankOut, findAddresses, findCode, findFormulas, joinRanges } from './prose.ts';

/**
 * Says a text's language (ISO 639-1) where it is sure of it. Where `expected` is as likely as any other, it says that.
 */
export type IdentifyLanguage = (text: string, expected: string | undefined) => string | undefined;

/** So few words of one alphabet are not asked about: too short to tell. */
const fewestWords = 5;
const fewestLetters = 20;

/**
 * R1's language consistency, "the proportion of target language words" in the thinking (arXiv:2501.12948, section 2.3.2):
 * words of the thinking that are in the question's language, of all its words.
 *
 * Code, formulas, addresses, numbers and lone letters are no words. Chinese and Japanese are cut into words by the
 * platform's segmenter. A word's script decides first: words in a script that is not the question's are in another
 * language. Within one script sentences are identified; one too short to tell counts with the one before it in that
 * script. A lone Latin word within another script (a name, a term) is not judged. Where the question is too short
 * to tell its language (`What is 2+2?`), its script alone is compared.
 * @returns undefined when the question or the thinking has no words.
 */
export function measureLanguage(input: {
  question: string;
  thinking: string;
  identify: IdentifyLanguage;
}): LanguageHealth | undefined {
  const expected = languageOfQuestion(input.question, input.identify);
  if (!expected) return undefined;
  const before = new Map<string, string | undefined>();
  const mixed: MixedRange[] = [];
  let words = 0;
  let foreign = 0;
  let mixedCount = 0;
  for (const stretch of findStretches(input.thinking)) {
    const count = countWords(stretch);
    if (count === 0 || (stretch.script === 'Latin' && count === 1 && expected.script !== 'Latin')) continue;
    words += count;
    const said = languageOfStretch(stretch, count, { expected, identify: input.identify, before });
    if (said === undefined) continue;
    foreign += count;
    const last = mixed.at(-1);
    if (last?.language === said && isNear(input.thinking, last.end, stretch.start)) {
      last.end = stretch.end;
      last.words += count;
      continue;
    }
    mixedCount++;
    if (mixed.length < maxHealthPlaces) {
      mixed.push({ start: stretch.start, end: stretch.end, language: said, words: count });
    }
  }
  nameScripts(mixed, { thinking: input.thinking, identify: input.identify, before });
  return words === 0 ? undefined : { share: 1 - foreign / words, expected, words, mixed, mixedCount };
}

/** Stretches too short to tell, of a script that is not the question's, are told by each other. */
function nameScripts(
  mixed: MixedRange[],
  {
    thinking,
    identify,
    before,
  }: { thinking: string; identify: IdentifyLanguage; before: ReadonlyMap<string, string | undefined> },
): void {
  for (const script of new Set(mixed.map((m) => m.language).filter(isScript))) {
    const short = mixed.filter((m) => m.language === script);
    const text = short.slice(0, 40).map((m) => thinking.slice(m.start, m.end));
    const language = before.get(script) ?? identify(text.join(' '), undefined);
    for (const m of short) m.language = language ?? script;
  }
}

function isScript(language: string): boolean {
  return language.length > 3;
}

type Expected = LanguageHealth['expected'];

/** Words of one script that follow each other in one sentence. */
interface Stretch {
  script: string;
  start: number;
  end: number;
  text: string;
  /** Words between blanks; those of Chinese and Japanese are counted when they are needed. */
  words: number;
  letters: number;
}

/** The other language a stretch is in; undefined when it is in the question's. */
function languageOfStretch(
  stretch: Stretch,
  words: number,
  {
    expected,
    identify,
    before,
  }: { expected: Expected; identify: IdentifyLanguage; before: Map<string, string | undefined> },
): string | undefined {
  const { script } = stretch;
  const only = languageOfScript(stretch);
  if (script !== expected.script) {
    if (only !== undefined) return only;
    const language = isLongEnough(stretch, words) ? identify(stretch.text, undefined) : undefined;
    if (language !== undefined) before.set(script, language);
    return language ?? before.get(script) ?? script;
  }
  if (expected.language === undefined) return undefined;
  if (only !== undefined) {
    // Japanese may well write a short sentence in Han alone.
    return only === expected.language || (script === 'Han' && expected.language === 'ja' && only === 'zh')
      ? undefined
      : only;
  }
  if (!isLongEnough(stretch, words)) return before.get(script);
  const language = identify(stretch.text, expected.language);
  if (language === undefined) return before.get(script);
  const other = language === expected.language ? undefined : language;
  before.set(script, other);
  return other;
}

function languageOfQuestion(question: string, identify: IdentifyLanguage): Expected | undefined {
  const sizes = new Map<string, number>();
  const texts = new Map<string, Stretch>();
  for (const stretch of findStretches(question)) {
    const { script } = stretch;
    sizes.set(script, (sizes.get(script) ?? 0) + countWords(stretch));
    const so = texts.get(script);
    texts.set(script, so ? joinStretches(so, stretch) : stretch);
  }
  const [script] = [...sizes].reduce((most, entry) => (entry[1] > most[1] ? entry : most), ['', 0]);
  const whole = texts.get(script);
  if (!whole) return undefined;
  const language = languageOfScript(whole) ?? (whole.words >= 3 ? identify(whole.text, undefined) : undefined);
  return { script, ...(language !== undefined && { language }) };
}

function joinStretches(a: Stretch, b: Stretch): Stretch {
  const text = `${a.text} ${b.text}`;
  return { ...a, end: b.end, text, words: a.words + b.words, letters: a.letters + b.letters };
}

function isLongEnough({ letters }: Stretch, words: number): boolean {
  return words >= fewestWords && letters >= fewestLetters;
}

const scripts = ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Devanagari', 'Bengali', 'Tamil', 'Telugu', 'Thai'];
const scriptOf: readonly (readonly [string, RegExp])[] = [
  ['Latin', /^\p{scx=Latin}/u],
  ['Han', /^[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]/u],
  ['Hangul', /^\p{scx=Hangul}/u],
  ...scripts.slice(1).map((name) => [name, new RegExp(`^\\p{scx=${name}}`, 'u')] as const),
];

/** Scripts that one language has to itself, as far as a model's thinking goes. */
const scriptLanguages: Record<string, string> = {
  Hangul: 'ko',
  Greek: 'el',
  Hebrew: 'he',
  Bengali: 'bn',
  Tamil: 'ta',
  Telugu: 'te',
  Thai: 'th',
};

function languageOfScript({ script, text }: Stretch): string | undefined {
  if (script === 'Han') return /[\p{sc=Hiragana}\p{sc=Katakana}]/u.test(text) ? 'ja' : 'zh';
  return scriptLanguages[script];
}

const cjk = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}`;
/** A run of Chinese or Japanese, a word of another script, or the end of a sentence. */
const token = new RegExp(
  String.raw`[${cjk}ー々]+|[\p{L}--[${cjk}]][[\p{L}\p{M}'’]--[${cjk}]]*|[.!?;:](?=\s)|[。！？；\n]`,
  'gv',
);

function* findStretches(text: string): Generator<Stretch> {
  const prose = blankOut(text, joinRanges(findCode(text), findFormulas(text), findAddresses(text)));
  let open: Stretch | undefined;
  for (const match of prose.matchAll(token)) {
    const [found] = match;
    const script = scriptOfWord(found);
    if (script === undefined) {
      if (open) yield open;
      open = undefined;
      continue;
    }
    if (script !== 'Han' && isNoWord(found)) continue;
    const end = match.index + found.length;
    if (open && open.script !== script) {
      yield open;
      open = undefined;
    }
    open ??= { script, start: match.index, end, text: '', words: 0, letters: 0 };
    open.end = end;
    open.words++;
    open.letters += found.length;
    open.text = prose.slice(open.start, end);
  }
  if (open) yield open;
}

/** A variable, or a unit: a lone letter says nothing about a language. */
function isNoWord(found: string): boolean {
  return found.length === 1;
}

function scriptOfWord(found: string): string | undefined {
  if (!/^\p{L}/u.test(found)) return undefined;
  return scriptOf.find(([, pattern]) => pattern.test(found))?.[0] ?? 'other';
}

let hanSegmenter: Intl.Segmenter | undefined;

function countWords({ script, words, text }: Stretch): number {
  if (script !== 'Han') return words;
  hanSegmenter ??= new Intl.Segmenter('zh', { granularity: 'word' });
  let count = 0;
  for (const segment of hanSegmenter.segment(text)) if (segment.isWordLike) count++;
  return count;
}

/** Only marks, blanks and numbers between them. */
function isNear(text: string, from: number, to: number): boolean {
  return to - from <= 40 && !/\p{L}/u.test(text.slice(from, to));
}
