import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isShort, roomOf, type TakenTurn } from '../../lib/window-room.ts';
import type { Usage } from '../../lib/usage.ts';

const usage: Usage = { promptTokens: 120, reasoningTokens: 84, answerTokens: 9, otherTokens: 2, source: 'events' };
const turn: TakenTurn = { question: 'Why?', answer: 'Because.', reasoning: 'Hm.', usage };
const ask = { window: 288, turns: [turn], question: '', history: 'strip' } as const;

test('what a server counted of the last answer is what goes along with the next question', () => {
  assert.deepEqual(roomOf(ask), { window: 288, used: 127, question: 0, left: 161, isEstimate: false });
  assert.equal(roomOf({ ...ask, history: 'keep' }).used, 127 + 84);
});

test('where nobody counted it, or not all of it goes along, the texts are estimated', () => {
  const uncounted = { ...turn, usage: { ...usage, promptTokens: undefined } as unknown as Usage };
  for (const room of [
    roomOf({ ...ask, turns: [uncounted] }),
    roomOf({ ...ask, turns: [turn, turn], recentTurns: 1 }),
    roomOf({ ...ask, turns: [{ ...turn, usage: undefined }] }),
  ]) {
    assert.ok(room.isEstimate && room.used > 5 && room.used < 30, String(room.used));
  }
  assert.equal(roomOf({ ...ask, recentTurns: 0 }).used, 0);
});

test('used, question and what is left make up the window', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200_000 }),
      fc.array(fc.record({ question: fc.string(), answer: fc.string(), reasoning: fc.string() }), { maxLength: 5 }),
      fc.string(),
      fc.option(fc.nat(6), { nil: undefined }),
      (window, turns, question, recentTurns) => {
        const room = roomOf({ window, turns, question, history: 'strip', recentTurns });
        assert.ok(Math.abs(room.used + room.question + room.left - window) <= 2);
        if (question.trim() !== '') assert.ok(room.left < window);
      },
    ),
  );
});

test('little room is said of a small window by its part, of a large one by what an answer needs', () => {
  const left = (window: number, tokens: number) =>
    isShort({ window, used: 0, question: 0, left: tokens, isEstimate: false });
  assert.deepEqual(
    [left(288, 71), left(288, 72), left(131_072, 2047), left(131_072, 2048)],
    [true, false, true, false],
  );
});
