import type { ConversationDetail, Message, Thread } from '../../lib/conversation.ts';
import { RequestFailed } from '../client/request-json.ts';
import { type BranchChoice, choiceOf, pathOf } from '../../lib/thread-path.ts';
import type { Unsent } from './unsent-question.ts';

/** There always is one. */
export type Threads = readonly [Thread, ...Thread[]];

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
  /** Its beginning is not here yet. */
  cut: boolean;
  /** True when the server no longer has it. */
  gone: boolean;
}

/** What is shown of a conversation as the server has it. */
export function viewOf(detail: ConversationDetail, saved: boolean): ConversationView {
  const { id, title, messages } = detail;
  const running = messages.filter((message) => message.generation?.state === 'running').map((message) => message.id);
  const choice = choiceOfLeaves(detail);
  return {
    id,
    saved,
    title,
    threads: threadsInOrder(detail.threads),
    messages,
    choice,
    running,
    cut: detail.cut ?? false,
    gone: false,
  };
}

/** The branches that were looked at last. */
export function choiceOfLeaves({ threads, messages }: ConversationDetail): BranchChoice {
  return Object.assign({}, ...threads.map(({ leafId }) => choiceOf(messages, leafId))) as BranchChoice;
}

/** Ids of the answers that run in one thread. */
export function runningIn(view: Pick<ConversationView, 'messages' | 'running'>, threadId: string): string[] {
  return view.messages.filter((m) => m.threadId === threadId && view.running.includes(m.id)).map((m) => m.id);
}

/** Threads with their places counted anew. */
export function threadsInOrder(threads: readonly Thread[]): Threads {
  const placed = threads.map((t, position) => (t.position === position ? t : { ...t, position }));
  const [first, ...rest] = placed;
  if (!first) throw new Error('A conversation has at least one thread.');
  return [first, ...rest];
}

/** What of an unsent question belongs to these threads; undefined when nothing does. */
export function unsentIn(threads: readonly Thread[], unsent: Unsent): Unsent | undefined {
  const asks = unsent.asks.filter((ask) => threads.some((thread) => thread.id === ask.threadId));
  if (asks.length === unsent.asks.length) return unsent;
  return asks.length > 0 ? { ...unsent, asks } : undefined;
}

/** The questions that stand on the shown paths where this one does, in the same words, itself included. */
export function alikeQuestions({ threads, messages, choice }: ConversationView, message: Message): Message[] {
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

/** Why something failed, for the person who wanted it. */
export function wordsOf(error: unknown): string {
  return error instanceof RequestFailed ? error.message : 'Something went wrong in this page. Try again.';
}
