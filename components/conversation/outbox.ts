import type { ConversationDetail, Message, ThreadSettings } from '../../lib/conversation.ts';
import { createId } from '../../lib/ids.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { doubtServer, isAway, serverIsThere } from '../client/connection.ts';
import { conversationList } from '../client/conversation-list.ts';
import { RequestFailed, requestJson, unreachable } from '../client/request-json.ts';
import type { ConversationState } from './conversation-state.ts';
import { alikeQuestions, runningIn, wordsOf } from './conversation-view.ts';
import { type DraftFile, keptFile } from './draft-file.ts';
import type { Following } from './following.ts';
import type { SettingsSync } from './settings-sync.ts';
import { choiceOf, pathOf } from '../../lib/thread-path.ts';
import { isOfUnsent, questionOfAsk, type Unsent, type UnsentAsk, waitingAnswer } from './unsent-question.ts';

/** A question that is so long on its way, in ms, has perhaps no server to go to. */
const doubtAfterMs = 4_000;

interface AskAnswer {
  generations: { id: string; threadId: string }[];
  cursor: string;
}

/** All that is asked in a conversation: drawn at once, posted, and kept under its ids until the server has it. */
export class Outbox {
  readonly #state: ConversationState;
  readonly #settings: SettingsSync;
  readonly #following: Following;

  constructor(state: ConversationState, parts: { settings: SettingsSync; following: Following }) {
    this.#state = state;
    this.#settings = parts.settings;
    this.#following = parts.following;
  }

  /**
   * Draws the question, and the answers as waiting, and posts it: to all threads, or to some, each after its own shown
   * path. The ids stay the same however often it is tried.
   * @returns true when the server has taken it.
   */
  readonly ask = async (
    text: string,
    providers: readonly ProviderModels[],
    threadIds?: readonly string[],
    files: readonly DraftFile[] = [],
  ): Promise<boolean> => {
    const { sending } = this.#state;
    if (sending) await sending; // one column's question must not replace another's
    if (this.#refuses()) return false;
    const { threads, messages, choice } = this.#state.view;
    const asked = threads.filter(({ id }) => threadIds === undefined || threadIds.includes(id));
    if (asked.length === 0) return false;
    const asks = asked.map(({ id: threadId }): UnsentAsk => {
      const parentId = pathOf(messages, threadId, choice).at(-1)?.message.id ?? null;
      return { threadId, questionId: createId(), answerId: createId(), parentId };
    });
    return this.#send({ text, asks, files }, providers);
  };

  /** Posts the question that failed once more, under its old ids. */
  readonly sendAgain = (providers: readonly ProviderModels[]): Promise<boolean> => {
    const { unsent } = this.#state.view;
    return unsent ? this.#send(unsent, providers) : Promise.resolve(false);
  };

  /** Takes the unsent question off the screen and gives its text back. */
  readonly takeBack = (): string => {
    const { unsent, messages } = this.#state.view;
    if (!unsent) return '';
    this.#state.show({ unsent: undefined, messages: messages.filter((m) => !isOfUnsent(unsent, m)) });
    return unsent.text;
  };

  /**
   * Asks a question in other words, as a sibling of itself: in its thread, or in every one that was asked the same there.
   * @returns true when the server has taken it.
   */
  readonly edit = async (
    message: Message,
    text: string,
    providers: readonly ProviderModels[],
    everywhere: boolean,
  ): Promise<boolean> => {
    const { sending } = this.#state;
    if (sending) await sending; // one column's question must not replace another's
    if (this.#refuses()) return false;
    const questions = everywhere ? this.alikeQuestions(message) : [message];
    const asks = questions.map(
      ({ threadId, parentId }): UnsentAsk => ({ threadId, parentId, questionId: createId(), answerId: createId() }),
    );
    return this.#send({ text, asks, files: message.attachments?.map(keptFile) ?? [] }, providers);
  };

  /** The questions that stand on the shown paths where this one does, in the same words, itself included. */
  readonly alikeQuestions = (message: Message): Message[] => alikeQuestions(this.#state.view, message);

  /** Asks a question once more in its thread, as a sibling of its earlier answers; `other`: another model, this once. */
  readonly retry = async (
    questionId: string,
    providers: readonly ProviderModels[],
    other?: Pick<ThreadSettings, 'model' | 'sampling'>,
  ): Promise<void> => {
    const state = this.#state;
    const { id, messages } = state.view;
    const threadId = messages.find((message) => message.id === questionId)?.threadId;
    const thread = state.thread(threadId);
    if (!thread) return;
    const place = { id: createId(), parentId: questionId, threadId: thread.id };
    const answer = waitingAnswer(place, { ...thread.settings, ...other }, providers);
    state.retried.add(answer.id);
    state.draw([answer]);
    try {
      await this.#settings.save();
      const answered = await requestJson<AskAnswer>('POST', `/api/conversations/${id}/retry`, {
        threads: [{ threadId, questionId, answerId: answer.id, ...other }],
      });
      state.acknowledged++;
      this.#following.follow(answered.cursor);
    } catch (error) {
      state.undraw(new Set([answer.id]), { problem: wordsOf(error) });
    } finally {
      state.retried.delete(answer.id);
    }
  };

  /**
   * Stops all that runs, or what runs in one thread; while the server is away, as soon as it is back. What had arrived
   * stays.
   */
  readonly stop = async (threadId?: string): Promise<void> => {
    const state = this.#state;
    if (!state.view.saved) return;
    const ids = threadId === undefined ? state.view.running : runningIn(state.view, threadId);
    if (isAway()) {
      state.show({ problem: 'Thinkglass cannot be reached. What runs is stopped as soon as it is back.' });
      await serverIsThere();
      state.show({ problem: undefined });
    }
    const left = ids.filter((id) => state.view.running.includes(id));
    await state.attempt(() => Promise.all(left.map((id) => requestJson('POST', `/api/generations/${id}/stop`))));
  };

  /**
   * Goes on with an answer that was cut, from before the loop it ended in if that is wished, or (`answerNow`) has one that
   * still thinks come to its answer. What comes of it is
   * shown: a sibling that begins with the same text, or a new turn.
   */
  readonly continueAnswer = async (message: Message, how?: 'answerNow' | 'beforeLoop'): Promise<void> => {
    const state = this.#state;
    const { id } = state.view;
    const answerId = createId();
    await state.attempt(async () => {
      const { cursor, way } = await requestJson<AskAnswer & { way: string }>(
        'POST',
        `/api/conversations/${id}/continue`,
        {
          threadId: message.threadId,
          fromId: message.id,
          questionId: createId(),
          answerId,
          ...(how && { [how]: true }),
        },
      );
      if (way === 'stream') return; // the one that runs answers now
      state.acknowledged++;
      await this.#following.readNow();
      const { messages, choice } = state.view;
      state.show({ choice: { ...choice, ...choiceOf(messages, answerId) }, problem: undefined });
      conversationList.touch(id, Date.now());
      this.#following.follow(cursor);
    });
  };

  /** One question at a time waits to be sent again. */
  #refuses(): boolean {
    if (!this.#state.view.unsent) return false;
    this.#state.show({ problem: 'An earlier question was not sent: send it again or edit it first.' });
    return true;
  }

  #send(unsent: Unsent, providers: readonly ProviderModels[]): Promise<boolean> {
    const state = this.#state;
    const sending = this.#post(unsent, providers).finally(() => {
      if (state.sending === sending) state.sending = undefined;
    });
    state.sending = sending;
    return sending;
  }

  async #post(unsent: Unsent, providers: readonly ProviderModels[]): Promise<boolean> {
    const state = this.#state;
    const { text, asks, files } = unsent;
    const onItsWay: Unsent = { text, asks, files };
    state.show({
      unsent: onItsWay,
      messages: state.view.messages.filter((m) => !isOfUnsent(unsent, m)),
    });
    state.draw(asks.flatMap((ask) => this.#messagesOf(ask, unsent, providers)));
    const doubting = setTimeout(doubtServer, doubtAfterMs);
    try {
      if (isAway()) throw unreachable();
      await (state.view.saved ? this.#postQuestion(unsent) : this.#postConversation(unsent));
      return true;
    } catch (error) {
      const answers = new Set(asks.map(({ answerId }) => answerId));
      const waits = isOffline(error) && (isAway() || (await doubtServer()) === 'away');
      state.undraw(answers, { unsent: { ...onItsWay, failure: wordsOf(error), ...(waits && { waits }) } });
      return false;
    } finally {
      clearTimeout(doubting);
    }
  }

  async #postQuestion(unsent: Unsent): Promise<void> {
    const state = this.#state;
    const { id } = state.view;
    await this.#settings.save(); // it is asked under the settings that are seen
    const answered = await requestJson<AskAnswer>('POST', `/api/conversations/${id}/messages`, bodyOf(unsent));
    state.acknowledged++;
    state.show({ unsent: undefined });
    conversationList.touch(id, Date.now());
    this.#following.follow(answered.cursor);
  }

  /** The first question makes the conversation. */
  async #postConversation(unsent: Unsent): Promise<void> {
    const state = this.#state;
    const { id, threads } = state.view;
    const detail = await requestJson<ConversationDetail>('POST', '/api/conversations', {
      id,
      threads: threads.map((thread) => ({ id: thread.id, settings: thread.settings })),
      ask: bodyOf(unsent),
    });
    state.acknowledged++;
    state.show({ unsent: undefined, saved: true, title: detail.title });
    conversationList.put(detail);
    this.#following.follow(detail.cursor);
    // Changed while the first question was on its way.
    for (const { id: threadId, settings } of state.view.threads) {
      const isChanged = threads.some((t) => t.id === threadId && t.settings !== settings);
      if (isChanged) void this.#settings.setSettings(threadId, {});
    }
  }

  /** A question and its waiting answer, as they are drawn in one thread. */
  #messagesOf(ask: UnsentAsk, { text, files }: Unsent, providers: readonly ProviderModels[]): Message[] {
    const { threadId, questionId: parentId, answerId: id } = ask;
    const thread = this.#state.thread(threadId);
    if (!thread) return [];
    return [questionOfAsk(ask, text, files), waitingAnswer({ id, parentId, threadId }, thread.settings, providers)];
  }
}

function isOffline(error: unknown): boolean {
  return error instanceof RequestFailed && error.code === 'offline';
}

/** As the API takes it. */
function bodyOf({ text, asks, files }: Unsent): object {
  return { text, threads: asks, ...(files.length > 0 && { attachments: files.map(({ sent }) => sent) }) };
}
