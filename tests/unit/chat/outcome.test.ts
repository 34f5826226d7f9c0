import assert from 'node:assert/strict';
import test from 'node:test';
import { outcomeOf, pendingRetryOf } from '../../../components/chat/outcome.ts';
import { type GenerationError, type GenerationErrorKind, generationErrorKinds } from '../../../lib/errors.ts';
import { emptyMessageState, type MessageState, type Notice } from '../../../lib/stream-part.ts';

function failed(error: GenerationError, notices: Notice[] = []): MessageState {
  return { ...emptyMessageState, phase: 'done', error, notices };
}

const noteOf = (error: GenerationError, notices?: Notice[]) =>
  outcomeOf(failed(error, notices)) ?? assert.fail(`nothing is said of ${error.kind}`);

const retrying = (message: string, until?: number): Notice => ({
  code: 'retrying',
  message,
  ...(until !== undefined && { until }),
});

test('every kind of error is told as a problem, and can be tried again by hand', () => {
  for (const kind of generationErrorKinds) {
    const note = noteOf({ kind, message: `Words about ${kind}.` });
    assert.equal(note.tone, 'problem', kind);
    assert.equal(note.retry, true, kind);
    if (kind !== 'limit') assert.equal(note.text, `Words about ${kind}.`);
  }
});

test('where the cause can be mended, the way there is offered', () => {
  const remedies = generationErrorKinds.map((kind) => [kind, noteOf({ kind, message: 'No.' }).remedy]);
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
    noteOf({ kind, message: 'No.', retryAfterSeconds }).waitSeconds;
  assert.equal(waitOf('rate', 60), 60);
  assert.equal(waitOf('busy', 2.5), 2.5);
  assert.equal(waitOf('auth', 60), undefined);
  assert.equal(waitOf('rate', 0), undefined);
  assert.equal(waitOf('rate', 86_400), undefined);
});

test('an answer that failed after several attempts says how many', () => {
  const attempts = [retrying('Busy. Trying again in 1 s.'), retrying('Busy. Trying again in 3 s.')];
  assert.equal(noteOf({ kind: 'busy', message: 'It is busy.' }, attempts).text, 'It is busy. It was tried 3 times.');
});

test('an attempt is waited for until its first word', () => {
  const notices = [retrying('Lab 2.0 is busy. Try again in a moment. Trying again in 1 s (attempt 2).', 1500)];
  const at = (phase: MessageState['phase']) => pendingRetryOf({ ...emptyMessageState, phase, notices });
  assert.deepEqual(at('queued'), { why: 'Lab 2.0 is busy.', until: 1500 });
  assert.deepEqual(at('loading'), { why: 'Lab 2.0 is busy.', until: 1500 });
  for (const phase of ['thinking', 'answering', 'done'] as const) assert.equal(at(phase), undefined);
  assert.equal(pendingRetryOf(emptyMessageState), undefined);
});
