/** The splitter's cases: what models and servers were seen to send, and what is to come of it. */
import { readFileSync } from 'node:fs';
import type { Finish, PartKind, SplitterDelta, SplitterOptions } from '../src/splitter.ts';

/** A long text is spelled by its repetitions. */
export type Text = string | { repeat: string; times: number } | Text[];

export interface Case {
  id: string;
  why: string;
  options: SplitterOptions;
  text?: Text;
  chunks?: string[];
  deltas?: SplitterDelta[];
  finish?: Finish;
  expect: {
    reasoning: Text;
    answer: Text;
    discarded?: Text;
    complete: boolean;
    segments: Array<[PartKind, Text]>;
    reclassified?: boolean;
  };
}

const file = new URL('./cases.json', import.meta.url);
export const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }; // our own fixture

/** The stream of a case as it came. */
export function deltasOf({ deltas, chunks, text }: Case): ReadonlyArray<string | SplitterDelta> {
  return deltas ?? chunks ?? [spell(text ?? '')];
}

export function spell(text: Text): string {
  if (typeof text === 'string') return text;
  if (Array.isArray(text)) return text.map(spell).join('');
  return text.repeat.repeat(text.times);
}
