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

/** Written in another way, by gold and given: what a careful teacher says. */
const siblings: Record<'same' | 'different' | 'unsure', [gold: string, given: string][]> = {
  same: [
    ['1000000', '1 million'],
    ['2.5 million', '2500000'],
    ['100', 'one hundred'],
    ['24', 'two dozen'],
    ['\\frac23', 'two thirds'],
    ['10000', '1万'],
    ['3.5亿', '350000000'],
    ['12\\%', '百分之十二'],
    ['25%', '四分之一'],
    ['2', 'two apples'],
    ['2', '2 (two)'],
    ['3公里', '3000米'],
    ['5元', '5'],
    ['2024-01-05', '2024/1/5'],
    ['[3,\\infty)', '\\{x\\mid x\\ge3\\}'],
    ['2x>6', 'x>3'],
    ['-2x>6', 'x<-3'],
    ['[-1,1]', '|x|\\le1'],
    ['(x,y)=(1,2)', '(1,2)'],
    ['x=2\\text{ or }x=3', 'x\\in\\{2,3\\}'],
    ['(3,-2)', '\\langle 3,-2\\rangle'],
    ['{5 \\choose 2}', '10'],
    ['\\frac{1}{2}', '{1 \\over 2}'],
    ['110_2', '(110)_2'],
    ['\\left[\\begin{array}{cc}1&2\\\\3&4\\end{array}\\right]', '\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}'],
    ['A, C', 'A and C'],
  ],
  different: [
    ['2024-01-05', '2024-05-01'],
    ['1 2/3', '12/3'],
    ['\\frac23', 'two fifths'],
    ['10000', '1亿'],
    ['2x>6', 'x<3'],
    ['|x|<2', 'x<2'],
    ['prime', 'not prime'],
    ['110_2', '110'],
  ],
  unsure: [
    ['12', '1 2'],
    ['ABC', 'ACB'],
    ['AC', 'A, C'],
    ['5 mW', '5 MW'],
    ['36\\text{ km/h}', '10\\text{ m/s}'],
    ['1 hour 30 minutes', '90 minutes'],
    ['5\\text{ m}^2', '50000\\text{ cm}^2'],
    ['1\\text{ L}', '1000\\text{ cm}^3'],
    ['100^\\circ C', '212^\\circ F'],
    ['5\\,\\Omega', '5 ohms'],
    ['0.5', '0,5'],
    ['1234567', '12,34,567'],
    ['1234', '(1,234)'],
    ['C(5,2)', '10'],
    ['C_5^2', '10'],
    ['5!!', '15'],
    ['\\sin 30', '\\frac12'],
    ['1A_{16}', '26'],
    ['0xFF', '255'],
    ['1/2x', '\\frac{1}{2x}'],
    ['2^3^2', '512'],
    ['3+4i', '(3,4)'],
    ['3\\mathbf{i}-2\\mathbf{j}', '(3,-2)'],
    ['xy=1', 'y=\\frac1x'],
    ['f(x)=x^2', 'y=x^2'],
    ['x_1=2, x_2=3', 'x_1=3, x_2=2'],
    ['yes', '是'],
    ['isosceles', 'isosceles triangle'],
    ['5', 'The answer is 5'],
    ['12', 'a dozen'],
    ['120', 'one hundred twenty apples'],
  ],
};

test('a difference of form is none of value, and one that may be of form alone is not told', () => {
  const told = Object.entries(siblings).flatMap(([verdict, pairs]) =>
    pairs.map(([gold, given]) => [`${gold} | ${given}`, compareAnswers(gold, given), verdict] as const),
  );
  assert.deepEqual(
    told.filter(([, is, wanted]) => is !== wanted),
    [],
  );
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
    'A'.repeat(4000),
    `${'1,23'.repeat(1000)}`,
    'ABC,'.repeat(1000),
    'x^2^'.repeat(1000),
    'one '.repeat(1000),
    `2 (${'a '.repeat(2000)})`,
  ];
  for (const text of hostile) {
    assert.equal(agreeAnswers(text, text), 'same');
    assert.notEqual(agreeAnswers(text, '1'), 'same', text.slice(0, 40));
  }
});
