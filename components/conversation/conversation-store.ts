import {
  type Conversation,
  type ConversationDetail,
  type Message,
  maxThreads,
  type Thread,
  type ThreadDetail,
  type ThreadSettings,
  titleOfQuestion,
} from '../../lib/conversation.ts';
import { createId } from '../../lib/ids.ts';
import type { ProviderModels } from '../../lib/model.ts';
import type { MessageState, StreamPart } from '../../lib/stream-part.ts';
import { conversationList } from '../client/conversation-list.ts';
import { draftKey } from '../client/drafts.ts';
import { RequestFailed, requestJson } from '../client/request-json.ts';
import { writeStored } from '../ui/stored.ts';
import { ConversationEvents } from './conversation-events.ts';
import { type DraftFile, keptFile } from './draft-file.ts';
import { keepDraftFiles } from './draft-keeping.ts';
import { GenerationStore } from './generation-store.ts';
import { type BranchChoice, branchKey, choiceOf, pathOf } from './thread-path.ts';
import { isOfUnsent, questionOfAsk, type Unsent, type UnsentAsk, waitingAnswer } from './unsent.ts';

/** There always is one. */
type Threads = readonly [Thread, ...Thread[]];

/** What a conversation's screen shows, but for the growing text of running answers. */
export interface ConversationView {
  id: string;
  /** False for a new conversation until the server has taken its first question. */
  saved: boolean;
  title: string;
  /** By position. A chat has one. */
  threads: Threads;
  /** Of all threads. */
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
/** Of more answers that grow at once, these take turns: all of them in every frame would be more than a frame can hold. */
const mostInAFrame = 2;
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
  /** Threads whose settings the server does not have as they are here. */
  readonly #changedSettings = new Set<string>();
  #savingSettings: Promise<void> | undefined;
  /** The question that is on its way; true when the server has taken it. */
  #sending: Promise<boolean> | undefined;
  /** Threads in which another branch is looked at than the server knows. */
  readonly #lookedElsewhere = new Set<string>();
  #savingLeaves: Promise<void> | undefined;
  /** Threads and messages that were taken away here, and what ran in them: what is still told of them is not heard. */
  readonly #removed = new Set<string>();
  /** Moves of threads, one after another, and how many the server has yet to acknowledge. */
  #moves: Promise<void> = Promise.resolve();
  #moving = 0;
  /** Counts what the server has acknowledged, so that a reading begun before it is known to be old. */
  #acknowledged = 0;

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
    const onLeave = () => void this.#saveLeaves();
    window.addEventListener('pagehide', onLeave);
    return () => {
      window.removeEventListener('pagehide', onLeave);
      void this.#saveLeaves();
      document.removeEventListener('visibilitychange', onReturn);
      window.removeEventListener('focus', onReturn);
      window.removeEventListener('pageshow', onReturn);
      this.#screens--;
      this.#lingering = setTimeout(() => this.#screens === 0 && this.#rest(), lingerMs);
    };
  }

  /** Whether it is on the screen. */
  get isShown(): boolean {
    return this.#screens > 0;
  }

  /** Takes what the server has. What runs here already stays; the stream brings it up to date. */
  #adopt(detail: ConversationDetail): void {
    this.#readAt = performance.now();
    const threads = this.#threadsOf(detail);
    const isHere = (m: Message) => threads.some((thread) => thread.id === m.threadId) && !this.#removed.has(m.id);
    const unsent = this.#view.unsent && unsentIn(threads, this.#view.unsent);
    const known = new Map(this.#view.messages.map((message) => [message.id, message]));
    const messages = detail.messages.filter(isHere).map((message) => {
      const before = known.get(message.id);
      return before && sameMessage(before, message) ? before : message;
    });
    const taken = new Set(messages.map((message) => message.id));
    const optimistic = this.#view.messages.filter(
      (m) => !taken.has(m.id) && isHere(m) && ((unsent && isOfUnsent(unsent, m)) || this.#retried.has(m.id)),
    );
    // Only the acknowledgement was lost.
    const wasTaken = unsent?.failure !== undefined && unsent.asks.some((ask) => taken.has(ask.questionId));
    const runningThere = messages.filter((m) => m.generation?.state === 'running');
    const fresh = runningThere.filter((m) => !this.#generations.has(m.id));
    const running = new Set([...runningThere, ...optimistic].map((m) => m.id));
    for (const id of this.#generations.keys()) if (!running.has(id)) this.#generations.delete(id);
    // What runs here already may be behind this cursor: then only a snapshot leaves no gap.
    const cursor = fresh.length === runningThere.length ? detail.cursor : undefined;
    this.#show({
      ...this.#view,
      saved: true,
      title: detail.title,
      threads,
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

  /** The threads as the server has them, but for what was changed here and is not there yet. */
  #threadsOf(detail: ConversationDetail): Threads {
    const here = this.#view.threads;
    const isSettling = (id: string) => this.#changedSettings.has(id) || this.#savingSettings !== undefined;
    const threads = detail.threads
      .filter((thread) => !this.#removed.has(thread.id))
      .map((thread) => {
        const known = isSettling(thread.id) && here.find((t) => t.id === thread.id);
        return known ? { ...thread, settings: known.settings } : thread;
      });
    if (this.#moving > 0) {
      const placeOf = ({ id }: Thread) => here.findIndex((thread) => thread.id === id);
      threads.sort((a, b) => placeOf(a) - placeOf(b));
    }
    return threads.length > 0 ? threadsInOrder(threads) : here;
  }

  /**
   * Draws the question, and the answers as waiting, and posts it: to all threads, or to some, each after its own shown
   * path. The ids stay the same however often it is tried.
   * @returns true when the server has taken it.
   */
  async ask(
    text: string,
    providers: readonly ProviderModels[],
    threadIds?: readonly string[],
    files: readonly DraftFile[] = [],
  ): Promise<boolean> {
    if (this.#sending) await this.#sending; // one column's question must not replace another's
    const { threads, messages, choice, unsent } = this.#view;
    if (unsent) {
      this.#show({ ...this.#view, problem: 'An earlier question was not sent: send it again or edit it first.' });
      return false;
    }
    const asked = threads.filter(({ id }) => threadIds === undefined || threadIds.includes(id));
    if (asked.length === 0) return false;
    const asks = asked.map(({ id: threadId }): UnsentAsk => {
      const parentId = pathOf(messages, threadId, choice).at(-1)?.message.id ?? null;
      return { threadId, questionId: createId(), answerId: createId(), parentId };
    });
    return this.#send({ text, asks, files }, providers);
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
    this.#show({
      ...this.#view,
      unsent: undefined,
      messages: this.#view.messages.filter((m) => !isOfUnsent(unsent, m)),
    });
    return unsent.text;
  }

  /**
   * Asks a question once more in its thread, as a sibling of its earlier answers; `other`: another model, this once.
   */
  async retry(
    questionId: string,
    providers: readonly ProviderModels[],
    other?: Pick<ThreadSettings, 'model' | 'sampling'>,
  ): Promise<void> {
    const { id, messages } = this.#view;
    const threadId = messages.find((message) => message.id === questionId)?.threadId;
    const thread = this.#thread(threadId);
    if (!thread) return;
    const answer = waitingAnswer(
      { id: createId(), parentId: questionId, threadId: thread.id },
      { ...thread.settings, ...other },
      providers,
    );
    this.#retried.add(answer.id);
    this.#draw([answer]);
    try {
      await this.#saveSettings();
      const answered = await requestJson<AskAnswer>('POST', `/api/conversations/${id}/retry`, {
        threads: [{ threadId, questionId, answerId: answer.id, ...other }],
      });
      this.#acknowledged++;
      this.#follow(answered.cursor);
    } catch (error) {
      this.#undraw([answer.id], wordsOf(error));
    } finally {
      this.#retried.delete(answer.id);
    }
  }

  /** Stops all that runs, or what runs in one thread. What had arrived stays. */
  async stop(threadId?: string): Promise<void> {
    if (!this.#view.saved) return;
    const ids = threadId === undefined ? this.#view.running : runningIn(this.#view, threadId);
    await this.#attempt(() => Promise.all(ids.map((id) => requestJson('POST', `/api/generations/${id}/stop`))));
  }

  /** Changes a thread's settings for what is asked from now on; undefined takes one away. */
  async setSettings(threadId: string, change: Partial<ThreadSettings>): Promise<void> {
    const { threads, saved } = this.#view;
    const changed = threads.map((t) => (t.id === threadId ? { ...t, settings: { ...t.settings, ...change } } : t));
    this.#show({ ...this.#view, threads: threadsInOrder(changed) });
    if (!saved) return;
    this.#changedSettings.add(threadId);
    await this.#attempt(() => this.#saveSettings());
  }

  /** Saves the settings that have changed: one request at a time, the last state wins. @throws RequestFailed */
  #saveSettings(): Promise<void> {
    if (this.#changedSettings.size > 0) this.#savingSettings ??= this.#saveSettingsUntilSame();
    return this.#savingSettings ?? Promise.resolve();
  }

  async #saveSettingsUntilSame(): Promise<void> {
    try {
      while (this.#changedSettings.size > 0) {
        for (const threadId of [...this.#changedSettings]) await this.#saveSettingsOf(threadId);
        // Somebody types: what comes in quick succession is saved together.
        if (this.#changedSettings.size > 0) await new Promise((resolve) => setTimeout(resolve, settingsPauseMs));
      }
    } finally {
      this.#savingSettings = undefined;
    }
  }

  async #saveSettingsOf(threadId: string): Promise<void> {
    this.#changedSettings.delete(threadId);
    const thread = this.#thread(threadId);
    if (!thread) return;
    try {
      await requestJson('PATCH', `/api/threads/${threadId}`, { settings: thread.settings });
      this.#acknowledged++;
    } catch (error) {
      if (!this.#thread(threadId)) return; // taken away meanwhile
      this.#changedSettings.add(threadId);
      throw error;
    }
  }

  /**
   * Adds a column at the end, with a copy of what another one shows if `copy` names it; what is not answered to the end
   * there is left out.
   * @returns its id, or undefined when it could not be added; then `problem` says why.
   */
  async addThread(settings: ThreadSettings, copy?: { threadId: string }): Promise<string | undefined> {
    if (this.#sending) await this.#sending;
    const { id: conversationId, threads, saved } = this.#view;
    if (threads.length >= maxThreads) {
      this.#show({ ...this.#view, problem: `A comparison has at most ${maxThreads} columns.` });
      return undefined;
    }
    const thread: Thread = { id: createId(), conversationId, position: threads.length, settings };
    if (!saved) {
      this.#show({ ...this.#view, threads: threadsInOrder([...threads, thread]) });
      return thread.id;
    }
    const leafId = copy && this.#leafOf(copy.threadId);
    return this.#attempt(async () => {
      const { messages, ...added } = await requestJson<ThreadDetail>(
        'POST',
        `/api/conversations/${conversationId}/threads`,
        {
          id: thread.id,
          settings,
          ...(copy && leafId && { copy: { threadId: copy.threadId, leafId } }),
        },
      );
      this.#acknowledged++;
      this.#show({
        ...this.#view,
        threads: threadsInOrder([...this.#view.threads.filter((t) => t.id !== added.id), added]),
        messages: [...this.#view.messages.filter((m) => m.threadId !== added.id), ...messages],
      });
      conversationList.setThreadCount(conversationId, this.#view.threads.length);
      return added.id;
    });
  }

  /** Takes a column away, with what runs in it; never the last one. */
  async removeThread(threadId: string): Promise<void> {
    if (this.#sending) await this.#sending;
    const { id, threads, messages, unsent, saved } = this.#view;
    const rest = threads.filter((thread) => thread.id !== threadId);
    if (rest.length === 0 || rest.length === threads.length) return;
    const left = threadsInOrder(rest);
    this.#removed.add(threadId);
    for (const running of runningIn(this.#view, threadId)) {
      this.#removed.add(running);
      this.#generations.delete(running);
    }
    this.#show({
      ...this.#view,
      threads: left,
      messages: messages.filter((message) => message.threadId !== threadId),
      unsent: unsent && unsentIn(left, unsent),
    });
    this.#countRunning();
    if (!saved) return;
    try {
      await requestJson('DELETE', `/api/threads/${threadId}`);
      this.#acknowledged++;
      conversationList.setThreadCount(id, left.length);
    } catch (error) {
      if (error instanceof RequestFailed && error.code === 'not_found') return; // another tab was first
      this.#removed.clear();
      this.#show({ ...this.#view, problem: wordsOf(error) });
      void this.reread();
    }
  }

  /** Puts a column at another place, counted from 0. */
  async moveThread(threadId: string, index: number): Promise<void> {
    if (this.#sending) await this.#sending;
    const { threads, saved } = this.#view;
    const moved = this.#thread(threadId);
    const position = Math.max(0, Math.min(index, threads.length - 1));
    if (!moved || threads[position]?.id === threadId) return;
    const others = threads.filter((thread) => thread.id !== threadId);
    this.#show({ ...this.#view, threads: threadsInOrder(others.toSpliced(position, 0, moved)) });
    if (!saved) return;
    this.#moving++;
    this.#moves = this.#moves.then(() => this.#saveMove(threadId, position));
    await this.#moves;
  }

  async #saveMove(threadId: string, position: number): Promise<void> {
    try {
      await requestJson('PATCH', `/api/threads/${threadId}`, { position });
      this.#acknowledged++;
      this.#moving--;
    } catch (error) {
      this.#moving--;
      if (!this.#thread(threadId)) return; // taken away meanwhile
      this.#show({ ...this.#view, problem: wordsOf(error) });
      void this.reread();
    }
  }

  /**
   * Makes a chat of what one column shows, as far as it is answered; this conversation stays as it is.
   * @returns the new conversation's id, or undefined when it could not be made; then `problem` says why.
   */
  async continueAlone(threadId: string): Promise<string | undefined> {
    if (this.#sending) await this.#sending;
    const thread = this.#thread(threadId);
    const leafId = this.#leafOf(threadId);
    if (!thread || !leafId) {
      this.#show({ ...this.#view, problem: 'There is nothing in this column yet.' });
      return undefined;
    }
    return this.#copyPath(thread, leafId);
  }

  #thread(threadId: string | undefined): Thread | undefined {
    return this.#view.threads.find((thread) => thread.id === threadId);
  }

  /** The last message of a thread's shown path that the server has. */
  #leafOf(threadId: string): string | undefined {
    const { messages, choice, unsent, saved } = this.#view;
    if (!saved) return undefined;
    const isThere = (m: Message) => !this.#retried.has(m.id) && !(unsent && isOfUnsent(unsent, m));
    return pathOf(messages, threadId, choice).findLast(({ message }) => isThere(message))?.message.id;
  }

  /** Shows another of several siblings; the branch is remembered with the conversation. */
  choose(message: Message): void {
    this.#show({ ...this.#view, choice: { ...this.#view.choice, [branchKey(message)]: message.id } });
    this.#lookedElsewhere.add(message.threadId);
    this.#savingLeaves ??= this.#saveLeaves().finally(() => {
      this.#savingLeaves = undefined;
    });
  }

  /** Says which branch is looked at until that no longer changes; nobody is told if it cannot be said. */
  async #saveLeaves(): Promise<void> {
    for (const threadId of this.#lookedElsewhere) {
      this.#lookedElsewhere.delete(threadId); // added anew, it comes again
      const leafId = this.#leafOf(threadId);
      if (!leafId) continue;
      await requestJson('PATCH', `/api/threads/${threadId}`, { leafId }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, settingsPauseMs));
    }
  }

  /**
   * Asks a question in other words, as a sibling of itself: in its thread, or in every one that was asked the same there.
   * @returns true when the server has taken it.
   */
  async edit(
    message: Message,
    text: string,
    providers: readonly ProviderModels[],
    everywhere: boolean,
  ): Promise<boolean> {
    if (this.#sending) await this.#sending;
    if (this.#view.unsent) {
      this.#show({ ...this.#view, problem: 'An earlier question was not sent: send it again or edit it first.' });
      return false;
    }
    const questions = everywhere ? this.alikeQuestions(message) : [message];
    const asks = questions.map(
      ({ threadId, parentId }): UnsentAsk => ({ threadId, parentId, questionId: createId(), answerId: createId() }),
    );
    return this.#send({ text, asks, files: message.attachments?.map(keptFile) ?? [] }, providers);
  }

  /** The questions that stand on the shown paths where this one does, in the same words, itself included. */
  alikeQuestions(message: Message): Message[] {
    const { threads, messages, choice } = this.#view;
    const paths = threads.map(({ id }) => pathOf(messages, id, choice));
    const at = paths.flatMap((path) => {
      const index = path.findIndex((node) => node.message.id === message.id);
      return index < 0 ? [] : [index];
    })[0];
    if (at === undefined) return [message];
    const text = message.parts[0]?.text;
    return paths.flatMap((path) => {
      const there = path[at]?.message;
      return there?.role === 'user' && there.parts[0]?.text === text ? [there] : [];
    });
  }

  /**
   * Goes on with an answer that was cut, or (`answerNow`) has one that still thinks come to its answer. What comes of it is
   * shown: a sibling that begins with the same text, or a new turn.
   */
  async continueAnswer(message: Message, answerNow: boolean): Promise<void> {
    const { id } = this.#view;
    const answerId = createId();
    await this.#attempt(async () => {
      const { cursor } = await requestJson<AskAnswer>('POST', `/api/conversations/${id}/continue`, {
        threadId: message.threadId,
        fromId: message.id,
        questionId: createId(),
        answerId,
        ...(answerNow && { answerNow }),
      });
      this.#acknowledged++;
      this.#adopt(await this.#read());
      const { messages, choice } = this.#view;
      this.#show({ ...this.#view, choice: { ...choice, ...choiceOf(messages, answerId) }, problem: undefined });
      conversationList.touch(id, Date.now());
      this.#follow(cursor);
    });
  }

  /** Takes a message away with all that follows it; the only answer of a question goes with its question. */
  async deleteBranch(messageId: string): Promise<void> {
    await this.#attempt(async () => {
      const { messageIds } = await requestJson<{ messageIds: string[] }>('DELETE', `/api/messages/${messageId}`);
      this.#acknowledged++;
      const gone = new Set(messageIds);
      for (const id of gone) {
        this.#removed.add(id);
        this.#generations.delete(id);
      }
      this.#show({
        ...this.#view,
        messages: this.#view.messages.filter(({ id }) => !gone.has(id)),
        problem: undefined,
      });
      this.#countRunning();
    });
  }

  /**
   * Makes a chat of all up to a message; of a question all before it, with the question to be written anew.
   * @returns the new conversation's id, or undefined when it could not be made; then `problem` says why.
   */
  async fork(message: Message): Promise<string | undefined> {
    const thread = this.#thread(message.threadId);
    const leafId = message.role === 'user' ? message.parentId : message.id;
    if (!thread || !leafId) return undefined;
    const id = await this.#copyPath(thread, leafId);
    if (id && message.role === 'user') {
      writeStored(draftKey(id), message.parts[0]?.text);
      keepDraftFiles(draftKey(id), (message.attachments ?? []).map(keptFile));
    }
    return id;
  }

  #copyPath({ id: threadId, settings }: Thread, leafId: string): Promise<string | undefined> {
    return this.#attempt(async () => {
      const detail = await requestJson<ConversationDetail>('POST', '/api/conversations', {
        id: createId(),
        threads: [{ id: createId(), settings, copy: { threadId, leafId } }],
      });
      conversationList.put(detail);
      return detail.id;
    });
  }

  dismissProblem(): void {
    this.#show({ ...this.#view, problem: undefined });
  }

  #send(unsent: Unsent, providers: readonly ProviderModels[]): Promise<boolean> {
    const sending = this.#post(unsent, providers).finally(() => {
      if (this.#sending === sending) this.#sending = undefined;
    });
    this.#sending = sending;
    return sending;
  }

  async #post(unsent: Unsent, providers: readonly ProviderModels[]): Promise<boolean> {
    const { id, threads, saved } = this.#view;
    const { text, asks, files } = unsent;
    const isDrawn = (m: Message) => isOfUnsent(unsent, m);
    this.#show({
      ...this.#view,
      unsent: { text, asks, files },
      messages: this.#view.messages.filter((m) => !isDrawn(m)),
    });
    this.#draw(asks.flatMap((ask) => this.#messagesOf(ask, unsent, providers)));
    const ask = { text, threads: asks, ...(files.length > 0 && { attachments: files.map(({ sent }) => sent) }) };
    try {
      if (saved) {
        await this.#saveSettings(); // it is asked under the settings that are seen
        const answered = await requestJson<AskAnswer>('POST', `/api/conversations/${id}/messages`, ask);
        this.#acknowledged++;
        this.#show({ ...this.#view, unsent: undefined });
        conversationList.touch(id, Date.now());
        this.#follow(answered.cursor);
      } else {
        const detail = await requestJson<ConversationDetail>('POST', '/api/conversations', {
          id,
          threads: threads.map((thread) => ({ id: thread.id, settings: thread.settings })),
          ask,
        });
        this.#acknowledged++;
        this.#show({ ...this.#view, unsent: undefined, saved: true, title: detail.title });
        conversationList.put(detail);
        this.#follow(detail.cursor);
        // Changed while the first question was on its way.
        for (const { id: threadId, settings } of this.#view.threads) {
          if (threads.some((t) => t.id === threadId && t.settings !== settings)) void this.setSettings(threadId, {});
        }
      }
      return true;
    } catch (error) {
      const answers = new Set(asks.map(({ answerId }) => answerId));
      for (const answerId of answers) this.#generations.delete(answerId);
      const messages = this.#view.messages.filter((m) => !answers.has(m.id));
      this.#show({ ...this.#view, unsent: { ...unsent, failure: wordsOf(error) }, messages });
      this.#countRunning();
      return false;
    }
  }

  /** A question and its waiting answer, as they are drawn in one thread. */
  #messagesOf(ask: UnsentAsk, { text, files }: Unsent, providers: readonly ProviderModels[]): Message[] {
    const { threadId, questionId: parentId, answerId: id } = ask;
    const thread = this.#thread(threadId);
    if (!thread) return [];
    return [questionOfAsk(ask, text, files), waitingAnswer({ id, parentId, threadId }, thread.settings, providers)];
  }

  /** Draws messages at the end of their threads, and has them shown. */
  #draw(added: readonly Message[]): void {
    this.#show({
      ...this.#view,
      messages: [...this.#view.messages, ...added],
      choice: { ...this.#view.choice, ...Object.fromEntries(added.map((m) => [branchKey(m), m.id])) },
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
      const begun = this.#view.messages.find(({ id }) => id === message.generation?.continues);
      this.#generations.set(message.id, new GenerationStore(message, begun));
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
    if (this.#removed.has(generationId)) return;
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
    else this.#drawNextFrame();
  }

  #drawNextFrame(): void {
    if (!document.hidden) this.#frame ??= requestAnimationFrame(() => this.#applyGathered(mostInAFrame));
  }

  /** @param most so many answers at most, those first that have waited longest; the others are drawn in the next frame. */
  #applyGathered(most = Number.POSITIVE_INFINITY): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    const gathered = [...this.#gathered].slice(0, most);
    for (const [id] of gathered) this.#gathered.delete(id);
    for (const [id, parts] of gathered) {
      try {
        this.#generations.get(id)?.apply(parts);
      } catch {
        this.#gathered.clear();
        this.#events.open(undefined); // a part was lost on the way: start again from a snapshot
        return;
      }
    }
    this.#countRunning();
    if (this.#gathered.size > 0) this.#drawNextFrame();
  }

  #replace(generationId: string, message: MessageState, at: number): void {
    this.#refusals = 0;
    this.#gathered.delete(generationId);
    const store = this.#generations.get(generationId);
    if (this.#removed.has(generationId)) return;
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
      this.#adopt(await this.#read());
      if (this.#view.running.length === 0) this.#refusals = 0;
    } catch (error) {
      if (error instanceof RequestFailed && error.code === 'not_found') this.#show({ ...this.#view, gone: true });
      else if (this.#view.running.length > 0) this.#refused();
    } finally {
      this.#reading = false;
    }
  }

  /** The conversation as the server has it, with all that it has acknowledged to us by now. */
  async #read(): Promise<ConversationDetail> {
    for (;;) {
      const acknowledged = this.#acknowledged;
      const detail = await requestJson<ConversationDetail>('GET', `/api/conversations/${this.#view.id}`);
      if (acknowledged === this.#acknowledged) return detail;
    }
  }

  #rest(): void {
    this.#events.close();
    this.#cursor = undefined;
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  async #attempt<T>(action: () => Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      this.#show({ ...this.#view, problem: wordsOf(error) });
      return undefined;
    }
  }

  #show(view: ConversationView): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}

function viewOf(detail: ConversationDetail, saved: boolean): ConversationView {
  const { id, title, messages } = detail;
  const running = messages.filter((message) => message.generation?.state === 'running').map((message) => message.id);
  const choice = Object.assign({}, ...detail.threads.map(({ leafId }) => choiceOf(messages, leafId))) as BranchChoice;
  return { id, saved, title, threads: threadsInOrder(detail.threads), messages, choice, running, gone: false };
}

/** Ids of the answers that run in one thread. */
export function runningIn(view: Pick<ConversationView, 'messages' | 'running'>, threadId: string): string[] {
  return view.messages.filter((m) => m.threadId === threadId && view.running.includes(m.id)).map((m) => m.id);
}

/** Threads with their places counted anew. */
function threadsInOrder(threads: readonly Thread[]): Threads {
  const placed = threads.map((t, position) => (t.position === position ? t : { ...t, position }));
  const [first, ...rest] = placed;
  if (!first) throw new Error('A conversation has at least one thread.');
  return [first, ...rest];
}

/** What of an unsent question belongs to these threads; undefined when nothing does. */
function unsentIn(threads: readonly Thread[], unsent: Unsent): Unsent | undefined {
  const asks = unsent.asks.filter((ask) => threads.some((thread) => thread.id === ask.threadId));
  if (asks.length === unsent.asks.length) return unsent;
  return asks.length > 0 ? { ...unsent, asks } : undefined;
}

/** Whether a message that was read again is the one we have, so that nothing of it need be drawn again. */
function sameMessage(a: Message, b: Message): boolean {
  const [was, is] = [a.generation, b.generation];
  if (was?.state !== is?.state || was?.usage?.source !== is?.usage?.source) return false;
  return is?.state === 'running' || isFiledAlike(a, b);
}

/** A part of a finished answer may have been filed otherwise, in this tab or another. */
function isFiledAlike(a: Message, b: Message): boolean {
  return (
    a.parts.length === b.parts.length &&
    a.parts.every(({ kind, text }, i) => kind === b.parts[i]?.kind && text.length === b.parts[i]?.text.length)
  );
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

/** The store of a conversation that was here not long ago. */
export function warmStoreOf(id: string): ConversationStore | undefined {
  return stores.get(id);
}

/** A conversation, of one column or several, that exists only on this page until its first question is sent. */
export function newConversationStore(settings: readonly [ThreadSettings, ...ThreadSettings[]]): ConversationStore {
  const id = createId();
  const threads = settings.map(
    (s, position): Thread => ({ id: createId(), conversationId: id, position, settings: s }),
  );
  const now = Date.now();
  const facts: Conversation = {
    id,
    title: titleOfQuestion(''),
    createdAt: now,
    updatedAt: now,
    threadCount: threads.length,
  };
  const store = new ConversationStore({ ...facts, threads, messages: [] }, false);
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
