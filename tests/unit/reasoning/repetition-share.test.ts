import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureRepetition } from '../../../lib/reasoning/repetition-share.ts';

test('the share is 1 minus the different 4-grams of all 4-grams', () => {
  // a b c d a b c d: five 4-grams (abcd bcda cdab dabc abcd), four of them different: 1 - 4/5
  const health = measureRepetition('A b c d; a b c d.');
  assert.equal(health?.total, 5);
  assert.ok(Math.abs((health?.share ?? 0) - 0.2) < 1e-12);
  assert.equal(health?.n, 4);
  assert.equal(health?.loop, undefined);
});

test('a thought that says nothing twice has a share of 0; fewer words than an n-gram have none', () => {
  assert.equal(measureRepetition('one two three four five')?.share, 0);
  assert.equal(measureRepetition('one two three'), undefined);
});

test('a Chinese character is a word', () => {
  // 一二三四一二三四: the same five 4-grams
  assert.equal(measureRepetition('一二三四，一二三四。')?.total, 5);
});

test('a loop is named, with how often and where', () => {
  const before = 'First we look at the numbers. ';
  const said = 'Wait, let me check that again, to be sure of it. ';
  const loop = measureRepetition(`${before}${said.repeat(10)}Then it ends.`)?.loop;
  assert.equal(loop?.text, said.trim());
  assert.equal(loop?.times, 10);
  assert.equal(loop?.at, before.length);
  assert.equal(loop?.length, said.length * 10 - 2); // to its last letter
});

test('a period that holds the same words twice is still one loop', () => {
  const said = 'We take a step to the left and then we take a step to the right. ';
  const loop = measureRepetition(said.repeat(12))?.loop;
  assert.ok(loop && loop.times >= 11);
  assert.equal(loop.text.length, said.trim().length);
});

test('rows that differ by a number are no loop, nor is a word said three times', () => {
  const rows = Array.from({ length: 80 }, (_, i) => `Row ${i} has the value ${i * i} in its last column.`).join('\n');
  assert.equal(measureRepetition(rows)?.loop, undefined);
  assert.equal(measureRepetition('no no no but that is another matter')?.loop, undefined);
});

test('a loop of marks alone is seen too', () => {
  assert.equal(measureRepetition(`We begin with these words here ${'~=*'.repeat(900)}`)?.loop?.text.length, 3);
});
