'use client';

import { ArrowDownUp, ChevronLeft, ChevronRight, CodeXml, RotateCcw, Settings, SquarePen } from 'lucide-react';
import Link from 'next/link';
import { memo } from 'react';
import type { Generation, Message } from '../../lib/conversation.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import { LazyMarkdown } from '../markdown/lazy-markdown.tsx';
import { IconButton } from '../ui/button.tsx';
import { useHanFont } from '../ui/han-font.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { AnswerAside } from './answer-aside.tsx';
import type { ConversationStore } from './conversation-store.ts';
import { setAside } from './filing.ts';
import type { GenerationView } from './generation-store.ts';
import { HealthBadges } from './health-badges.tsx';
import { ModelFix } from './model-fix.tsx';
import { type OutcomeNote, outcomeOf } from './outcome.ts';
import { ReasoningPanel } from './reasoning-panel.tsx';
import { RetryButton } from './retry-button.tsx';
import { RunningLine } from './running-line.tsx';
import { SentButton } from './sent-button.tsx';
import { jumpToThought } from './thinking-jump.ts';
import { UsageBadge } from './usage-badge.tsx';
import { useGeneration } from './use-generation.ts';

interface AnswerViewProps {
  store: ConversationStore;
  message: Message;
  generation: Generation;
  siblings: readonly Message[];
  onRetry: (questionId: string) => void;
}

/** A question, as it was asked: plain text, its line breaks kept. */
export const QuestionView = memo(function QuestionView({ message }: { message: Message }) {
  useHanFont(message.parts[0]?.text ?? '');
  return (
    <article className="question" aria-label="You asked">
      <div className="question-text">{message.parts.map((part) => part.text).join('')}</div>
    </article>
  );
});

/** An answer with its thinking, its tokens and how it ended. While it runs, it alone is drawn again. */
export const AnswerView = memo(function AnswerView({ store, message, generation, siblings, onRetry }: AnswerViewProps) {
  const view = useGeneration(store, message);
  const { state } = view;
  const running = state.phase !== 'done';
  const answer = textOfKind(state.segments, 'answer');
  const thinks = state.segments.some((s) => s.kind === 'reasoning' && s.text.trim() !== '');
  const outcome = outcomeOf(state, generation.sampling);
  const endedAt = state.times.end === undefined ? undefined : generation.queuedAt + state.times.end;
  const retry = () => message.parentId && onRetry(message.parentId);

  return (
    <article className="answer" aria-label={`${generation.modelLabel} answered`} aria-busy={running}>
      <header className="answer-head">
        <span className="answer-model">{generation.modelLabel}</span>
        {generation.recording ? (
          <span className="tag">Recording</span>
        ) : (
          <span className="answer-provider">{generation.providerLabel}</span>
        )}
      </header>
      <ReasoningPanel id={message.id} view={view} store={store} message={message} />
      {answer !== '' && (
        <div className="answer-text">
          <LazyMarkdown text={answer} growing={running} tone="answer" />
        </div>
      )}
      {/* While the thinking pane ticks, a second clock would only be noise. */}
      {running && !(thinks && state.phase === 'thinking') && (
        <RunningLine view={view} providerLabel={generation.providerLabel} />
      )}
      <Discarded view={view} />
      <Notices view={view} />
      <Ending outcome={outcome} endedAt={endedAt} onRetry={retry} />
      {!running && state.error?.fix && <ModelFix fix={state.error.fix} providerId={generation.providerId} />}
      {!running && state.health && (
        <HealthBadges health={state.health} onJump={(at) => jumpToThought(message.id, at)} />
      )}
      {!running && (
        <footer className="answer-foot">
          <UsageBadge view={view} generation={generation} />
          <span className="answer-tools">
            <Siblings store={store} message={message} siblings={siblings} />
            <SentButton store={store} message={message} />
            {state.segments.length > 0 && <RawAndFiling id={message.id} />}
            {answer.trim() !== '' && (
              <CopyButton label="Copy the answer" textOf={() => textOfKind(state.segments, 'answer')} />
            )}
            {!outcome?.retry && (
              <IconButton label="Ask again" onClick={retry}>
                <RotateCcw aria-hidden size={15} />
              </IconButton>
            )}
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
      {outcome.retry && <RetryButton until={until} onRetry={onRetry} />}
    </div>
  );
}

/** Which of several answers to the same question this is, with a way to the others. */
function Siblings({
  store,
  message,
  siblings,
}: {
  store: ConversationStore;
  message: Message;
  siblings: readonly Message[];
}) {
  if (siblings.length < 2) return null;
  const at = siblings.findIndex((sibling) => sibling.id === message.id);
  const go = (to: Message | undefined) => to && store.choose(to);
  return (
    <span className="siblings">
      <IconButton label="Earlier answer" disabled={at <= 0} onClick={() => go(siblings[at - 1])}>
        <ChevronLeft aria-hidden size={15} />
      </IconButton>
      <span className="tabular-nums">
        {at + 1} / {siblings.length}
      </span>
      <IconButton label="Later answer" disabled={at >= siblings.length - 1} onClick={() => go(siblings[at + 1])}>
        <ChevronRight aria-hidden size={15} />
      </IconButton>
    </span>
  );
}
