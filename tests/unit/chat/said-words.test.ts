import assert from 'node:assert/strict';
import test from 'node:test';
import { saidOf } from '../../../components/chat/said-words.ts';
import { emptyMessageState, type MessageState } from '../../../lib/stream-part.ts';

const state = (facts: Partial<MessageState>): MessageState => ({ ...emptyMessageState, ...facts });
const thought = { kind: 'reasoning', text: 'Let me see.' } as const;
const finish = { outcome: 'complete', reason: 'stop', complete: true } as const;

test('how an answer ended is told in the words on the screen', () => {
  const answered = [thought, { kind: 'answer', text: '42' } as const];
  assert.equal(saidOf(state({ phase: 'thinking', segments: [thought] })), 'The model is thinking.');
  assert.equal(saidOf(state({ phase: 'done', segments: answered, finish })), 'The answer is complete.');
  const ranOut = state({ phase: 'done', segments: [thought], finish: { ...finish, reason: 'length' } });
  assert.match(saidOf(ranOut, { maxTokens: 100 }), /^Ran out of tokens while still thinking: no answer came\./);
  const stopped = state({ phase: 'done', segments: [thought], finish: { ...finish, outcome: 'stopped' } });
  assert.equal(saidOf(stopped), 'Stopped while thinking: no answer came.');
});

test('what a provider refused is told, and that it is tried again', () => {
  const error = { code: 'busy', facts: { provider: 'Fake server' } } as const;
  const retrying = { code: 'retrying', facts: { error, attempt: 1, waitMs: 2000, until: 3000 } } as const;
  assert.match(saidOf(state({ phase: 'queued', notices: [retrying] })), /^Fake server .+ It is tried again\.$/);
  const failed = state({ phase: 'done', error: { ...error, kind: 'busy' }, finish: { ...finish, outcome: 'failed' } });
  assert.match(saidOf(failed), /^Fake server /);
});
