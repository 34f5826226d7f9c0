import assert from 'node:assert/strict';
import test from 'node:test';
import { GenerationStore } from '../../../components/conversation/generation-store.ts';
import type { Message } from '../../../lib/conversation.ts';
import { applyStreamParts, emptyMessageState, type StreamPart } from '../../../lib/stream-part.ts';
import { estimateTokens } from '../../../lib/usage.ts';

const message: Message = { id: 'a', threadId: 't', parentId: 'q', role: 'assistant', parts: [], createdAt: 0 };
const beginning = 'One queen in each column. '.repeat(20);
const rest = 'So it holds.';
const written: StreamPart[] = [
  { type: 'delta', seg: 0, kind: 'reasoning', text: beginning },
  { type: 'delta', seg: 0, kind: 'reasoning', text: rest },
];
const count: StreamPart = { type: 'count', seg: 0, tokens: 77, length: beginning.length };

test('the running figure is counted as far as the server has, and estimated from there on', () => {
  const store = new GenerationStore(message);
  store.apply(written);
  assert.equal(store.getView().reasoningTokens, Math.round(estimateTokens(beginning + rest)));
  store.apply([count]);
  assert.equal(store.getView().reasoningTokens, Math.round(77 + estimateTokens(rest)));
  store.apply([{ type: 'delta', seg: 0, kind: 'reasoning', text: rest }]);
  assert.equal(store.getView().reasoningTokens, Math.round(77 + 2 * estimateTokens(rest)));
  store.apply([{ type: 'usage', usage: { reasoningTokens: 83, answerTokens: 0, source: 'counted' } }]);
  assert.equal(store.getView().reasoningTokens, 83);
});

test('the same figure comes of a snapshot, and of text that becomes an answer', () => {
  const store = new GenerationStore(message);
  store.replace(applyStreamParts(emptyMessageState, [...written, count]), 100);
  assert.equal(store.getView().reasoningTokens, Math.round(77 + estimateTokens(rest)));
  store.apply([{ type: 'reclassify', seg: 0, kind: 'answer' }]);
  assert.deepEqual(
    [store.getView().reasoningTokens, store.getView().answerTokens],
    [0, Math.round(77 + estimateTokens(rest))],
  );
});

test('a count of text that was taken back is not believed', () => {
  const store = new GenerationStore(message);
  store.apply([...written, count, { type: 'retract', seg: 0, length: 30 }]);
  assert.equal(store.getView().reasoningTokens, Math.round(estimateTokens(beginning.slice(0, 30))));
});
