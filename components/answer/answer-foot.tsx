'use client';

import { CodeXml } from 'lucide-react';
import type { Generation, Message } from '../../lib/conversation.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import { AskAgain, type Asking, type OtherModel } from '../asking/ask-again.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { IconButton } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Toolbar } from '../ui/toolbar.tsx';
import { AnswerMenu } from './answer-menu.tsx';
import { setAside } from './aside.ts';
import { Siblings } from './siblings.tsx';
import { TimelineButton, UsageBadge } from './tokens/usage-badge.tsx';

/** Under a finished answer: what it took, and what can be done with it; what is done most stands there, all of it in a menu. */
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
  const isCounted = view.reasoningTokens + view.answerTokens > 0;
  return (
    <Toolbar
      label="This answer"
      className="answer-foot @container/foot flex flex-wrap items-center gap-0.5 text-sm text-ink-muted print:[&_button:not(.badge)]:hidden"
    >
      <UsageBadge conversationId={store.getView().id} view={view} generation={generation} />
      {isCounted && <TimelineButton id={message.id} />}
      {segments.length > 0 && (
        <IconButton
          label="Raw text"
          className="px-1.5 @max-[31rem]/foot:hidden"
          aria-haspopup="dialog"
          onClick={() => setAside(message.id, { dialog: 'raw' })}
        >
          <CodeXml aria-hidden size={15} />
          <span className="text-sm">Raw</span>
        </IconButton>
      )}
      <span className="ml-auto flex flex-wrap items-center justify-end gap-0.5">
        <Siblings store={store} message={message} siblings={props.siblings} />
        {answer.trim() !== '' && <CopyButton label="Copy the answer" textOf={() => textOfKind(segments, 'answer')} />}
        <AskAgain value={generation} asking={asking} onlyOthers={props.onlyOthers} onRetry={props.onRetry} />
        <AnswerMenu
          store={store}
          message={message}
          segments={segments}
          isCounted={isCounted}
          branches={asking !== undefined}
        />
      </span>
    </Toolbar>
  );
}
