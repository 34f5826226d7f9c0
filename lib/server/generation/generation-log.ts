import { growText } from '@thinkglass/splitter/grow-text';
import {
  applyStreamParts,
  emptyMessageState,
  type MessageState,
  mergeStreamParts,
  type StreamPart,
} from '../../stream-part.ts';
import { endPlace } from './run-log.ts';

interface Entry {
  /** The places before and behind it. */
  from: number;
  to: number;
  part: StreamPart;
}

/** What a writer has said between two places. */
export interface Said {
  from: number;
  to: number;
  parts: readonly StreamPart[];
}

/** How much of the past a log keeps for readers that come back; whoever is further behind gets a snapshot. */
const ringEntries = 1024;
const ringCharacters = 128 * 1024;
/** Deltas that follow each other are kept as one up to this length: a token alone costs many times its text. */
const joinedCharacters = 1024;
/** Parts that wait to be put into the message. */
const mostUnreduced = 256;

/**
 * The log of one generation, in memory: its message once, reduced, and a bounded tail of parts; so its memory is bounded by
 * the text. A delta that was joined to the one before can still be read from its middle, because places count its text.
 */
export class GenerationLog {
  readonly id: string;
  /** True for one that is written elsewhere: readers may be ahead of it. */
  readonly isCopy: boolean;
  readonly #now: () => number;
  /** The message as it was before the parts that nobody has wanted it with yet. */
  #reduced: MessageState = emptyMessageState;
  #unreduced: StreamPart[] = [];
  #ring: Entry[] = [];
  #ringCharacters = 0;
  #place = 0;

  /** @param options.now ms since it was queued. */
  constructor(id: string, options: { now: () => number; isCopy?: boolean }) {
    this.id = id;
    this.#now = options.now;
    this.isCopy = options.isCopy ?? false;
  }

  /** Behind all that was appended. */
  get place(): number {
    return this.#place;
  }

  get isDone(): boolean {
    return this.#place === endPlace;
  }

  /** The message so far. Most of what it says is only told, so it is put together when somebody asks. */
  get state(): MessageState {
    this.#reduced = applyStreamParts(this.#reduced, mergeStreamParts(this.#unreduced));
    this.#unreduced = [];
    return this.#reduced;
  }

  /** Ms since it was queued; of one that is over, when it ended. */
  get at(): number {
    return this.state.times.end ?? this.#now();
  }

  append(parts: readonly StreamPart[]): void {
    this.#reduce(parts);
    for (const part of parts) {
      const from = this.#place;
      this.#place = part.type === 'finish' ? endPlace : from + sizeOf(part);
      this.#joinLast();
      this.#ring.push({ from, to: this.#place, part });
      this.#ringCharacters += charactersOf(part);
    }
    this.#trim();
  }

  /** Appends what its writer has said up to a place; 0: it did not say which. */
  appendUpTo(place: number, parts: readonly StreamPart[]): void {
    const expected = parts.reduce((sum, part) => sum + sizeOf(part), this.#place);
    if (place === 0 || place === expected) {
      this.append(parts);
      return;
    }
    // Merged, they no longer say where each began: nobody is told them from their middle.
    this.#reduce(parts);
    this.#forget(place);
  }

  /**
   * Appends of what its writer has said between two places what is not here yet.
   * @returns false when that cannot be told: something before it is missing, or the parts do not say where each began
   */
  appendBetween({ from, to, parts }: Said): boolean {
    if (to <= this.#place) return true;
    if (from > this.#place || parts.reduce((sum, part) => sum + sizeOf(part), from) !== to) return false;
    let at = from;
    const news: StreamPart[] = [];
    for (const part of parts) {
      const entry: Entry = { from: at, to: at + sizeOf(part), part };
      if (entry.to > this.#place) news.push(behind(this.#place, entry).part);
      at = entry.to;
    }
    this.append(news);
    return true;
  }

  /** Stands where its writer stood when the message was this. */
  moveTo(place: number, message: MessageState): void {
    this.#reduced = message;
    this.#unreduced = [];
    this.#forget(place);
  }

  /** Ends with the message as the store has it. */
  settle(message: MessageState): void {
    this.moveTo(endPlace, message);
  }

  /** What is behind a place, in as few parts as say it; undefined when some of it is gone: then only the whole says it. */
  partsFrom(place: number): { to: number; part: StreamPart }[] | undefined {
    const start = this.#indexOf(place);
    if (start < 0) return undefined;
    const parts: { to: number; part: StreamPart }[] = [];
    for (let i = start; i < this.#ring.length; i++) {
      const { to, part } = behind(place, this.#ring[i] as Entry); // i is within the ring
      const last = parts.at(-1);
      if (last && canJoin(last.part, part)) parts[parts.length - 1] = { to, part: joined(last.part, part) };
      else parts.push({ to, part });
    }
    return parts;
  }

  /** Where in the ring what is behind a place begins; -1 when some of that is gone. */
  #indexOf(place: number): number {
    let i = this.#ring.length;
    while (i > 0 && (this.#ring[i - 1] as Entry).to > place) i--;
    const first = this.#ring[i]?.from ?? this.#place;
    return first > place ? -1 : i;
  }

  #reduce(parts: readonly StreamPart[]): void {
    for (const part of parts) this.#unreduced.push(part);
    // What another process wrote is put together as it comes, so that what does not fit is found where it is read.
    if (this.isCopy || this.#unreduced.length >= mostUnreduced) void this.state;
  }

  #forget(place: number): void {
    this.#ring = [];
    this.#ringCharacters = 0;
    this.#place = place;
  }

  /**
   * Joins the newest entry to the one before it, where one part can say both. Called before a newer one comes: readers
   * that keep up are told the newest as it is, and nothing is cut for them.
   */
  #joinLast(): void {
    const last = this.#ring.at(-1);
    const before = this.#ring.at(-2);
    if (!last || !before || !canJoin(before.part, last.part)) return;
    if (last.to - before.from > joinedCharacters) return;
    this.#ring.pop();
    this.#ring[this.#ring.length - 1] = { from: before.from, to: last.to, part: joined(before.part, last.part) };
  }

  /** Cuts the tail to half of its bound at a time, so that the cost of cutting is spread over many appends. */
  #trim(): void {
    if (this.#ring.length <= ringEntries && this.#ringCharacters <= ringCharacters) return;
    let keep = this.#ring.length;
    let characters = 0;
    while (keep > 0 && this.#ring.length - keep < ringEntries / 2) {
      characters += charactersOf((this.#ring[keep - 1] as Entry).part);
      if (characters > ringCharacters / 2) break;
      keep--;
    }
    this.#ring = this.#ring.slice(keep);
    this.#ringCharacters = this.#ring.reduce((sum, e) => sum + charactersOf(e.part), 0);
  }
}

/** By how much a part moves the place. */
function sizeOf(part: StreamPart): number {
  return Math.max(1, charactersOf(part));
}

function charactersOf(part: StreamPart): number {
  return part.type === 'delta' ? part.text.length : 0;
}

/** Both have text, so that places count it. */
function canJoin(before: StreamPart, after: StreamPart): boolean {
  return (
    before.type === 'delta' &&
    after.type === 'delta' &&
    before.seg === after.seg &&
    before.text !== '' &&
    after.text !== ''
  );
}

function joined(before: StreamPart, after: StreamPart): StreamPart {
  if (before.type !== 'delta' || after.type !== 'delta') return after;
  return { ...before, text: growText(before.text, after.text, joinedCharacters / 32) };
}

/** What of an entry is behind a place: all of it, or the rest of a delta. */
function behind(place: number, entry: Entry): Entry {
  const { part, from } = entry;
  if (place <= from || part.type !== 'delta') return entry;
  return { ...entry, from: place, part: { ...part, text: part.text.slice(place - from) } };
}
