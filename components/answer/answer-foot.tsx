'use client';

import { ArrowDownUp, CodeXml } from 'lucide-react';
import type { Generation, Message } from '../../lib/conversation.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import { AskAgain, type Asking, type OtherModel } from '../asking/ask-again.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { IconButton } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Toolbar } from '../ui/toolbar.tsx';
import { ToolWords } from './tool-words.tsx';
import { setAside } from './aside.ts';
import { CopyMenu } from './copy-menu.tsx';
import { MessageMenu } from './message-menu.tsx';
import { SentButton } from './sent/sent-button.tsx';
import { Siblings } from './siblings.tsx';
import { TimelineButton, UsageBadge } from './tokens/usage-badge.tsx';

/** Under a finished answer: what it took, and all that can be done with it. */
export function AnswerFoot(props: {
  store: ConversationStore;
  message: Message;
  generation: Generation;
  siblings: readonly Message[];
  view: GenerationView;
  answer: string;
  asking?: Asking | undefined;
  /** Asking the same model again is offered elsewhere. */
  onlyOthers: boolean;
  onRetry: (other?: OtherModel) => void;
}) {
  const { store, message, generation, view, answer, asking } = props;
  const { segments } = view.state;
  return (
    <Toolbar
      label="This answer"
      className="answer-foot flex flex-wrap items-center gap-0.5 text-sm text-ink-muted print:[&_button:not(.badge)]:hidden"
    >
      <UsageBadge conversationId={store.getView().id} view={view} generation={generation} />
      <TimelineButton id={message.id} />
      <span className="answer-tools ml-auto flex flex-wrap items-center justify-end gap-0.5">
        <Siblings store={store} message={message} siblings={props.siblings} />
        <SentButton store={store} message={message} />
        {segments.length > 0 && <RawAndFiling id={message.id} />}
        {answer.trim() !== '' && (
          <>
            <CopyButton label="Copy the answer" textOf={() => textOfKind(segments, 'answer')} />
            <CopyMenu segments={segments} />
          </>
        )}
        <AskAgain value={generation} asking={asking} onlyOthers={props.onlyOthers} onRetry={props.onRetry} />
        {asking && <MessageMenu store={store} message={message} />}
      </span>
    </Toolbar>
  );
}

function RawAndFiling({ id }: { id: string }) {
  return (
    <>
      <IconButton
        label="Raw text"
        className="px-1.5"
        aria-haspopup="dialog"
        onClick={() => setAside(id, { dialog: 'raw' })}
      >
        <CodeXml aria-hidden size={15} />
        <ToolWords>Raw</ToolWords>
      </IconButton>
      <IconButton label="Thinking or answer?" aria-haspopup="dialog" onClick={() => setAside(id, { dialog: 'refile' })}>
        <ArrowDownUp aria-hidden size={15} />
      </IconButton>
    </>
  );
}
