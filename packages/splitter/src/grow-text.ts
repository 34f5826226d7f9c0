/** A regular expression, because the compiler leaves out a `charCodeAt` whose result nobody wants. */
const anything = /^./s;

/**
 * A text with more behind it. Engines keep what was joined bit by bit as a tree of the bits, sixteen times as large as a
 * text of short tokens; so now and then, and the more rarely the longer it is, it is made one piece.
 */
export function growText(text: string, more: string, step = stepAt(text.length)): string {
  const grown = text + more;
  if (Math.floor(grown.length / step) !== Math.floor(text.length / step)) anything.test(grown); // reading it joins it
  return grown;
}

function stepAt(length: number): number {
  if (length < 0x10000) return 0x400;
  return length < 0x100000 ? 0x1000 : 0x10000;
}
