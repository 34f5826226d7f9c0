/**
 * How a text is cut into terms for full-text search, the same for what is stored and for what is looked for: words of
 * letters and digits, without case and accents; scripts written without blanks (Chinese, Japanese, Thai …) as
 * overlapping pairs of characters, so that any word of two or more is found as a phrase of pairs.
 */
const word = /[\p{L}\p{M}\p{N}]+/gu;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc\u3005]+/gu;
const anyUnspaced = new RegExp(unspaced.source, 'u');

/** Longer words are cut off: they are data, not language. */
const longestTerm = 60;

/** Terms of a text in their order. */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const run of runsOf(text)) {
    if (!run.unspaced) {
      terms.push(cutTerm(run.text));
      continue;
    }
    const characters = [...run.text];
    for (let i = 0; i + 1 < characters.length; i++) terms.push(`${characters[i]}${characters[i + 1]}`);
    // alone, so that a search for one character finds it at the end of a run too
    terms.push(characters.at(-1) ?? '');
  }
  return terms;
}

/** One thing that must be there: terms that follow each other, the last perhaps only begun. */
export interface QueryPhrase {
  terms: readonly string[];
  /** The last term may go on. */
  isPrefix: boolean;
}

/** Most phrases of a query; the rest is left out. */
const mostPhrases = 12;
/** Shorter words must be there as they are: nearly everything begins with them. */
const shortestPrefix = 2;

/** What a query asks for; all of it must be there. Words in double quotes must follow each other as they stand. */
export function parseQuery(query: string): QueryPhrase[] {
  const phrases: QueryPhrase[] = [];
  for (const [, quoted, plain] of query.slice(0, 400).matchAll(/"([^"]*)"|([^"]+)/g)) {
    if (quoted !== undefined) {
      const terms = runsOf(quoted).flatMap((run) => phraseOf(run));
      if (terms.length > 0) phrases.push({ terms, isPrefix: false });
      continue;
    }
    for (const run of runsOf(plain ?? '')) {
      const terms = phraseOf(run);
      const isPrefix = run.unspaced ? [...run.text].length === 1 : run.text.length >= shortestPrefix;
      phrases.push({ terms, isPrefix });
    }
  }
  return phrases.slice(0, mostPhrases);
}

interface Run {
  text: string;
  unspaced: boolean;
}

function phraseOf(run: Run): string[] {
  if (!run.unspaced) return [cutTerm(run.text)];
  const characters = [...run.text];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, i) => `${characters[i]}${character}`);
}

function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  for (const whole of normalize(text).match(word) ?? []) {
    if (!anyUnspaced.test(whole)) {
      runs.push({ text: whole, unspaced: false });
      continue;
    }
    let at = 0;
    for (const match of whole.matchAll(unspaced)) {
      if (match.index > at) runs.push({ text: whole.slice(at, match.index), unspaced: false });
      runs.push({ text: match[0], unspaced: true });
      at = match.index + match[0].length;
    }
    if (at < whole.length) runs.push({ text: whole.slice(at), unspaced: false });
  }
  return runs;
}

function cutTerm(text: string): string {
  return text.length <= longestTerm ? text : text.slice(0, longestTerm).toWellFormed().replaceAll('\ufffd', '');
}

/** Without case, accents and differences of width. */
function normalize(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase();
}
