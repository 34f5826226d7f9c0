/**
 * A text as both engines can hold it: NUL and lone halves of surrogate pairs become U+FFFD. One UTF-16 unit stays one unit.
 */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** JSON for a text column, every string in it cleaned. */
export function renderJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? cleanText(inner) : inner));
}
