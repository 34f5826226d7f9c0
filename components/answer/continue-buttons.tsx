'use client';

import { ArrowRightToLine, FastForward, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { canAnswerNow, canContinue, cutInOf, isCompletionTemplate } from '../../lib/continuation.ts';
import type { Generation, Message, ThreadSettings } from '../../lib/conversation.ts';
import type { ModelInfo } from '../../lib/model.ts';
import type { Segment } from '../../lib/stream-part.ts';
import { Button } from '../ui/button.tsx';
import type { Asking } from '../asking/ask-again.tsx';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { findModel } from '../conversation/model-choice.ts';

export interface ContinueProps {
  store: ConversationStore;
  message: Message;
  generation: Generation;
  asking: Asking | undefined;
}

/** Goes on with an answer that was cut; its title says in which way. */
export function ContinueButton(props: ContinueProps & { segments: readonly Segment[] }) {
  const { store, message, segments } = props;
  const { busy, run } = useBusy(() => store.continueAnswer(message));
  const about = aboutModel(props);
  const cutIn = cutInOf(segments);
  const inPlace = about !== undefined && cutIn !== undefined && canContinue(about.model, { ...about, cutIn });
  return (
    <Button
      disabled={busy}
      title={inPlace ? 'Goes on with the same text' : 'Asks for the rest in a new turn'}
      onClick={run}
    >
      <ArrowRightToLine aria-hidden size={14} /> Continue
    </Button>
  );
}

/** Ends the thinking and has the answer come; nothing where the model's server cannot be made to. */
export function AnswerNowButton(props: ContinueProps) {
  const { busy, run } = useBusy(() => props.store.continueAnswer(props.message, 'answerNow'));
  const about = aboutModel(props);
  if (!about || !canAnswerNow(about.model, about)) return null;
  return (
    <Button
      className="self-start print:hidden"
      disabled={busy}
      title="Ends the thinking here and asks for the answer"
      onClick={run}
    >
      <FastForward aria-hidden size={14} /> Answer now
    </Button>
  );
}

/**
 * Goes on from before the loop in which an answer ends, one that still runs being stopped first; where its server cannot
 * be made to, the question is asked again.
 */
export function BeforeLoopButton(
  props: ContinueProps & { segments: readonly Segment[]; running: boolean; onRetry: () => void },
) {
  const { store, message, segments, running, onRetry } = props;
  const about = aboutModel(props);
  const cutIn = cutInOf(segments);
  const goesOn = about !== undefined && cutIn !== undefined && canContinue(about.model, { ...about, cutIn });
  const { busy, run } = useBusy(async () => {
    if (running) await store.stop(message.threadId);
    if (goesOn) await store.continueAnswer(message, 'beforeLoop');
    else onRetry();
  });
  return (
    <Button
      disabled={busy}
      title={goesOn ? 'Goes on with the text from before it repeated itself' : 'Asks the question once more'}
      onClick={run}
    >
      <Undo2 aria-hidden size={14} /> {goesOn ? 'From before the loop' : 'Ask again'}
    </Button>
  );
}

/** True from the press to the end of what it does, so that it is done once. */
function useBusy(action: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    await action();
    setBusy(false);
  };
  return { busy, run: () => void run() };
}

/** The model that answered and how it was asked, as far as this page knows; the server knows it exactly. */
function aboutModel({ store, message, generation, asking }: ContinueProps) {
  const model = asking && findModel(asking.providers, generation)?.model;
  const settings = store.getView().threads.find(({ id }) => id === message.threadId)?.settings;
  if (!model || !settings) return undefined;
  return { model, isCompletion: isCompletion(model, settings), exact: model.reasoning.transport === 'inline' };
}

function isCompletion(model: ModelInfo, { model: own, promptTemplate }: ThreadSettings): boolean {
  const isOwn = own.providerId === model.providerId && own.modelKey === model.key;
  return isCompletionTemplate((isOwn ? promptTemplate : undefined) ?? model.promptTemplate);
}
