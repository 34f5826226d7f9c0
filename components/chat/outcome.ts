import type { MessageState } from '../../lib/stream-part.ts';
import { textOfKind } from '../../lib/stream-part.ts';

/** How an answer that did not simply end well is told, under its text. */
export interface OutcomeNote {
  tone: 'quiet' | 'problem';
  text: string;
  /** The provider's own words, folded away. */
  detail?: string;
  /** Whether asking again is the thing to do next. */
  retry: boolean;
}

/** What to say about how an answer ended; undefined while it runs and when there is nothing to say. */
export function outcomeOf(state: MessageState): OutcomeNote | undefined {
  const { finish, error } = state;
  if (state.phase !== 'done' || (!finish && !error)) return undefined;
  const thought = textOfKind(state.segments, 'reasoning').trim() !== '';
  const answered = textOfKind(state.segments, 'answer').trim() !== '';

  if (finish?.outcome === 'stopped') return quiet(stoppedWords(thought, answered));
  if (error && error.kind !== 'limit' && error.kind !== 'filtered') {
    return { tone: 'problem', text: error.message, retry: true, ...(error.detail && { detail: error.detail }) };
  }
  if (finish?.outcome === 'interrupted')
    return { tone: 'problem', text: 'Interrupted: the rest never arrived.', retry: true };
  if (finish?.reason === 'filtered' || error?.kind === 'filtered') {
    return { tone: 'problem', text: error?.message ?? 'Withheld by the provider’s filter.', retry: true };
  }
  if (finish?.reason === 'length' || error?.kind === 'limit') {
    if (answered) return { ...quiet('Cut off: the token limit was reached.'), retry: true };
    const text = thought
      ? 'Ran out of tokens while still thinking: no answer came.'
      : 'Ran out of tokens before a word came.';
    return { tone: 'problem', text, retry: true };
  }
  if (finish?.outcome === 'failed') return { tone: 'problem', text: 'This answer failed.', retry: true };
  if (!answered) {
    const text = thought ? 'The model ended after its thinking: no answer came.' : 'The model ended without a word.';
    return { tone: 'problem', text, retry: true };
  }
  return undefined;
}

function quiet(text: string): OutcomeNote {
  return { tone: 'quiet', text, retry: false };
}

function stoppedWords(thought: boolean, answered: boolean): string {
  if (answered) return 'Stopped.';
  return thought ? 'Stopped while thinking: no answer came.' : 'Stopped before a word came.';
}
