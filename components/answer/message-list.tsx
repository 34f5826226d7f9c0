'use client';

import type { Message } from '../../lib/conversation.ts';
import { Button } from '../ui/button.tsx';
import type { Asking, OtherModel } from '../asking/ask-again.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { LazyAnswer } from './lazy-answer.tsx';
import { EndingNote } from './ending-note.tsx';
import { QuestionView } from './question-view.tsx';
import type { PathNode } from '../conversation/thread-path.ts';
import type { Unsent } from '../conversation/unsent-question.ts';

/** One and the same, so that an answer without siblings is not drawn again when the list changes. */
const alone: readonly Message[] = [];

interface ListProps {
  store: ConversationStore;
  unsent: Unsent | undefined;
  asking: Asking;
  onRetry: (questionId: string, other?: OtherModel) => void;
  onEdit: (question: Message, text: string, everywhere: boolean) => void;
  onSendAgain: () => void;
  onTakeBack: () => void;
}

/** The shown messages, oldest first. */
export function MessageList(props: ListProps & { path: readonly PathNode[] }) {
  return (
    <div className="messages flex flex-col gap-7">
      {props.path.map(({ message, siblings }) => (
        <MessageOf key={message.id} {...props} message={message} siblings={siblings.length > 1 ? siblings : alone} />
      ))}
    </div>
  );
}

function MessageOf(props: ListProps & { message: Message; siblings: readonly Message[] }) {
  const { store, message, siblings, unsent } = props;
  if (message.role === 'assistant' && message.generation) {
    const { asking, onRetry } = props;
    return <LazyAnswer {...{ store, message, siblings, asking, onRetry }} generation={message.generation} />;
  }
  const isUnsent = unsent?.asks.some((ask) => ask.questionId === message.id) ?? false;
  const failure = isUnsent ? unsent?.failure : undefined;
  return (
    <>
      <QuestionView {...{ store, message, siblings }} sent={!isUnsent} onEdit={props.onEdit} />
      {failure && (
        <EndingNote tone="problem" role="alert">
          <p>Not sent. {failure}</p>
          <Button onClick={props.onSendAgain}>Send again</Button>
          <Button tone="ghost" onClick={props.onTakeBack}>
            Edit
          </Button>
        </EndingNote>
      )}
    </>
  );
}
