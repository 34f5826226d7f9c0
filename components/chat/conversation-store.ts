import type { ConversationDetail, Generation, Message, Thread, ThreadSettings } from '../../lib/conversation.ts';
import { titleOfQuestion } from '../../lib/conversation.ts';
import { createId } from '../../lib/ids.ts';
import type { ModelRef, ProviderModels } from '../../lib/model.ts';
import type { MessageState, StreamPart } from '../../lib/stream-part.ts';
import { conversationList } from '../shell/conversation-list.ts';
import { RequestFailed, requestJson } from '../shell/request-json.ts';
import { ConversationEvents } from './conversation-events.ts';
import { GenerationStore } from './generation-store.ts';
import { type BranchChoice, branchKey, pathOf } from './thread-path.ts';

/** A question that is drawn but that the server has not (or may not have) taken. */
export interface Unsent {
  questionId: string;
  answerId: string;
  parentId: string | null;
  text: string;
  /** Undefined while it is on its way. */
  failure?: string;
}

/** What a conversation's screen shows, but for the growing text of running answers. */
export interface ConversationView {
  id: string;
  /** False for a new chat until the server has taken its first question. */
  saved: boolean;
  title: string;
  /** A chat has one. */
  thread: Thread;
  messages: readonly Message[];
  choice: BranchChoice;
  /** Ids of the answers that run. */
  running: readonly string[];
  unsent?: Unsent;
  /** Something went wrong that belongs to no message; words to show. */
  problem?: string;
  /** True when the server no longer has it. */
  gone: boolean;
}

interface AskAnswer {
  generations: { id: string; threadId: string }[];
  cursor: string;
}

/** At most this often is an idle conversation read again because its tab came back. */
const rereadAtMostEveryMs = 2000;
/** Between two savings of settings that change as somebody types. */
const settingsPauseMs = 300;
/** How long the event stream waits for the next screen when one goes (a new chat becomes a conversation). */
const lingerMs = 1500;

/** One conversation on this page: its messages, what runs in it, and the event stream while anything does. */
export class ConversationStore {
  #view: ConversationView;
  readonly #generations = new Map<string, GenerationStore>();
  readonly #listeners = new Set<() => void>();
  readonly #events: ConversationEvents;
  /** Parts by generation, waiting for the next frame. */
  readonly #gathered = new Map<string, StreamPart[]>();
  #frame: number | undefined;
  #screens = 0;
  #lingering: ReturnType<typeof setTimeout> | undefined;
  /** Where the stream is to begin; good for one opening, for what is heard after it moves on. */
  #cursor: string | undefined;
  #readAt = 0;
  #reading = false;
  #refusals = 0;
  /** Answers that were asked for once more and that the server has not acknowledged. */
  readonly #retried = new Set<string>();
  /** The server does not have the settings as they are here. */
  #settingsChanged = false;
  #savingSettings: Promise<void> | undefined;

  constructor(detail: ConversationDetail, saved: boolean) {
    this.#events = new ConversationEvents(detail.id, {
      onPart: (generationId, part) => this.#gather(generationId, part),
      onSnapshot: (generationId, message, at) => this.#replace(generationId, message, at),
      onEnd: () => this.#ended(),
      onRefused: () => this.#refused(),
    });
    this.#cursor = detail.cursor;
    this.#view = viewOf(detail, saved);
    if (typeof window !== 'undefined') this.#readAt = performance.now();
    this.#takeUpRunning();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getView = (): ConversationView => this.#view;

  /** The live answer, for as long as this page has seen it run; also after its end. */
  generation(id: string): GenerationStore | undefined {
    return this.#generations.get(id);
  }

  /** A screen shows this conversation; call the result when it no longer does. */
  attach(): () => void {
    this.#screens++;
    clearTimeout(this.#lingering);
    if (this.#view.saved && !this.#events.isOpen) this.#catchUp();
    const onReturn = () => this.#returned();
    document.addEventListener('visibilitychange', onReturn);
    window.addEventListener('focus', onReturn);
    window.addEventListener('pageshow', onReturn);
    return () => {
      document.removeEventListener('visibilitychange', onReturn);
      window.removeEventListener('focus', onReturn);
      window.removeEventListener('pageshow', onReturn);
      this.#screens--;
      this.#lingering = setTimeout(() => this.#screens === 0 && this.#rest(), lingerMs);
    };
  }

  /** Takes what the server has. What runs here already stays; the stream brings it up to date. */
  #adopt(detail: ConversationDetail): void {
    this.#readAt = performance.now();
    const unsent = this.#view.unsent;
    const known = new Map(this.#view.messages.map((message) => [message.id, message]));
    const messages = detail.messages.map((message) => {
      const before = known.get(message.id);
      return before && sameMessage(before, message) ? before : message;
    });
    const taken = new Set(messages.map((message) => message.id));
    const optimistic = this.#view.messages.filter(
      (m) => !taken.has(m.id) && ((unsent && isOf(unsent, m)) || this.#retried.has(m.id)),
    );
    // Only the acknowledgement was lost.
    const wasTaken = unsent?.failure !== undefined && taken.has(unsent.questionId);
    for (const message of messages) if (message.generation?.state !== 'running') this.#generations.delete(message.id);
    const runningThere = messages.filter((m) => m.generation?.state === 'running');
    const fresh = runningThere.filter((m) => !this.#generations.has(m.id));
    // What runs here already may be behind this cursor: then only a snapshot leaves no gap.
    const cursor = fresh.length === runningThere.length ? detail.cursor : undefined;
    const settling = this.#settingsChanged || this.#savingSettings !== undefined;
    const thread = (settling ? undefined : detail.threads[0]) ?? this.#view.thread;
    this.#show({
      ...this.#view,
      saved: true,
      title: detail.title,
      thread,
      messages: [...messages, ...optimistic],
      unsent: wasTaken ? undefined : unsent,
      gone: false,
    });
    this.#takeUpRunning();
    conversationList.put(detail);
    if (this.#view.running.length === 0) this.#events.close();
    // A stream that is already open began elsewhere: snapshots set it right.
    else if (this.#events.isOpen && fresh.length > 0) this.#events.open(undefined);
    else if (!this.#events.isOpen && this.#screens > 0) this.#events.open(cursor);
    else this.#cursor = cursor;
  }

  /** Draws the question, and the answer as waiting, and posts it. The ids stay the same however often it is tried. */
  ask(text: string, providers: readonly ProviderModels[]): Promise<boolean> {
    const path = pathOf(this.#view.messages, this.#view.thread.id, this.#view.choice);
    const parentId = path.at(-1)?.message.id ?? null;
    const unsent: Unsent = { questionId: createId(), answerId: createId(), parentId, text };
    return this.#send(unsent, providers);
  }

  /** Posts the question that failed once more, under its old ids. */
  sendAgain(providers: readonly ProviderModels[]): Promise<boolean> {
    const { unsent } = this.#view;
    return unsent ? this.#send(unsent, providers) : Promise.resolve(false);
  }

  /** Takes the unsent question off the screen and gives its text back. */
  takeBack(): string {
    const { unsent } = this.#view;
    if (!unsent) return '';
    this.#show({ ...this.#view, unsent: undefined, messages: this.#view.messages.filter((m) => !isOf(unsent, m)) });
    return unsent.text;
  }

  /** Asks a question once more, as a sibling of its earlier answers. */
  async retry(questionId: string, providers: readonly ProviderModels[]): Promise<void> {
    const { id, thread } = this.#view;
    const answer = this.#waitingAnswer(createId(), questionId, providers);
    this.#retried.add(answer.id);
    this.#draw([answer], { [questionId]: answer.id });
    try {
      await this.#saveSettings();
      const answered = await requestJson<AskAnswer>('POST', `/api/conversations/${id}/retry`, {
        threads: [{ threadId: thread.id, questionId, answerId: answer.id }],
      });
      this.#follow(answered.cursor);
    } catch (error) {
      this.#undraw([answer.id], wordsOf(error));
    } finally {
      this.#retried.delete(answer.id);
    }
  }

  /** Stops all that runs. What had arrived stays. */
  async stop(): Promise<void> {
    if (!this.#view.saved) return;
    await this.#attempt(() =>
      Promise.all(this.#view.running.map((id) => requestJson('POST', `/api/generations/${id}/stop`))),
    );
  }

  /** Sets the model for what is asked from now on. */
  setModel(model: ModelRef): Promise<void> {
    return this.setSettings({ model });
  }

  /** Changes settings for what is asked from now on; undefined takes one away. */
  async setSettings(change: Partial<ThreadSettings>): Promise<void> {
    const { thread, saved } = this.#view;
    const settings: ThreadSettings = { ...thread.settings, ...change };
    this.#show({ ...this.#view, thread: { ...thread, settings } });
    if (!saved) return;
    this.#settingsChanged = true;
    await this.#attempt(() => this.#saveSettings());
  }

  /** Saves the settings if they have changed: one request at a time, the last state wins. @throws RequestFailed */
  #saveSettings(): Promise<void> {
    if (this.#settingsChanged) this.#savingSettings ??= this.#saveSettingsUntilSame();
    return this.#savingSettings ?? Promise.resolve();
  }

  async #saveSettingsUntilSame(): Promise<void> {
    try {
      while (this.#settingsChanged) {
        this.#settingsChanged = false;
        const { id, settings } = this.#view.thread;
        await requestJson('PATCH', `/api/threads/${id}`, { settings }).catch((error) => {
          this.#settingsChanged = true;
          throw error;
        });
        // Somebody types: what comes in quick succession is saved together.
        if (this.#settingsChanged) await new Promise((resolve) => setTimeout(resolve, settingsPauseMs));
      }
    } finally {
      this.#savingSettings = undefined;
    }
  }

  /** Shows another of several siblings. */
  choose(message: Message): void {
    this.#show({ ...this.#view, choice: { ...this.#view.choice, [branchKey(message.parentId)]: message.id } });
  }

  dismissProblem(): void {
    this.#show({ ...this.#view, problem: undefined });
  }

  async #send(unsent: Unsent, providers: readonly ProviderModels[]): Promise<boolean> {
    const { id, thread, saved } = this.#view;
    const question = questionOf(unsent, thread.id);
    const answer = this.#waitingAnswer(unsent.answerId, unsent.questionId, providers);
    const { failure: _, ...onItsWay } = unsent;
    this.#show({ ...this.#view, unsent: onItsWay, messages: this.#view.messages.filter((m) => !isOf(unsent, m)) });
    this.#draw([question, answer], { [branchKey(unsent.parentId)]: question.id });
    const { text, parentId, questionId, answerId } = unsent;
    const ask = { text, threads: [{ threadId: thread.id, parentId, questionId, answerId }] };
    try {
      if (saved) {
        await this.#saveSettings(); // it is asked under the settings that are seen
        const answered = await requestJson<AskAnswer>('POST', `/api/conversations/${id}/messages`, ask);
        this.#show({ ...this.#view, unsent: undefined });
        conversationList.touch(id, Date.now());
        this.#follow(answered.cursor);
      } else {
        const detail = await requestJson<ConversationDetail>('POST', '/api/conversations', {
          id,
          threads: [{ id: thread.id, settings: thread.settings }],
          ask,
        });
        this.#show({ ...this.#view, unsent: undefined, saved: true, title: detail.title });
        conversationList.put(detail);
        this.#follow(detail.cursor);
        // Changed while the first question was on its way.
        if (this.#view.thread.settings !== thread.settings) void this.setSettings({});
      }
      return true;
    } catch (error) {
      this.#generations.delete(answerId);
      const messages = this.#view.messages.filter((m) => m.id !== answerId);
      this.#show({ ...this.#view, unsent: { ...unsent, failure: wordsOf(error) }, messages });
      this.#countRunning();
      return false;
    }
  }

  #waitingAnswer(id: string, parentId: string, providers: readonly ProviderModels[]): Message {
    const { thread } = this.#view;
    const now = Date.now();
    const generation = waitingGeneration(id, thread.settings, providers, now);
    return { id, threadId: thread.id, parentId, role: 'assistant', parts: [], createdAt: now, generation };
  }

  #draw(added: readonly Message[], choice: Record<string, string>): void {
    this.#show({
      ...this.#view,
      messages: [...this.#view.messages, ...added],
      choice: { ...this.#view.choice, ...choice },
      problem: undefined,
    });
    this.#takeUpRunning();
  }

  #undraw(ids: readonly string[], problem: string): void {
    for (const id of ids) this.#generations.delete(id);
    this.#show({ ...this.#view, messages: this.#view.messages.filter((m) => !ids.includes(m.id)), problem });
    this.#countRunning();
  }

  #follow(cursor: string | undefined): void {
    // Without a cursor it was asked before and is over.
    if (cursor === undefined) void this.reread();
    // One stream carries all of a conversation: if it is open, it brings the new answer too.
    else if (!this.#events.isOpen) this.#events.open(cursor);
  }

  /** Makes a store for each running answer that has none, and counts what runs. */
  #takeUpRunning(): void {
    if (typeof window === 'undefined') return;
    for (const message of this.#view.messages) {
      if (message.generation?.state !== 'running' || this.#generations.has(message.id)) continue;
      this.#generations.set(message.id, new GenerationStore(message));
    }
    this.#countRunning();
  }

  #countRunning(): void {
    const running = [...this.#generations]
      .filter(([, store]) => store.getView().state.phase !== 'done')
      .map(([id]) => id);
    if (running.join() !== this.#view.running.join()) this.#show({ ...this.#view, running });
  }

  #gather(generationId: string, part: StreamPart): void {
    if (!this.#generations.has(generationId)) {
      void this.reread(); // asked in another tab
      return;
    }
    this.#refusals = 0;
    const parts = this.#gathered.get(generationId) ?? [];
    this.#gathered.set(generationId, parts);
    const last = parts.at(-1);
    if (part.type === 'delta' && last?.type === 'delta' && last.seg === part.seg) {
      parts[parts.length - 1] = { ...last, text: last.text + part.text }; // keeps a hidden tab's heap of parts small
    } else {
      parts.push(part);
    }
    if (part.type === 'finish') this.#applyGathered();
    // A hidden tab draws no frames: its parts wait until it is looked at or the answer ends.
    else if (!document.hidden) this.#frame ??= requestAnimationFrame(() => this.#applyGathered());
  }

  #applyGathered(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    const gathered = [...this.#gathered];
    this.#gathered.clear();
    for (const [id, parts] of gathered) {
      try {
        this.#generations.get(id)?.apply(parts);
      } catch {
        this.#events.open(undefined); // a part was lost on the way: start again from a snapshot
        return;
      }
    }
    this.#countRunning();
  }

  #replace(generationId: string, message: MessageState, at: number): void {
    this.#refusals = 0;
    this.#gathered.delete(generationId);
    const store = this.#generations.get(generationId);
    if (!store) {
      void this.reread();
      return;
    }
    store.replace(message, at);
    this.#countRunning();
  }

  #ended(): void {
    this.#applyGathered();
    this.#cursor = undefined;
    if (this.#view.running.length > 0) this.#refused(); // we still wait for one: its end is in the store
  }

  #refused(): void {
    const wait = Math.min(15_000, 500 * 2 ** this.#refusals++);
    setTimeout(() => {
      if (this.#screens > 0 && this.#view.running.length > 0) void this.reread();
    }, wait);
  }

  #returned(): void {
    if (document.hidden) return;
    this.#applyGathered();
    if (this.#view.saved && !this.#events.isOpen) this.#catchUp();
  }

  /** Nothing is followed: follow what runs, or see whether another tab has done something since. */
  #catchUp(): void {
    const { running, unsent, gone } = this.#view;
    if (running.length > 0) {
      this.#events.open(this.#cursor);
      this.#cursor = undefined;
    } else if (!unsent && !gone && performance.now() - this.#readAt > rereadAtMostEveryMs) void this.reread();
  }

  /** Reads the conversation again; what changed shows itself, and what runs is followed. */
  async reread(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    this.#readAt = performance.now();
    try {
      this.#adopt(await requestJson<ConversationDetail>('GET', `/api/conversations/${this.#view.id}`));
      if (this.#view.running.length === 0) this.#refusals = 0;
    } catch (error) {
      if (error instanceof RequestFailed && error.code === 'not_found') this.#show({ ...this.#view, gone: true });
      else if (this.#view.running.length > 0) this.#refused();
    } finally {
      this.#reading = false;
    }
  }

  #rest(): void {
    this.#events.close();
    this.#cursor = undefined;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  async #attempt(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#show({ ...this.#view, problem: wordsOf(error) });
    }
  }

  #show(view: ConversationView): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}

function viewOf(detail: ConversationDetail, saved: boolean): ConversationView {
  const thread = detail.threads[0];
  if (!thread) throw new Error('A conversation has at least one thread.');
  const { id, title, messages } = detail;
  return { id, saved, title, thread, messages, choice: {}, running: runningIn(messages), gone: false };
}

function runningIn(messages: readonly Message[]): string[] {
  return messages.filter((message) => message.generation?.state === 'running').map((message) => message.id);
}

/** Whether a message that was read again is the one we have, so that nothing of it need be drawn again. */
function sameMessage(a: Message, b: Message): boolean {
  return a.generation?.state === b.generation?.state && a.generation?.usage?.source === b.generation?.usage?.source;
}

function isOf(unsent: Unsent, message: Message): boolean {
  return message.id === unsent.questionId || message.id === unsent.answerId;
}

function questionOf(unsent: Unsent, threadId: string): Message {
  return {
    id: unsent.questionId,
    threadId,
    parentId: unsent.parentId,
    role: 'user',
    parts: [{ kind: 'answer', text: unsent.text }],
    createdAt: Date.now(),
  };
}

function waitingGeneration(
  id: string,
  settings: ThreadSettings,
  providers: readonly ProviderModels[],
  now: number,
): Generation {
  const { providerId, modelKey } = settings.model;
  const group = providers.find((g) => g.provider.id === providerId);
  const model = group?.models.find((m) => m.key === modelKey);
  return {
    id,
    state: 'running',
    providerId,
    modelKey,
    modelId: model?.id ?? modelKey,
    providerLabel: group?.provider.label ?? providerId,
    modelLabel: model?.label ?? modelKey,
    recording: model?.recording ?? false,
    sampling: settings.sampling,
    queuedAt: now,
    times: {},
    notices: [],
  };
}

function wordsOf(error: unknown): string {
  return error instanceof RequestFailed ? error.message : 'Something went wrong in this page. Try again.';
}

const stores = new Map<string, ConversationStore>();
/** Conversations kept warm while others are visited. */
const keptStores = 20;

/**
 * The store of a conversation: on a page the same one for as long as it is kept, so that following goes on when a new
 * chat becomes a conversation; on the server always a new one.
 */
export function conversationStoreOf(detail: ConversationDetail): ConversationStore {
  if (typeof window === 'undefined') return new ConversationStore(detail, true);
  const store = stores.get(detail.id) ?? new ConversationStore(detail, true);
  keep(detail.id, store);
  return store;
}

/** A conversation that exists only on this page until its first question is sent. */
export function newConversationStore(model: ModelRef): ConversationStore {
  const id = createId();
  const thread: Thread = { id: createId(), conversationId: id, position: 0, settings: { model, sampling: {} } };
  const now = Date.now();
  const store = new ConversationStore(
    { id, title: titleOfQuestion(''), createdAt: now, updatedAt: now, threads: [thread], messages: [] },
    false,
  );
  if (typeof window !== 'undefined') keep(id, store);
  return store;
}

/** Forgets a conversation that was deleted. */
export function forgetConversationStore(id: string): void {
  stores.delete(id);
}

function keep(id: string, store: ConversationStore): void {
  stores.delete(id);
  stores.set(id, store);
  for (const [oldest] of stores) {
    if (stores.size <= keptStores) break;
    stores.delete(oldest);
  }
}
