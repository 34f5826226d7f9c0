import type { Segment } from '../../../lib/stream-part.ts';
import type { ConversationStore } from '../../conversation/conversation-store.ts';
import { loadPart } from '../../ui/load-part.ts';
import { setAside } from '../aside.ts';

/** Files a finished answer's thinking as the answer; if there are several thoughts, asks which. */
export async function refileThinking(
  store: ConversationStore,
  messageId: string,
  segments: readonly Segment[],
): Promise<void> {
  const parts = segments.filter((segment) => segment.text !== ''); // as the server counts them
  const thoughts = parts.flatMap(({ kind }, index) => (kind === 'reasoning' ? [index] : []));
  const [index] = thoughts;
  if (index === undefined || thoughts.length > 1) return setAside(messageId, { dialog: 'refile' });
  const { refileAnswer } = await loadPart(() => import('./refile-answer.ts'));
  return refileAnswer(store, messageId, { index, kind: 'answer' });
}
