import { randomInt } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../errors.ts';
import type { Checkpoint, TextsEvent } from '../zero/texts.ts';
import type { DeskEvent } from './protocols/inside/desk.ts';
import { DeskThread, type Writing } from './protocols/inside/desk-thread.ts';
import { insideFile, type InsideRecord, insideRecords } from './protocols/inside/models.ts';
import { type PuzzleFault, readPuzzle, writePuzzle } from './protocols/inside/puzzle.ts';

const faults: Record<PuzzleFault, string> = {
  unread: 'No puzzle was found in it. Write one as “Use 3, 5 and 7 to make 26”.',
  count: 'A puzzle has three or four numbers, and one to make of them.',
  twice: 'The numbers of a puzzle are different from each other.',
  range: 'The numbers of a puzzle are whole, from 1 to 12.',
  target: 'The number to make is whole, from 0 to 99.',
};

/** In tokens a second, where a person reads along. */
const readingPace = 40;

/** The shipped models in the order of the story: the base, tiny-zero step by step, tiny-r1. */
export async function listCheckpoints(): Promise<Checkpoint[]> {
  const order = { base: 0, zero: 1, r1: 2 };
  const records = [...insideRecords].sort((a, b) => order[a.kind] - order[b.kind] || a.step - b.step);
  return Promise.all(
    records.map(async (record) => {
      const { id, kind, step, opens, context, parameters } = record;
      return { id, kind, step, opens, context, parameters, bytes: (await stat(insideFile(record))).size };
    }),
  );
}

/** A model's file. @throws AppError `not_found` */
export function readModelFile(id: string, records: readonly InsideRecord[]): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(insideFile(recordOf(id, records)));
}

/**
 * What makes a model of Ollama of a model's file that lies beside it: its template, because Ollama reads those inside GGUF
 * files only where it knows them, and how it was sampled in its training. @throws AppError `not_found`
 */
export function renderModelfile(id: string, records: readonly InsideRecord[]): string {
  const { opens, context } = recordOf(id, records);
  const begun =
    opens === ''
      ? '{{ .Content }}'
      : `{{ if .Thinking }}${opens}{{ .Thinking }}{{ if .Content }}</think>{{ end }}{{ end }}{{ .Content }}`;
  const asked = opens === '' ? '' : `{{ if eq $left 1 }}${opens}{{ end }}`;
  return [
    `FROM ./${id}.gguf`,
    'TEMPLATE """{{- range $at, $_ := .Messages }}{{- $left := len (slice $.Messages $at) }}',
    `{{- if and (eq .Role "user") (le $left 2) }} {{ .Content }}${asked}{{ end }}`,
    `{{- if and (eq .Role "assistant") (eq $left 1) }}${begun}{{ end }}`,
    '{{- end }}"""',
    'PARAMETER temperature 1',
    `PARAMETER num_ctx ${context}`,
    '',
  ].join('\n');
}

/** Texts of the shipped models for /zero, written in a thread of their own. */
export class ZeroTexts {
  readonly #thread = new DeskThread();

  /**
   * Asks each of these models the same puzzle so many times; all at once.
   * @param asked.seed the same seed brings the same texts
   * @throws AppError `bad_request` for what is no puzzle, `not_found` for a model that is not shipped
   */
  prepare(asked: {
    puzzle: string;
    models: readonly string[];
    samples: number;
    seed?: number | undefined;
    isRead: boolean;
  }): (signal: AbortSignal) => AsyncGenerator<TextsEvent> {
    const puzzle = readPuzzle(asked.puzzle);
    if (typeof puzzle === 'string') throw new AppError('bad_request', faults[puzzle]);
    const seed = asked.seed ?? randomInt(2 ** 30);
    const records = asked.models
      .map((id) => recordOf(id, insideRecords))
      .flatMap((record) => Array.from({ length: asked.samples }, () => record));
    const thread = this.#thread;
    return async function* (signal) {
      yield { type: 'begun', ...puzzle };
      const writings = records.map((record, at) =>
        thread.write(
          {
            file: insideFile(record),
            prompt: `${writePuzzle(puzzle)}${record.opens}`,
            temperature: 1,
            seed: seed + at,
            stop: [],
            ...(asked.isRead && { pace: readingPace }),
          },
          signal,
        ),
      );
      yield* inTurn(writings, records);
    };
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}

/** The events of all, as they come. */
async function* inTurn(writings: readonly Writing[], records: readonly InsideRecord[]): AsyncGenerator<TextsEvent> {
  const readers = writings.map((writing) => writing[Symbol.asyncIterator]());
  const next = async (at: number) => ({ at, came: await readers[at]?.next() });
  const awaited = new Map(readers.map((_, at) => [at, next(at)]));
  try {
    while (awaited.size > 0) {
      const { at, came } = await Promise.race(awaited.values());
      if (!came || came.done) {
        awaited.delete(at);
        continue;
      }
      awaited.set(at, next(at));
      const told = toldOf(came.value, at, records[at]?.opens ?? '');
      if (told) yield told;
    }
  } finally {
    // reading on to its end is what drops a text, and a reader that waits for one is woken by the signal
    for (const reader of readers) void reader.return?.();
  }
}

function toldOf(event: DeskEvent, at: number, opens: string): TextsEvent | undefined {
  switch (event.type) {
    case 'begun':
      return opens === '' ? undefined : { type: 'text', at, text: opens };
    case 'tokens':
      return { type: 'text', at, text: event.tokens.map(({ text }) => text).join('') };
    case 'done':
      return {
        type: 'done',
        at,
        end: event.end,
        tokens: event.usage.outputTokens,
        thinkingTokens: event.usage.reasoningTokens,
      };
    case 'failed':
      return { type: 'failed', at, message: event.message };
  }
}

function recordOf(id: string, records: readonly InsideRecord[]): InsideRecord {
  const record = records.find((one) => one.id === id);
  if (!record) throw new AppError('not_found', 'There is no such model here.');
  return record;
}
