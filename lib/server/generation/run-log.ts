import type { RawPiece } from '../../raw-text.ts';
import type { MessageState, StreamPart } from '../../stream-part.ts';
import type { RunCommand } from '../store/run-commands.ts';

/**
 * Where a reader stands: `<generation>.<place>` of each generation it has heard of, joined by commas. A place counts what
 * its one writer has said (the length of each delta, one for each other part; `end` behind the finish), so it means the
 * same in any process.
 */
export type Cursor = string;

/** What a reader is told: the event names of docs/api.md. `cursor` names the place behind it. */
export type LogEvent =
  | { type: 'part'; cursor: Cursor; generationId: string; part: StreamPart }
  | { type: 'snapshot'; cursor: Cursor; generationId: string; message: MessageState; at: number }
  | { type: 'end' };

/** A generation that this process runs, as the log has to know it. */
export interface NewRun {
  generationId: string;
  conversationId: string;
  /** Monotonic ms since it was queued. */
  now(): number;
  /** Does what somebody wants of it, here or elsewhere; resolves when it is over and stored, or its thinking was ended in mid-stream. */
  obey(command: RunCommand): Promise<void>;
  /** What its model has written so far, exactly. */
  written(): RawPiece[];
}

/** The one who writes the log of a generation. */
export interface RunWriter {
  /** Behind all that was appended. */
  readonly place: number;
  /** The message so far. */
  readonly state: MessageState;
  /** Tells what one read of the provider brought; the readers of this process hear it at once. */
  append(parts: readonly StreamPart[]): void;
  /** Ends without a `finish`: its end is not told here, and whoever waits for it is sent to the store. Nothing after one. */
  leave(): void;
}

/** Takes events the moment they are there; false: no more of them now. */
export type HearEvents = (events: LogEvent[]) => boolean;

/** Hears all generations of a conversation that run, wherever they do. */
export interface RunReader {
  /**
   * The next events, all that is there; waits when there are none, at most `waitMs`, and then answers an empty list.
   * After `end` it answers undefined.
   * @param hear handed what comes while it waits, at the end of each turn of the event loop, in place of an answer; so what
   * it answers then is what comes with the end, what there is when it was woken, or nothing.
   */
  next(waitMs: number, hear?: HearEvents): Promise<LogEvent[] | undefined>;
  /** A waiting `next` answers now, with what there is. */
  wake(): void;
  /** Stops reading; a waiting `next` answers undefined. */
  leave(): void;
}

/** Running messages as they stand this moment. */
export interface RunningMessages {
  /** Those that were asked for and are known, by generation. */
  messages: ReadonlyMap<string, MessageState>;
  /** From here a reader hears what comes after them; absent when nothing runs. */
  cursor?: Cursor;
}

/**
 * What running generations say, while they say it: a log for each, with one writer, which readers join from wherever they
 * are and at any place. It makes things fast and holds no truth: the checkpoints in the store do.
 */
export interface RunLog {
  /** Readers in this process. */
  readonly readerCount: number;
  /** Opens the log of a generation that this process runs. */
  begin(run: NewRun): RunWriter;
  /** Where all of these generations is told from its beginning; undefined when one of them is over and no longer told. */
  cursorBefore(conversationId: string, generationIds: readonly string[]): Promise<Cursor | undefined>;
  /** Reads on from a cursor, or from a snapshot of all that runs or has just ended. */
  read(conversationId: string, cursor: Cursor | undefined): RunReader;
  /** Of these generations of a conversation, those that run or have just ended. */
  messagesOf(conversationId: string, generationIds: readonly string[]): Promise<RunningMessages>;
  /** The exact text of a generation that runs in this process. */
  writtenBy(generationId: string): RawPiece[] | undefined;
  /**
   * Brings a command to whoever runs these generations. Resolves when they are over and stored (or their thinking was
   * ended in mid-stream), or after `waitMs`; those that do not run are passed over.
   */
  command(command: RunCommand, generationIds: readonly string[], waitMs?: number): Promise<void>;
  /** Ends what runs in conversations that were deleted, and their readers. */
  drop(conversationIds: readonly string[]): Promise<void>;
  /** Ends all readers. */
  close(): Promise<void>;
}

/** The place behind a generation's `finish`. */
export const endPlace = Number.POSITIVE_INFINITY;

/** A cursor names at most so many generations, the last ones; of others, whoever comes back is told a snapshot. */
const mostNamed = 64;

export function renderCursor(places: ReadonlyMap<string, number>): Cursor {
  let cursor = '';
  let unnamed = places.size - mostNamed;
  for (const [generationId, place] of places) {
    if (unnamed-- > 0) continue;
    if (cursor !== '') cursor += ',';
    cursor += `${generationId}.${place === endPlace ? 'end' : place}`;
  }
  return cursor;
}

/** The places that a cursor names; none of one that is not ours. */
export function parseCursor(cursor: Cursor): Map<string, number> {
  const places = new Map<string, number>();
  for (const name of cursor.split(',', mostNamed)) {
    const [, generationId, place] = /^([\w-]{1,64})\.(\d{1,15}|end)$/.exec(name) ?? [];
    if (generationId === undefined) continue;
    places.set(generationId, place === 'end' ? endPlace : Number(place));
  }
  return places;
}
