/**
 * The same text in memory of its own. An engine lets a slice keep alive the whole text it was cut from; when a text
 * grows and a piece is kept from each of its states, that is the square of its length.
 */
export function detachText(text: string): string {
  return ` ${text}`.slice(1);
}
