import type { ConversationDetail } from '../../conversation.ts';
import type { RawText } from '../../raw-text.ts';
import type { Store } from '../store/store.ts';
import type { RunLog } from './run-log.ts';

interface Rooms {
  store: Store;
  runLog: RunLog;
}

/**
 * A conversation as it stands this moment: the store's, with the text of what runs taken from its log, and the cursor
 * from which the event stream goes on without a gap.
 */
export async function readConversation(
  { store, runLog }: Rooms,
  ownerId: string,
  id: string,
): Promise<ConversationDetail | undefined> {
  const conversation = await store.conversations.find(ownerId, id);
  if (!conversation) return undefined;
  // Read after the store, so that a generation that ended in between is either finished there or still in the log.
  const running = conversation.messages.filter((message) => message.generation?.state === 'running');
  const log = await runLog.messagesOf(
    id,
    running.map((message) => message.id),
  );
  const messages = conversation.messages.map((message) => {
    const state = message.generation?.state === 'running' ? log.messages.get(message.id) : undefined;
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
  return { ...conversation, messages, ...(log.cursor !== undefined && { cursor: log.cursor }) };
}

/** What the model of an answer has written, to the character. Undefined when there is no such answer. */
export async function readRawText({ store, runLog }: Rooms, ownerId: string, id: string): Promise<RawText | undefined> {
  // Asked before the store, so that one that ends in between is either still here or finished there.
  const pieces = runLog.writtenBy(id);
  const stored = await store.answers.findRawText(ownerId, id);
  return stored && pieces ? { pieces, exact: true } : stored;
}
