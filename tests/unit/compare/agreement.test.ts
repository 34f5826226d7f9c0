import assert from 'node:assert/strict';
import test from 'node:test';
import type { FinalAnswer } from '../../../lib/reasoning/final-answer.ts';
import { agreementOf } from '../../../components/words/agreement-words.ts';

const said = (label: string, text: string | undefined, found: FinalAnswer['found'] = 'boxed') => ({
  label,
  final: text === undefined ? undefined : { text, found },
});

test('answers that come to the same are counted, and those that do not are named', () => {
  const agreement = agreementOf([said('A', '41'), said('B', '42'), said('C', '42.0'), said('D', undefined)]);
  assert.equal(agreement.words, '2 of 4 agree:');
  assert.equal(agreement.most?.text, '42');
  assert.deepEqual(
    agreement.others.map(({ labels, answer }) => [labels, answer.text]),
    [[['A'], '41']],
  );
  assert.equal(agreement.unclear, 'nothing clear to compare in D');
});

test('mathematics is compared by its value; where nobody can say, nothing is said', () => {
  assert.equal(agreementOf([said('A', '\\frac{1}{2}'), said('B', '0.50')]).words, '2 of 2 agree:');
  const unread = said('B', '\\oint f');
  assert.equal(agreementOf([said('A', '\\frac{1}{2}'), unread]).words, '');
  const agreement = agreementOf([said('A', '4'), unread, said('C', '4.0')]);
  assert.deepEqual([agreement.words, agreement.others], ['2 of 3 agree:', []]);
});

test('one final answer agrees with nothing, and none is no agreement', () => {
  assert.equal(agreementOf([said('A', '42'), said('B', undefined)]).words, 'Only A has a clear final answer:');
  assert.deepEqual(agreementOf([said('A', undefined), said('B', undefined)]), { words: '', others: [] });
  assert.equal(agreementOf([said('A', '42')]).words, '');
  assert.equal(agreementOf([said('A', '1'), said('B', '2'), said('C', '3')]).words, 'No two agree: A');
});

test('the last number of a text agrees with an answer, but never differs from one', () => {
  const boxed = said('A', '3');
  assert.equal(agreementOf([said('B', '3', 'last-number'), boxed]).words, '2 of 2 agree:');
  assert.equal(agreementOf([said('B', '3', 'last-number'), boxed]).most?.found, 'boxed');
  assert.deepEqual(agreementOf([boxed, said('B', '10', 'last-number')]), {
    words: 'Only A has a clear final answer:',
    most: { text: '3', found: 'boxed' },
    others: [],
  });
  assert.equal(agreementOf([said('A', '3', 'last-number'), said('B', '10', 'last-number')]).words, '');
});
