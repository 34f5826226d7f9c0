import { maxThreads, type Thread, type ThreadDetail, type ThreadSettings } from '../../lib/conversation.ts';
import { createId } from '../../lib/ids.ts';
import { conversationList } from '../client/conversation-list.ts';
import { RequestFailed, requestJson } from '../client/request-json.ts';
import type { ConversationState } from './conversation-state.ts';
import { runningIn, threadsInOrder, unsentIn, wordsOf } from './conversation-view.ts';

/** The columns of a conversation: which there are and in what order. */
export class Columns {
  readonly #state: ConversationState;
  readonly #reread: () => Promise<void>;
  /** Moves of threads, one after another, and how many the server has yet to acknowledge. */
  #moves: Promise<void> = Promise.resolve();
  #moving = 0;

  constructor(state: ConversationState, reread: () => Promise<void>) {
    this.#state = state;
    this.#reread = reread;
  }

  get moving(): boolean {
    return this.#moving > 0;
  }

  /**
   * Adds a column at the end, with a copy of what another one shows if `copy` names it; what is not answered to the end
   * there is left out.
   * @returns its id, or undefined when it could not be added; then `problem` says why.
   */
  readonly addThread = async (settings: ThreadSettings, copy?: { threadId: string }): Promise<string | undefined> => {
    const state = this.#state;
    if (state.sending) await state.sending;
    const { id: conversationId, threads, saved } = state.view;
    if (threads.length >= maxThreads) {
      state.show({ problem: `A comparison has at most ${maxThreads} columns.` });
      return undefined;
    }
    const thread: Thread = { id: createId(), conversationId, position: threads.length, settings };
    if (!saved) {
      state.show({ threads: threadsInOrder([...threads, thread]) });
      return thread.id;
    }
    const leafId = copy && state.leafOf(copy.threadId);
    return state.attempt(async () => {
      const { messages, ...added } = await requestJson<ThreadDetail>(
        'POST',
        `/api/conversations/${conversationId}/threads`,
        { id: thread.id, settings, ...(copy && leafId && { copy: { threadId: copy.threadId, leafId } }) },
      );
      state.acknowledged++;
      state.show({
        threads: threadsInOrder([...state.view.threads.filter((t) => t.id !== added.id), added]),
        messages: [...state.view.messages.filter((m) => m.threadId !== added.id), ...messages],
      });
      conversationList.setThreadCount(conversationId, state.view.threads.length);
      return added.id;
    });
  };

  /** Takes a column away, with what runs in it; never the last one. */
  readonly removeThread = async (threadId: string): Promise<void> => {
    const state = this.#state;
    if (state.sending) await state.sending;
    const { id, threads, messages, unsent, saved } = state.view;
    const rest = threads.filter((thread) => thread.id !== threadId);
    if (rest.length === 0 || rest.length === threads.length) return;
    const left = threadsInOrder(rest);
    state.removed.add(threadId);
    for (const running of runningIn(state.view, threadId)) {
      state.removed.add(running);
      state.generations.delete(running);
    }
    state.show({
      threads: left,
      messages: messages.filter((message) => message.threadId !== threadId),
      unsent: unsent && unsentIn(left, unsent),
    });
    state.countRunning();
    if (!saved) return;
    try {
      await requestJson('DELETE', `/api/threads/${threadId}`);
      state.acknowledged++;
      conversationList.setThreadCount(id, left.length);
    } catch (error) {
      if (error instanceof RequestFailed && error.code === 'not_found') return; // another tab was first
      state.removed.clear();
      this.#failed(error);
    }
  };

  /** Puts a column at another place, counted from 0. */
  readonly moveThread = async (threadId: string, index: number): Promise<void> => {
    const state = this.#state;
    if (state.sending) await state.sending;
    const { threads, saved } = state.view;
    const moved = state.thread(threadId);
    const position = Math.max(0, Math.min(index, threads.length - 1));
    if (!moved || threads[position]?.id === threadId) return;
    const others = threads.filter((thread) => thread.id !== threadId);
    state.show({ threads: threadsInOrder(others.toSpliced(position, 0, moved)) });
    if (!saved) return;
    this.#moving++;
    this.#moves = this.#moves.then(() => this.#saveMove(threadId, position));
    await this.#moves;
  };

  async #saveMove(threadId: string, position: number): Promise<void> {
    try {
      await requestJson('PATCH', `/api/threads/${threadId}`, { position });
      this.#state.acknowledged++;
      this.#moving--;
    } catch (error) {
      this.#moving--;
      if (this.#state.thread(threadId)) this.#failed(error); // else it was taken away meanwhile
    }
  }

  /** The columns are as they were: what the server has is shown again. */
  #failed(error: unknown): void {
    this.#state.show({ problem: wordsOf(error) });
    void this.#reread();
  }
}
