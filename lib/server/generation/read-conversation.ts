import type { ConversationDetail } from '../../conversation.ts';
import type { Store } from '../store/store.ts';
import type { Runs } from './run.ts';

/**
 * A conversation as it stands this moment: the store's, with the text of what runs here taken from its log, and the
 * cursor from which the event stream goes on without a gap.
 */
export async function readConversation(
  rooms: { store: Store; runs: Runs },
  ownerId: string,
  id: string,
): Promise<ConversationDetail | undefined> {
  const conversation = await rooms.store.conversations.find(ownerId, id);
  // Read after the store, so that a generation that ended in between is either finished there or still in the log.
  const log = rooms.runs.logs.find(id);
  if (!conversation || !log) return conversation;
  const messages = conversation.messages.map((message) => {
    const state = message.generation?.state === 'running' ? log.stateOf(message.id) : undefined;
    if (!state || !message.generation) return message;
    const { segments, times, usage, notices, error, finish, health } = state;
    return {
      ...message,
      parts: [...segments],
      generation: {
        ...message.generation,
        phase: state.phase,
        state: finish?.outcome ?? message.generation.state,
        times,
        notices: [...notices],
        ...(usage && { usage }),
        ...(error && { error }),
        ...(finish && { finish }),
        ...(health && { health }),
      },
    };
  });
  return { ...conversation, messages, ...(log.isRunning && { cursor: log.cursor }) };
}
