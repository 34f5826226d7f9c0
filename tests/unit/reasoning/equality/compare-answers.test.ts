import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { agreeAnswers, compareAnswers } from '../../../../lib/reasoning/equality/compare-answers.ts';

interface Case {
  id: string;
  gold: string;
  given: string;
  same: boolean;
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../../fixtures/answers/equivalence.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

test('every pair comes out as a teacher says', () => {
  const wrong = cases.filter(({ gold, given, same }) => (compareAnswers(gold, given) === 'same') !== same);
  assert.deepEqual(
    wrong.map(({ id, gold, given }) => `${id}: ${gold} | ${given}`),
    [],
  );
});

test('where nobody can say, nothing is said', () => {
  for (const [a, b] of [
    ['e^{\\pi\\sqrt{163}}', '262537412640768744'],
    ['\\int_0^1 f', '3'],
    ['5 pieces', '5 blocks'],
    ['(1, 2)', '2, 1'],
  ] as const)
    assert.equal(agreeAnswers(a, b), 'unsure', `${a} and ${b}`);
});

test('strict: an inequality is no interval', () => {
  assert.equal(compareAnswers('(-\\infty, 2)', 'x < 2'), 'same');
  assert.equal(compareAnswers('(-\\infty, 2)', 'x < 2', { strict: true }), 'different');
});

const whole = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n });
const small = fc.integer({ min: -60, max: 60 });
const natural = fc.integer({ min: 1, max: 400 });

test('whole numbers are the same only if they are', () => {
  fc.assert(
    fc.property(whole, fc.bigInt({ min: 1n, max: 5n }), (n, apart) => {
      assert.equal(compareAnswers(`${n}`, `${n}`), 'same');
      assert.equal(compareAnswers(`${n}`, `${n + apart}`), 'different');
      assert.equal(compareAnswers(`${n}.0`, `${n + apart}`), 'different');
    }),
  );
});

test('a fraction is itself however it is written, and no other', () => {
  fc.assert(
    fc.property(small, natural, natural, (n, d, by) => {
      const gold = `\\frac{${n}}{${d}}`;
      assert.equal(compareAnswers(gold, `${n * by}/${d * by}`), 'same');
      assert.equal(compareAnswers(gold, `\\dfrac{${n * by}}{${d * by}}`), 'same');
      assert.equal(compareAnswers(gold, `${n * by + 1}/${d * by}`), 'different');
    }),
  );
});

test('a given decimal may be the key rounded to three significant digits; a key is never rounded', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999 }), fc.constantFrom(3, 7, 11, 13, 17, 19), (n, d) => {
      fc.pre(n % d !== 0);
      const gold = `\\frac{${n}}{${d}}`;
      const rounded = (n / d).toFixed(4);
      fc.pre(rounded.replace('.', '').replace(/^0+/, '').length >= 3);
      assert.equal(compareAnswers(gold, rounded), 'same');
      assert.equal(compareAnswers(rounded, gold), 'different');
      assert.equal(compareAnswers(gold, (n / d + 0.0002).toFixed(4)), 'different');
    }),
  );
});

test('products multiplied out are the same, signs turned are not', () => {
  fc.assert(
    fc.property(small, small, (a, b) => {
      fc.pre(a !== 0 && b !== 0 && a !== -b);
      const gold = `(x${a < 0 ? a : `+${a}`})(x${b < 0 ? b : `+${b}`})`;
      const signed = (n: number) => (n < 0 ? `${n}` : `+${n}`);
      assert.equal(compareAnswers(gold, `x^2${signed(a + b)}x${signed(a * b)}`), 'same');
      assert.equal(compareAnswers(gold, `x^2${signed(-a - b)}x${signed(a * b)}`), 'different');
    }),
  );
});

test('a set has no order, coordinates have', () => {
  const several = fc.uniqueArray(small, { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(several, (items) => {
      const turned = [...items].reverse();
      assert.equal(compareAnswers(`\\{${items}\\}`, `\\{${turned}\\}`), 'same');
      assert.equal(compareAnswers(items.join(', '), turned.join(', ')), 'same');
      assert.equal(compareAnswers(`(${items})`, `(${turned})`), 'different');
      assert.equal(compareAnswers(`\\{${items}\\}`, `\\{${items}, 99\\}`), 'different');
    }),
  );
});

test('any text agrees with itself, and two texts agree both ways or neither', () => {
  const piece = fc.constantFrom(
    ...[
      '\\frac',
      '{',
      '}',
      '1',
      '2',
      'x',
      '+',
      '^',
      '\\sqrt',
      '(',
      ')',
      ',',
      '=',
      ' ',
      '%',
      '[',
      ']',
      '|',
      '<',
      '\\cup',
    ],
    ...[
      '\\{',
      '\\}',
      '_',
      '.',
      '\\pm',
      '\\infty',
      'cm',
      '\\text{ m}',
      '\\overline',
      '!',
      '-',
      '\\\\',
      '&',
      '/',
      '0',
      'i',
      '和',
    ],
  );
  const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(agreeAnswers(a, a), 'same');
      assert.equal(agreeAnswers(a, b), agreeAnswers(b, a));
    }),
    { numRuns: 2000 },
  );
});

test('what is beyond the limits is compared as text, and nothing is ever run', () => {
  const hostile = [
    '9^{9^{9}}',
    '10^{10^{9}}',
    `${'('.repeat(2000)}1${')'.repeat(2000)}`,
    '\\frac{'.repeat(600),
    `${'1+'.repeat(2000)}1`,
    '2^'.repeat(1000),
    '7'.repeat(4000),
    '((1000!)!)!',
    '500!^{500}',
    '1e999999',
    `${'1,'.repeat(2000)}1`,
    '|'.repeat(300),
    'process.exit(1)',
    '\\text{'.repeat(600),
    '5'.repeat(5000),
  ];
  for (const text of hostile) {
    assert.equal(agreeAnswers(text, text), 'same');
    assert.notEqual(agreeAnswers(text, '1'), 'same', text.slice(0, 40));
  }
});
