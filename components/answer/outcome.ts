import { causeOf, type ErrorCause, type GenerationError, type GenerationErrorKind } from '../../lib/errors.ts';
import type { Sampling } from '../../lib/model.ts';
import { isWaiting, type MessageState, textOfKind } from '../../lib/stream-part.ts';
import type { Notice } from '../../lib/notice.ts';
import { noticeSentence } from '../../lib/sentences.ts';
import { formatCount, formatTokens } from '../../lib/quantity-words.ts';
import { examplePuzzles } from '../../lib/zero/puzzles.ts';

/** How an answer that did not simply end well is told, under its text. */
export interface OutcomeNote {
  /** `notice`: the app speaks in the model's place, and nothing went wrong. */
  tone: 'quiet' | 'problem' | 'notice';
  /** What is said, unless its cause says it. */
  text?: string;
  /** Why it failed. */
  cause?: ErrorCause;
  /** How often it was tried in all; with a cause. */
  attempts?: number;
  /** The provider's own words, folded away. */
  detail?: string;
  /** Whether asking again is the thing to do next. */
  retry: boolean;
  /** Seconds from its end before which asking again would only be refused again. */
  waitSeconds?: number;
  /** With a notice: what the same model can be asked instead. */
  questions?: readonly string[];
  /**
   * Where the cause can be mended: a key or a model in Settings; the length of the conversation by a new one; that there is
   * no live model by looking for one, or in Settings.
   */
  remedy?: 'settings' | 'new-chat' | 'live-model';
}

const remedies: Partial<Record<GenerationErrorKind, 'settings' | 'new-chat'>> = {
  auth: 'settings',
  balance: 'settings',
  model: 'settings',
  gone: 'settings',
  context: 'new-chat',
};

/** A wait that a provider's header asks for, and that is longer than this, is told and not enforced: it may be a mistake. */
const longestWaitSeconds = 15 * 60;

/**
 * What to say about how an answer ended; undefined while it runs and when there is nothing to say.
 * @param asked what the model was asked for, to tell its budget of tokens.
 */
export function outcomeOf(state: MessageState, asked: Sampling = {}): OutcomeNote | undefined {
  const { finish, error } = state;
  if (state.phase !== 'done' || (!finish && !error)) return undefined;
  const thought = textOfKind(state.segments, 'reasoning').trim() !== '';
  const answered = textOfKind(state.segments, 'answer').trim() !== '';

  if (finish?.outcome === 'stopped') return quiet(guardWords(state) ?? stoppedWords(thought, answered));
  if (error && error.kind !== 'limit' && error.kind !== 'filtered') {
    return problemOf(error, state);
  }
  if (finish?.outcome === 'interrupted')
    return { tone: 'problem', text: 'Interrupted: the rest never arrived.', retry: true };
  if (finish?.reason === 'filtered' || error?.kind === 'filtered') {
    const told = error ? { cause: causeOf(error) } : { text: filteredWords(thought, answered) };
    return { tone: 'problem', ...told, retry: true };
  }
  if (finish?.reason === 'length' || error?.kind === 'limit') {
    if (isWindowFull(state)) return fullNote({ thought, answered });
    if (answered) return { ...quiet(`Cut off: ${limitWords(asked)} was reached.`), retry: true };
    const text = thought
      ? 'Ran out of tokens while still thinking: no answer came.'
      : 'Ran out of tokens before a word came.';
    return { tone: 'problem', text: `${text} ${spentWords(state, asked)}`.trimEnd(), retry: true };
  }
  if (finish?.outcome === 'failed') return { tone: 'problem', text: 'This answer failed.', retry: true };
  if (!answered) {
    const text = thought ? 'The model ended after its thinking: no answer came.' : 'The model ended without a word.';
    return { tone: 'problem', text, retry: true };
  }
  return undefined;
}

/** The window ended it: there is no room to go on in. */
export function isWindowFull({ notices }: Pick<MessageState, 'notices'>): boolean {
  return notices.some(({ code }) => code === 'window-full');
}

/** Whether a shorter conversation would have been read, or answered, to its end. */
export function wantsRoom(state: MessageState): boolean {
  const said = ['window-full', 'window-slid', 'beginning-cut', 'beginning-left-out'];
  return (
    state.phase === 'done' && (state.error?.kind === 'context' || state.notices.some(({ code }) => said.includes(code)))
  );
}

function fullNote({ thought, answered }: { thought: boolean; answered: boolean }): OutcomeNote {
  if (answered) return { ...quiet('Cut off: the window was full.'), retry: true, remedy: 'new-chat' };
  const text = thought
    ? 'The window was full while it was still thinking: no answer came.'
    : 'The window was full before a word came.';
  return { tone: 'problem', text, retry: true, remedy: 'new-chat' };
}

/** An attempt that failed before its first word and is being made again. */
export interface PendingRetry {
  /** What went wrong. */
  cause: ErrorCause;
  /** When the next attempt begins, in ms since the generation was queued. */
  until: number;
}

/** The attempt that is waited for; undefined once a word has come, or it is over. */
export function pendingRetryOf({ phase, notices }: MessageState): PendingRetry | undefined {
  if (!isWaiting(phase)) return undefined;
  const notice = notices.findLast((one) => one.code === 'retrying');
  return notice && { cause: notice.facts.error, until: notice.facts.until };
}

function problemOf(error: GenerationError, { notices }: MessageState): OutcomeNote {
  const questions = questionsInstead(error);
  if (questions) {
    const mends = error.code === 'not-recorded' && ({ remedy: 'live-model' } as const);
    return { tone: 'notice', cause: causeOf(error), questions, retry: false, ...mends };
  }
  const attempts = 1 + notices.filter((notice) => notice.code === 'retrying').length;
  const remedy = error.fix ? undefined : remedies[error.kind];
  const wait = error.kind === 'rate' || error.kind === 'busy' ? error.retryAfterSeconds : undefined;
  return {
    tone: 'problem',
    cause: causeOf(error),
    attempts,
    retry: true,
    ...(error.detail && { detail: error.detail }),
    ...(remedy && { remedy }),
    ...(wait !== undefined && wait > 0 && wait <= longestWaitSeconds && { waitSeconds: wait }),
  };
}

/** Of a question that was for no model to fail at: what can be asked instead. Undefined for every failure. */
function questionsInstead(error: GenerationError): readonly string[] | undefined {
  if (error.code === 'not-recorded') return error.facts.questions;
  return error.code === 'no-puzzle' ? examplePuzzles : undefined;
}

function filteredWords(thought: boolean, answered: boolean): string {
  if (answered) return 'Cut off by the provider’s content filter: the rest was withheld.';
  return thought
    ? 'The provider’s content filter stepped in after the thinking: no answer came.'
    : 'Withheld by the provider’s content filter.';
}

function limitWords({ maxTokens }: Sampling): string {
  return maxTokens === undefined ? 'the token limit' : `the limit of ${formatTokens(maxTokens)}`;
}

/** "It was allowed 1,000 tokens and spent all of them on thinking." */
function spentWords({ usage }: MessageState, { maxTokens, thinkingBudget }: Sampling): string {
  const spent = usage ? usage.reasoningTokens + usage.answerTokens : 0;
  const about = usage?.source === 'estimated' ? 'about ' : '';
  const sentences: string[] = [];
  if (maxTokens !== undefined) {
    const all = spent === 0 || spent >= maxTokens;
    const rest = all ? 'all of them' : `${about}${formatCount(spent)}`;
    sentences.push(`It was allowed ${formatTokens(maxTokens)} and spent ${rest} on thinking.`);
  } else if (spent > 0) {
    sentences.push(
      `It spent ${about}${formatTokens(spent)} on thinking; no limit was set here, so it is the provider’s.`,
    );
  }
  if (thinkingBudget !== undefined) sentences.push(`Its thinking was to end after ${formatTokens(thinkingBudget)}.`);
  return sentences.join(' ');
}

function quiet(text: string): OutcomeNote {
  return { tone: 'quiet', text, retry: false };
}

/** What ended it by itself, in the words of its notice. */
function guardWords({ notices }: MessageState): string | undefined {
  const notice = notices.find(isGuardNotice);
  return notice && noticeSentence(notice);
}

/** Told where it is said how the answer ended. */
export function isGuardNotice({ code }: Notice): boolean {
  return code === 'guard-thinking' || code === 'guard-cost';
}

function stoppedWords(thought: boolean, answered: boolean): string {
  if (answered) return 'Stopped.';
  return thought ? 'Stopped while thinking: no answer came.' : 'Stopped before a word came.';
}
