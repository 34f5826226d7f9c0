import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { passAtK } from '../../../lib/lab/measures.ts';
import { createRandom, shuffled } from '../../../lib/lab/random.ts';
import { consensusAtK, ksUpTo, majorityOf, type Vote, type Voter, votesOf } from '../../../lib/lab/votes.ts';

const vote = (group: number | undefined, right = false, weight = 1): Vote => ({ group, right, weight });

test('votes that are tied are shared', () => {
  assert.equal(majorityOf([vote(0, true), vote(0, true), vote(1), vote(1)]), 1 / 2);
  assert.equal(majorityOf([vote(0, true), vote(1), vote(2)]), 1 / 3);
  assert.equal(majorityOf([vote(0, true), vote(0, true), vote(1)]), 1);
  assert.equal(majorityOf([vote(0, true), vote(1), vote(1)]), 0);
});

test('a sample without an answer does not vote, and nobody voting is wrong', () => {
  assert.equal(majorityOf([vote(undefined), vote(undefined), vote(0, true)]), 1);
  assert.equal(majorityOf([vote(undefined)]), 0);
  assert.equal(majorityOf([]), 0);
});

test('cons@k is over subsets, never the first k', () => {
  const votes = [vote(1), vote(1), vote(0, true), vote(0, true), vote(0, true)];
  assert.equal(consensusAtK(votes, 1, { seed: 7 }), 3 / 5);
  // of the 10 pairs 3 are right, 1 is wrong, 6 are tied
  assert.equal(consensusAtK(votes, 2, { seed: 7 }), 6 / 10);
  // of the 10 triples 3 have two wrong ones
  assert.equal(consensusAtK(votes, 3, { seed: 7 }), 7 / 10);
  assert.equal(consensusAtK(votes, 5, { seed: 7 }), 1);
  assert.equal(consensusAtK(votes, 6, { seed: 7 }), undefined);
});

test('subsets drawn by lot come near all of them, and the same ones for a seed', () => {
  const votes = Array.from({ length: 64 }, (_, i) => vote(i % 4 === 0 ? 0 : 1 + (i % 7), i % 4 === 0));
  const two = consensusAtK(votes, 2, { seed: 'q1' });
  // right pairs 16·15/2, tied pairs with one right 16·48, of 64·63/2
  const exact = ((16 * 15) / 2 + (16 * 48) / 2) / ((64 * 63) / 2);
  assert.ok(two !== undefined && Math.abs(two - exact) < 0.04, `${two} for ${exact}`);
  assert.equal(consensusAtK(votes, 2, { seed: 'q1' }), two);
  assert.notEqual(consensusAtK(votes, 3, { seed: 'q1' }), consensusAtK(votes, 3, { seed: 'q2' }));
});

test('one sample voting is that sample; order never counts; a vote is at most any of them', () => {
  const votes = fc.array(
    fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }).map((group) => vote(group, group === 0)),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(votes, fc.integer(), (all, seed) => {
      const right = all.filter((v) => v.right).length;
      assert.ok(Math.abs((consensusAtK(all, 1, { seed: seed }) ?? -1) - right / all.length) < 1e-12);
      const turned = shuffled(all, createRandom(seed));
      for (let k = 1; k <= all.length; k++) {
        const [share, other] = [
          consensusAtK(all, k, { seed: seed }) ?? -1,
          consensusAtK(turned, k, { seed: seed }) ?? -1,
        ];
        assert.ok(Math.abs(share - other) < 1e-9, 'all subsets are looked at: 12 have at most 924 of a size');
        assert.ok(share <= (passAtK(all.length, right, k) ?? 1) + 1e-9);
      }
    }),
    { numRuns: 60 },
  );
});

const voter = (answer: string | undefined, right: boolean, facts: Partial<Voter> = {}): Voter => ({
  answer,
  right,
  ...facts,
});

test('answers are grouped by what they mean', () => {
  const votes = votesOf([
    voter('1/2', true),
    voter('0.5', true),
    voter('\\frac12', true),
    voter('2', false),
    voter('2', false),
    voter(undefined, false),
  ]);
  assert.deepEqual(
    votes.map(({ group, right }) => [group, right]),
    [
      [0, true],
      [0, true],
      [0, true],
      [1, false],
      [1, false],
      [undefined, false],
    ],
  );
});

test('a rounded decimal is held against the most exact of its group', () => {
  const groups = (answers: string[]) => votesOf(answers.map((a) => voter(a, true))).map(({ group }) => group);
  assert.equal(new Set(groups(['0.333', '1/3', '0.3333'])).size, 1);
  assert.deepEqual(groups(['1/3', '0.333']), groups(['0.333', '1/3']).reverse());
});

test('votes can be weighed by brevity, by format and by confidence', () => {
  const voters = [
    voter('1', true, { tokens: 10, formatOk: true, meanLogprob: -0.1 }),
    voter('2', false, { tokens: 40, formatOk: false, meanLogprob: -3 }),
    voter('2', false, { tokens: 40, formatOk: false, meanLogprob: -3 }),
  ];
  const weights = (by: 'brevity' | 'format' | 'confidence' | 'equal') =>
    votesOf(voters, by).map(({ weight }) => weight);
  assert.deepEqual(weights('equal'), [1, 1, 1]);
  assert.deepEqual(weights('brevity'), [3, 2, 2]);
  assert.deepEqual(weights('format'), [1, 0, 0]);
  assert.deepEqual(
    (['equal', 'brevity', 'format', 'confidence'] as const).map((by) => majorityOf(votesOf(voters, by))),
    [0, 0, 1, 1],
  );
  assert.equal(majorityOf(votesOf([voter('1', true)], 'confidence')), 0, 'no probabilities, no vote');
});

test('curves are drawn at powers of two and at all', () => {
  assert.deepEqual(ksUpTo(16), [1, 2, 4, 8, 16]);
  assert.deepEqual(ksUpTo(12), [1, 2, 4, 8, 12]);
  assert.deepEqual([ksUpTo(1), ksUpTo(0)], [[1], []]);
});
