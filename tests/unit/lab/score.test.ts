import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { extractAnswer } from '../../../lib/lab/extract.ts';
import { insidePuzzles, judgePuzzle, targetsOf } from '../../../lib/lab/puzzle.ts';
import { type AnswerKind, askedText, type LabQuestion } from '../../../lib/lab/question.ts';
import { isMissing, scoreReply } from '../../../lib/lab/score.ts';
import { shippedQuestions } from '../../../lib/lab/shipped.ts';
import { finalAnswerOf } from '../../../lib/reasoning/final-answer.ts';

const found = (answer: string, kind: AnswerKind = 'value', thinking = '') => {
  const it = extractAnswer({ answer, thinking }, kind);
  return it && [it.text, it.rule, ...(it.inThinking ? ['in the thought'] : [])];
};

test('the surest sign of an answer is taken first, and named', () => {
  for (const [text, expected] of [
    ['First \\boxed{1}, then \\fbox{\\frac{72}{19}}, so 3.79.', ['\\frac{72}{19}', 'boxed']],
    ['It is 5. <answer> 42 </answer>', ['42', 'answer-tags']],
    ['Thus.\nAnswer: 7\nas 3 + 4 shows', ['7', 'phrase']],
    ['The final answer is $x = 4$.', ['$x = 4$', 'phrase']],
    ['Half of it.\n#### 1,024', ['1,024', 'phrase']],
    ['所以答案是 12。', ['12', 'phrase']],
    ['7 * 3 + 5', ['7 * 3 + 5', 'whole']],
    ['We have $n = 3$, and so it costs $12 + 5 = 17$ in all.', ['17', 'last-formula']],
    ['With $n = 3$ we get 17 of them.', ['17', 'last-number']],
    ['It was broken: <boxed{70}\\).</answer>', ['70', 'last-number']],
    ['No idea.', undefined],
  ] as const)
    assert.deepEqual(found(text), expected, text);
});

test('a letter is never taken out of prose', () => {
  for (const [text, expected] of [
    ['The correct option is (C).', ['C', 'phrase']],
    ['\\boxed{\\text{B}}', ['B', 'boxed']],
    ['Energy is conserved.\n\n**D**', ['D', 'letter']],
    ['So it must be (B), since 4 is even.', ['B', 'letter']],
    ['A body at rest stays at rest. I think I know it.', undefined],
    ['A', ['A', 'letter']],
    ['It has 12 of them.', undefined],
  ] as const)
    assert.deepEqual(found(text, 'choice'), expected, text);
});

test('the thought is looked into only when there is no answer, and that is said', () => {
  assert.deepEqual(found('', 'value', 'It must be \\boxed{5}'), ['5', 'boxed', 'in the thought']);
  assert.deepEqual(found('It is 4.', 'value', 'It must be \\boxed{5}'), ['4', 'last-number']);
});

test('where the ordinary final answer is found by a sure sign, it is the same one', () => {
  const text = fc
    .array(fc.constantFrom('so ', '12', '\\boxed{3}', '<answer>4</answer>', 'The answer is 5. ', '\n', '$x=6$', '. '))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (answer) => {
      const today = finalAnswerOf(answer);
      const own = extractAnswer({ answer, thinking: '' }, 'value');
      assert.equal(own === undefined, today === undefined || (own === undefined && today.found === 'last-number'));
      if (today && today.found !== 'last-number') assert.equal(own?.text, today.text);
    }),
  );
});

const question = (answer: string, more: Partial<LabQuestion> = {}): LabQuestion => ({
  id: 'q',
  question: '?',
  answer,
  kind: 'value',
  ...more,
});
const reply = (
  answer: string,
  more: {
    thinking?: string;
    outcome?: 'complete' | 'stopped' | 'failed';
    reason?: 'stop' | 'length' | 'filtered';
  } = {},
) => ({ thinking: '', outcome: 'complete', reason: 'stop', answer, ...more }) as const;

test('each way a sample may end has its own state', () => {
  const key = question('\\frac12');
  const states = [
    reply('The answer is 0.5.'),
    reply('The answer is 2.'),
    reply('I cannot say.'),
    reply('', { thinking: 'So \\boxed{0.5}', reason: 'length' }),
    reply('It is \\boxed{0.5}, because', { reason: 'length' }),
    reply('', { reason: 'filtered' }),
    reply('', { outcome: 'failed' }),
    reply('The answer is 0.5', { outcome: 'stopped' }),
  ].map((each) => scoreReply(each, key).state);
  assert.deepEqual(states, [
    'right',
    'wrong',
    'no-answer',
    'cut-thinking',
    'cut-answering',
    'filtered',
    'failed',
    'stopped',
  ]);
  assert.deepEqual(states.filter(isMissing), ['failed', 'stopped']);
  const cut = scoreReply(reply('', { thinking: 'So \\boxed{0.5}', reason: 'length' }), key);
  assert.deepEqual([cut.found?.inThinking, cut.vote], [true, undefined]);
});

test('rescoring by fewer rules takes only what they find', () => {
  const text = reply('There are 5 of them.');
  assert.equal(scoreReply(text, question('5')).state, 'right');
  assert.equal(scoreReply(text, question('5'), { rules: ['boxed'] }).state, 'no-answer');
  assert.equal(scoreReply(reply('The answer is $x > 2$'), question('(2, \\infty)')).state, 'right');
  assert.equal(scoreReply(reply('The answer is $x > 2$'), question('(2, \\infty)'), { strict: true }).state, 'wrong');
});

test('a choice may be given by its letter or in its own words', () => {
  const capital = question('B', { kind: 'choice', choices: ['Rome', 'Paris', 'Bonn'] });
  assert.equal(scoreReply(reply('Answer: B'), capital).state, 'right');
  assert.equal(scoreReply(reply('\\boxed{Paris}'), capital).state, 'right');
  assert.equal(scoreReply(reply('\\boxed{Rome}'), capital).state, 'wrong');
  assert.match(askedText(capital, 'letter'), /^\?\n\nA\) Rome\nB\) Paris\nC\) Bonn\n\nThink step by step/);
});

test('a puzzle is solved by any expression of its numbers', () => {
  const solves = (given: string, numbers = [3, 5, 7]) => judgePuzzle(given, { numbers, target: '26' });
  for (const right of ['7 * 3 + 5', '5 + 7 × 3', '(7·3)+5 = 26', '26 = 3 * 7 + 5', '$7 \\times 3 + 5$', '3*7 − -5'])
    assert.ok(solves(right), right);
  for (const wrong of [
    '26',
    '7 * 3 + 5 = 27',
    '20 + 6',
    '3 * 7 + 3 + 2',
    '7 * 3 + 5 + 0',
    '13 + 13',
    'seven',
    '',
    '7 * (3 + 5',
    '1/0',
  ])
    assert.ok(!solves(wrong), wrong);
  assert.ok(solves('7 * 3 + 5', [3, 5, 7, 11]), 'any three of four do');
  assert.ok(!judgePuzzle('2 * 13', { numbers: [2, 13, 1], target: '26' }), 'all of three must be used');
  assert.ok(!judgePuzzle('9^{9^{9}}', { numbers: [9, 9, 9], target: '1' }));
});

test('all solutions of a puzzle are one vote', () => {
  const puzzle = question('26', { kind: 'puzzle', numbers: [3, 5, 7] });
  const votes = ['7 * 3 + 5', 'So 5 + 3 × 7 = 26 it is.', '\\boxed{20+6}'].map((text) =>
    scoreReply(reply(text), puzzle),
  );
  assert.deepEqual(
    votes.map(({ state, vote }) => [state, vote]),
    [
      ['right', 'solved'],
      ['right', 'solved'],
      ['wrong', '20+6'],
    ],
  );
});

test('three numbers come to what all orders and signs give', () => {
  // 2, 3, 4: 24 by 2·3·4 alone, 14 by 2·(3+4) and 2+3·4, 10 by 2·3+4 and 3·4−2, 9 by the sum of all
  const targets = targetsOf([2, 3, 4]);
  assert.deepEqual([targets.get(24), targets.get(14), targets.get(10), targets.get(9)], [1, 2, 2, 1]);
  assert.equal(targets.get(50), undefined);
});

test('the shipped questions are sixty, always the same, and their keys hold', () => {
  const questions = shippedQuestions();
  assert.equal(questions.length, 60);
  assert.deepEqual(shippedQuestions(), questions);
  assert.equal(new Set(questions.map(({ question }) => question)).size, 60);
  assert.equal(new Set(questions.map(({ id }) => id)).size, 60);
  assert.equal(new Set(questions.map(({ group }) => group)).size, 12);
  for (const q of questions)
    if (q.kind === 'value') assert.equal(scoreReply(reply(`The answer is ${q.answer}.`), q).state, 'right', q.question);
});

test('the puzzles for the models inside have a solution, in their own words', () => {
  const puzzles = insidePuzzles(40, 1);
  assert.deepEqual(insidePuzzles(40, 1), puzzles);
  assert.notDeepEqual(insidePuzzles(40, 2), puzzles);
  for (const { question: text, numbers = [], answer } of puzzles) {
    assert.match(text, /^Use \d+, \d+(?:, \d+)? and \d+ to make \d+\.$/);
    const threes = numbers.flatMap((a, i) =>
      numbers.flatMap((b, j) => numbers.map((c, k) => [i, j, k, a, b, c] as const)),
    );
    const reachable = threes.some(([i, j, k, a, b, c]) => i < j && j < k && targetsOf([a, b, c]).has(Number(answer)));
    assert.ok(reachable, text);
  }
});
