import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import type { RawPiece } from '../../raw-text.ts';
import type { MessageState } from '../../stream-part.ts';
import type { RunCommand } from '../store/run-commands.ts';
import type { RunningNews } from '../store/running.ts';
import type { Store } from '../store/store.ts';
import { StoreClock } from '../store/store-clock.ts';
import { StoreHealth } from '../store/store-health.ts';
import { endsThinkingInStream } from '../../continuation.ts';
import { GenerationLog, type Said } from './generation-log.ts';
import { type RunBus, Teller } from './run-bus.ts';
import {
  type Cursor,
  type HearEvents,
  type LogEvent,
  type NewRun,
  type RunLog,
  type RunningMessages,
  type RunReader,
  type RunWriter,
  renderCursor,
} from './run-log.ts';
import { MemoryRunLog } from './run-log-memory.ts';

/** What of the store it needs. */
type RunningStore = Pick<Store, 'running' | 'runCommands'>;

/** How often it looks whether other processes run something that is read here, or want something of what runs here. */
const lookEveryMs = 200;
/** How often it looks for new checkpoints of what is read here and runs elsewhere; less often where a bus tells it. */
const followEveryMs = 50;

/** Its name before the store's health. */
const who = 'run log';

/** A generation that another process runs, told here as far as its checkpoints do. */
interface Copy {
  log: GenerationLog;
  conversationId: string;
  /** Number of the last checkpoint that it holds, and the place behind it. */
  seq: number;
  place: number;
  /** What it was told does not fit its checkpoints: all of them are read again. */
  isBroken?: boolean;
  /** The bus has told it something that comes later than where it stands. */
  isBehind?: boolean;
}

/**
 * The run log of several processes on one store. What runs here is told from memory; what runs elsewhere from its
 * checkpoints, which are there at the latest 0.4 s after the text came, and before that from a bus, if there is one.
 * Commands go through the store.
 */
export class StoreRunLog implements RunLog {
  readonly #store: RunningStore;
  readonly #instanceId: string;
  readonly #health: StoreHealth;
  readonly #clock: StoreClock;
  readonly #memory = new MemoryRunLog();
  readonly #copies = new Map<string, Copy>();
  readonly #readers = new Set<StoreReader>();
  readonly #bus: RunBus | undefined;
  readonly #teller: Teller | undefined;
  /** Ends the rest between two looks. */
  #resting = new AbortController();
  #hasNews = false;
  /** Conversations that readers want looked for, and the look that will be for all of them. */
  readonly #wanted = new Set<string>();
  #nextLook: Promise<void> | undefined;
  #watching: Promise<void> | undefined;
  readonly #closing = new AbortController();

  /**
   * @param options.health told when the store cannot be looked at.
   * @param options.bus closed with it.
   */
  constructor(options: {
    store: RunningStore;
    instanceId: string;
    health?: StoreHealth;
    clock?: StoreClock;
    bus?: RunBus;
  }) {
    this.#store = options.store;
    this.#instanceId = options.instanceId;
    this.#health = options.health ?? new StoreHealth();
    this.#clock = options.clock ?? new StoreClock();
    this.#bus = options.bus;
    this.#teller = options.bus && new Teller(options.bus);
    this.#bus?.listen({
      onSaid: (id, said) => this.#hear(id, said),
      onNews: () => this.#lookNow(),
    });
  }

  get readerCount(): number {
    return this.#readers.size;
  }

  begin(run: NewRun): RunWriter {
    const writer = this.#memory.begin(run);
    this.#watch();
    const log = this.#memory.find(run.conversationId)?.find(run.generationId);
    return this.#teller && log ? this.#teller.begin(log, writer) : writer;
  }

  async cursorBefore(conversationId: string, generationIds: readonly string[]): Promise<Cursor | undefined> {
    const here = await this.#memory.cursorBefore(conversationId, generationIds);
    if (here !== undefined) return here;
    const running = await this.#store.running.listOf(generationIds);
    const areRunning = generationIds.every((id) => running.includes(id));
    return areRunning ? renderCursor(new Map(generationIds.map((id) => [id, 0]))) : undefined;
  }

  read(conversationId: string, cursor: Cursor | undefined): RunReader {
    const reader: StoreReader = new StoreReader({
      conversationId,
      cursor,
      open: (from) => this.#memory.read(conversationId, from),
      look: () => this.#lookFor(conversationId),
      isRunning: () => this.#memory.find(conversationId)?.isRunning ?? false,
      isClosed: () => this.#isClosed,
      isFollowed: () => [...this.#copies.values()].some((copy) => copy.conversationId === conversationId),
      onLeave: () => this.#readers.delete(reader),
    });
    this.#readers.add(reader);
    this.#watch();
    return reader;
  }

  async messagesOf(conversationId: string, generationIds: readonly string[]): Promise<RunningMessages> {
    const here = await this.#memory.messagesOf(conversationId, generationIds);
    const others = generationIds.filter((id) => !here.messages.has(id));
    if (others.length === 0) return here;
    const news = await this.#store.running.listNews(others.map((generationId) => ({ generationId, seq: -1 })));
    const messages = new Map<string, MessageState>(here.messages);
    const places = new Map<string, number>();
    for (const [id, found] of news) {
      if (found.ended) continue;
      const log = createLog(id, found, this.#clock);
      takeCheckpoints({ log, seq: -1, place: 0 }, found);
      messages.set(id, log.state);
      places.set(id, log.place);
    }
    const cursor = [here.cursor ?? [], places.size > 0 ? renderCursor(places) : []].flat().join(',');
    return { messages, ...(cursor !== '' && { cursor }) };
  }

  writtenBy(generationId: string): RawPiece[] | undefined {
    return this.#memory.writtenBy(generationId);
  }

  async command(command: RunCommand, generationIds: readonly string[], waitMs?: number): Promise<void> {
    const here = generationIds.filter((id) => this.#memory.hasRun(id));
    const elsewhere = generationIds.filter((id) => !this.#memory.hasRun(id));
    await Promise.all([this.#memory.command(command, here, waitMs), this.#send(command, elsewhere, waitMs ?? 0)]);
  }

  async drop(conversationIds: readonly string[]): Promise<void> {
    if (conversationIds.length === 0) return;
    const dropped = new Set(conversationIds);
    for (const [id, copy] of this.#copies) if (dropped.has(copy.conversationId)) this.#copies.delete(id);
    await this.#memory.drop(conversationIds);
    await this.#send('delete', await this.#store.running.listDeleted(conversationIds), 0);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#teller?.close();
    await this.#memory.close();
    await this.#watching;
    await this.#bus?.close();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Something runs here that others may want something of, or is read here that others may run. */
  get #isNeeded(): boolean {
    return !this.#isClosed && (this.#memory.runCount > 0 || this.#readers.size > 0);
  }

  async #send(command: RunCommand, generationIds: readonly string[], waitMs: number): Promise<void> {
    if (generationIds.length === 0) return;
    await this.#store.runCommands.send({ command, generationIds, at: this.#clock.now() });
    this.#bus?.announce();
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline) {
      const running = await this.#store.running.listOf(generationIds);
      if (running.length === 0) return;
      if (command === 'answer-now' && (await this.#answersNow(generationIds))) return;
      await delay(followEveryMs);
    }
  }

  /** Whether all of these tell that their thinking was ended in mid-stream. */
  async #answersNow(generationIds: readonly string[]): Promise<boolean> {
    const news = await this.#store.running.listNews(generationIds.map((generationId) => ({ generationId, seq: -1 })));
    return [...news.values()].every(({ checkpoints }) =>
      checkpoints.some(({ parts }) =>
        parts.some((part) => part.type === 'notice' && endsThinkingInStream(part.notice)),
      ),
    );
  }

  /** Looks at the store for as long as it is needed. */
  #watch(): void {
    if (this.#isNeeded) this.#watching ??= this.#watchWhileNeeded();
  }

  async #watchWhileNeeded(): Promise<void> {
    let lookedAt = performance.now();
    while (this.#isNeeded) {
      await this.#rest(this.#copies.size > 0 && !this.#bus?.isUp ? followEveryMs : lookEveryMs);
      try {
        const isDue = this.#hasNews || performance.now() - lookedAt >= lookEveryMs - 1;
        this.#hasNews = false;
        if (isDue) lookedAt = performance.now();
        await this.#health.watch(who, () => this.#look(isDue));
      } catch {
        // Who reads what runs here hears it all the same; the rest waits for the store, whose health has told it.
        await this.#rest(lookEveryMs);
      }
    }
    this.#watching = undefined;
    this.#health.forget(who);
  }

  /** Follows what is brought here; `isDue`: sees too whether there is more to be brought, and what others want. */
  async #look(isDue: boolean): Promise<void> {
    if (isDue && this.#memory.runCount > 0) await this.#obey();
    if (isDue && this.#readers.size > 0) await this.#bring();
    await this.#follow();
  }

  async #rest(ms: number): Promise<void> {
    if (this.#hasNews) return;
    this.#resting = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, this.#resting.signal]);
    await delay(ms, undefined, { signal }).catch(() => undefined); // closed, or news: rested enough
  }

  #lookNow(): void {
    this.#hasNews = true;
    this.#resting.abort();
  }

  #hear(generationId: string, said: Said): void {
    const copy = this.#copies.get(generationId);
    if (!copy) return;
    if (!copy.log.appendBetween(said)) copy.isBehind = true; // until its checkpoints have come so far
    this.#memory.find(copy.conversationId)?.wake();
  }

  /** Does what other processes want of what runs here. */
  async #obey(): Promise<void> {
    const commands = (await this.#store.runCommands.list()).filter(({ generationId }) =>
      this.#memory.hasRun(generationId),
    );
    if (commands.length === 0) return;
    for (const { generationId, command } of commands) {
      this.#memory.command(command, [generationId]).catch((error: unknown) => {
        console.error(`run log: ${command} of ${generationId} failed`, error);
      });
    }
    await this.#store.runCommands.remove(commands);
  }

  /** Brings what runs elsewhere to its readers here: of some conversations, or of all that are read. */
  async #bring(conversationIds?: readonly string[]): Promise<void> {
    const running = await this.#store.running.listElsewhere(this.#instanceId, conversationIds);
    const read = this.#readHere();
    const found = running.filter(({ id, conversationId }) => read.has(conversationId) && !this.#copies.has(id));
    if (found.length === 0) return;
    const news = await this.#store.running.listNews(found.map(({ id }) => ({ generationId: id, seq: -1 })));
    for (const { id, conversationId } of found) {
      const first = news.get(id);
      if (!first || this.#copies.has(id) || this.#isClosed) continue; // gone, or brought meanwhile
      const copy: Copy = { log: createLog(id, first, this.#clock), conversationId, seq: -1, place: 0 };
      takeCheckpoints(copy, first);
      this.#copies.set(id, copy);
      this.#memory.open(conversationId).add(copy.log);
      this.#take(copy, first);
    }
    this.#followOnBus();
  }

  /** Brings what of a conversation runs elsewhere, in one look with all others that want one in this turn. */
  #lookFor(conversationId: string): Promise<void> {
    this.#wanted.add(conversationId);
    this.#nextLook ??= turn().then(() => {
      const wanted = [...this.#wanted];
      this.#wanted.clear();
      this.#nextLook = undefined;
      return this.#bring(wanted);
    });
    return this.#nextLook;
  }

  #followOnBus(): void {
    this.#bus?.follow(new Map([...this.#copies.values()].map(({ log }) => [log.id, log.place])));
  }

  /** Reads on what was brought; lets go of what nobody reads any more. */
  async #follow(): Promise<void> {
    const read = this.#readHere();
    for (const copy of this.#copies.values()) if (!read.has(copy.conversationId)) this.#remove(copy);
    if (this.#copies.size === 0) return;
    const copies = [...this.#copies.values()];
    const news = await this.#store.running.listNews(copies.map(({ log, seq }) => ({ generationId: log.id, seq })));
    for (const copy of copies) {
      const before = copy.place;
      this.#take(copy, news.get(copy.log.id));
      if (copy.isBehind && copy.place > before) {
        copy.isBehind = false;
        this.#bus?.rewind(copy.log.id, copy.log.place);
      }
      if (!copy.isBroken) continue;
      const all = await this.#store.running.listNews([{ generationId: copy.log.id, seq: -1 }]);
      mend(copy, all.get(copy.log.id), this.#clock);
    }
    this.#followOnBus();
  }

  #take(copy: Copy, news: RunningNews | undefined): void {
    const { log, conversationId } = copy;
    if (this.#copies.get(log.id) !== copy) return;
    if (!news) {
      this.#remove(copy); // it was deleted
      return;
    }
    takeCheckpoints(copy, news);
    if (news.ended) {
      log.settle(news.ended);
      this.#copies.delete(log.id);
    }
    this.#memory.find(conversationId)?.wake();
    if (news.ended) this.#memory.release(conversationId);
  }

  #remove({ log, conversationId }: Copy): void {
    this.#copies.delete(log.id);
    this.#memory.find(conversationId)?.remove(log.id);
    this.#memory.release(conversationId);
  }

  #readHere(): Set<string> {
    return new Set([...this.#readers].map((reader) => reader.conversationId));
  }
}

function createLog(id: string, { queuedAt }: RunningNews, clock: StoreClock): GenerationLog {
  return new GenerationLog(id, { now: () => Math.max(0, clock.now() - queuedAt), isCopy: true });
}

function takeCheckpoints(copy: Omit<Copy, 'conversationId'>, { checkpoints }: RunningNews): void {
  const { log } = copy;
  for (const { seq, place, parts } of checkpoints) {
    if (seq !== copy.seq + 1) return; // a hole: what came before it is told, and the end will be
    const from = copy.place;
    copy.seq = seq;
    if (log.place === from) log.appendUpTo(place, parts);
    // A bus has told some of it already.
    else if (!log.appendBetween({ from, to: place, parts })) copy.isBroken = true;
    copy.place = place === 0 ? log.place : place;
  }
}

/** Stands where its checkpoints do. */
function mend(copy: Copy, news: RunningNews | undefined, clock: StoreClock): void {
  copy.isBroken = false;
  if (!news || copy.log.isDone) return;
  const fresh = { log: createLog(copy.log.id, news, clock), seq: -1, place: 0 };
  takeCheckpoints(fresh, news);
  copy.seq = fresh.seq;
  copy.place = fresh.place;
  if (fresh.log.place > copy.log.place) copy.log.moveTo(fresh.log.place, fresh.log.state);
}

interface StoreReaderOptions {
  conversationId: string;
  cursor: Cursor | undefined;
  /** Reads what is here of the conversation. */
  open: (cursor: Cursor | undefined) => RunReader;
  /** Brings here what runs elsewhere. */
  look: () => Promise<void>;
  /** Whether anything that is here runs. */
  isRunning: () => boolean;
  isClosed: () => boolean;
  /** Whether anything of it runs elsewhere, as far as is known here. */
  isFollowed: () => boolean;
  onLeave: () => void;
}

/** Reads what is here, and has it looked for elsewhere before it says that nothing runs. */
class StoreReader implements RunReader {
  readonly #options: StoreReaderOptions;
  #cursor: Cursor | undefined;
  #reader: RunReader | undefined;
  #hasLeft = false;

  constructor(options: StoreReaderOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
  }

  get conversationId(): string {
    return this.#options.conversationId;
  }

  async next(waitMs: number, hear?: HearEvents): Promise<LogEvent[] | undefined> {
    if (!this.#reader && this.#options.isClosed()) this.leave(); // nothing is told here any more, the end neither
    if (this.#hasLeft) return undefined;
    this.#reader ??= await this.#join(waitMs);
    const noteAndHear = hear && ((events: LogEvent[]) => hear(this.#note(events)));
    const events = this.#reader ? await this.#reader.next(waitMs, noteAndHear) : [];
    if (this.#hasLeft || !events) return undefined;
    if (this.#note(events).at(-1)?.type !== 'end') return events;
    this.#reader = undefined;
    const { isClosed, isFollowed } = this.#options;
    if (isClosed() && isFollowed()) {
      this.leave(); // it goes on, but is not told here any more
      return events.slice(0, -1);
    }
    if (!(await this.#isOver())) return events.slice(0, -1);
    this.leave();
    return events;
  }

  wake(): void {
    this.#reader?.wake();
  }

  /** Remembers how far it has been told. */
  #note(events: LogEvent[]): LogEvent[] {
    const told = events.findLast((event) => event.type !== 'end');
    if (told) this.#cursor = told.cursor;
    return events;
  }

  leave(): void {
    this.#hasLeft = true;
    this.#reader?.leave();
    this.#options.onLeave();
  }

  /** Undefined when it cannot be known now whether something runs elsewhere, and nothing does here. */
  async #join(waitMs: number): Promise<RunReader | undefined> {
    const { look, isRunning, isClosed, open } = this.#options;
    try {
      await look();
    } catch {
      if (!isRunning() && !isClosed()) {
        await delay(Math.min(waitMs, 1000));
        return undefined;
      }
    }
    if (this.#hasLeft) return undefined;
    return open(this.#cursor);
  }

  /** Nothing runs here, nor elsewhere as far as the store knows. */
  async #isOver(): Promise<boolean> {
    const { look, isRunning, isClosed } = this.#options;
    if (isClosed()) return true;
    try {
      await look();
      return !isRunning();
    } catch {
      return false; // asked again when it joins again
    }
  }
}
