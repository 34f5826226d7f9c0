import type { Message, Thread } from '../../lib/conversation.ts';
import type { ConversationView } from '../conversation/conversation-view.ts';
import { type BranchChoice, pathOf } from '../../lib/thread-path.ts';

/** What each column was asked last and said; `isLatest` where nothing else was asked elsewhere since. */
export function lastTurns(
  threads: readonly Thread[],
  messages: readonly Message[],
  choice: BranchChoice,
): { answer: Message | undefined; isLatest: boolean }[] {
  const turns = threads.map(({ id }) => {
    const path = pathOf(messages, id, choice).map(({ message }) => message);
    return {
      question: path.findLast(({ role }) => role === 'user'),
      answer: path.findLast(({ role }) => role === 'assistant'),
    };
  });
  const newest = turns.map(({ question }) => question).sort((a, b) => (b?.createdAt ?? 0) - (a?.createdAt ?? 0))[0];
  const textOf = (message: Message | undefined) => message?.parts.map(({ text }) => text).join('');
  return turns.map(({ question, answer }) => ({ answer, isLatest: textOf(question) === textOf(newest) }));
}

/** The columns in which an answer is on its way. */
export function runningThreads({ running, messages }: Pick<ConversationView, 'running' | 'messages'>): Set<string> {
  return new Set(messages.flatMap((message) => (running.includes(message.id) ? [message.threadId] : [])));
}
