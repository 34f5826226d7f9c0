import type { GenerationLog } from './generation-log.ts';
import { atTurnEnd } from './turn-end.ts';
import { type Cursor, type HearEvents, type LogEvent, parseCursor, type RunReader, renderCursor } from './run-log.ts';

/** The logs of one conversation in this process, while anything in it runs, and who reads them. */
export class ConversationLog {
  readonly #logs = new Map<string, GenerationLog>();
  readonly #readers = new Set<LogReader>();
  #closed = false;

  get isRunning(): boolean {
    if (this.#closed) return false;
    for (const log of this.#logs.values()) if (!log.isDone) return true;
    return false;
  }

  get readerCount(): number {
    return this.#readers.size;
  }

  /** Where it stands: a reader that joins with it gets exactly what comes later. */
  get cursor(): Cursor {
    return renderCursor(new Map([...this.#logs.values()].map((log) => [log.id, log.place])));
  }

  /** Where all of these is told from its beginning; undefined when one is not here. */
  cursorBefore(generationIds: readonly string[]): Cursor | undefined {
    if (!generationIds.every((id) => this.#logs.has(id))) return undefined;
    // Of what runs beside them a reader is told a snapshot first; what is over it need not hear again.
    const over = [...this.#logs.values()].filter((log) => log.isDone && !generationIds.includes(log.id));
    return renderCursor(
      new Map([...over.map((log) => [log.id, log.place] as const), ...generationIds.map((id) => [id, 0] as const)]),
    );
  }

  find(generationId: string): GenerationLog | undefined {
    return this.#logs.get(generationId);
  }

  add(log: GenerationLog): void {
    this.#logs.set(log.id, log);
    for (const reader of this.#readers) reader.expect(log);
  }

  /** Lets go of a generation whose end is not told here: whoever waits for it is told to read the conversation. */
  remove(generationId: string): void {
    this.#logs.delete(generationId);
    this.wake();
  }

  /** Something was appended. */
  wake(): void {
    for (const reader of this.#readers) reader.notice();
  }

  /** Ends all readers: the conversation is gone, or the server is. */
  close(): void {
    this.#closed = true;
    this.wake();
  }

  /** Joins at a cursor, or at the beginning of what is here. */
  read(cursor: Cursor | undefined): LogReader {
    const reader = new LogReader(this, cursor === undefined ? undefined : parseCursor(cursor));
    if (cursor !== undefined) for (const log of this.#logs.values()) reader.expect(log);
    this.#readers.add(reader);
    return reader;
  }

  /** @internal what a reader that has heard up to these places has not, in as few events as say it. Moves the places on. */
  tell(heard: Map<string, number>): LogEvent[] {
    const events: LogEvent[] = [];
    for (const log of this.#logs.values()) {
      if (!isNews(log, heard)) continue;
      const { id: generationId } = log;
      const from = heard.get(generationId);
      const parts = from === undefined ? undefined : log.partsFrom(from);
      for (const { to, part } of parts ?? []) {
        heard.set(generationId, to);
        events.push({ type: 'part', cursor: renderCursor(heard), generationId, part });
      }
      if (parts) continue;
      heard.set(generationId, log.place);
      events.push({ type: 'snapshot', cursor: renderCursor(heard), generationId, message: log.state, at: log.at });
    }
    return events;
  }

  /** @internal */
  hasNewsFor(heard: ReadonlyMap<string, number>): boolean {
    if (!this.isRunning) return true;
    for (const log of this.#logs.values()) if (isNews(log, heard)) return true;
    return false;
  }

  /** @internal */
  leave(reader: LogReader): void {
    this.#readers.delete(reader);
  }
}

function isNews(log: GenerationLog, heard: ReadonlyMap<string, number>): boolean {
  const place = heard.get(log.id);
  return place === undefined || place < log.place;
}

/** One reader of a conversation. It pulls: what it has not asked for yet is not kept for it anywhere. */
export class LogReader implements RunReader {
  readonly #log: ConversationLog;
  /** The place behind what it was told, by generation; of one that is not in it, it is told a snapshot first. */
  readonly #heard: Map<string, number>;
  #wakeUp: (() => void) | undefined;
  /** Of the `next` that waits. */
  #hear: HearEvents | undefined;
  /** Something came in this turn. */
  #hasNoticed = false;
  /** When the waiting `next` answers, news or not; by the monotonic clock. */
  #deadline = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt: number | undefined;
  #ended = false;

  constructor(log: ConversationLog, heard: Map<string, number> = new Map()) {
    this.#log = log;
    this.#heard = heard;
  }

  async next(waitMs: number, hear?: HearEvents): Promise<LogEvent[] | undefined> {
    if (this.#ended) return undefined;
    this.#hear = hear;
    if (!this.#log.hasNewsFor(this.#heard)) await this.#news(waitMs);
    if (this.#ended) return undefined;
    const events = this.#log.tell(this.#heard);
    if (!this.#log.isRunning) {
      events.push({ type: 'end' });
      this.leave();
    }
    return events;
  }

  leave(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#timerAt = undefined;
    this.#log.leave(this);
    this.wake();
  }

  /** @internal A log that is here from now on, or was when it joined. */
  expect(log: GenerationLog): void {
    const place = this.#heard.get(log.id);
    // One that has said nothing yet is heard from its beginning.
    if (place === undefined && log.place === 0) this.#heard.set(log.id, 0);
    // Nobody is ahead of the one who writes.
    if (place !== undefined && place > log.place && !log.isCopy) this.#heard.delete(log.id);
  }

  wake(): void {
    this.#wakeUp?.();
  }

  /** @internal There may be news. Without a promise for each: that would be a third of what a token costs here. */
  notice(): void {
    if (!this.#hear) return this.wake();
    if (this.#hasNoticed || !this.#wakeUp) return;
    this.#hasNoticed = true;
    atTurnEnd(this.#tell);
  }

  readonly #tell = () => {
    this.#hasNoticed = false;
    if (!this.#wakeUp) return; // answered meanwhile
    if (this.#ended || !this.#hear || !this.#log.isRunning) return this.wake();
    const events = this.#log.tell(this.#heard);
    if (events.length > 0 && !this.#hear(events)) this.wake();
  };

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
