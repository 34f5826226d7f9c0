import { setTimeout as delay } from 'node:timers/promises';
import type { RawPiece } from '../../raw-text.ts';
import type { RunCommand } from '../store/run-commands.ts';
import { ConversationLog } from './conversation-log.ts';
import { GenerationLog } from './generation-log.ts';
import type { Cursor, NewRun, RunLog, RunningMessages, RunReader, RunWriter } from './run-log.ts';

/** How long a conversation's logs outlive its last run, for readers that were just reconnecting. */
const lingerMs = 60_000;

/** The run log of a process that is alone: all that runs, runs here. */
export class MemoryRunLog implements RunLog {
  readonly #conversations = new Map<string, ConversationLog>();
  readonly #lingering = new Map<string, NodeJS.Timeout>();
  /** What this process runs. */
  readonly #runs = new Map<string, NewRun>();
  readonly #nothing = new ConversationLog();

  get readerCount(): number {
    return [...this.#conversations.values()].reduce((sum, conversation) => sum + conversation.readerCount, 0);
  }

  /** Generations that this process runs. */
  get runCount(): number {
    return this.#runs.size;
  }

  hasRun(generationId: string): boolean {
    return this.#runs.has(generationId);
  }

  begin(run: NewRun): RunWriter {
    const { generationId, conversationId, now } = run;
    const log = new GenerationLog(generationId, { now });
    const conversation = this.open(conversationId);
    conversation.add(log);
    this.#runs.set(generationId, run);
    const end = () => {
      if (this.#runs.get(generationId) === run) this.#runs.delete(generationId);
      this.release(conversationId);
    };
    return {
      get place() {
        return log.place;
      },
      get state() {
        return log.state;
      },
      append(parts) {
        if (log.isDone) return;
        log.append(parts);
        conversation.wake();
        if (log.isDone) end();
      },
      leave() {
        if (log.isDone || conversation.find(generationId) !== log) return;
        conversation.remove(generationId);
        end();
      },
    };
  }

  async cursorBefore(conversationId: string, generationIds: readonly string[]): Promise<Cursor | undefined> {
    return this.#conversations.get(conversationId)?.cursorBefore(generationIds);
  }

  read(conversationId: string, cursor: Cursor | undefined): RunReader {
    // Where nothing runs there is nothing to read: it says `end` at once.
    return (this.#conversations.get(conversationId) ?? this.#nothing).read(cursor);
  }

  async messagesOf(conversationId: string, generationIds: readonly string[]): Promise<RunningMessages> {
    const conversation = this.#conversations.get(conversationId);
    if (!conversation) return { messages: new Map() };
    const messages = generationIds.flatMap((id) => {
      const log = conversation.find(id);
      return log ? [[id, log.state] as const] : [];
    });
    return { messages: new Map(messages), ...(conversation.isRunning && { cursor: conversation.cursor }) };
  }

  writtenBy(generationId: string): RawPiece[] | undefined {
    return this.#runs.get(generationId)?.written();
  }

  async command(command: RunCommand, generationIds: readonly string[], waitMs?: number): Promise<void> {
    const over = Promise.all(generationIds.map((id) => this.#runs.get(id)?.obey(command)));
    await (waitMs === undefined ? over : Promise.race([over, delay(waitMs, undefined, { ref: false })]));
  }

  async drop(conversationIds: readonly string[]): Promise<void> {
    const dropped = new Set(conversationIds);
    const running = [...this.#runs.values()].filter((run) => dropped.has(run.conversationId));
    await this.command(
      'delete',
      running.map((run) => run.generationId),
    );
    for (const id of dropped) this.#close(id);
  }

  async close(): Promise<void> {
    for (const id of [...this.#conversations.keys()]) this.#close(id);
  }

  /** The logs of a conversation in which something runs from now on. */
  open(conversationId: string): ConversationLog {
    clearTimeout(this.#lingering.get(conversationId));
    this.#lingering.delete(conversationId);
    let conversation = this.#conversations.get(conversationId);
    if (!conversation?.isRunning) {
      // Readers of what is over have been told `end`; new runs get a new one, so old messages are not told again.
      conversation = new ConversationLog();
      this.#conversations.set(conversationId, conversation);
    }
    return conversation;
  }

  find(conversationId: string): ConversationLog | undefined {
    return this.#conversations.get(conversationId);
  }

  /** To be called when a run ends: lets go of the logs after a while. */
  release(conversationId: string): void {
    const conversation = this.#conversations.get(conversationId);
    if (!conversation || conversation.isRunning) return;
    clearTimeout(this.#lingering.get(conversationId));
    const timer = setTimeout(() => {
      this.#lingering.delete(conversationId);
      if (this.#conversations.get(conversationId) === conversation && !conversation.isRunning) {
        this.#conversations.delete(conversationId);
      }
    }, lingerMs);
    timer.unref();
    this.#lingering.set(conversationId, timer);
  }

  #close(conversationId: string): void {
    this.#conversations.get(conversationId)?.close();
    this.#conversations.delete(conversationId);
    clearTimeout(this.#lingering.get(conversationId));
    this.#lingering.delete(conversationId);
  }
}
