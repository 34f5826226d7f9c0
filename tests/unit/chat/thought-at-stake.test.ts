import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thoughtAtStake } from '../../../components/chat/thought-at-stake.ts';
import { GenerationStore } from '../../../components/conversation/generation-store.ts';
import { waitingAnswer } from '../../../components/conversation/unsent-question.ts';

/** An answer that began to think when the page's clock stood at `began`. */
function thinkingSince(began: number) {
  const place = { id: 'answer', parentId: 'question', threadId: 'thread' };
  const settings = { model: { providerId: 'p', modelKey: 'm' }, sampling: {} };
  const store = new GenerationStore(waitingAnswer(place, settings, []));
  store.apply([
    { type: 'state', phase: 'thinking', times: { reasoningStart: 0 }, at: 0 },
    { type: 'delta', seg: 0, kind: 'reasoning', text: 'Hmm. '.repeat(40) },
  ]);
  const view = store.getView();
  return { ...view, originAt: began, state: { ...view.state, times: { ...view.state.times, reasoningStart: 0 } } };
}

test('a thought of 20 s is at stake, a shorter one is not', () => {
  const view = thinkingSince(1_000);
  assert.equal(thoughtAtStake([view], 20_999), undefined);
  assert.equal(thoughtAtStake([view], 21_000), view.reasoningTokens);
  assert.ok(view.reasoningTokens > 0);
});

test('what came of a long thought is at stake, what came of a short one is not', () => {
  const view = thinkingSince(0);
  const answering = (answerStart: number) => {
    const state = { ...view.state, phase: 'answering' as const, times: { reasoningStart: 0, answerStart } };
    return thoughtAtStake([{ ...view, state }], 1e6);
  };
  assert.equal(answering(20_000), view.reasoningTokens + view.answerTokens);
  assert.equal(answering(19_999), undefined);
});

test('what waits or is over is stopped at once, however old', () => {
  const view = thinkingSince(0);
  assert.equal(thoughtAtStake([{ ...view, state: { ...view.state, phase: 'done' } }], 1e6), undefined);
  assert.equal(thoughtAtStake([{ ...view, state: { ...view.state, phase: 'queued', times: {} } }], 1e6), undefined);
});
