import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JudgedSample, measureSetting } from '../../../lib/lab/figures.ts';
import { endStates, isMissing } from '../../../lib/lab/score.ts';
import type { VoteWeight } from '../../../lib/lab/votes.ts';

/** `r` right, `w` wrong, `f` failed, `.` not over yet. */
function samplesOf(questions: Record<string, string>): JudgedSample[] {
  return Object.entries(questions).flatMap(([questionId, signs]) =>
    [...signs].map((sign): JudgedSample => {
      if (sign === '.') return { questionId };
      if (sign === 'f') return { questionId, state: 'failed' };
      const about = {
        questionId,
        thinkingTokens: sign === 'r' ? 100 : 300,
        answerTokens: 10,
        source: 'reported' as const,
      };
      return sign === 'r'
        ? { ...about, state: 'right', vote: '7', cost: 0.25 }
        : { ...about, state: 'wrong', vote: '8' };
    }),
  );
}

test('one setting comes to one line of figures', () => {
  const figures = measureSetting(samplesOf({ a: 'rrrw', b: 'rrww', c: 'wwww' }), { seed: 1 });
  assert.equal(figures.accuracy?.value, 5 / 12);
  assert.equal(figures.thinking?.value, (100 * 5 + 300 * 7) / 12);
  assert.equal(figures.output?.value, (110 * 5 + 310 * 7) / 12);
  assert.deepEqual(
    figures.byK.map(({ k, passAtK, passAllK, consensus }) => [
      k,
      ...[passAtK, passAllK, consensus].map((figure) => Number(figure?.value.toFixed(9))),
    ]),
    [
      [1, 5 / 12, 5 / 12, 5 / 12],
      // a: all pairs hold a right one, 3 of 6 are right; b: 5, 1; votes: a 3 right and 3 tied, b 1 right and 4 tied
      [2, (1 + 5 / 6) / 3, (3 / 6 + 1 / 6) / 3, (4.5 / 6 + 3 / 6) / 3],
      [4, 2 / 3, 0, (1 + 1 / 2) / 3],
    ].map((row) => row.map((value) => Number(value.toFixed(9)))),
  );
  assert.deepEqual([figures.states.right, figures.states.wrong], [5, 7]);
  assert.deepEqual([figures.cost, figures.priced, figures.sources], [1.25, 5, { reported: 12 }]);
});

test('samples that failed or are not over are missing, not wrong', () => {
  const figures = measureSetting(samplesOf({ a: 'rrrf', b: 'rr..' }), { seed: 1 });
  assert.deepEqual(
    [figures.accuracy?.value, figures.accuracy?.samples, figures.accuracy?.planned, figures.planned, figures.over],
    [1, 5, 8, 8, 6],
  );
  assert.deepEqual(
    figures.byK.map(({ k }) => k),
    [1, 2],
  );
  assert.deepEqual(measureSetting(samplesOf({ a: 'rr', b: '..' }), { seed: 1 }).byK, []);
  assert.equal(measureSetting([], { seed: 1 }).accuracy, undefined);
});

test('in whatever order samples come back, the figures are the same; pass@k is never below the vote', () => {
  const sample = fc.record({
    questionId: fc.constantFrom('a', 'b', 'c'),
    state: fc.constantFrom(...endStates),
    vote: fc.constantFrom('1', '2', undefined),
  });
  const judged = fc.array(sample, { minLength: 1, maxLength: 24 }).map((all) =>
    all.map(
      ({ vote, ...rest }): JudgedSample => ({
        ...rest,
        ...(rest.state === 'right' ? { vote: '7' } : rest.state === 'wrong' && vote && { vote }),
      }),
    ),
  );
  fc.assert(
    fc.property(judged, (samples) => {
      const figures = measureSetting(samples, { seed: 3 });
      const turned = measureSetting([...samples].reverse(), { seed: 3 });
      assert.ok(Math.abs((figures.accuracy?.value ?? 0) - (turned.accuracy?.value ?? 0)) < 1e-12);
      assert.equal(figures.accuracy?.samples ?? 0, samples.filter(({ state }) => state && !isMissing(state)).length);
      for (const [at, { passAtK, passAllK, consensus }] of figures.byK.entries()) {
        assert.ok((consensus?.value ?? 0) <= (passAtK?.value ?? 0) + 1e-9);
        assert.ok((passAllK?.value ?? 0) <= (consensus?.value ?? 0) + 1e-9);
        assert.ok(Math.abs((consensus?.value ?? 0) - (turned.byK[at]?.consensus?.value ?? 0)) < 1e-9);
      }
    }),
  );
});

test('votes by confidence are figured where every vote has one, and are no figure elsewhere', () => {
  const sure = { r: -0.1, w: -2 };
  const samples = samplesOf({ a: 'rww', b: 'rrw' }).map((sample) => ({
    ...sample,
    meanLogprob: sample.state === 'right' ? sure.r : sure.w,
  }));
  const last = (all: readonly JudgedSample[], weight: VoteWeight) =>
    measureSetting(all, { seed: 1, weight }).byK.at(-1)?.consensus?.value;
  // of a, two unsure ones (0.14 each) are fewer than one that is sure (0.9)
  assert.deepEqual([last(samples, 'equal'), last(samples, 'confidence')], [0.5, 1]);
  const [first, ...others] = samples;
  assert.ok(first);
  const { meanLogprob: _, ...untold } = first;
  assert.equal(last([untold, ...others], 'confidence'), undefined);
  const { vote: __, ...silent } = untold; // one without an answer does not vote
  assert.notEqual(last([silent, ...others], 'confidence'), undefined);
});
