import type { ConversationDetail, Message } from '../../lib/conversation.ts';
import type { MessageState, StreamPart } from '../../lib/stream-part.ts';
import { onServerBack } from '../client/connection.ts';
import { conversationList } from '../client/conversation-list.ts';
import { RequestFailed, requestJson } from '../client/request-json.ts';
import { ConversationEvents } from './conversation-events.ts';
import type { ConversationState } from './conversation-state.ts';
import { choiceOfLeaves } from './conversation-view.ts';
import { mergeDetail, type Unacknowledged } from './merge-detail.ts';
import { GatheredParts } from './gathered-parts.ts';

/** At most this often is an idle conversation read again because its tab came back. */
const rereadAtMostEveryMs = 2000;
/** How long the event stream waits for the next screen when one goes (a new chat becomes a conversation). */
const lingerMs = 1500;

/** Keeps a conversation on this page as the server has it: reads it, and follows what runs by its event stream. */
export class Following {
  readonly #state: ConversationState;
  readonly #unacknowledged: () => Unacknowledged;
  readonly #events: ConversationEvents;
  readonly #gathered: GatheredParts;
  #screens = 0;
  #lingering: ReturnType<typeof setTimeout> | undefined;
  /** Where the stream is to begin; good for one opening, for what is heard after it moves on. */
  #cursor: string | undefined;
  #readAt = 0;
  #reading = false;
  #refusals = 0;

  constructor(state: ConversationState, options: { cursor?: string; unacknowledged: () => Unacknowledged }) {
    this.#state = state;
    this.#unacknowledged = options.unacknowledged;
    this.#cursor = options.cursor;
    this.#events = new ConversationEvents(state.view.id, {
      onPart: (generationId, part) => this.#take(generationId, part),
      onSnapshot: (generationId, message, at) => this.#replace(generationId, message, at),
      onEnd: () => this.#ended(),
      onRefused: () => this.#refused(),
    });
    this.#gathered = new GatheredParts({
      apply: (generationId, parts) => state.generations.get(generationId)?.apply(parts),
      onApplied: (complete) => {
        if (complete) state.countRunning();
        else this.#events.open(undefined); // a part was lost on the way: start again from a snapshot
      },
    });
    if (typeof window !== 'undefined') this.#readAt = performance.now();
  }

  /** Whether it is on the screen. */
  get isShown(): boolean {
    return this.#screens > 0;
  }

  /** A screen shows this conversation; call the result when it no longer does. `onLeave`: the page may be left for good. */
  attach(onLeave: () => void): () => void {
    this.#screens++;
    clearTimeout(this.#lingering);
    if (this.#state.view.saved && !this.#events.isOpen) this.#catchUp();
    if (this.#state.view.cut) void this.#readBeginning();
    const leaving = new AbortController();
    const options = { signal: leaving.signal };
    const onReturn = () => this.#returned();
    document.addEventListener('visibilitychange', onReturn, options);
    window.addEventListener('focus', onReturn, options);
    window.addEventListener('pageshow', onReturn, options);
    window.addEventListener('pagehide', onLeave, options);
    const endListening = onServerBack(() => this.#reconnected());
    return () => {
      leaving.abort();
      endListening();
      onLeave();
      this.#screens--;
      this.#lingering = setTimeout(() => this.#screens === 0 && this.#rest(), lingerMs);
    };
  }

  /** Something was asked; its stream begins at the cursor. */
  follow(cursor: string | undefined): void {
    // Without a cursor it was asked before and is over.
    if (cursor === undefined) void this.reread();
    // One stream carries all of a conversation: if it is open, it brings the new answer too.
    else if (!this.#events.isOpen) this.#events.open(cursor);
  }

  /** Reads the conversation again; what changed shows itself, and what runs is followed. */
  readonly reread = async (): Promise<void> => {
    if (this.#reading) return;
    this.#reading = true;
    this.#readAt = performance.now();
    try {
      await this.readNow();
      if (this.#state.view.running.length === 0) this.#refusals = 0;
    } catch (error) {
      if (error instanceof RequestFailed && error.code === 'not_found') this.#state.show({ gone: true });
      else if (this.#state.view.running.length > 0) this.#refused();
    } finally {
      this.#reading = false;
    }
  };

  /** A page begins with the end of a long conversation; the rest comes as soon as it can. */
  async #readBeginning(): Promise<void> {
    for (let wait = 500; this.#screens > 0 && this.#state.view.cut; wait = Math.min(15_000, 2 * wait)) {
      await this.reread();
      if (this.#state.view.cut) await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** Takes the conversation as the server has it, with all that it has acknowledged to us by now. @throws RequestFailed */
  async readNow(): Promise<void> {
    for (;;) {
      const { acknowledged, view } = this.#state;
      const detail = await requestJson<ConversationDetail>('GET', `/api/conversations/${view.id}`);
      if (acknowledged === this.#state.acknowledged) return this.#adopt(detail);
    }
  }

  /** Takes what the server has. What is followed stays as it is: the stream brings it up to date. */
  #adopt(detail: ConversationDetail): void {
    const state = this.#state;
    this.#readAt = performance.now();
    const { threads, messages, waiting, unsent } = mergeDetail(state.view, detail, this.#unacknowledged());
    const runningThere = messages.filter((m) => m.generation?.state === 'running');
    const fresh = runningThere.filter((m) => !state.generations.has(m.id));
    const running = new Set([...runningThere, ...waiting].map((m) => m.id));
    for (const id of state.generations.keys()) if (!running.has(id)) state.generations.delete(id);
    // What runs here already may be behind this cursor: then only a snapshot leaves no gap.
    const cursor = fresh.length === runningThere.length ? detail.cursor : undefined;
    const { title } = detail;
    const choice = state.view.cut ? { ...choiceOfLeaves(detail), ...state.view.choice } : state.view.choice;
    const shown = { saved: true, title, threads, messages: [...messages, ...waiting], unsent };
    state.show({ ...shown, choice, cut: false, gone: false });
    if (!this.#events.isOpen) this.#takeText(detail.messages);
    state.takeUpRunning();
    conversationList.put(detail);
    if (state.view.running.length === 0) this.#events.close();
    // A stream that is already open began elsewhere: snapshots set it right.
    else if (this.#events.isOpen && fresh.length > 0) this.#events.open(undefined);
    else if (!this.#events.isOpen && this.#screens > 0) this.#events.open(cursor);
    else this.#cursor = cursor;
  }

  /** Nothing tells how these answers grow: what was read of them is shown. */
  #takeText(messages: readonly Message[]): void {
    this.#gathered.applyNow();
    for (const message of messages) this.#state.generations.get(message.id)?.takeText(message);
  }

  #take(generationId: string, part: StreamPart): void {
    if (!this.#isHeard(generationId)) return;
    this.#refusals = 0;
    this.#gathered.add(generationId, part);
  }

  #replace(generationId: string, message: MessageState, at: number): void {
    this.#refusals = 0;
    this.#gathered.forget(generationId);
    if (!this.#isHeard(generationId)) return;
    this.#state.generations.get(generationId)?.replace(message, at);
    this.#state.countRunning();
  }

  /** Whether an answer is ours to draw; one that was asked in another tab is read first. */
  #isHeard(generationId: string): boolean {
    if (this.#state.removed.has(generationId)) return false;
    if (this.#state.generations.has(generationId)) return true;
    void this.reread();
    return false;
  }

  #ended(): void {
    this.#gathered.applyNow();
    this.#cursor = undefined;
    if (this.#state.view.running.length > 0) this.#refused(); // we still wait for one: its end is in the store
  }

  #refused(): void {
    const wait = Math.min(15_000, 500 * 2 ** this.#refusals++);
    setTimeout(() => {
      if (this.#screens > 0 && this.#state.view.running.length > 0) void this.reread();
    }, wait);
  }

  #returned(): void {
    if (document.hidden) return;
    this.#gathered.applyNow();
    if (this.#state.view.saved && !this.#events.isOpen) this.#catchUp();
  }

  /** The server is back: what was missed is made up for at once. */
  #reconnected(): void {
    this.#refusals = 0;
    if (this.#events.isOpen) this.#events.reopen();
    else if (this.#state.view.saved) this.#catchUp();
  }

  /** Nothing is followed: follow what runs, or see whether another tab has done something since. */
  #catchUp(): void {
    const { running, unsent, gone } = this.#state.view;
    if (running.length > 0) {
      this.#events.open(this.#cursor);
      this.#cursor = undefined;
    } else if (!unsent && !gone && performance.now() - this.#readAt > rereadAtMostEveryMs) void this.reread();
  }

  #rest(): void {
    this.#events.close();
    this.#cursor = undefined;
    this.#gathered.rest();
  }
}
