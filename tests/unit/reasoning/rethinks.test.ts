import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findRethinks } from '../../../lib/reasoning/rethinks.ts';

const phrasesIn = (text: string) => findRethinks(text).map((r) => r.phrase);

test('a model that turns back on itself is noticed', () => {
  assert.deepEqual(phrasesIn('So x = 4. But wait, x must be odd. Then 5. Alternatively, use parity.'), [
    'wait',
    'Alternatively',
  ]);
  assert.deepEqual(phrasesIn('It is 7.\n\nHmm. That gives 8.\nLet me check with n = 2.'), ['Hmm', 'Let me check']);
  assert.deepEqual(phrasesIn("Let me double-check this. Let's re-read the problem. I should verify the sum."), [
    'Let me double-check',
    "Let's re-read",
    'I should verify',
  ]);
  assert.deepEqual(phrasesIn('So it is 12. That is not right. Actually, no. On second thought it is 13.'), [
    'That is not right. Actually',
    'On second thought',
  ]);
});

test('Chinese re-thinks are noticed', () => {
  assert.deepEqual(phrasesIn('所以答案是4。等等，这里有问题。让我再验证一下。我们再检查第二步。'), [
    '等等',
    '让我再验证',
    '再检查',
  ]);
  assert.deepEqual(phrasesIn('不对，应该是5。换个思路。'), ['不对', '换个思路']);
});

test('words that only look like a re-think are none', () => {
  assert.deepEqual(phrasesIn('The waiter said to wait for the bus. I had to wait, awaiting the waiting list.'), []);
  assert.deepEqual(
    phrasesIn('Wait for it. Wait until noon. The wait time is 3. Hold on to it. Let me see. Let me think.'),
    [],
  );
  assert.deepEqual(phrasesIn('我们有苹果、香蕉等等。让我想起你。他让我检查。让我们开始。等等就好'), []);
});

test('what is quoted or code is not what the model thinks', () => {
  assert.deepEqual(phrasesIn('He said "Wait, stop" and “Hmm, no” and `wait()`, 「等等，不」.\n> Hmm, wait.'), []);
  assert.deepEqual(phrasesIn('```js\n// Wait, hmm\n```\nWait, what?'), ['Wait']);
});

test('an aha moment is one re-think, however often it says so', () => {
  const text = 'Wait, wait. Wait. That’s an aha moment I can flag here.';
  assert.deepEqual(findRethinks(text), [{ at: 0, length: 16, phrase: 'Wait, wait. Wait' }]);
});

test('every phrase stands where it is said to stand, and they do not overlap', () => {
  const piece = fc.constantFrom(
    'Wait',
    ', ',
    '. ',
    '\n',
    'let me check',
    '等等',
    '，',
    '"',
    '`',
    '```',
    'hmm',
    ' but ',
    'x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      let end = 0;
      for (const { at, length, phrase } of findRethinks(text)) {
        assert.ok(at >= end && length > 0);
        assert.equal(text.slice(at, at + length), phrase);
        end = at + length;
      }
    }),
  );
});
