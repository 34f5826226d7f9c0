import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseQuery, type QueryPhrase, termsOf } from '../../../lib/search/search-terms.ts';

test('words are found without their case, accents and width', () => {
  assert.deepEqual(termsOf('Naïve  CAFÉ, ﬁne: \\boxed{42}!'), ['naive', 'cafe', 'fine', 'boxed', '42']);
});

test('scripts without blanks become pairs of characters, and the last one alone', () => {
  assert.deepEqual(termsOf('让我再检查'), ['让我', '我再', '再检', '检查', '查']);
  assert.deepEqual(termsOf('用R1检查'), ['用', 'r1', '检查', '查']);
  assert.deepEqual(termsOf('等'), ['等']);
});

test('a query asks for all its words, each perhaps only begun', () => {
  assert.deepEqual(parseQuery('thin Chen'), [
    { terms: ['thin'], isPrefix: true },
    { terms: ['chen'], isPrefix: true },
  ]);
  assert.deepEqual(parseQuery('x')[0]?.isPrefix, false);
});

test('a query in Chinese asks for a phrase of pairs; one character for a pair that begins with it', () => {
  assert.deepEqual(parseQuery('再检查'), [{ terms: ['再检', '检查'], isPrefix: false }]);
  assert.deepEqual(parseQuery('检'), [{ terms: ['检'], isPrefix: true }]);
});

test('what is quoted must stand as it is', () => {
  assert.deepEqual(parseQuery('"let me check" 17'), [
    { terms: ['let', 'me', 'check'], isPrefix: false },
    { terms: ['17'], isPrefix: true },
  ]);
  assert.deepEqual(parseQuery('"" -- !!'), []);
});

/** What the indexes do, said plainly. */
function finds(terms: readonly string[], { terms: asked, isPrefix }: QueryPhrase): boolean {
  return terms.some((_, at) =>
    asked.every((term, i) => {
      const stored = terms[at + i];
      return isPrefix && i === asked.length - 1 ? stored?.startsWith(term) : stored === term;
    }),
  );
}

test('every piece of a text that begins and ends where its words do is found in it', () => {
  const words = fc.constantFrom(
    'wait',
    'Let',
    'me',
    'ok',
    '检查',
    '让我再',
    '等',
    '等等',
    '17',
    'é',
    '🙂',
    'ไทย',
    'かな',
  );
  fc.assert(
    fc.property(fc.array(words, { minLength: 1, maxLength: 8 }), fc.nat(7), fc.nat(7), (all, a, b) => {
      const [from, to] = [Math.min(a, b) % all.length, (Math.max(a, b) % all.length) + 1];
      const piece = all.slice(from, Math.max(to, from + 1)).join(' ');
      const terms = termsOf(all.join(' '));
      for (const phrase of parseQuery(piece)) assert.ok(finds(terms, phrase), JSON.stringify({ all, piece, phrase }));
    }),
  );
});

test('any piece of a Chinese text is found in it', () => {
  const text = fc.string({
    unit: fc.constantFrom('检', '查', '等', '让', '我', '再', '龍', '𠀀'),
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(), (whole, a, b) => {
      const characters = [...whole];
      const [from, to] = [a % characters.length, b % characters.length].sort((x, y) => x - y) as [number, number];
      const piece = characters.slice(from, to + 1).join('');
      for (const phrase of parseQuery(piece)) assert.ok(finds(termsOf(whole), phrase), piece);
    }),
  );
});
