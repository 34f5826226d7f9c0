import type { Sampling } from '../../lib/model.ts';
import { errorSentence } from '../../lib/sentences.ts';
import type { MessageState, Phase } from '../../lib/stream-part.ts';
import { causeWords, firstSentence } from '../answer/cause-words.ts';
import { outcomeOf, pendingRetryOf } from '../answer/outcome.ts';

const words: Record<Exclude<Phase, 'done'>, string> = {
  queued: 'Waiting for the model.',
  loading: 'The model is being loaded.',
  'in-line': 'The server has the question, which waits for its turn.',
  'first-token': 'Waiting for the first token.',
  reading: 'The prompt is being read.',
  thinking: 'The model is thinking.',
  answering: 'The model is answering.',
  saving: 'The answer is over; it is being saved.',
};

/** What is told of an answer, in the words that are on the screen. */
export function saidOf(state: MessageState, sampling: Sampling = {}): string {
  const { phase } = state;
  if (phase !== 'done') {
    const retry = pendingRetryOf(state);
    return retry ? `${firstSentence(errorSentence(retry.cause))} It is tried again.` : words[phase];
  }
  const outcome = outcomeOf(state, sampling);
  if (!outcome) return 'The answer is complete.';
  return outcome.text ?? (outcome.cause ? causeWords({ cause: outcome.cause, attempts: outcome.attempts ?? 1 }) : '');
}
