/**
 * What a vocabulary of the usual kind keeps in one piece, roughly: a word with the space before it, up to three digits,
 * a few signs, line ends with what leads up to them, one or two Han characters. Every character matches some branch.
 */
const piecePattern =
  / ?\\(?:[A-Za-z]+|[()[\]{},;!]\n?)| ?[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{M}]+|['’][a-z]{1,2}(?![a-z])|\p{Script=Han}{1,2}|[\p{L}\p{M}]{1,4}|\p{N}{1,3}|\n+| ?[^\s\p{L}\p{N}\p{M}\\]{1,3}\n*|[^\S\n]+(?=\S)|[\s\S]/gu;

/** Longer words than this are rarely one token; they come in pieces of this many characters. */
const longestWord = 11;

/** Cuts a text into pieces of the size of a model's tokens; joined they are the text. Never inside a surrogate pair. */
export function cutTokens(text: string): string[] {
  return (text.match(piecePattern) ?? []).flatMap(cutLongWord);
}

function cutLongWord(piece: string): string[] {
  if (piece.length <= longestWord || !/^[ \\]?\p{L}/u.test(piece)) return [piece];
  const characters = Array.from(piece);
  const half = Math.ceil(characters.length / 2);
  return [...cutLongWord(characters.slice(0, half).join('')), ...cutLongWord(characters.slice(half).join(''))];
}
