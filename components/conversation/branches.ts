import type { ConversationDetail, Message, Thread } from '../../lib/conversation.ts';
import { createId } from '../../lib/ids.ts';
import { conversationList } from '../client/conversation-list.ts';
import { draftKey } from '../client/drafts.ts';
import { requestJson } from '../client/request-json.ts';
import { writeStored } from '../ui/stored.ts';
import type { ConversationState } from './conversation-state.ts';
import { keptFile } from './draft-file.ts';
import { keepDraftFiles } from './keep-draft-files.ts';
import { savingPauseMs } from './settings-sync.ts';
import { branchKey } from '../../lib/thread-path.ts';

/** The branches of a conversation: which is looked at, what is taken away, and what becomes a chat of its own. */
export class Branches {
  readonly #state: ConversationState;
  /** Threads in which another branch is looked at than the server knows. */
  readonly #lookedElsewhere = new Set<string>();
  #saving: Promise<void> | undefined;

  constructor(state: ConversationState) {
    this.#state = state;
  }

  /** Shows another of several siblings; the branch is remembered with the conversation. */
  readonly choose = (message: Message): void => {
    this.#state.show({ choice: { ...this.#state.view.choice, [branchKey(message)]: message.id } });
    this.#lookedElsewhere.add(message.threadId);
    this.#saving ??= this.saveLeaves().finally(() => {
      this.#saving = undefined;
    });
  };

  /** Says which branch is looked at until that no longer changes; nobody is told if it cannot be said. */
  async saveLeaves(): Promise<void> {
    for (const threadId of this.#lookedElsewhere) {
      this.#lookedElsewhere.delete(threadId); // added anew, it comes again
      const leafId = this.#state.leafOf(threadId);
      if (!leafId) continue;
      await requestJson('PATCH', `/api/threads/${threadId}`, { leafId }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, savingPauseMs));
    }
  }

  /** Takes a message away with all that follows it; the only answer of a question goes with its question. */
  readonly deleteBranch = async (messageId: string): Promise<void> => {
    const state = this.#state;
    await state.attempt(async () => {
      const { messageIds } = await requestJson<{ messageIds: string[] }>('DELETE', `/api/messages/${messageId}`);
      state.acknowledged++;
      for (const id of messageIds) state.removed.add(id);
      state.undraw(new Set(messageIds), { problem: undefined });
    });
  };

  /**
   * Makes a chat of what one column shows, as far as it is answered; this conversation stays as it is.
   * @returns the new conversation's id, or undefined when it could not be made; then `problem` says why.
   */
  readonly continueAlone = async (threadId: string): Promise<string | undefined> => {
    const state = this.#state;
    if (state.sending) await state.sending;
    const thread = state.thread(threadId);
    const leafId = state.leafOf(threadId);
    if (!thread || !leafId) {
      state.show({ problem: 'There is nothing in this column yet.' });
      return undefined;
    }
    return this.#copyPath(thread, leafId);
  };

  /**
   * Makes a chat of all up to a message; of a question all before it, with the question to be written anew.
   * @returns the new conversation's id, or undefined when it could not be made; then `problem` says why.
   */
  readonly fork = async (message: Message): Promise<string | undefined> => {
    const thread = this.#state.thread(message.threadId);
    const leafId = message.role === 'user' ? message.parentId : message.id;
    if (!thread || !leafId) return undefined;
    const id = await this.#copyPath(thread, leafId);
    if (id && message.role === 'user') {
      writeStored(draftKey(id), message.parts[0]?.text);
      keepDraftFiles(draftKey(id), (message.attachments ?? []).map(keptFile));
    }
    return id;
  };

  #copyPath({ id: threadId, settings }: Thread, leafId: string): Promise<string | undefined> {
    return this.#state.attempt(async () => {
      const detail = await requestJson<ConversationDetail>('POST', '/api/conversations', {
        id: createId(),
        threads: [{ id: createId(), settings, copy: { threadId, leafId } }],
      });
      conversationList.put(detail);
      return detail.id;
    });
  }
}
