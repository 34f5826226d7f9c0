import { estimateTokens } from '../usage.ts';

/** What a server said of the end of a prompt that it read without its beginning. */
export interface ReadEnd {
  /** Tokens it read. */
  read: number;
  /** So many of the first messages it cannot have read at all. */
  unread: number;
}

/** A stretch of a text, from one UTF-16 unit up to another. */
export type Range = [from: number, to: number];

/**
 * Where in the printed body of a request that stands which its model did not read: the first messages, and of the one after
 * them (or of a prompt that is a text) about as much as there was no room for.
 * @param text the body as `JSON.stringify(body, null, 2)` prints it.
 */
export function findUnread(text: string, { read, unread }: ReadEnd): Range[] {
  const body = parseRecord(text);
  const ranges: Range[] = [];
  let at = 0;
  const messages = Array.isArray(body?.['messages']) ? body['messages'].filter(isRecord) : [];
  for (const message of messages.slice(0, unread)) {
    const printed = JSON.stringify(message, null, 2).replaceAll('\n', '\n    ');
    const from = text.indexOf(printed, at);
    if (from < 0) return ranges;
    at = from + printed.length;
    ranges.push([from, at]);
  }
  const texts = messages.map(({ content }) => (typeof content === 'string' ? content : ''));
  const prompt = body?.['prompt'];
  const split = typeof prompt === 'string' && messages.length === 0 ? prompt : texts[unread];
  const after = texts.slice(unread + 1).reduce((sum, one) => sum + estimateTokens(one), 0);
  const range = split ? rangeOfBeginning(text, split, { from: at, kept: Math.max(0, read - after) }) : undefined;
  return range ? [...ranges, range] : ranges;
}

/** Of a string in a printed body, what stands before its last `kept` tokens. */
function rangeOfBeginning(
  text: string,
  part: string,
  { from, kept }: { from: number; kept: number },
): Range | undefined {
  const share = 1 - kept / Math.max(1, estimateTokens(part));
  const quoted = JSON.stringify(part);
  const start = text.indexOf(quoted, from);
  if (share <= 0 || start < 0) return undefined;
  const cut = Math.floor(part.length * share);
  return [start, start + JSON.stringify(part.slice(0, cut)).length - 1];
}

function parseRecord(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
