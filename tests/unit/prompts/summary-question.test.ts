import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { summaryQuestion } from '../../../lib/prompts/summary-question.ts';

const turn = fc.record({ question: fc.string({ unit: 'grapheme' }), answer: fc.string({ unit: 'grapheme' }) });

test('a conversation with room is told whole, in its order', () => {
  const text = summaryQuestion(
    [
      { question: 'Who?', answer: 'Ada.' },
      { question: 'When?', answer: '' },
    ],
    1000,
  );
  assert.match(
    text,
    /^Summarise .*\n\n---\n\nQuestion: Who\?\n\nAnswer: Ada\.\n\n---\n\nQuestion: When\?\n\nAnswer: \(none\)$/s,
  );
});

test('however long, it keeps to its room, tells the last turn, and says how many it left out', () => {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 12 }), fc.nat(400), (turns, most) => {
      const text = summaryQuestion(turns, most);
      const told = text.split('\n\n---\n\n').filter((part) => part.startsWith('Question: ') || most < 10);
      const left = Number(/\[(\d+) earlier turns? (?:is|are) left out\.\]/.exec(text)?.[1] ?? 0);
      assert.ok(left < turns.length);
      if (most >= 10) assert.equal(told.length + left, turns.length);
      assert.ok(text.length <= 320 + most + 12 * 11 + 40, `${text.length}`);
      assert.ok(text.isWellFormed());
    }),
  );
});
