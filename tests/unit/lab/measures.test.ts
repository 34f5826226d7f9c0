import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  clusteredError,
  measureAccuracy,
  measureDifference,
  measurePass,
  passAllK,
  passAtK,
  type QuestionMarks,
  studentQuantile,
  wilsonInterval,
} from '../../../lib/lab/measures.ts';

const near = (actual: number | undefined, expected: number, within = 5e-5) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

const marksOf = (right: number, of: number) => Array.from({ length: of }, (_, i) => i < right);
const question = (right: number, of: number, planned = of): QuestionMarks => ({ marks: marksOf(right, of), planned });

test('pass@k is the unbiased one of the Codex paper', () => {
  for (const [k, expected] of [
    [1, 0.1875],
    [2, 0.35],
    [4, 0.6071],
    [8, 0.9],
    [16, 1],
  ] as const)
    near(passAtK(16, 3, k), expected);
  near(passAtK(100_000, 1, 50_000), 0.5, 1e-9);
});

test('what k samples would have done is not told of fewer', () => {
  assert.equal(passAtK(8, 8, 9), undefined);
  assert.equal(passAllK(8, 8, 9), undefined);
  const questions = [question(3, 16), question(3, 15, 16)];
  assert.equal(measurePass(questions, { k: 16, of: 'pass-at-k', seed: 1 }), undefined);
  assert.equal(measurePass(questions, { k: 15, of: 'pass-at-k', seed: 1 })?.questions, 2);
});

test('a vote that is always right is not sure to the last question', () => {
  const figure = measurePass([question(2, 2), question(2, 2)], { k: 2, of: 'pass-all-k', seed: 1 });
  assert.equal(figure?.value, 1);
  assert.ok(figure.low < 0.5 && figure.high === 1 && figure.interval === 'wilson');
});

test('pass^k asks that all are right', () => {
  near(passAllK(16, 3, 1), 0.1875);
  near(passAllK(16, 3, 2), 3 / 120);
  assert.equal(passAllK(16, 3, 4), 0);
  assert.equal(passAllK(4, 4, 4), 1);
});

test('pass@k and pass^k are what counting all subsets gives', () => {
  const sample = fc
    .integer({ min: 1, max: 9 })
    .chain((n) =>
      fc.record({ n: fc.constant(n), c: fc.integer({ min: 0, max: n }), k: fc.integer({ min: 1, max: n }) }),
    );
  fc.assert(
    fc.property(sample, ({ n, c, k }) => {
      const subsets = Array.from({ length: 2 ** n }, (_, bits) => bits).filter((bits) => ones(bits, n) === k);
      const any = subsets.filter((bits) => ones(bits, c) > 0).length / subsets.length;
      const all = subsets.filter((bits) => ones(bits, c) === k).length / subsets.length;
      near(passAtK(n, c, k), any, 1e-12);
      near(passAllK(n, c, k), all, 1e-12);
    }),
  );
});

function ones(bits: number, below: number): number {
  return Array.from({ length: below }, (_, i) => (bits >> i) & 1).reduce((sum, bit) => sum + bit, 0);
}

test("Wilson's interval is the one in the tables", () => {
  for (const [right, of, low, high] of [
    [24, 30, 0.627, 0.905],
    [30, 30, 0.886, 1],
    [80, 100, 0.711, 0.867],
    [400, 500, 0.763, 0.833],
    [1055, 1319, 0.777, 0.821],
  ] as const) {
    const interval = wilsonInterval(right / of, of);
    near(interval.low, low, 5e-4);
    near(interval.high, high, 5e-4);
    const figure = measureAccuracy(Array.from({ length: of }, (_, i) => question(i < right ? 1 : 0, 1)));
    assert.equal(figure?.interval, 'wilson');
    near(figure?.low, low, 5e-4);
  }
});

test('samples of one question are not independent', () => {
  // Two questions, both answered alike twice: the same as one sample each.
  near(clusteredError([marksOf(2, 2), marksOf(0, 2)]), clusteredError([marksOf(1, 1), marksOf(0, 1)]), 1e-12);
  // 4 questions of 2 samples with 2, 2, 1, 0 right: mean 5/8, deviations 3/4, 3/4, −1/4, −5/4.
  const error = Math.sqrt((4 / 3) * (9 / 16 + 9 / 16 + 1 / 16 + 25 / 16)) / 8;
  near(clusteredError([2, 2, 1, 0].map((right) => marksOf(right, 2))), error, 1e-12);
});

test('more samples of the same questions do not make the questions more', () => {
  const halves = Array.from({ length: 100 }, (_, i) => i % 2 === 0);
  const once = measureAccuracy(halves.map((right) => question(right ? 1 : 0, 1)));
  const often = measureAccuracy(halves.map((right) => question(right ? 16 : 0, 16)));
  assert.equal(often?.interval, 'clustered');
  near(often?.low, once?.low ?? 0, 0.005);
  const mixed = measureAccuracy(halves.map(() => question(8, 16)));
  assert.equal(mixed && mixed.high - mixed.low, 0, 'each question answered half the time: no spread between questions');
});

test('a sample that is missing is never counted wrong', () => {
  const figure = measureAccuracy([question(16, 16), question(6, 6, 16), { marks: [], planned: 16 }]);
  assert.deepEqual([figure?.value, figure?.samples, figure?.planned, figure?.questions], [1, 22, 48, 2]);
  assert.equal(measureAccuracy([{ marks: [], planned: 4 }]), undefined);
});

test('every interval holds its figure and stays between 0 and 1', () => {
  const questions = fc.array(
    fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }).map((marks) => ({ marks, planned: 8 })),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(questions, fc.integer(), (all, seed) => {
      for (const figure of [measureAccuracy(all), measurePass(all, { k: 1, of: 'pass-at-k', seed })]) {
        assert.ok(figure && 0 <= figure.low && figure.low <= figure.value + 1e-12, JSON.stringify(figure));
        assert.ok(figure.value <= figure.high + 1e-12 && figure.high <= 1, JSON.stringify(figure));
      }
      near(measurePass(all, { k: 1, of: 'pass-at-k', seed })?.value, measureAccuracy(all)?.value ?? -1, 1e-12);
    }),
    { numRuns: 60 },
  );
});

test('two models are compared question by question', () => {
  const marks = (rights: readonly number[]) => new Map(rights.map((right, i) => [`q${i}`, marksOf(right, 4)]));
  // Always one quarter better, however different the questions are: the intervals overlap, the difference is sure.
  const first = measureDifference(marks([1, 2, 3, 4, 1, 2]), marks([0, 1, 2, 3, 0, 1]));
  assert.deepEqual([first?.value, first?.low, first?.high, first?.questions], [0.25, 0.25, 0.25, 6]);
  assert.deepEqual(first?.better, [6, 0, 0]);
  const other = measureDifference(marks([4, 0, 2]), new Map([...marks([2, 1, 2]), ['more', [true]]]));
  near(other?.value, 1 / 12, 1e-12);
  // differences 1/2, −1/4, 0: s² = 7/48, t(2) = 4.303
  near(other && other.value - other.low, 4.303 * Math.sqrt(7 / 48 / 3), 1e-3);
  assert.deepEqual([other?.unpaired, other?.better], [1, [1, 1, 1]]);
  assert.equal(measureDifference(marks([1]), marks([1])), undefined);
});

test("Student's t is the table's", () => {
  for (const [freedom, t] of [
    [3, 3.182],
    [5, 2.571],
    [10, 2.228],
    [29, 2.045],
    [120, 1.98],
  ] as const)
    near(studentQuantile(freedom), t, 0.01 * t);
});
