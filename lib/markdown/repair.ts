/**
 * Repairs the end of Markdown that is still being written, so that what is half there is drawn as what it will most
 * likely become, and nothing flickers: an open `**` is closed, half an address is hidden, a marker with nothing after
 * it waits. Only the last paragraph is touched, and no word of the prose is lost, save half an address.
 *
 * Formulas must be tokens already (`extractFormulas`), or their TeX would be taken for Markdown.
 */

const openFence = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}(?=[^`]*$)|~{3,})/;

/** More emphasis than this is not open at once; it was never meant as such. */
const maxOpen = 12;

/** The text as it is to be drawn while more is coming. Text with nothing open is returned as it is. */
export function repairTail(text: string): string {
  const start = lastParagraph(text);
  if (start === undefined) return text;
  const tail = repairTable(repairLine(text.slice(start)));
  const inline = repairInline(tail);
  // leaving out a mark may leave an item's marker with nothing after it
  return text.slice(0, start) + (inline.length < tail.length ? repairLine(inline) : inline);
}

/** Where the last paragraph begins; undefined inside a fence, whose content is literal. */
function lastParagraph(text: string): number | undefined {
  let start = 0;
  let fence = '';
  let at = 0;
  for (const line of text.split('\n')) {
    const marks = openFence.exec(line)?.[1] ?? '';
    if (fence) {
      const closes = marks.startsWith(fence) && /^[`~ \t>]*$/.test(line);
      if (closes) fence = '';
      if (closes) start = at + line.length + 1;
    } else if (marks) fence = marks;
    else if (line.trim() === '') start = at + line.length + 1;
    at += line.length + 1;
  }
  return fence ? undefined : Math.min(start, text.length);
}

/** The last line: markers that may still become something else wait until it is clear what. */
function repairLine(text: string): string {
  const at = text.lastIndexOf('\n') + 1;
  const line = text.slice(at);
  const only = line.trim();
  // the beginning of an item, a heading, a quote, a rule, an underline or a fence
  if (/^(?:[-*+_=#>`~]{1,2}|#{3,6}|[-=]+|\d{1,9}[.)])$/.test(only)) return text.slice(0, at);
  return text;
}

/** A table's head is a table before its second row is there. */
function repairTable(text: string): string {
  const match = /(?:^|\n)([ \t]*\|[^\n]*\|)[ \t]*(?:\n([-|: \t]*))?$/.exec(text);
  const head = match?.[1];
  if (!match || !head) return text;
  const started = match[2] ?? '';
  const before = text.slice(0, match.index + (text.charAt(match.index) === '\n' ? 1 : 0));
  if (before.trim() !== '' && /\|[^\n]*\n$/.test(before)) return text; // a row, not a head
  const columns =
    (
      head
        .trim()
        .slice(1, -1)
        .match(/(?<!\\)\|/g) ?? []
    ).length + 1;
  if ((started.match(/-+/g) ?? []).length === columns) return text;
  return `${before}${head}\n${'|---'.repeat(columns)}|`;
}

interface Mark {
  readonly text: string;
  readonly at: number;
}

/** Open code, emphasis and links of the last paragraph. */
function repairInline(text: string): string {
  let repaired = text.replace(/(?<!\\)(?:\\\\)*\\$/, (slashes) => slashes.slice(0, -1));
  repaired = hideHalfLink(repaired);
  const { code, marks } = scanInline(repaired);
  if (code) {
    const content = repaired.slice(code.at + code.text.length);
    if (content.trim() === '') return closeMarks(repaired.slice(0, code.at), marks);
    const half = /`+$/.exec(content)?.[0] ?? '';
    return closeMarks(`${repaired.slice(0, repaired.length - half.length)}${code.text}`, marks);
  }
  return closeMarks(repaired, marks);
}

/** `[text](http://ha` is drawn as its text until the address is whole; an image likewise. */
function hideHalfLink(text: string): string {
  const half = /!?\[((?:[^[\]\n\\`]|\\.){0,400})\]\([^()\s]*(?:\([^()\s]*\)?[^()\s]*)?(?:\s+(?:"[^"\n]*"?)?)?$/.exec(
    text,
  );
  if (!half || scanInline(text.slice(0, half.index)).code) return text;
  return text.slice(0, half.index) + (half[1] ?? '');
}

/** Emphasis that is open, innermost last, and code that is. */
function scanInline(text: string): { code: Mark | undefined; marks: Mark[] } {
  const marks: Mark[] = [];
  const tokens = /\\.|`+|\*+|_+|~+/gs;
  for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
    const token = match[0];
    const at = match.index;
    if (token.startsWith('`')) {
      const end = closingRun(text, at + token.length, token);
      if (end === -1) return { code: { text: token, at }, marks };
      tokens.lastIndex = end;
    } else if (!token.startsWith('\\') && !isItemMarker(text, at, token)) {
      readMark(text, { text: token, at }, marks);
    }
  }
  return { code: undefined, marks };
}

function isItemMarker(text: string, at: number, token: string): boolean {
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return token === '*' && /^[ \t>]*$/.test(before) && /^[ \t]/.test(text.slice(at + 1, at + 2));
}

function closingRun(text: string, from: number, run: string): number {
  for (let at = text.indexOf('`', from); at !== -1; ) {
    let end = at;
    while (text.charAt(end) === '`') end += 1;
    if (end - at === run.length) return end;
    at = text.indexOf('`', end);
  }
  return -1;
}

/** Scripts whose sentences have no blanks, and their punctuation; Hangul too, whose particles stand close. */
const cjk = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Bopomofo}\u3000-\u303f\uff00-\uffef]/u;

/**
 * Reads a run of `*`, `_` or `~` as the parser would: it closes what is open, or opens. Beside Chinese, Japanese and Korean
 * the rules are those of remark-cjk-friendly: their punctuation counts as letters, and a letter of theirs as a blank.
 */
function readMark(text: string, run: Mark, marks: Mark[]): void {
  const before = text.charAt(run.at - 1);
  const after = text.charAt(run.at + run.text.length);
  const space = (character: string) => character === '' || /\s/.test(character);
  const punctuation = (character: string) => /[\p{P}\p{S}]/u.test(character) && !cjk.test(character);
  const edge = (character: string) => space(character) || punctuation(character) || cjk.test(character);
  const left = !space(after) && (!punctuation(after) || edge(before));
  const right = !space(before) && (!punctuation(before) || edge(after));
  const inWord = run.text.startsWith('_') && left && right && !punctuation(before) && !punctuation(after);
  if (inWord || (run.text === '~' && after !== '')) return;
  let rest = run.text;
  if (right) {
    for (let open = marks.at(-1); open && rest.startsWith(open.text.charAt(0)); open = marks.at(-1)) {
      if (rest.length < open.text.length) break;
      rest = rest.slice(open.text.length);
      marks.pop();
    }
    if (rest === '') return;
  }
  if (left || after === '') {
    if (rest.length === 3) {
      marks.push({ text: rest.slice(0, 2), at: run.at }, { text: rest.slice(2), at: run.at + 2 });
    } else if (rest.length < 3) marks.push({ text: rest, at: run.at });
  }
}

/** Closes open emphasis from the inside out; a mark with nothing behind it is left out. */
function closeMarks(text: string, marks: readonly Mark[]): string {
  if (marks.length > maxOpen) return text;
  let body = text;
  const open = [...marks];
  for (let last = open.at(-1); last && body.slice(last.at).trimEnd() === last.text; last = open.at(-1)) {
    body = body.slice(0, last.at);
    open.pop();
  }
  if (open.length === 0) return body;
  const trimmed = body.trimEnd();
  const closing = open
    .map((mark) => mark.text)
    .reverse()
    .join('');
  return trimmed + closing + body.slice(trimmed.length);
}
