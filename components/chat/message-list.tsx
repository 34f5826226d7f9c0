'use client';

import type { Message } from '../../lib/conversation.ts';
import { Button } from '../ui/button.tsx';
import type { ConversationStore } from './conversation-store.ts';
import { AnswerView, QuestionView } from './message-view.tsx';
import type { PathNode } from './thread-path.ts';
import type { Unsent } from './unsent.ts';

/** One and the same, so that an answer without siblings is not drawn again when the list changes. */
const alone: readonly Message[] = [];

/** The shown messages, oldest first. */
export function MessageList(props: {
  store: ConversationStore;
  path: readonly PathNode[];
  unsent: Unsent | undefined;
  onRetry: (questionId: string) => void;
  onSendAgain: () => void;
  onTakeBack: () => void;
}) {
  return (
    <div className="messages">
      {props.path.map(({ message, siblings }) => (
        <MessageOf key={message.id} {...props} message={message} siblings={siblings.length > 1 ? siblings : alone} />
      ))}
    </div>
  );
}

function MessageOf(props: {
  store: ConversationStore;
  message: Message;
  siblings: readonly Message[];
  unsent: Unsent | undefined;
  onRetry: (questionId: string) => void;
  onSendAgain: () => void;
  onTakeBack: () => void;
}) {
  const { message, unsent } = props;
  if (message.role === 'assistant' && message.generation) {
    const { store, siblings, onRetry } = props;
    return <AnswerView {...{ store, message, siblings, onRetry }} generation={message.generation} />;
  }
  const failure = unsent?.asks.some((ask) => ask.questionId === message.id) ? unsent.failure : undefined;
  return (
    <>
      <QuestionView message={message} />
      {failure && (
        <div className="ending ending-problem" role="alert">
          <p>Not sent. {failure}</p>
          <Button onClick={props.onSendAgain}>Send again</Button>
          <Button tone="ghost" onClick={props.onTakeBack}>
            Edit
          </Button>
        </div>
      )}
    </>
  );
}
