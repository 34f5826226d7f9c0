'use client';

import { memo } from 'react';
import { isCut } from '../../lib/continuation.ts';
import type { Generation, Message } from '../../lib/conversation.ts';
import { hasOverlongWord } from '../../lib/markdown/limits.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import type { Asking, OtherModel } from '../asking/ask-again.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { NoticeList } from './told.tsx';
import { useGeneration } from '../conversation/use-generation.ts';
import { LazyMarkdown } from '../markdown/lazy-markdown.tsx';
import { Tag } from '../ui/tag.tsx';
import { AnswerAside } from './answer-aside.tsx';
import { AnswerFoot } from './answer-foot.tsx';
import { Ending } from './ending.tsx';
import { AnswerNowButton, ContinueButton } from './continue-buttons.tsx';
import { isGuardNotice, isWindowFull, outcomeOf, wantsRoom } from './outcome.ts';
import { RunningLine } from './running-line.tsx';
import { useShownText } from './shown-texts.ts';
import { StorageNote } from './storage-note.tsx';
import { ReasoningPanel } from './thinking/reasoning-panel.tsx';
import { jumpToThought } from './thinking/thought-jump.ts';
import { lazyPart } from '../ui/lazy-part.tsx';

interface AnswerViewProps {
  store: ConversationStore;
  message: Message;
  generation: Generation;
  siblings: readonly Message[];
  /** Who can be asked: what is offered beside an answer follows from what its server can. */
  providers: readonly ProviderModels[];
  /** Whom else a question may be asked; absent where it cannot be. */
  asking?: Asking | undefined;
  onRetry: (questionId: string, other?: OtherModel) => void;
}

const HealthBadges = lazyPart(async () => ({ default: (await import('./health-badges.tsx')).HealthBadges }), {
  waiting: () => <div className="h-11" />,
});
const LoopBrake = lazyPart(() => import('./loop-brake.tsx'));
const MakeRoom = lazyPart(() => import('./make-room.tsx'));
const ModelFix = lazyPart(async () => ({ default: (await import('./model-fix.tsx')).ModelFix }));

/** An answer with its thinking, its tokens and how it ended. While it runs, it alone is drawn again. */
export const AnswerView = memo(function AnswerView(props: AnswerViewProps) {
  const { store, message, generation, asking } = props;
  const view = useGeneration(store, message);
  const places = useShownText(message.id, 'answer');
  const { state } = view;
  const running = state.phase !== 'done';
  const answer = textOfKind(state.segments, 'answer');
  const thinks = state.segments.some((s) => s.kind === 'reasoning' && s.text.trim() !== '');
  const outcome = outcomeOf(state, generation.sampling);
  const endedAt = state.times.end === undefined ? undefined : generation.queuedAt + state.times.end;
  const retry = (other?: OtherModel) => {
    if (message.parentId) props.onRetry(message.parentId, other);
  };
  const askInstead = (question: string) => {
    if (asking) void askSameModel(store, message, generation, { question, providers: asking.providers });
  };
  const continuing = { store, message, generation, asking };
  const loops = state.notices.some(({ code }) => code === 'repeating');
  const room = wantsRoom(state) && asking && (
    <MakeRoom store={store} message={message} asking={asking} onRetry={() => retry()} />
  );

  return (
    <article
      className="answer flex min-w-0 flex-col gap-3.5"
      data-message={message.id}
      aria-label={`${generation.modelLabel} answered`}
      aria-busy={running}
    >
      <AnswerHead generation={generation} />
      <ReasoningPanel id={message.id} view={view} store={store} message={message} />
      {running && state.phase === 'thinking' && !loops && <AnswerNowButton {...continuing} />}
      {answer !== '' && (
        <div className="answer-text min-w-0 font-serif text-prose leading-loose wrap-break-word">
          <LazyMarkdown text={answer} growing={running} tone="answer" places={places} />
        </div>
      )}
      {/* While the thinking pane ticks, a second clock would only be noise. */}
      {running && !(thinks && state.phase === 'thinking') && (
        <RunningLine view={view} providerLabel={generation.providerLabel} />
      )}
      {running && <StorageNote />}
      <Discarded view={view} />
      <Notices view={view} />
      {loops && (
        <LoopBrake
          {...continuing}
          segments={state.segments}
          running={running}
          thinking={state.phase === 'thinking'}
          onRetry={() => retry()}
        />
      )}
      <Ending
        outcome={outcome}
        endedAt={endedAt}
        onRetry={() => retry()}
        onAsk={asking && askInstead}
        onProviders={asking?.onProviders}
      >
        {isCut(state.segments, state.finish) && !isWindowFull(state) && (
          <ContinueButton {...continuing} segments={state.segments} />
        )}
        {room}
      </Ending>
      {!outcome && room}
      {!running && state.error?.fix && <ModelFix fix={state.error.fix} providerId={generation.providerId} />}
      {!running && state.health && (
        <HealthBadges health={state.health} onJump={(at) => jumpToThought(message.id, at)} />
      )}
      {!running && (
        <AnswerFoot
          {...props}
          view={view}
          answer={answer}
          onlyOthers={outcome?.retry === true || outcome?.tone === 'notice'}
          onRetry={retry}
        />
      )}
      <AnswerAside
        store={store}
        message={message}
        view={view}
        modelLabel={generation.modelLabel}
        providers={props.providers}
      />
    </article>
  );
});

/** Asks who answered here something else, behind what its thread says now. */
async function askSameModel(
  store: ConversationStore,
  { threadId }: Message,
  { providerId, modelKey }: Generation,
  asked: { question: string; providers: Asking['providers'] },
): Promise<void> {
  const chosen = store.getView().threads.find(({ id }) => id === threadId)?.settings.model;
  if (chosen?.providerId !== providerId || chosen.modelKey !== modelKey) {
    await store.setSettings(threadId, { model: { providerId, modelKey } });
  }
  await store.ask(asked.question, asked.providers, [threadId]);
}

function AnswerHead({ generation }: { generation: Generation }) {
  return (
    <header className="answer-head flex items-center gap-2 text-sm">
      <h2 className="font-semibold">
        <span>{generation.modelLabel}</span>
        <span className="sr-only"> answered</span>
      </h2>
      {generation.recording ? <Tag>Recording</Tag> : <span className="text-ink-muted">{generation.providerLabel}</span>}
      {generation.continues && (
        <Tag title="It begins with the text of another answer, whose tokens were counted there">Continued</Tag>
      )}
    </header>
  );
}

/** Text that is neither thinking nor answer is kept, under its name. */
function Discarded({ view }: { view: GenerationView }) {
  const text = textOfKind(view.state.segments, 'discarded');
  if (text.trim() === '') return null;
  return (
    <details className="border-l-2 border-line pl-3.5 text-base text-ink-muted">
      <summary className="font-medium">Discarded text</summary>
      <p className="my-1.5 text-sm" data-uncopied>
        The model wrote this beside its thinking and answer, such as a turn it made up. It is not sent back.
      </p>
      <div
        className="max-h-80 overflow-y-auto wrap-anywhere whitespace-pre-wrap"
        data-overlong={hasOverlongWord(text) || undefined}
      >
        {text}
      </div>
    </details>
  );
}

function Notices({ view }: { view: GenerationView }) {
  // That it is a recording stands at the top already; that it was tried again, where it runs or how it ended; as what it
  // was split, with what was sent and with the raw text.
  const notices = view.state.notices.filter(
    (notice) =>
      notice.code !== 'retrying' &&
      notice.code !== 'split-assumed' &&
      !isGuardNotice(notice) &&
      !(notice.code === 'said' && notice.facts.was === 'recording'),
  );
  if (notices.length === 0) return null;
  const { phase, health } = view.state;
  return <NoticeList notices={notices} {...(phase === 'done' && { ended: { health } })} />;
}
