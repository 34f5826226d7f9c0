import assert from 'node:assert/strict';
import test from 'node:test';
import { agreementOf } from '../../../components/compare/agreement-words.ts';

const said = (label: string, text: string | undefined) => ({
  label,
  final: text === undefined ? undefined : ({ text, found: 'boxed' } as const),
});

test('answers that come to the same are counted, and those that do not are named', () => {
  const agreement = agreementOf([said('A', '41'), said('B', '42'), said('C', '42.0'), said('D', undefined)]);
  assert.equal(agreement.words, '2 of 4 agree:');
  assert.equal(agreement.most?.text, '42');
  assert.deepEqual(
    agreement.others.map(({ labels, answer }) => [labels, answer.text]),
    [[['A'], '41']],
  );
});

test('mathematics is compared by whoever can read it', () => {
  const answers = [said('A', '\\frac{1}{2}'), said('B', '0.50')];
  assert.equal(agreementOf(answers).words, 'They differ: A');
  assert.equal(agreementOf(answers, () => true).words, '2 of 2 agree:');
});

test('one final answer agrees with nothing, and none is no agreement', () => {
  assert.equal(agreementOf([said('A', '42'), said('B', undefined)]).words, 'Only A has a final answer:');
  assert.deepEqual(agreementOf([said('A', undefined), said('B', undefined)]), { words: '', others: [] });
  assert.equal(agreementOf([said('A', '42')]).words, '');
  assert.equal(agreementOf([said('A', '1'), said('B', '2'), said('C', '3')]).words, 'No two agree: A');
});
