'use client';

import type { Message } from '../../lib/conversation.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import type { ProviderModels } from '../../lib/model.ts';
import { setAside, useAside } from './aside.ts';
import type { GenerationView } from '../conversation/generation-store.ts';
import { lazyDialog, lazyPart } from '../ui/lazy-part.tsx';

const RawDialog = lazyDialog(() => import('./sent/raw-dialog.tsx'));
const RefileDialog = lazyDialog(() => import('./refile/refile-dialog.tsx'));
const SentDialog = lazyDialog(() => import('./sent/sent-dialog.tsx'));
const TokenTimeline = lazyDialog(() => import('./tokens/token-timeline.tsx'));
const RefileNote = lazyPart(() => import('./refile/refile-note.tsx'));

interface AnswerAsideProps {
  store: ConversationStore;
  message: Message;
  view: GenerationView;
  modelLabel: string;
  providers: readonly ProviderModels[];
}

/** What a person has opened beside an answer, each loaded when it is first wanted; nothing as a rule. */
export function AnswerAside({ store, message, view, modelLabel, providers }: AnswerAsideProps) {
  const { dialog, timeline, note, problem } = useAside(message.id);
  if (!dialog && !timeline && !note && !problem) return null;
  const running = view.state.phase !== 'done';
  const close = () => setAside(message.id, { dialog: undefined });
  return (
    <>
      {timeline && !running && (
        <TokenTimeline
          id={message.id}
          state={view.state}
          onClose={() => setAside(message.id, { timeline: undefined })}
        />
      )}
      {(note || problem) && (
        <RefileNote store={store} messageId={message.id} note={note} problem={problem} modelLabel={modelLabel} />
      )}
      {dialog === 'raw' && (
        <RawDialog
          id={message.id}
          running={running}
          notices={view.state.notices}
          tellsLikelihoods={canTellLikelihoods(providers, message)}
          onClose={close}
        />
      )}
      {dialog === 'sent' && <SentDialog store={store} message={message} onClose={close} />}
      {dialog === 'refile' && !running && (
        <RefileDialog
          store={store}
          messageId={message.id}
          segments={view.state.segments}
          tokens={{ reasoning: view.reasoningTokens, answer: view.answerTokens }}
          onClose={close}
        />
      )}
    </>
  );
}

function canTellLikelihoods(providers: readonly ProviderModels[], { generation }: Message): boolean {
  return providers.some(({ provider }) => provider.id === generation?.providerId && provider.tellsLikelihoods);
}
