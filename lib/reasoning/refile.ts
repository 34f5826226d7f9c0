import type { RawPiece } from '../raw-text.ts';
import type { Segment } from '../stream-part.ts';
import type { Usage } from '../usage.ts';
import { type Finish, ReasoningSplitter, type SplitterOptions } from '@thinkglass/splitter';

/** What a person says of a part of an answer: it was the other thing. */
export interface RefileWish {
  index: number;
  kind: 'reasoning' | 'answer';
}

/** An answer filed otherwise, as the API tells it. */
export interface RefileResult {
  parts: Segment[];
  usage?: Usage;
  /** Its exact text was read once more; false: the part was moved as it is. */
  splitAgain: boolean;
  /** Whether it can be taken back. */
  canUndo: boolean;
  /** What to say about the model so that its next answers are filed so; absent when that would not help. */
  remember?: { providerId: string; modelKey: string; startsInReasoning: boolean };
}

export interface RefileInput {
  parts: readonly Segment[];
  /** The exact text, when it is known. */
  raw: readonly RawPiece[] | undefined;
  /** How its text is split; absent where that says nothing about how the text begins (a raw completion). */
  options: Omit<SplitterOptions, 'startsInReasoning'> | undefined;
  /** Why it ended. */
  finish: Finish;
}

/**
 * The parts as the person has it. When the exact text holds a tag that was taken for text (or the other way round), and
 * reading it once more with the thinking open (or not) at its beginning says the same as the person, then that reading;
 * else the part as it is, as the other kind.
 * @throws RangeError when there is no such part.
 */
export function refileParts(input: RefileInput, { index, kind }: RefileWish): Segment[] {
  const part = input.parts[index];
  if (!part) throw new RangeError(`There is no part ${index} of ${input.parts.length}.`);
  const again = index === 0 ? splitAgain(input, kind) : undefined;
  const first = again?.[0];
  const explains =
    again && first?.kind === kind && sharesBeginning(first.text, part.text) && !haveSameLength(again, input.parts);
  if (explains) return again;
  return input.parts.map((p, i) => (i === index ? { kind, text: p.text } : p));
}

/** Whether knowing how the text begins would have filed its first part so: then it is worth remembering for the model. */
export function isFiledByItsStart(input: RefileInput, { index, kind }: RefileWish): boolean {
  return index === 0 && splitAgain(input, kind)?.[0]?.kind === kind;
}

/** Whether these are two readings of one text: tags of one are text of the other. */
export function haveSameLength(a: readonly Segment[], b: readonly Segment[]): boolean {
  return lengthOf(a) === lengthOf(b);
}

/** The text read once more; undefined when it is not known, or began in a field of its own. */
function splitAgain({ raw, options, finish }: RefileInput, kind: RefileWish['kind']): Segment[] | undefined {
  if (!raw || !options || raw[0]?.field !== 'content') return undefined;
  const splitter = new ReasoningSplitter({ ...options, startsInReasoning: kind === 'reasoning' });
  // As it was read at first: no store, and so no screen, has a NUL.
  for (const { field, text } of raw) splitter.push({ [field]: text.replaceAll('\0', '\uFFFD') });
  splitter.end(finish);
  return splitter.result().segments.map(([of, text]) => ({ kind: of, text }));
}

function sharesBeginning(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

function lengthOf(parts: readonly Segment[]): number {
  return parts.reduce((sum, part) => sum + part.text.length, 0);
}
