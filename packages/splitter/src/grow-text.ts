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

/**
 * About a twentieth of the length: all joining together copies the text some twenty times (in steps of 64 kB a text of 4 MB
 * was copied sixty times), and what is not joined yet, 56 bytes for each bit of a few characters, stays below the text's size.
 */
function stepAt(length: number): number {
  return Math.max(0x400, 2 ** (27 - Math.clz32(length)));
}
