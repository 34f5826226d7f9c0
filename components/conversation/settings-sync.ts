import type { ThreadSettings } from '../../lib/conversation.ts';
import { requestJson } from '../client/request-json.ts';
import type { ConversationState } from './conversation-state.ts';
import { threadsInOrder } from './conversation-view.ts';

/** Between two savings of what changes as somebody types or looks around, in ms. */
export const savingPauseMs = 300;

/** Brings the settings of threads to the server: one request at a time, the last state wins. */
export class SettingsSync {
  readonly #state: ConversationState;
  /** Threads whose settings the server does not have as they are here. */
  readonly #changed = new Set<string>();
  #saving: Promise<void> | undefined;

  constructor(state: ConversationState) {
    this.#state = state;
  }

  /** Changes a thread's settings for what is asked from now on; undefined takes one away. */
  readonly setSettings = async (threadId: string, change: Partial<ThreadSettings>): Promise<void> => {
    const { threads, saved } = this.#state.view;
    const changed = threads.map((t) => (t.id === threadId ? { ...t, settings: { ...t.settings, ...change } } : t));
    this.#state.show({ threads: threadsInOrder(changed) });
    if (!saved) return;
    this.#changed.add(threadId);
    await this.#state.attempt(() => this.save());
  };

  /** Whether the server may not have a thread's settings yet as they are here. */
  readonly isSettling = (threadId: string): boolean => this.#changed.has(threadId) || this.#saving !== undefined;

  /** Saves the settings that have changed. @throws RequestFailed */
  save(): Promise<void> {
    if (this.#changed.size > 0) this.#saving ??= this.#saveUntilSame();
    return this.#saving ?? Promise.resolve();
  }

  async #saveUntilSame(): Promise<void> {
    try {
      while (this.#changed.size > 0) {
        for (const threadId of [...this.#changed]) await this.#saveOf(threadId);
        // Somebody types: what comes in quick succession is saved together.
        if (this.#changed.size > 0) await new Promise((resolve) => setTimeout(resolve, savingPauseMs));
      }
    } finally {
      this.#saving = undefined;
    }
  }

  async #saveOf(threadId: string): Promise<void> {
    this.#changed.delete(threadId);
    const thread = this.#state.thread(threadId);
    if (!thread) return;
    try {
      await requestJson('PATCH', `/api/threads/${threadId}`, { settings: thread.settings });
      this.#state.acknowledged++;
    } catch (error) {
      if (!this.#state.thread(threadId)) return; // taken away meanwhile
      this.#changed.add(threadId);
      throw error;
    }
  }
}
