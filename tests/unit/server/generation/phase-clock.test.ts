import assert from 'node:assert/strict';
import test from 'node:test';
import { createPhaseClock } from '../../../../lib/server/generation/phase-clock.ts';
import type { PartKind, SplitEvent } from '../../../../lib/stream-part.ts';

const delta = (seg: number, kind: PartKind): SplitEvent => ({ type: 'delta', seg, kind, text: 'x' });

test('thinking ends when the answer begins', () => {
  const clock = createPhaseClock();
  clock.markFirstByte(10);
  assert.deepEqual(clock.advance([delta(0, 'reasoning')], 20)?.phase, 'thinking');
  assert.equal(clock.advance([delta(0, 'reasoning')], 500), undefined);
  assert.equal(clock.advance([delta(1, 'answer')], 900)?.phase, 'answering');
  assert.deepEqual(clock.end(1500), {
    firstByte: 10,
    reasoningStart: 20,
    reasoningEnd: 900,
    answerStart: 900,
    end: 1500,
  });
});

test('a thought recognised late has been a thought from its first character on', () => {
  const clock = createPhaseClock();
  assert.equal(clock.advance([delta(0, 'answer')], 20)?.phase, 'answering');
  const told = clock.advance([{ type: 'reclassify', seg: 0, kind: 'reasoning' }], 700);
  assert.equal(told?.phase, 'thinking');
  assert.deepEqual(told?.times, { reasoningStart: 20 });
  assert.deepEqual(clock.advance([delta(1, 'answer')], 710)?.times, {
    reasoningStart: 20,
    reasoningEnd: 710,
    answerStart: 710,
  });
});

test('what ran out while thinking thought until the end', () => {
  const clock = createPhaseClock();
  clock.advance([delta(0, 'reasoning')], 5);
  assert.deepEqual(clock.end(80), { reasoningStart: 5, reasoningEnd: 80, end: 80 });
});

test('an answer alone has no thinking times', () => {
  const clock = createPhaseClock();
  clock.advance([delta(0, 'answer')], 5);
  assert.deepEqual(clock.end(80), { answerStart: 5, end: 80 });
});

test('a retracted duplicate leaves no trace in the times', () => {
  const clock = createPhaseClock();
  clock.advance([delta(0, 'reasoning')], 5);
  clock.advance([delta(1, 'reasoning')], 30);
  clock.advance([{ type: 'retract', seg: 1, length: 0 }, delta(2, 'answer')], 40);
  assert.deepEqual(clock.end(50), { reasoningStart: 5, reasoningEnd: 40, answerStart: 40, end: 50 });
});
