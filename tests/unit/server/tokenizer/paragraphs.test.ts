import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cutForCounting, lastExactCut } from '../../../../lib/server/tokenizer/paragraphs.ts';

test('a text is cut before what follows a line break, at the last such place', () => {
  assert.equal(lastExactCut('one\n\ntwo\nthree'), 'one\n\ntwo\n'.length);
  assert.equal(lastExactCut('one\n\n  two'), -1, 'white space belongs to the line break before it');
  assert.equal(lastExactCut('one two'), -1);
  assert.equal(lastExactCut('one\n'), -1, 'what follows is not known yet');
  assert.equal(lastExactCut('one\ntwo\nthree', 4), 8);
  assert.equal(lastExactCut('one\ntwo', 4), -1);
});

test('the pieces of any text are the text, none longer than allowed, none with half a character', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '等', '😀', 'b\n'), maxLength: 200 });
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (whole, longest) => {
      const pieces = cutForCounting(whole, longest);
      assert.equal(pieces.join(''), whole);
      for (const piece of pieces) {
        assert.ok(piece.length > 0 && piece.length <= longest);
        assert.ok(piece.isWellFormed());
      }
    }),
  );
});
