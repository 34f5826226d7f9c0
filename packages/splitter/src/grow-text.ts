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
 * About a tenth of the length: the tree of bits is at most as large again as the text then, and all joining together copies
 * it twelve times. In steps of 64 kB a text of 4 MB was copied sixty times.
 */
function stepAt(length: number): number {
  return Math.max(0x400, 2 ** (28 - Math.clz32(length)));
}
