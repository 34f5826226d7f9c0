/** More containers than this around a line are not drawn as containers. */
const maxDepth = 24;

/** The widest indentation that still means something, in columns. */
const maxIndent = 2 * maxDepth;

const containers = /^[ \t]*(?:(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))[ \t]*){25}/;

/**
 * Keeps a text from nesting without bound: quotes and lists deeper than 24 are read as the words they are, and
 * indentation stops there. Drawing costs grow with the square of the depth, and browsers give up on very deep trees.
 */
export function limitDepth(text: string): string {
  if (!/[>\-*+.)][ \t]*[>\-*+\d]|[ \t]{49}/.test(text)) return text;
  return text.split('\n').map(limitLine).join('\n');
}

function limitLine(line: string): string {
  const indented = line.replace(/^[ \t]{49,}/, ' '.repeat(maxIndent));
  if (!containers.test(indented)) return indented;
  let kept = 0;
  let at = 0;
  const marker = /[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))/y;
  while (kept < maxDepth && marker.exec(indented)) {
    kept += 1;
    at = marker.lastIndex;
  }
  const rest = indented.slice(at).trimStart();
  return `${indented.slice(0, at)} ${/^[\d]/.test(rest) ? rest.replace(/[.)]/, '\\$&') : `\\${rest}`}`;
}

/** Emphasis marks in one paragraph beyond which no author meant emphasis. */
const maxMarks = 250;
const maxColumns = 100;

/**
 * Whether a text would take a Markdown parser too long: pairing emphasis costs the cube of its marks, and a table's
 * cells the square of its columns. Such a text is drawn as it is written.
 */
export function isTooDense(text: string): boolean {
  let marks = 0;
  for (const line of text.split('\n')) {
    if (/^[ \t>]*(?:$|[|#]|[-*+][ \t]|\d{1,9}[.)][ \t])/.test(line)) marks = 0;
    marks += (line.match(/\*+|_+|~~/g) ?? []).length;
    if (marks > maxMarks || (line.match(/\|/g) ?? []).length > maxColumns) return true;
  }
  return false;
}

/** From this length on, in UTF-16 units, a word without a place to break is data, not language. */
const longestWord = 1000;
const overlongWord = new RegExp(`[^\\s\\u2e80-\\uffff]{${longestWord}}`);

/**
 * Whether a text has a word so long that its letters must not be kerned: browsers shape the rest of a kerned word anew
 * for each line it is broken into, which freezes the page for seconds (30,000 letters: 4.5 s, without kerning 5 ms).
 */
export function hasOverlongWord(text: string): boolean {
  return text.length >= longestWord && overlongWord.test(text);
}

/** From this length on, in UTF-16 units, a line of code was written by no person and is read by none. */
const longestLine = 2000;

/**
 * Whether code has a line so long that it is left in one colour: pieces of it are one line high each, so that all of them
 * are on the screen at once, with an element for each word (200 kB of `x=1;`: 50,000 in one task of half a second).
 */
export function hasOverlongLine(code: string): boolean {
  for (let start = 0; code.length - start >= longestLine; ) {
    const end = code.indexOf('\n', start);
    if (end < 0 || end - start >= longestLine) return true;
    start = end + 1;
  }
  return false;
}
