import assert from 'node:assert/strict';
import test from 'node:test';
import type { GenerationView } from '../../../components/conversation/generation-store.ts';
import { barsOf, figuresOf } from '../../../components/compare/figures.ts';
import { emptyMessageState, type MessageState } from '../../../lib/stream-part.ts';

function viewOf(state: Partial<MessageState>, tokens: [reasoning: number, answer: number] = [0, 0]): GenerationView {
  const [reasoningTokens, answerTokens] = tokens;
  return { state: { ...emptyMessageState, ...state }, reasoningTokens, answerTokens, originAt: 1000, grewAt: 0 };
}

const price = { input: 1, output: 2, asOf: '2026-11' };

test('an answer that is over is told by the server’s times, whatever this page’s clock says', () => {
  const times = { firstByte: 300, reasoningStart: 500, reasoningEnd: 8500, answerStart: 8500, end: 10_500 };
  const finish = { outcome: 'complete', reason: 'stop', complete: true, cost: 0.25 } as const;
  const segments = [{ kind: 'answer', text: '42' }] as const;
  const view = viewOf({ phase: 'done', times, finish, segments }, [400, 100]);
  for (const now of [undefined, 999_999]) {
    assert.deepEqual(figuresOf(view, now, price), {
      state: 'Done',
      tone: 'done',
      running: false,
      thinking: false,
      reasoningTokens: 400,
      answerTokens: 100,
      tokensPerSecond: 50, // 500 tokens from 0.5 s to 10.5 s
      firstTokenMs: 500,
      thinkingMs: 8000,
      totalMs: 10_500,
      cost: 0.25,
      costGrows: false,
    });
  }
});

test('while it thinks, time and cost grow with it', () => {
  const view = viewOf({ phase: 'thinking', times: { reasoningStart: 1000 } }, [100, 0]);
  const figures = figuresOf(view, 4000, price); // 3 s after it was queued
  assert.equal(figures.state, 'Thinking');
  assert.equal(figures.thinkingMs, 2000);
  assert.equal(figures.totalMs, 3000);
  assert.equal(figures.tokensPerSecond, 50);
  assert.equal(figures.cost, 0.0002); // 100 tokens of 2 USD a million
  assert.equal(figures.costGrows, true);
});

test('no rate is told of less than a second, and no cost without one price', () => {
  const view = viewOf({ phase: 'thinking', times: { reasoningStart: 1000 } }, [100, 0]);
  assert.equal(figuresOf(view, 2900).tokensPerSecond, undefined);
  assert.equal(figuresOf(view, 4000).cost, undefined);
  assert.equal(figuresOf(view, 4000, { ...price, upTo: { input: 2, output: 4 } }).cost, undefined);
});

test('how it ended is said in a word', () => {
  const over = (finish: Partial<NonNullable<MessageState['finish']>>) =>
    figuresOf(
      viewOf({ phase: 'done', finish: { outcome: 'complete', reason: 'stop', complete: true, ...finish } }),
      undefined,
    );
  assert.deepEqual([over({}).state, over({}).tone], ['No answer', 'problem']);
  assert.equal(over({ outcome: 'stopped' }).tone, 'quiet');
  assert.equal(over({ outcome: 'failed' }).state, 'Failed');
  assert.equal(over({ outcome: 'interrupted' }).state, 'Interrupted');
  assert.equal(over({ reason: 'length' }).state, 'Out of tokens');
  assert.equal(figuresOf(viewOf({}), undefined).state, 'Waiting');
  const noPuzzle = { kind: 'request', code: 'no-puzzle', facts: { fault: 'unread' } } as const;
  const refused = { outcome: 'failed', reason: 'error', complete: true } as const;
  const { state, tone } = figuresOf(viewOf({ phase: 'done', finish: refused, error: noPuzzle }), undefined);
  assert.deepEqual([state, tone], ['Not asked', 'quiet']);
});

test('bars stand on one scale: the longest fills it', () => {
  const bars = barsOf([
    { reasoningTokens: 300, answerTokens: 100 },
    { reasoningTokens: 0, answerTokens: 200 },
  ]);
  assert.deepEqual(bars, [
    { reasoning: 0.75, answer: 0.25 },
    { reasoning: 0, answer: 0.5 },
  ]);
  assert.deepEqual(barsOf([{ reasoningTokens: 0, answerTokens: 0 }]), [{ reasoning: 0, answer: 0 }]);
});
