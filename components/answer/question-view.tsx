'use client';

import { Pencil } from 'lucide-react';
import { memo, useState } from 'react';
import { hasOverlongWord } from '../../lib/markdown/limits.ts';
import type { Message } from '../../lib/conversation.ts';
import { Attached } from '../asking/attachment-list.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { IconButton } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { useHanFont } from '../ui/han-font.ts';
import { Toolbar } from '../ui/toolbar.tsx';
import { MessageMenu } from './message-menu.tsx';
import { Siblings } from './siblings.tsx';
import { lazyPart } from '../ui/lazy-part.tsx';

interface QuestionViewProps {
  store: ConversationStore;
  message: Message;
  siblings: readonly Message[];
  /** The server has it. */
  sent: boolean;
  onEdit: (question: Message, text: string, everywhere: boolean) => void;
}

const QuestionEditor = lazyPart(() => import('../asking/question-editor.tsx'), {
  onMissing: ({ onCancel }) => onCancel(),
});

/** A question, as it was asked: plain text, its line breaks kept. It can be asked in other words. */
export const QuestionView = memo(function QuestionView(props: QuestionViewProps) {
  const { store, message } = props;
  const [editing, setEditing] = useState(false);
  const text = message.parts.map((part) => part.text).join('');
  useHanFont(text);
  return (
    <article
      className="question group/question flex flex-col items-end"
      aria-label="You asked"
      data-message={message.id}
    >
      {message.attachments && <Attached attachments={message.attachments} />}
      {editing ? (
        <QuestionEditor
          text={text}
          columns={store.alikeQuestions(message).length}
          onAsk={(words, everywhere) => {
            setEditing(false);
            props.onEdit(message, words, everywhere);
          }}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <QuestionText id={message.id} text={text} />
      )}
      {props.sent && !editing && <QuestionTools {...props} text={text} onEdit={() => setEditing(true)} />}
    </article>
  );
});

function QuestionText({ id, text }: { id?: string; text: string }) {
  return (
    <div
      className="question-text max-w-[min(100%,36rem)] rounded-lg rounded-br-sm bg-ink/6 px-4 py-2.5 wrap-anywhere whitespace-pre-wrap"
      data-message={id}
      data-overlong={hasOverlongWord(text) || undefined}
      dir="auto"
    >
      {text}
    </div>
  );
}

/** What can be done with a question: quiet until it is pointed at, always there for fingers and keys. */
function QuestionTools(props: {
  store: ConversationStore;
  message: Message;
  siblings: readonly Message[];
  text: string;
  onEdit: () => void;
}) {
  const { store, message, siblings, text } = props;
  const quiet =
    'transition-opacity group-hover/question:opacity-100 focus-within:opacity-100 has-[[aria-expanded=true]]:opacity-100 [@media(hover:hover)]:opacity-0';
  return (
    <Toolbar
      label="This question"
      className={`flex min-h-8 flex-wrap items-center justify-end gap-0.5 text-sm text-ink-muted print:hidden ${siblings.length > 1 ? '' : quiet}`}
    >
      <Siblings store={store} message={message} siblings={siblings} />
      <CopyButton label="Copy the question" textOf={() => text} />
      <IconButton label="Edit the question" onClick={props.onEdit}>
        <Pencil aria-hidden size={14} />
      </IconButton>
      <MessageMenu store={store} message={message} branches />
    </Toolbar>
  );
}
