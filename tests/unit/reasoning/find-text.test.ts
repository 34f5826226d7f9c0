import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { TextFinder } from '../../../lib/reasoning/find-text.ts';

const found = (query: string, text: string) =>
  new TextFinder(query).grow(text).map(({ at, length }) => text.slice(at, at + length));

test('a growing text searched in any pieces has the hits of the whole text', () => {
  const letters = fc.constantFrom('a', 'A', 'b', ' ', '\n', '*', '`', '\ud83e\udd14', 'é');
  const text = fc.array(letters, { maxLength: 120 }).map((all) => all.join(''));
  const query = fc
    .array(fc.constantFrom('a', 'b', ' ', '*', '\ud83e\udd14'), { maxLength: 4 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(text, query, fc.array(fc.nat({ max: 9 }), { maxLength: 30 }), (whole, wanted, steps) => {
      const finder = new TextFinder(wanted);
      let at = 0;
      for (const step of steps) {
        at += step;
        finder.grow(whole.slice(0, at));
      }
      assert.deepEqual(finder.grow(whole), new TextFinder(wanted).grow(whole));
    }),
    { numRuns: 1000 },
  );
});

test('case, line breaks and marks of emphasis do not matter', () => {
  assert.deepEqual(found('wait, that', '**Wait**, that is. wait,\nthat too. Await, that'), [
    'Wait**, that',
    'wait,\nthat',
    'wait, that',
  ]);
  assert.deepEqual(found('等等', '等等，再等等'), ['等等', '等等']);
});

test('what is looked for is taken by the letter', () => {
  assert.deepEqual(found('f(x) = x^2 [a-z]', 'so f(x) = x^2 [a-z] and f(y)'), ['f(x) = x^2 [a-z]']);
  assert.deepEqual(found('a/b-c', 'a/b-c'), ['a/b-c']);
  assert.deepEqual(found('   ', 'a b c'), []);
  assert.deepEqual(found('', 'abc'), []);
});
