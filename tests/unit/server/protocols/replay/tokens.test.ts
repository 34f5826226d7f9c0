import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { transcripts } from '../../../../../lib/server/protocols/replay/recordings.ts';
import { cutTokens } from '../../../../../lib/server/protocols/replay/tokens.ts';

test('the pieces of any text, joined, are the text', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\n\n', ' ', '\\frac{', '所以三', '👩‍💻', '1234567', 'antidisestablishmentarianism', '\ud83d'),
  );
  fc.assert(fc.property(fc.array(unit), (parts) => assert.equal(cutTokens(parts.join('')).join(''), parts.join(''))));
});

test('no piece is empty, or cuts a character in two', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const piece of cutTokens(text)) assert.ok(piece !== '' && piece.isWellFormed());
    }),
  );
});

test('pieces of the recordings are of the size of tokens', () => {
  for (const { question, recordings } of transcripts) {
    for (const { reasoning, answer } of Object.values(recordings)) {
      const pieces = cutTokens(reasoning + answer);
      assert.ok(Math.max(...pieces.map((piece) => piece.length)) <= 16, question);
      assert.ok((reasoning + answer).length / pieces.length < 5, question);
    }
  }
});
