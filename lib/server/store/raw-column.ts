import type { Opaque } from '../../opaque.ts';
import { decodeRawText, encodeRawText, type RawCode, type RawPiece } from '../../raw-text.ts';
import type { PartKind, Segment, StreamPart } from '../../stream-part.ts';
import type { CheckpointRow } from './schema.ts';

/** What `generations.raw_text` holds, as JSON. */
interface StoredRaw {
  /** The exact text, by the texts of the parts. */
  text?: RawCode;
  /** The filing before the last one: the kinds and lengths of its parts, and all their texts by those of the parts now. */
  before?: { kinds: PartKind[]; lengths: number[]; text: RawCode; opaque?: (Opaque | null)[] };
}

/**
 * The column of an answer whose parts, as they are stored, are these. JSON escapes NUL and half surrogates, so here the
 * text stays exact.
 */
export function renderRaw(
  parts: readonly Segment[],
  known: { raw?: readonly RawPiece[] | undefined; before?: readonly Segment[] | undefined },
): string | null {
  const { raw, before } = known;
  if (!raw && !before) return null;
  const texts = parts.map((part) => part.text);
  const stored: StoredRaw = {
    ...(raw && { text: encodeRawText(raw, texts) }),
    ...(before && {
      before: {
        kinds: before.map((part) => part.kind),
        lengths: before.map((part) => part.text.length),
        text: encodeRawText([{ field: 'content', text: before.map((part) => part.text).join('') }], texts),
        ...(before.some((part) => part.opaque) && { opaque: before.map((part) => part.opaque ?? null) }),
      },
    }),
  };
  return JSON.stringify(stored);
}

/** What the column of an answer with these parts says. */
export function parseRaw(column: string | null, parts: readonly Segment[]): { raw?: RawPiece[]; before?: Segment[] } {
  if (column === null) return {};
  const texts = parts.map((part) => part.text);
  const stored = JSON.parse(column) as StoredRaw;
  const raw = stored.text && decodeRawText(stored.text, texts);
  const before = stored.before && partsBefore(stored.before, texts);
  return { ...(raw && { raw }), ...(before && { before }) };
}

function partsBefore(stored: NonNullable<StoredRaw['before']>, texts: readonly string[]): Segment[] | undefined {
  const all = decodeRawText(stored.text, texts);
  if (!all) return undefined;
  const text = all.map((piece) => piece.text).join('');
  let start = 0;
  return stored.kinds.map((kind, i) => {
    const end = start + (stored.lengths[i] ?? 0);
    const opaque = stored.opaque?.[i];
    const part = { kind, text: text.slice(start, end), ...(opaque && { opaque }) };
    start = end;
    return part;
  });
}

/** The exact text of a checkpoint; undefined when it was written without. */
export function parseTail(row: Pick<CheckpointRow, 'parts' | 'raw_text'>): RawPiece[] | undefined {
  const texts = deltaTexts(JSON.parse(row.parts) as StreamPart[]);
  if (row.raw_text !== null) return decodeRawText(JSON.parse(row.raw_text), texts);
  return texts.length === 0 ? [] : undefined;
}

/** The column of a checkpoint whose parts, as they are stored, are these; null when nobody listened to the exact text. */
export function renderTail(raw: readonly RawPiece[] | undefined, parts: readonly StreamPart[]): string | null {
  return raw ? JSON.stringify(encodeRawText(raw, deltaTexts(parts))) : null;
}

function deltaTexts(parts: readonly StreamPart[]): string[] {
  return parts.flatMap((part) => (part.type === 'delta' ? [part.text] : []));
}
