'use client';

import { ArrowDownUp, CodeXml, Pencil, Settings, SquarePen } from 'lucide-react';
import Link from 'next/link';
import { lazy, memo, type ReactNode, Suspense, useState } from 'react';
import { isCut } from '../../lib/continuation.ts';
import type { Generation, Message } from '../../lib/conversation.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import { LazyMarkdown } from '../markdown/lazy-markdown.tsx';
import { IconButton } from '../ui/button.tsx';
import { useHanFont } from '../ui/han-font.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { CopyMenu } from './copy-menu.tsx';
import { AnswerAside } from './answer-aside.tsx';
import { Attached } from '../asking/attachment-list.tsx';
import { AskAgain, type Asking, type OtherModel } from '../asking/ask-again.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { setAside } from './filing.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { AnswerNowButton, ContinueButton } from './go-on.tsx';
import { MessageMenu } from './message-menu.tsx';
import { type OutcomeNote, outcomeOf } from './outcome.ts';
import { ReasoningPanel } from './thinking/reasoning-panel.tsx';
import { RetryButton } from './retry-button.tsx';
import { RunningLine } from './running-line.tsx';
import { SentButton } from './sent-button.tsx';
import { useShownText } from './shown-texts.ts';
import { jumpToThought } from './thinking/thinking-jump.ts';
import { Siblings } from './siblings.tsx';
import { TimelineButton, UsageBadge } from './usage-badge.tsx';
import { useGeneration } from '../conversation/use-generation.ts';
import './tree.css';
import { Tag } from '../ui/tag.tsx';

interface AnswerViewProps {
  store: ConversationStore;
  message: Message;
  generation: Generation;
  siblings: readonly Message[];
  /** Whom else a question may be asked; absent where it cannot be. */
  asking?: Asking | undefined;
  onRetry: (questionId: string, other?: OtherModel) => void;
}

interface QuestionViewProps {
  store: ConversationStore;
  message: Message;
  siblings: readonly Message[];
  /** The server has it. */
  sent: boolean;
  onEdit: (question: Message, text: string, everywhere: boolean) => void;
}

const HealthBadges = lazy(() => import('./health-badges.tsx').then((module) => ({ default: module.HealthBadges })));
const ModelFix = lazy(() => import('./model-fix.tsx').then((module) => ({ default: module.ModelFix })));
const QuestionEditor = lazy(() => import('../asking/question-editor.tsx'));

/** A question, as it was asked: plain text, its line breaks kept. It can be asked in other words. */
export const QuestionView = memo(function QuestionView(props: QuestionViewProps) {
  const { store, message, siblings } = props;
  const [editing, setEditing] = useState(false);
  const text = message.parts.map((part) => part.text).join('');
  useHanFont(text);
  return (
    <article className="question" aria-label="You asked" data-message={message.id}>
      {message.attachments && <Attached attachments={message.attachments} />}
      {editing ? (
        <Suspense
          fallback={
            <div className="question-text" dir="auto">
              {text}
            </div>
          }
        >
          <QuestionEditor
            text={text}
            columns={store.alikeQuestions(message).length}
            onAsk={(words, everywhere) => {
              setEditing(false);
              props.onEdit(message, words, everywhere);
            }}
            onCancel={() => setEditing(false)}
          />
        </Suspense>
      ) : (
        <div className="question-text" data-message={message.id} dir="auto">
          {text}
        </div>
      )}
      {props.sent && !editing && (
        <div className={`message-tools ${siblings.length > 1 ? '' : 'message-tools-quiet'}`}>
          <Siblings store={store} message={message} siblings={siblings} />
          <CopyButton label="Copy the question" textOf={() => text} />
          <IconButton label="Edit the question" onClick={() => setEditing(true)}>
            <Pencil aria-hidden size={14} />
          </IconButton>
          <MessageMenu store={store} message={message} />
        </div>
      )}
    </article>
  );
});

/** An answer with its thinking, its tokens and how it ended. While it runs, it alone is drawn again. */
export const AnswerView = memo(function AnswerView(props: AnswerViewProps) {
  const { store, message, generation, siblings, asking, onRetry } = props;
  const view = useGeneration(store, message);
  const places = useShownText(message.id, 'answer');
  const { state } = view;
  const running = state.phase !== 'done';
  const answer = textOfKind(state.segments, 'answer');
  const thinks = state.segments.some((s) => s.kind === 'reasoning' && s.text.trim() !== '');
  const outcome = outcomeOf(state, generation.sampling);
  const endedAt = state.times.end === undefined ? undefined : generation.queuedAt + state.times.end;
  const retry = (other?: OtherModel) => message.parentId && onRetry(message.parentId, other);
  const continuing = { store, message, generation, asking };

  return (
    <article
      className="answer"
      data-message={message.id}
      aria-label={`${generation.modelLabel} answered`}
      aria-busy={running}
    >
      <header className="answer-head">
        <span className="answer-model">{generation.modelLabel}</span>
        {generation.recording ? (
          <Tag>Recording</Tag>
        ) : (
          <span className="answer-provider">{generation.providerLabel}</span>
        )}
        {generation.continues && (
          <Tag title="It begins with the text of another answer, whose tokens were counted there">Continued</Tag>
        )}
      </header>
      <ReasoningPanel id={message.id} view={view} store={store} message={message} />
      {running && state.phase === 'thinking' && <AnswerNowButton {...continuing} />}
      {answer !== '' && (
        <div className="answer-text">
          <LazyMarkdown text={answer} growing={running} tone="answer" places={places} />
        </div>
      )}
      {/* While the thinking pane ticks, a second clock would only be noise. */}
      {running && !(thinks && state.phase === 'thinking') && (
        <RunningLine view={view} providerLabel={generation.providerLabel} />
      )}
      <Discarded view={view} />
      <Notices view={view} />
      <Ending outcome={outcome} endedAt={endedAt} onRetry={() => retry()}>
        {isCut(state.segments, state.finish) && <ContinueButton {...continuing} segments={state.segments} />}
      </Ending>
      {!running && state.error?.fix && (
        <Suspense>
          <ModelFix fix={state.error.fix} providerId={generation.providerId} />
        </Suspense>
      )}
      {!running && state.health && (
        <Suspense fallback={<div className="h-11" />}>
          <HealthBadges health={state.health} onJump={(at) => jumpToThought(message.id, at)} />
        </Suspense>
      )}
      {!running && (
        <footer className="answer-foot">
          <UsageBadge conversationId={store.getView().id} view={view} generation={generation} />
          <TimelineButton id={message.id} />
          <span className="answer-tools">
            <Siblings store={store} message={message} siblings={siblings} />
            <SentButton store={store} message={message} />
            {state.segments.length > 0 && <RawAndFiling id={message.id} />}
            {answer.trim() !== '' && (
              <>
                <CopyButton label="Copy the answer" textOf={() => textOfKind(state.segments, 'answer')} />
                <CopyMenu segments={state.segments} />
              </>
            )}
            <AskAgain value={generation} asking={asking} onlyOthers={outcome?.retry ?? false} onRetry={retry} />
            {asking && <MessageMenu store={store} message={message} />}
          </span>
        </footer>
      )}
      <AnswerAside store={store} message={message} view={view} modelLabel={generation.modelLabel} />
    </article>
  );
});

function RawAndFiling({ id }: { id: string }) {
  return (
    <>
      <IconButton label="Raw text" aria-haspopup="dialog" onClick={() => setAside(id, { dialog: 'raw' })}>
        <CodeXml aria-hidden size={15} />
      </IconButton>
      <IconButton label="Thinking or answer?" aria-haspopup="dialog" onClick={() => setAside(id, { dialog: 'filing' })}>
        <ArrowDownUp aria-hidden size={15} />
      </IconButton>
    </>
  );
}

/** Text that is neither thinking nor answer is kept, under its name. */
function Discarded({ view }: { view: GenerationView }) {
  const text = textOfKind(view.state.segments, 'discarded');
  if (text.trim() === '') return null;
  return (
    <details className="fold">
      <summary>Discarded text</summary>
      <p className="fold-note">
        The model wrote this beside its thinking and answer, such as a turn it made up. It is not sent back.
      </p>
      <div className="fold-text">{text}</div>
    </details>
  );
}

function Notices({ view }: { view: GenerationView }) {
  // That it is a recording stands at the top already; that it was tried again, where it runs or how it ended.
  const notices = view.state.notices.filter(({ code }) => code !== 'recording' && code !== 'retrying');
  if (notices.length === 0) return null;
  return (
    <ul className="notices">
      {notices.map((notice, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: notices are only ever added at the end
        <li key={i}>{notice.message}</li>
      ))}
    </ul>
  );
}

function Ending(props: {
  outcome: OutcomeNote | undefined;
  /** Epoch ms. */
  endedAt: number | undefined;
  onRetry: () => void;
  children: ReactNode;
}) {
  const { outcome, endedAt, onRetry } = props;
  if (!outcome) return null;
  const until =
    outcome.waitSeconds === undefined || endedAt === undefined ? undefined : endedAt + outcome.waitSeconds * 1000;
  return (
    <div className={`ending ending-${outcome.tone}`}>
      <p>{outcome.text}</p>
      {outcome.detail && (
        <details className="ending-detail">
          <summary>Details</summary>
          <pre>{outcome.detail}</pre>
        </details>
      )}
      {outcome.remedy === 'settings' && (
        <Link href="/settings" prefetch={false} className="button">
          <Settings aria-hidden size={14} /> Open settings
        </Link>
      )}
      {outcome.remedy === 'new-chat' && (
        <Link href="/" prefetch={false} className="button">
          <SquarePen aria-hidden size={14} /> New chat
        </Link>
      )}
      {props.children}
      {outcome.retry && <RetryButton until={until} onRetry={onRetry} />}
    </div>
  );
}
