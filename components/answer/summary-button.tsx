import { MessageSquarePlus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { Message } from '../../lib/conversation.ts';
import { summaryQuestion } from '../../lib/prompts/summary-question.ts';
import type { Asking } from '../asking/ask-again.tsx';
import { draftKey } from '../client/drafts.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { findModel, lastModelKey, refText } from '../conversation/model-choice.ts';
import { turnsBefore } from '../conversation/turns.ts';
import { Button } from '../ui/button.tsx';
import { readStored, writeStored } from '../ui/stored.ts';

/** UTF-16 units of a token, told low: Chinese has about two. */
const unitsOfToken = 2;
/** Where a model's window is not known. */
const unknownWindow = 4096;

/** A new chat whose question asks the same model for a summary of this one; it is sent by the person, who sees all of it. */
export function SummaryButton({
  store,
  message,
  asking,
}: {
  store: ConversationStore;
  message: Message;
  asking: Asking;
}) {
  const router = useRouter();
  const turns = turnsBefore(store, message);
  if (turns.length === 0) return null;
  const begin = () => {
    const model = store.getView().threads.find(({ id }) => id === message.threadId)?.settings.model;
    const window = findModel(asking.providers, model)?.model.limits.contextTokens ?? unknownWindow;
    // half of the window stays for the summary and its thinking
    const question = summaryQuestion(turns, Math.floor((window / 2) * unitsOfToken));
    const draft = readStored(draftKey('new'));
    writeStored(draftKey('new'), draft ? `${draft}\n\n${question}` : question);
    if (model) writeStored(lastModelKey, refText(model));
    router.push('/');
  };
  return (
    <Button
      title="Opens a new chat with a question that asks for a summary; nothing is sent before you send it"
      onClick={begin}
    >
      <MessageSquarePlus aria-hidden size={14} /> New chat with a summary
    </Button>
  );
}
