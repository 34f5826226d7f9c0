import assert from 'node:assert/strict';
import test from 'node:test';
import { causeWords, firstSentence } from '../../../components/answer/cause-words.ts';
import { type OutcomeNote, outcomeOf, pendingRetryOf } from '../../../components/answer/outcome.ts';
import {
  type ErrorCause,
  type GenerationError,
  type GenerationErrorKind,
  generationErrorKinds,
} from '../../../lib/errors.ts';
import type { Sampling } from '../../../lib/model.ts';
import type { Notice } from '../../../lib/notice.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import { readPuzzle } from '../../../lib/server/protocols/inside/puzzle.ts';
import { emptyMessageState, type Finish, type MessageState, type PartKind } from '../../../lib/stream-part.ts';
import type { Usage } from '../../../lib/usage.ts';

function failed(error: GenerationError, notices: Notice[] = []): MessageState {
  return { ...emptyMessageState, phase: 'done', error, notices };
}

const noteOf = (error: GenerationError, notices?: Notice[]) =>
  outcomeOf(failed(error, notices)) ?? assert.fail(`nothing is said of ${error.kind}`);

const said = (text: string) => ({ code: 'said' as const, facts: { text } });

const textOf = ({ text, cause, attempts = 1 }: OutcomeNote) => text ?? (cause && causeWords({ cause, attempts }));

const retrying = (error: ErrorCause, until = 0): Notice => ({
  code: 'retrying',
  facts: { error, attempt: 2, waitMs: 1000, until },
});

test('every kind of error is told as a problem, and can be tried again by hand', () => {
  for (const kind of generationErrorKinds) {
    const note = noteOf({ kind, ...said(`Words about ${kind}.`) });
    assert.equal(note.tone, 'problem', kind);
    assert.equal(note.retry, true, kind);
    if (kind !== 'limit') assert.equal(textOf(note), `Words about ${kind}.`);
  }
});

test('where the cause can be mended, the way there is offered', () => {
  const remedies = generationErrorKinds.map((kind) => [kind, noteOf({ kind, ...said('No.') }).remedy]);
  assert.deepEqual(
    remedies.filter(([, remedy]) => remedy),
    [
      ['auth', 'settings'],
      ['balance', 'settings'],
      ['model', 'settings'],
      ['context', 'new-chat'],
      ['gone', 'settings'],
    ],
  );
});

test('a wait is kept only where waiting helps, and not when it must be a mistake', () => {
  const waitOf = (kind: GenerationErrorKind, retryAfterSeconds: number) =>
    noteOf({ kind, ...said('No.'), retryAfterSeconds }).waitSeconds;
  assert.equal(waitOf('rate', 60), 60);
  assert.equal(waitOf('busy', 2.5), 2.5);
  assert.equal(waitOf('auth', 60), undefined);
  assert.equal(waitOf('rate', 0), undefined);
  assert.equal(waitOf('rate', 86_400), undefined);
});

test('an answer that failed after several attempts says how many', () => {
  const attempts = [retrying(said('Busy.')), retrying(said('Busy.'))];
  assert.equal(textOf(noteOf({ kind: 'busy', ...said('It is busy.') }, attempts)), 'It is busy. It was tried 3 times.');
});

test('an attempt is waited for until its first word', () => {
  const cause: ErrorCause = { code: 'busy', facts: { provider: 'Lab 2.0' } };
  const notices = [retrying(cause, 1500)];
  const at = (phase: MessageState['phase']) => {
    const pending = pendingRetryOf({ ...emptyMessageState, phase, notices });
    return pending && { why: firstSentence(errorSentence(pending.cause)), until: pending.until };
  };
  assert.deepEqual(at('queued'), { why: 'Lab 2.0 is busy or not ready.', until: 1500 });
  assert.deepEqual(at('loading'), { why: 'Lab 2.0 is busy or not ready.', until: 1500 });
  for (const phase of ['thinking', 'answering', 'done'] as const) assert.equal(at(phase), undefined);
  assert.equal(pendingRetryOf(emptyMessageState), undefined);
});

interface Ended {
  finish: Partial<Finish>;
  texts: Partial<Record<PartKind, string>>;
  usage?: Partial<Usage>;
  asked?: Sampling;
  notices?: MessageState['notices'];
}

/** What is said of an answer that ended so. */
function wordsOf({ finish, texts, usage, asked, notices = [] }: Ended): string | undefined {
  const segments = (Object.entries(texts) as [PartKind, string][]).map(([kind, text]) => ({ kind, text }));
  const state: MessageState = {
    ...emptyMessageState,
    segments,
    phase: 'done',
    notices,
    finish: { outcome: 'complete', reason: 'stop', complete: true, ...finish },
    ...(usage && { usage: { reasoningTokens: 0, answerTokens: 0, source: 'reported', ...usage } }),
  };
  return outcomeOf(state, asked)?.text;
}

test('a text that is no puzzle is no failure: the app says what can be asked instead, and each of it is a puzzle', () => {
  const note = noteOf({ kind: 'request', code: 'no-puzzle', facts: { fault: 'unread' } });
  assert.equal(note.tone, 'notice');
  assert.equal(note.retry, false);
  assert.match(textOf(note) ?? '', /^These small models know one thing: [^.]+\.$/);
  assert.equal(note.questions?.length, 3);
  for (const question of note.questions ?? []) assert.equal(typeof readPuzzle(question), 'object', question);
});

test('a thought that ran out of tokens says so, with the budget and what was spent', () => {
  const ended = { finish: { reason: 'length' }, texts: { reasoning: 'Let me see' } } as const;
  const usage = { reasoningTokens: 1000 };
  assert.equal(
    wordsOf({ ...ended, usage, asked: { maxTokens: 1000 } }),
    'Ran out of tokens while still thinking: no answer came. It was allowed 1,000 tokens and spent all of them on thinking.',
  );
  assert.match(
    wordsOf({ ...ended, usage, asked: { maxTokens: 4096 } }) ?? '',
    / It was allowed 4,096 tokens and spent 1,000 on thinking\.$/,
  );
  assert.match(
    wordsOf({ ...ended, usage: { ...usage, source: 'estimated' }, asked: {} }) ?? '',
    / It spent about 1,000 tokens on thinking; no limit was set here, so it is the provider’s\.$/,
  );
  assert.match(
    wordsOf({ ...ended, usage, asked: { maxTokens: 1000, thinkingBudget: 800 } }) ?? '',
    / Its thinking was to end after 800 tokens\.$/,
  );
  assert.equal(wordsOf(ended), 'Ran out of tokens while still thinking: no answer came.');
});

test('an answer that was cut off says at which limit', () => {
  const ended = { finish: { reason: 'length' }, texts: { answer: 'It is' } } as const;
  assert.equal(wordsOf({ ...ended, asked: { maxTokens: 50 } }), 'Cut off: the limit of 50 tokens was reached.');
  assert.equal(wordsOf(ended), 'Cut off: the token limit was reached.');
});

test('each way to end without an answer is told in its own words', () => {
  const thought = { reasoning: 'Let me see' };
  const answer = { answer: 'It is 42.' };
  assert.equal(wordsOf({ finish: {}, texts: answer }), undefined);
  assert.equal(wordsOf({ finish: {}, texts: thought }), 'The model ended after its thinking: no answer came.');
  assert.equal(
    wordsOf({ finish: {}, texts: { reasoning: ' \n', answer: '\n' } }),
    'The model ended without a word.',
    'blank thinking is no thinking',
  );
  assert.equal(wordsOf({ finish: { outcome: 'stopped' }, texts: answer }), 'Stopped.');
  assert.equal(wordsOf({ finish: { outcome: 'stopped' }, texts: thought }), 'Stopped while thinking: no answer came.');
  assert.equal(wordsOf({ finish: { outcome: 'stopped' }, texts: {} }), 'Stopped before a word came.');
  assert.match(wordsOf({ finish: { outcome: 'interrupted' }, texts: thought }) ?? '', /^Interrupted/);
  const filtered = (texts: Ended['texts']) => wordsOf({ finish: { reason: 'filtered' }, texts });
  assert.equal(filtered(answer), 'Cut off by the provider’s content filter: the rest was withheld.');
  assert.match(filtered(thought) ?? '', /content filter stepped in after the thinking: no answer came\.$/);
  assert.equal(filtered({}), 'Withheld by the provider’s content filter.');
});

test('a window that was full is called that, not a limit', () => {
  const notices = [{ code: 'window-full', facts: { promptTokens: 250, contextTokens: 288 } } as const];
  const ended = { finish: { reason: 'length' }, notices } as const;
  assert.equal(wordsOf({ ...ended, texts: { answer: '7 *' } }), 'Cut off: the window was full.');
  assert.match(wordsOf({ ...ended, texts: { reasoning: 'Let me see' } }) ?? '', /window was full.*still thinking/);
});
