import Papa from 'papaparse';
import { formatBytes, formatCount } from '../quantity-words.ts';

/** What a data set may be at most; more is refused with a sentence. */
export const dataSetLimits = {
  /** Of the file, UTF-8. */
  bytes: 64_000_000,
  rows: 100_000,
} as const;

/** A row as it stands in the file, by the names of its fields. */
export type Row = Readonly<Record<string, unknown>>;

export type RowFormat = 'jsonl' | 'json' | 'csv';

/** A row that could not be read; rows are counted from 1, without a head. */
export interface UnreadRow {
  row: number;
  reason: string;
}

export type ReadRows =
  | {
      ok: true;
      format: RowFormat;
      /** In the order in which they are first met. */
      fields: string[];
      rows: Row[];
      unread: UnreadRow[];
    }
  /** In words to show. */
  | { ok: false; problem: string };

/** Reads the rows of a data set: JSON lines, a JSON array, or CSV with a head; which of them is told by how it begins. */
export function readRows(source: string): ReadRows {
  const text = source.replace(/^\uFEFF/, '');
  // a UTF-16 unit is one byte at least, so most files need no count
  if (text.length > dataSetLimits.bytes || byteLength(text) > dataSetLimits.bytes) {
    return refused(
      `This is larger than ${formatBytes(dataSetLimits.bytes)}. Cut the file into parts, or take fewer questions.`,
    );
  }
  const begin = text.trimStart();
  if (begin === '') return refused('There is nothing in it.');
  if (begin.includes('\0'))
    return refused(
      'This is no text: it may be packed, or a binary file such as Parquet. JSONL, JSON and CSV can be read.',
    );
  if (begin.startsWith('[')) return readArray(begin);
  return begin.startsWith('{') ? readLines(text) : readCsv(text);
}

function byteLength(text: string): number {
  return text.length * 3 <= dataSetLimits.bytes ? text.length : new TextEncoder().encode(text).length;
}

function refused(problem: string): ReadRows {
  return { ok: false, problem };
}

function readArray(text: string): ReadRows {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch (error) {
    return refused(`This begins like a JSON array and is none: ${reasonOf(error)}.`);
  }
  return Array.isArray(list) ? gathered('json', list) : refused('This is JSON, but no list of questions.');
}

function readLines(text: string): ReadRows {
  const values: unknown[] = [];
  const unread: UnreadRow[] = [];
  for (const line of text.split(/\r?\n|\r/)) {
    if (line.trim() === '') continue;
    const row = values.length + unread.length + 1;
    try {
      values.push(JSON.parse(line));
    } catch (error) {
      unread.push({ row, reason: `not a line of JSON: ${reasonOf(error)}` });
    }
  }
  if (values.length === 0) return readWhole(text);
  return gathered('jsonl', values, unread);
}

/** One JSON object over many lines that holds the list: `{"data": [ … ]}`. */
function readWhole(text: string): ReadRows {
  try {
    const whole: unknown = JSON.parse(text);
    const list = isRow(whole) ? Object.values(whole).find(Array.isArray) : undefined;
    if (list) return gathered('json', list);
  } catch {
    // the sentence below says it
  }
  return refused('No line of this is JSON, and all of it together is none either. JSONL has one question a line.');
}

function gathered(format: RowFormat, values: readonly unknown[], unread: UnreadRow[] = []): ReadRows {
  const tooMany = tooManyRows(values.length + unread.length);
  if (tooMany) return tooMany;
  const rows = values.filter(isRow);
  for (const [at, value] of values.entries()) {
    if (!isRow(value)) unread.push({ row: at + 1, reason: 'no object with fields' });
  }
  if (rows.length === 0) return refused('There is no row with fields in it.');
  return { ok: true, format, fields: fieldsOf(rows), rows, unread };
}

function tooManyRows(count: number): ReadRows | undefined {
  if (count <= dataSetLimits.rows) return undefined;
  return refused(
    `This has ${formatCount(count)} rows; a data set has ${formatCount(dataSetLimits.rows)} at most. Take a part of it.`,
  );
}

function readCsv(text: string): ReadRows {
  const { data, errors, meta } = Papa.parse<Row>(text, {
    header: true,
    skipEmptyLines: 'greedy',
    delimitersToGuess: [',', '\t', ';'],
  });
  const fields = (meta.fields ?? []).filter((field) => field !== '');
  if (fields.length < 2) {
    return refused(
      'This is neither JSON nor a table with a head: CSV needs the names of its columns in the first line.',
    );
  }
  const tooMany = tooManyRows(data.length);
  if (tooMany) return tooMany;
  const broken = errors.find(({ type }) => type === 'Quotes');
  if (broken)
    return refused(`A quoted field of row ${formatCount((broken.row ?? 0) + 1)} does not end: ${broken.message}.`);
  if (data.length === 0) return refused('There is a head and no row below it.');
  const unread = errors.flatMap(({ row, type, code }) =>
    row !== undefined && type === 'FieldMismatch'
      ? [{ row: row + 1, reason: code === 'TooFewFields' ? 'fewer fields than the head' : 'more fields than the head' }]
      : [],
  );
  const skipped = new Set(unread.map(({ row }) => row));
  return { ok: true, format: 'csv', fields, rows: data.filter((_, at) => !skipped.has(at + 1)), unread };
}

function fieldsOf(rows: readonly Row[]): string[] {
  const fields = new Set<string>();
  for (const row of rows) for (const field of Object.keys(row)) fields.add(field);
  return [...fields];
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 120) : String(error);
}
