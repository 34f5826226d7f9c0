import { MessageSquarePlus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { Message } from '../../lib/conversation.ts';
import { type SaidTurn, summaryQuestion } from '../../lib/prompts/summary-question.ts';
import type { Asking } from '../asking/ask-again.tsx';
import { draftKey } from '../client/drafts.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { viewOfMessage } from '../conversation/generation-store.ts';
import { findModel, lastModelKey, refText } from '../conversation/model-choice.ts';
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

/** What was asked and answered before this answer's question, oldest first. */
function turnsBefore(store: ConversationStore, message: Message): SaidTurn[] {
  const byId = new Map(store.getView().messages.map((one) => [one.id, one]));
  const turns: SaidTurn[] = [];
  let answer = byId.get(byId.get(message.parentId ?? '')?.parentId ?? '');
  while (answer) {
    const question = byId.get(answer.parentId ?? '');
    if (!question) break;
    turns.unshift({ question: wordsOf(store, question), answer: wordsOf(store, answer) });
    answer = byId.get(question.parentId ?? '');
  }
  return turns;
}

/** As it is on the page: an answer that came while it was open is in its own store. */
function wordsOf(store: ConversationStore, message: Message): string {
  const { segments } = (store.generation(message.id)?.getView() ?? viewOfMessage(message)).state;
  return segments.flatMap(({ kind, text }) => (kind === 'answer' ? [text] : [])).join('\n\n');
}
