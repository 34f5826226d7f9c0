import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transcripts } from '../../../../../lib/server/protocols/replay/recordings.ts';
import type { QuestionKey } from '../../../../../lib/server/protocols/replay/questions.ts';
import type { Recording, ReplayModelKey } from '../../../../../lib/server/protocols/replay/transcript.ts';
import { findChains } from './arithmetic.ts';

const all = transcripts.flatMap(({ question, recordings }) =>
  Object.entries(recordings).map(([model, recording]) => ({ name: `${question}/${model}`, recording })),
);

function recordingOf(question: QuestionKey, model: ReplayModelKey): Recording {
  const found = transcripts.find((transcript) => transcript.question === question)?.recordings[model];
  assert.ok(found, `${question} is recorded for ${model}`);
  return found;
}

test('the checker of arithmetic sees what is wrong, and passes over what holds letters', () => {
  const wrong = (text: string) => findChains(text).flatMap((chain) => chain.wrong);
  assert.deepEqual(wrong(String.raw`\frac{2}{3} + \frac{1}{8} = \frac{19}{24}, 3 × 24/19 = 72/19 ≈ 3.79`), []);
  assert.deepEqual(wrong('2 + 2 = 5').length, 1);
  assert.deepEqual(wrong(String.raw`\( \frac{72}{19} \approx 3.8 \) and 72/19 ≈ 3.78`).length, 1);
  assert.deepEqual(findChains('x + 7 = 16, so 2x = 4 and f(3) = 9, then 9 = 3y'), []);
});

test('all arithmetic in the recordings is right', () => {
  let comparisons = 0;
  for (const { name, recording } of all) {
    for (const chain of findChains(`${recording.reasoning}\n;\n${recording.answer}`)) {
      assert.deepEqual(chain.wrong, [], `${name}: ${chain.text}`);
      comparisons += chain.comparisons;
    }
  }
  assert.ok(comparisons > 150, `only ${comparisons} comparisons were found`);
});

test('the codebases take 72/19 hours, which is 3 hours and 47 minutes', () => {
  const hours = 3 / (1 / 1.5 + 1 / 8);
  assert.ok(Math.abs(hours - 72 / 19) < 1e-12);
  assert.equal(hours.toFixed(2), '3.79');
  assert.equal(`${Math.floor(hours)} h ${Math.round((hours % 1) * 60)} min`, '3 h 47 min');
  assert.equal(Math.round((4.5 - hours) * 60), 43);
  for (const model of ['r1', 'r1-field', 'r1-zero', 'v3'] as const) {
    const { answer } = recordingOf('codebases', model);
    assert.match(answer, /\\boxed\{/);
    assert.match(answer, /frac\{72\}\{19\}/);
    assert.match(answer, /3\.79/);
    assert.match(answer, /3 hours (and )?47 minutes/);
  }
});

test('the bills, the root, the powers, the animals and the letters are as said', () => {
  const pairs = Array.from({ length: 15 }, (_, tens) => [14 - tens, tens] as const).filter(
    ([f, t]) => 5 * f + 10 * t === 95,
  );
  assert.deepEqual(pairs, [[9, 5]]);
  const roots = Array.from({ length: 200 }, (_, i) => i - 7).filter((x) => Math.sqrt(x + 7) === x - 5);
  assert.deepEqual(roots, [9]);
  assert.equal(7n ** 2026n % 100n, 49n);
  assert.deepEqual(
    [1n, 2n, 3n, 4n, 5n, 6n].map((n) => 7n ** n % 100n),
    [7n, 49n, 43n, 1n, 7n, 49n],
  );
  assert.equal(7n ** 40n % 100n, 1n);
  assert.equal(7n ** 2026n % 25n, 24n);
  const cages = Array.from({ length: 36 }, (_, rabbits) => [35 - rabbits, rabbits] as const).filter(
    ([c, r]) => 2 * c + 4 * r === 94,
  );
  assert.deepEqual(cages, [[23, 12]]);
  assert.deepEqual(
    [...'strawberry'].flatMap((letter, i) => (letter === 'r' ? [i + 1] : [])),
    [3, 8, 9],
  );
});

test('the sum of the first cubes is the square of the triangular number', () => {
  for (let n = 1, sum = 0; n <= 100; n++) {
    sum += n ** 3;
    assert.equal(sum, ((n * (n + 1)) / 2) ** 2);
    assert.equal(((n * (n + 1)) / 2) ** 2 - ((n * (n - 1)) / 2) ** 2, n ** 3);
  }
});

test('only the box labelled Mixed tells all, as every arrangement with three wrong labels shows', () => {
  const contents = ['Apples', 'Oranges', 'Mixed'] as const;
  const arrangements = contents
    .flatMap((a) => contents.flatMap((o) => contents.map((m) => ({ Apples: a, Oranges: o, Mixed: m }))))
    .filter((box) => new Set(Object.values(box)).size === 3 && contents.every((label) => box[label] !== label));
  assert.equal(arrangements.length, 2);
  const drawable = { Apples: ['apple'], Oranges: ['orange'], Mixed: ['apple', 'orange'] };
  const decides = (label: (typeof contents)[number]) =>
    ['apple', 'orange'].every(
      (fruit) => arrangements.filter((box) => drawable[box[label]].includes(fruit)).length <= 1,
    );
  assert.deepEqual(contents.filter(decides), ['Mixed']);
});

test('the code in the answers runs and does what is said of it', () => {
  for (const model of ['r1', 'v3'] as const) {
    const code = /```js\n([\s\S]*?)```/.exec(recordingOf('twoSum', model).answer)?.[1] ?? '';
    const printed: unknown[] = [];
    const twoSum = new Function('console', `${code}; return twoSum;`)({ log: (value: unknown) => printed.push(value) });
    assert.deepEqual(printed, [[2, 3]]);
    assert.deepEqual(twoSum([4, 4], 8), [0, 1]);
    assert.equal(twoSum([4], 8), null);
    assert.equal(twoSum([], 0), null);
    assert.equal(twoSum([0.1, 0.2], 0.3) === null, 0.3 - 0.1 !== 0.2);
  }
  assert.equal((10_000 * 9_999) / 2, 49_995_000);
});
