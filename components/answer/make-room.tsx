import type { Message } from '../../lib/conversation.ts';
import type { Asking } from '../asking/ask-again.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { ShorterButton } from './shorter-button.tsx';
import { SummaryButton } from './summary-button.tsx';

/** What can be done where a conversation is too long for its window. */
export default function MakeRoom(props: {
  store: ConversationStore;
  message: Message;
  asking: Asking;
  onRetry: () => void;
}) {
  return (
    <span className="inline-flex flex-wrap gap-2 print:hidden">
      <ShorterButton {...props} />
      <SummaryButton {...props} />
    </span>
  );
}
