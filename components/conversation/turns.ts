import type { Message } from '../../lib/conversation.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import type { TakenTurn } from '../../lib/window-room.ts';
import type { ConversationStore } from './conversation-store.ts';
import { viewOfMessage } from './generation-store.ts';

/** The answers on a way down a thread, each with its question, oldest first; as they stand on the page. */
export function turnsOf(store: ConversationStore, path: readonly Message[]): TakenTurn[] {
  return path.flatMap((message, i): TakenTurn[] => {
    const question = path[i - 1];
    if (message.role !== 'assistant' || !question) return [];
    const { state } = store.generation(message.id)?.getView() ?? viewOfMessage(message);
    return [
      {
        question: textOfKind(question.parts, 'answer'),
        answer: textOfKind(state.segments, 'answer'),
        reasoning: textOfKind(state.segments, 'reasoning'),
        usage: state.usage,
      },
    ];
  });
}

/** The turns before the question that this answers. */
export function turnsBefore(store: ConversationStore, { parentId }: Message): TakenTurn[] {
  const byId = new Map(store.getView().messages.map((message) => [message.id, message]));
  const path: Message[] = [];
  for (let at = byId.get(parentId ?? ''); at; at = byId.get(at.parentId ?? '')) path.unshift(at);
  return turnsOf(store, path);
}
