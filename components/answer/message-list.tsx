'use client';

import { useMemo, useSyncExternalStore } from 'react';
import type { Message } from '../../lib/conversation.ts';
import { usePrinting } from '../markdown/use-printing.ts';
import { useAway } from '../client/connection.ts';
import { Button } from '../ui/button.tsx';
import type { Asking, OtherModel } from '../asking/ask-again.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { LazyAnswer } from './lazy-answer.tsx';
import { EndingNote } from './ending-note.tsx';
import { QuestionView } from './question-view.tsx';
import type { PathNode } from '../../lib/thread-path.ts';
import { Turn } from './turn.tsx';
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

/** A conversation of more turns than this is drawn only near the screen. */
const manyTurns = 16;
/** So many of the last ones are drawn before it is known where the screen is. */
const firstDrawn = 4;

/** The shown messages, oldest first, turn by turn; of a long conversation, those that are near the screen. */
export function MessageList(props: ListProps & { path: readonly PathNode[] }) {
  const turns = useMemo(() => turnsOf(props.path), [props.path]);
  const isPrinted = usePrinting();
  const view = useSyncExternalStore(props.store.subscribe, props.store.getView, props.store.getView);
  const { running, cut } = view;
  return (
    <div className="messages flex flex-col gap-7">
      {cut && <p className="text-center text-sm text-ink-muted">Earlier turns are on their way…</p>}
      {turns.map(({ nodes, messages }, i) => (
        <Turn
          key={messages[0]?.id}
          messages={messages}
          drawAlways={turns.length <= manyTurns || isPrinted || messages.some(({ id }) => running.includes(id))}
          drawFirst={i >= turns.length - firstDrawn}
        >
          {() =>
            nodes.map(({ message, siblings }) => (
              <MessageOf
                key={message.id}
                {...props}
                message={message}
                siblings={siblings.length > 1 ? siblings : alone}
              />
            ))
          }
        </Turn>
      ))}
    </div>
  );
}

/** A path cut at its questions. */
function turnsOf(path: readonly PathNode[]): { nodes: PathNode[]; messages: Message[] }[] {
  const turns: { nodes: PathNode[]; messages: Message[] }[] = [];
  for (const node of path) {
    const last = turns.at(-1);
    if (!last || node.message.role === 'user') turns.push({ nodes: [node], messages: [node.message] });
    else {
      last.nodes.push(node);
      last.messages.push(node.message);
    }
  }
  return turns;
}

function MessageOf(props: ListProps & { message: Message; siblings: readonly Message[] }) {
  const { store, message, siblings, unsent } = props;
  if (message.role === 'assistant' && message.generation) {
    const { asking, onRetry } = props;
    return (
      <LazyAnswer
        {...{ store, message, siblings, asking, onRetry }}
        generation={message.generation}
        providers={asking.providers}
      />
    );
  }
  const isUnsent = unsent?.asks.some((ask) => ask.questionId === message.id) ?? false;
  return (
    <>
      <QuestionView {...{ store, message, siblings }} sent={!isUnsent} onEdit={props.onEdit} />
      {isUnsent && unsent?.failure !== undefined && <NotSent {...props} unsent={unsent} />}
    </>
  );
}

/** Under a question that the server has not taken: why, and what comes of it or can be done. */
function NotSent({ unsent, ...props }: ListProps & { unsent: Unsent }) {
  const away = useAway();
  if (!unsent.waits) {
    return (
      <EndingNote tone="problem" role="alert">
        <p>Not sent. {unsent.failure}</p>
        <Button onClick={props.onSendAgain}>Send again</Button>
        <Button tone="ghost" onClick={props.onTakeBack}>
          Edit
        </Button>
      </EndingNote>
    );
  }
  return (
    <EndingNote tone="quiet">
      <p role="status">
        {away
          ? 'Not sent yet. It is sent by itself as soon as Thinkglass is back.'
          : 'Not sent yet. It is sent by itself when the answer above has ended.'}
      </p>
      <Button onClick={props.onTakeBack}>Take back</Button>
    </EndingNote>
  );
}
