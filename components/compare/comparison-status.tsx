'use client';

import { useState } from 'react';
import type { Message } from '../../lib/conversation.ts';
import { finalAnswerOf } from '../../lib/reasoning/final-answer.ts';
import { errorSentence } from '../../lib/sentences.ts';
import { type MessageState, textOfKind } from '../../lib/stream-part.ts';
import { outcomeOf } from '../answer/outcome.ts';
import { useAway } from '../client/connection.ts';
import type { ConversationStore } from '../conversation/conversation-store.ts';
import { viewOfMessage } from '../conversation/generation-store.ts';
import { agreementOf } from '../words/agreement-words.ts';

/** Tells a screen reader how many columns are done and, of what ran while it was shown, what they came to. */
export default function ComparisonStatus(props: {
  store: ConversationStore;
  labels: readonly string[];
  answers: readonly (Message | undefined)[];
  /** How many columns are answering. */
  running: number;
}) {
  'use no memo'; // the store's map of running answers changes without telling the compiler
  const { store, labels, answers, running } = props;
  const away = useAway();
  const [ran, setRan] = useState(false);
  if (running > 0 && !ran) setRan(true);
  const done = labels.length - running;
  const said =
    running > 0
      ? `${done} of ${labels.length} columns are done.`
      : [`All ${labels.length} columns are done.`, verdictOf(store, labels, answers), noticesOf(store, answers)].join(
          ' ',
        );
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {ran && !(away && running > 0) ? said.trim() : ''}
    </p>
  );
}

/** What the app itself says in columns, each sentence once. */
function noticesOf(store: ConversationStore, answers: readonly (Message | undefined)[]): string {
  const said = answers.flatMap((answer) => {
    const outcome = answer && outcomeOf(stateOf(store, answer));
    return outcome?.tone === 'notice' && outcome.cause ? errorSentence(outcome.cause) : [];
  });
  return [...new Set(said)].join(' ');
}

function stateOf(store: ConversationStore, answer: Message): MessageState {
  return (store.generation(answer.id)?.getView() ?? viewOfMessage(answer)).state;
}

/** "2 of 3 agree on x = 9 · R1: 12" */
function verdictOf(
  store: ConversationStore,
  labels: readonly string[],
  answers: readonly (Message | undefined)[],
): string {
  const { words, most, others, unclear } = agreementOf(
    answers.map((answer, i) => {
      const state = answer && stateOf(store, answer);
      return { label: labels[i] ?? '', final: state && finalAnswerOf(textOfKind(state.segments, 'answer')) };
    }),
  );
  if (!most) return '';
  const rest = others.map(({ labels: of, answer }) => `${of.join(', ')}: ${answer.text}`);
  return [
    `${words.replace(/ agree:$/, ' agree on')} ${most.text}`,
    ...rest,
    ...(unclear === undefined ? [] : [unclear]),
  ].join(' · ');
}
