/** Longer pieces are never counted in one go, in UTF-16 units: they would hold up everybody else's. */
const longestPiece = 16_384;

/**
 * Where a text may be cut so that the tokens of its pieces add up to the tokens of the whole: before a visible character
 * that follows a line break. The byte-pair vocabularies we have (DeepSeek V3, Qwen) split a text into words first, and
 * no word of theirs goes on behind a line break into anything but white space.
 * @returns the last such place in `text` from `from` on, or -1.
 */
export function lastExactCut(text: string, from = 0): number {
  for (let i = text.length - 1; i > from; i--) {
    if (isLineBreak(text.charCodeAt(i - 1)) && !isSpace(text, i)) return i;
  }
  return -1;
}

/**
 * Cuts a text into pieces whose tokens add up to its tokens. Where there is no such cut for a long way, it is cut
 * anyhow, which may count a token too many there.
 */
export function cutForCounting(text: string, longest: number = longestPiece): string[] {
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > longest) {
    const window = text.slice(start, start + longest);
    const exact = lastExactCut(window);
    const length = exact > 0 ? exact : wholeCharacters(window);
    pieces.push(window.slice(0, length));
    start += length;
  }
  if (start < text.length) pieces.push(text.slice(start));
  return pieces;
}

/** The length of a text without the first half of a surrogate pair at its end. */
function wholeCharacters(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last < 0xdc00 && text.length > 1 ? text.length - 1 : text.length;
}

function isLineBreak(unit: number): boolean {
  return unit === 10 || unit === 13;
}

function isSpace(text: string, at: number): boolean {
  return /^\s/u.test(text.charAt(at));
}
