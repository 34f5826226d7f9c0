import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { agreeAnswers } from '../../../lib/reasoning/equality/compare-answers.ts';
import { finalAnswerOf, groupAnswers } from '../../../lib/reasoning/final-answer.ts';

const agree = (a: string, b: string) => agreeAnswers(a, b) === 'same';

const found = (answer: string, thinking?: string) => {
  const final = finalAnswerOf(answer, thinking);
  return final && [final.text, final.found];
};

test('the last box is the answer, however deep its braces', () => {
  assert.deepEqual(found('First \\boxed{1}, no: $\\boxed{\\frac{72}{19}}$ hours, that is 3.79.'), [
    '\\frac{72}{19}',
    'boxed',
  ]);
  assert.deepEqual(found('\\boxed {x = \\sqrt{\\frac{a}{b}}} and \\boxed{'), ['x = \\sqrt{\\frac{a}{b}}', 'boxed']);
});

test('answer tags, a sentence that says so, and the last number follow', () => {
  assert.deepEqual(found('So <answer> 42 </answer>'), ['42', 'answer-tags']);
  assert.deepEqual(found('We get 7. The answer is **3.5 km**. It took 2 steps.'), ['3.5 km', 'phrase']);
  assert.deepEqual(found('计算得到 12。所以答案是 23。'), ['23', 'phrase']);
  assert.deepEqual(found('There are 1,234 of them, in `x[9]`.'), ['1,234', 'last-number']);
  assert.equal(found('No idea.'), undefined);
});

test('the thinking is looked into only where there is no answer', () => {
  assert.deepEqual(found('', 'It must be \\boxed{5}'), ['5', 'boxed']);
  assert.deepEqual(found('It is 4.', 'It must be \\boxed{5}'), ['4', 'last-number']);
});

test('form is not the answer', () => {
  for (const [a, b] of [
    ['1,000', '1000'],
    ['$x = 5$', '5'],
    ['\\text{Paris}', 'paris.'],
    ['**B**', 'B'],
    ['\\( 3.0 \\)', '3'],
    ['$\\dfrac{1}{2}\\text{ cm}$.', '\\frac{1}{2} cm'],
    ['12\\,345', '12345'],
  ] as const)
    assert.ok(agree(a, b), `${a} and ${b}`);
  assert.ok(!agree('5', '-5'));
  assert.ok(!agree('Paris', 'London'));
});

test('equal in value is equal', () => {
  for (const [a, b] of [
    ['\\frac{72}{19}', '72/19'],
    ['\\frac{72}{19}\\text{ hours}', '3.79 hours'],
    ['0.5', '\\frac12'],
    ['50\\%', '0.5'],
    ['50\\%', '50'],
    ['12 apples', '12'],
    ['3\\frac{1}{2}', '3.5'],
    ['\\sqrt{8}', '2\\sqrt{2}'],
    ['(x+1)^2', 'x^2+2x+1'],
    ['2^{10}', '1024'],
    ['\\frac{\\pi}{2}', 'π/2'],
    ['x = 3, y = 4', '3 and 4'],
    ['2, 3', '3, 2'],
    ['\\frac{n^{2}(n+1)^{2}}{4}', '\\left(\\frac{n(n+1)}{2}\\right)^2'],
    ['90^\\circ', '90'],
  ] as const) {
    assert.ok(agree(a, b), `${a} and ${b}`);
    assert.ok(agree(b, a), `${b} and ${a}`);
  }
});

test('what differs in value differs', () => {
  for (const [a, b] of [
    ['\\frac{1}{3}', '0.3'],
    ['(1, 2)', '(2, 1)'],
    ['5 km', '5 m'],
    ['x^2', 'x^3'],
    ['3.79', '3.8'],
    ['1, 2', '1, 2, 3'],
    ['Paris', '2'],
    ['10', '100'],
  ] as const) {
    assert.ok(!agree(a, b), `${a} and ${b}`);
  }
});

test('any text agrees with itself, and with another as the other with it; nothing is run', () => {
  const piece = fc.constantFrom(
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
    'import',
    '[',
    '"',
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.ok(agree(a, a));
      assert.equal(agree(a, b), agree(b, a));
    }),
  );
});

test('answers are grouped, the largest group first; a missing one is in none', () => {
  assert.deepEqual(groupAnswers(['4', undefined, '72/19', '3.79 h', '\\frac{72}{19}']).groups, [[2, 3, 4], [0]]);
});

test('a list that follows the word "answers" is no final answer, what stands alone below "the answer is" is', () => {
  const list = 'See how a model thinks and answers:\n\n- I can read it in 1.5 hours.\n- Solve it.\n\nThen ask again.';
  assert.equal(finalAnswerOf(list)?.found, 'last-number');
  assert.equal(finalAnswerOf('Two answers:\n\n1. Seven\n2. Nine'), undefined); // the numbers of a list are no answers
  assert.deepEqual(finalAnswerOf('The answer is:\n\n$x = 9$'), { text: '$x = 9$', found: 'phrase' });
});

test('one line of mathematics is the answer, whole: what puzzles like R1-Zero’s come to', () => {
  for (const [answer, whole] of [
    ['7 * 3 + 5', '7 * 3 + 5'],
    ['\n 10 * 3 + 2 \n', '10 * 3 + 2'],
    ['3 * 10 + 2 = 32', '32'],
    ['$2 \\times (7 - 3) / 8$.', '$2 \\times (7 - 3) / 8$'],
    ['x = 5', 'x = 5'],
    ['2\\sqrt{3} - 1', '2\\sqrt{3} - 1'],
    ['−12.5', '−12.5'],
  ] as const)
    assert.deepEqual(found(answer), [whole, 'whole'], answer);
  for (const answer of ['Paris', '1. Paris', 'It is 5', '5 and 7 make 12', '是 5', 'Hm… 5?'])
    assert.notEqual(found(answer)?.[1], 'whole', answer);
  for (const [a, b] of [
    ['3 * 10 + 2', '10 * 3 + 2'],
    ['2 + 10 * 3', '\\boxed{32}'],
    ['7 × 3 + 5', '5 + 3 \\cdot 7 = 26'],
  ] as const)
    assert.ok(agree(finalAnswerOf(a)?.text ?? '', finalAnswerOf(b)?.text ?? ''), `${a} and ${b}`);
});

test('a number far from the end, of a list or of a heading is no final answer', () => {
  assert.equal(
    found('Ask one of these:\n\n- 35 heads, 94 legs\n\n1. **Here**\n2. **There**\n\nThen ask again.'),
    undefined,
  );
  assert.equal(found('## 2. Method\n\n3) Look'), undefined);
  assert.deepEqual(found('12 rabbits are left.\n\nTell me if I should explain.'), ['12', 'last-number']);
});

test('several boxes of one sentence are one answer', () => {
  assert.equal(found('There are \\boxed{23} chickens and \\boxed{12} rabbits.')?.[0], '23, 12');
  assert.equal(found('鸡 \\( \\boxed{23} \\) 只，兔 \\( \\boxed{12} \\) 只。')?.[0], '23, 12');
  assert.equal(found('So $x = \\boxed{1}$ or $x = \\boxed{-2}$.')?.[0], 'x = 1, x = -2');
  assert.equal(found('It is \\boxed{1}. And later \\boxed{2}.')?.[0], '2');
  assert.equal(found('Not \\boxed{1}, but \\boxed{2}.')?.[0], '2');
  assert.equal(found('$\\boxed{3}$ gives, with 4, $\\boxed{7}$')?.[0], '7');
  assert.ok(agree('x = 23,\\; y = 12', '23, 12'));
});

test('a frame is a box, and what says the final answer in other words is heard', () => {
  assert.deepEqual(found('We get \\fbox{42}.'), ['42', 'boxed']);
  assert.deepEqual(found('Work …\n#### 1,234'), ['1,234', 'phrase']);
  assert.deepEqual(found('The correct option is (C).'), ['(C)', 'phrase']);
  assert.deepEqual(found('The correct choice is **B**.'), ['B', 'phrase']);
  assert.deepEqual(found('正确选项是 D。'), ['D', 'phrase']);
  assert.deepEqual(found('答案：42。'), ['42', 'phrase']);
  assert.equal(found('A triangle has 3 sides.')?.[1], 'last-number');
});

test('an answer is held against the most exact of its group', () => {
  // 0.333 and 0.3333 both are one third, and are not each other
  assert.deepEqual(groupAnswers(['0.333', '0.3333', '\\frac13']).groups, [[0, 1, 2]]);
  assert.deepEqual(groupAnswers(['0.333', '0.3333']).groups, [[0], [1]]);
});
