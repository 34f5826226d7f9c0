import { randomBytes } from 'node:crypto';
import { growText } from '@thinkglass/splitter/grow-text';
import { applyStreamParts, emptyMessageState, type MessageState, type StreamPart } from '../../stream-part.ts';

/** What a reader is told: the event names of docs/api.md. `cursor` names the place behind it. */
export type LogEvent =
  | { type: 'part'; cursor: string; generationId: string; part: StreamPart }
  | { type: 'snapshot'; cursor: string; generationId: string; message: MessageState; at: number }
  | { type: 'end' };

interface Entry {
  /** The places in the log before and behind it. */
  from: number;
  to: number;
  generationId: string;
  part: StreamPart;
}

interface Member {
  state: MessageState;
  /** Monotonic ms since it was queued. */
  now: () => number;
  done: boolean;
  /** Where the log stood when it was added. */
  start: number;
}

/** How much of the past a log keeps for readers that come back; whoever is further behind gets a snapshot. */
const ringEntries = 1024;
const ringCharacters = 128 * 1024;
/** Deltas that follow each other are kept as one up to this length: a token alone costs many times its text. */
const joinedCharacters = 1024;

/**
 * The log of one conversation while anything in it runs: what readers join, from wherever they are. It holds each
 * generation's message once, reduced, and a bounded tail of parts; so its memory is bounded by the text.
 *
 * A place in it is a number that grows by the length of each delta, and by one for each other part; so a delta that was
 * joined to the one before can still be read from its middle.
 */
export class ConversationLog {
  readonly #epoch = randomBytes(6).toString('hex');
  readonly #members = new Map<string, Member>();
  readonly #readers = new Set<LogReader>();
  #ring: Entry[] = [];
  #ringCharacters = 0;
  #place = 0;
  #closed = false;

  /** Where the log stands. A reader that joins with it gets exactly what comes later. */
  get cursor(): string {
    return `${this.#epoch}.${this.#place}`;
  }

  get isRunning(): boolean {
    return !this.#closed && [...this.#members.values()].some((m) => !m.done);
  }

  get readerCount(): number {
    return this.#readers.size;
  }

  /** Adds a generation that is about to run. */
  add(generationId: string, now: () => number): void {
    this.#members.set(generationId, { state: emptyMessageState, now, done: false, start: this.#place });
  }

  /** The cursor from which all of these generations is told; undefined when the log does not hold each of them. */
  cursorBefore(generationIds: readonly string[]): string | undefined {
    const starts = generationIds.map((id) => this.#members.get(id)?.start);
    if (starts.some((start) => start === undefined)) return undefined;
    return `${this.#epoch}.${Math.min(...starts.map((start) => start ?? 0))}`;
  }

  /** Lets go of a generation whose end is not told here: whoever waits for it is told to read the conversation. */
  remove(generationId: string): void {
    this.#members.delete(generationId);
    this.#wake();
  }

  /** The message of a generation as it stands, if this log holds it. */
  stateOf(generationId: string): MessageState | undefined {
    return this.#members.get(generationId)?.state;
  }

  /** Appends what one read of the provider brought; wakes the readers once. */
  append(generationId: string, parts: readonly StreamPart[]): void {
    const member = this.#members.get(generationId);
    if (!member || this.#closed) return;
    member.state = applyStreamParts(member.state, parts);
    for (const part of parts) {
      if (part.type === 'finish') member.done = true;
      const from = this.#place;
      this.#place += Math.max(1, charactersOf(part));
      this.#joinLast();
      this.#ring.push({ from, to: this.#place, generationId, part });
      this.#ringCharacters += charactersOf(part);
    }
    this.#trim();
    this.#wake();
  }

  /** Ends all readers: the conversation is gone, or the server is. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Joins at a cursor, or at the beginning of what runs. */
  join(cursor: string | undefined): LogReader {
    const reader = new LogReader(this, this.#positionOf(cursor));
    this.#readers.add(reader);
    return reader;
  }

  /** @internal what a reader at `position` has not seen, in as few events as say it; and its new position. */
  readFrom(position: number | undefined): { events: LogEvent[]; position: number } {
    const start = position === undefined ? -1 : this.#indexOf(position);
    if (position === undefined || start < 0) return { events: this.#snapshots(), position: this.#place };
    const events: LogEvent[] = [];
    for (let i = start; i < this.#ring.length; i++) {
      const { generationId, to, part } = behind(position, this.#ring[i] as Entry); // i is within the ring
      const last = events.at(-1);
      const cursor = `${this.#epoch}.${to}`;
      if (last?.type === 'part' && last.generationId === generationId && canJoin(last.part, part)) {
        events[events.length - 1] = { ...last, cursor, part: joined(last.part, part) };
      } else {
        events.push({ type: 'part', cursor, generationId, part });
      }
    }
    return { events, position: this.#place };
  }

  /** @internal */
  hasNewsFor(position: number | undefined): boolean {
    return this.#closed || position === undefined || position < this.#place || !this.isRunning;
  }

  /** @internal */
  get isOver(): boolean {
    return this.#closed || !this.isRunning;
  }

  /** @internal */
  leave(reader: LogReader): void {
    this.#readers.delete(reader);
  }

  #snapshots(): LogEvent[] {
    const cursor = this.cursor;
    return [...this.#members].map(([generationId, m]) => ({
      type: 'snapshot' as const,
      cursor,
      generationId,
      message: m.state,
      at: m.state.times.end ?? m.now(),
    }));
  }

  #positionOf(cursor: string | undefined): number | undefined {
    const [epoch, seq] = cursor?.split('.') ?? [];
    if (epoch !== this.#epoch || !/^\d{1,15}$/.test(seq ?? '')) return undefined;
    const position = Number(seq);
    return position <= this.#place ? position : undefined;
  }

  /** Where in the ring what is behind a position begins; -1 when some of that is gone. */
  #indexOf(position: number): number {
    let i = this.#ring.length;
    while (i > 0 && (this.#ring[i - 1] as Entry).to > position) i--;
    const first = this.#ring[i]?.from ?? this.#place;
    return first > position ? -1 : i;
  }

  /**
   * Joins the newest entry to the one before it, where one event can say both. Called before a newer one comes: readers
   * that keep up are told the newest as it is, and nothing is cut for them.
   */
  #joinLast(): void {
    const last = this.#ring.at(-1);
    const before = this.#ring.at(-2);
    if (!last || before?.generationId !== last.generationId || !canJoin(before.part, last.part)) return;
    if (last.to - before.from > joinedCharacters) return;
    this.#ring.pop();
    this.#ring[this.#ring.length - 1] = { ...before, to: last.to, part: joined(before.part, last.part) };
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

  #wake(): void {
    for (const reader of this.#readers) reader.wake();
  }
}

/** One reader of a log. It pulls: what it has not asked for yet is not kept for it anywhere. */
export class LogReader {
  readonly #log: ConversationLog;
  #position: number | undefined;
  #wakeUp: (() => void) | undefined;
  /** When the waiting `next` answers, news or not; by the monotonic clock. */
  #deadline = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt: number | undefined;
  #ended = false;

  constructor(log: ConversationLog, position: number | undefined) {
    this.#log = log;
    this.#position = position;
  }

  /**
   * The next events, all that is there; waits when there are none, at most `waitMs`, and then answers an empty list.
   * After `end` it answers undefined.
   */
  async next(waitMs: number): Promise<LogEvent[] | undefined> {
    if (this.#ended) return undefined;
    if (!this.#log.hasNewsFor(this.#position)) await this.#news(waitMs);
    if (this.#ended) return undefined;
    const { events, position } = this.#log.readFrom(this.#position);
    this.#position = position;
    if (this.#log.isOver) {
      events.push({ type: 'end' });
      this.leave();
    }
    return events;
  }

  /** Stops reading; a waiting `next` answers undefined. */
  leave(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#timerAt = undefined;
    this.#log.leave(this);
    this.wake();
  }

  /** @internal */
  wake(): void {
    this.#wakeUp?.();
  }

  #news(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeUp = () => {
        this.#wakeUp = undefined;
        resolve();
      };
      this.#wakeBy(performance.now() + waitMs);
    });
  }

  /** A timer costs more than a delta does, so one that is set stays set; it looks again when it fires too soon. */
  #wakeBy(deadline: number): void {
    this.#deadline = deadline;
    if (this.#timerAt !== undefined && this.#timerAt <= deadline) return;
    clearTimeout(this.#timer);
    this.#timerAt = deadline;
    this.#timer = setTimeout(
      () => {
        this.#timerAt = undefined;
        if (!this.#wakeUp) return;
        if (performance.now() < this.#deadline - 1) this.#wakeBy(this.#deadline);
        else this.wake();
      },
      Math.max(0, deadline - performance.now()),
    );
  }
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

/** What of an entry is behind a position: all of it, or the rest of a delta. */
function behind(position: number, entry: Entry): Entry {
  const { part, from } = entry;
  if (position <= from || part.type !== 'delta') return entry;
  return { ...entry, from: position, part: { ...part, text: part.text.slice(position - from) } };
}

/** How long a log outlives its last generation, for readers that were just reconnecting. */
const lingerMs = 60_000;

/** The logs of all conversations that run in this process. */
export class LogHub {
  readonly #logs = new Map<string, ConversationLog>();
  readonly #lingering = new Map<string, NodeJS.Timeout>();

  find(conversationId: string): ConversationLog | undefined {
    return this.#logs.get(conversationId);
  }

  /** The log for a run that begins now. */
  open(conversationId: string): ConversationLog {
    clearTimeout(this.#lingering.get(conversationId));
    this.#lingering.delete(conversationId);
    let log = this.#logs.get(conversationId);
    if (!log?.isRunning) {
      // A finished log's readers have been told `end`; new runs get a new one, so old messages are not told again.
      log = new ConversationLog();
      this.#logs.set(conversationId, log);
    }
    return log;
  }

  /** To be called when a run ends: lets go of the log after a while. */
  release(conversationId: string): void {
    const log = this.#logs.get(conversationId);
    if (!log || log.isRunning) return;
    clearTimeout(this.#lingering.get(conversationId));
    const timer = setTimeout(() => {
      this.#lingering.delete(conversationId);
      if (this.#logs.get(conversationId) === log && !log.isRunning) this.#logs.delete(conversationId);
    }, lingerMs);
    timer.unref();
    this.#lingering.set(conversationId, timer);
  }

  /** Ends all readers of a conversation that is no more. */
  drop(conversationId: string): void {
    this.#logs.get(conversationId)?.close();
    this.#logs.delete(conversationId);
    clearTimeout(this.#lingering.get(conversationId));
    this.#lingering.delete(conversationId);
  }

  closeAll(): void {
    for (const id of [...this.#logs.keys()]) this.drop(id);
  }
}
