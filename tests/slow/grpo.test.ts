import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { createRandom } from '../../lib/lab/random.ts';
import { readPuzzle } from '../../lib/server/protocols/inside/puzzle.ts';
import { loadModel } from '../../lib/server/protocols/inside/engine.ts';
import { Grpo } from '../../lib/server/training/grpo.ts';
import { drawTrainingPuzzle } from '../../lib/server/training/puzzles.ts';
import { isHeldOut, singleTargets } from '../../lib/zero/task.ts';
import { readRecord } from '../../lib/zero/record.ts';
import { blindAt } from '../../lib/zero/training.ts';

const file = readFileSync('lib/server/protocols/inside/models/tiny-base.gguf');

function run<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const turn = work.next();
    if (turn.done) return turn.value;
  }
}

function train(seed: number) {
  const grpo = new Grpo(file, { puzzles: 2, samplesEach: 16, rate: 3e-4, warmUpSteps: 10, seed });
  const steps = Array.from({ length: 3 }, () => run(grpo.step()));
  return { steps, weights: [...grpo.weights()].flatMap(([, numbers]) => [numbers[0], numbers[99]]) };
}

test('three steps of one seed are the same three, and of another seed others', () => {
  const first = train(7);
  assert.deepEqual(train(7), first);
  assert.notDeepEqual(train(8).weights, first.weights);
  assert.ok(first.steps.every(({ samples, tokens, groups }) => samples === 32 && tokens > 32 && groups === 2));
  assert.ok(first.steps.some(({ gradient }) => gradient > 0));
});

test('puzzles are drawn as the trainer draws them: what it held out is held out here', () => {
  // the prompts of the trainer's own file: half of three numbers and half of four, all held out
  const bytes = readFileSync('tests/fixtures/inside/tiny-zero.float.bin');
  const { vocabulary } = loadModel(file);
  let asked = 0;
  for (let at = 0; at < bytes.length; ) {
    const count = bytes.readInt32LE(at);
    const tokens = Array.from({ length: count }, (_, i) => bytes.readInt32LE(at + 4 * (i + 1)));
    at += 4 * (count + 1) + 4 * 128;
    const puzzle = readPuzzle(vocabulary.decode(tokens).split(' .')[0] ?? '');
    assert.ok(typeof puzzle === 'object');
    assert.ok(isHeldOut(puzzle.numbers), puzzle.numbers.join(' '));
    assert.ok(singleTargets(puzzle.numbers).includes(puzzle.target));
    asked += 1;
  }
  assert.equal(asked, 100);
});

test('a puzzle has different numbers and one way to its target, and is of the sets it is asked of', () => {
  const random = createRandom(3);
  for (const heldOut of [true, false]) {
    for (const count of [3, 4] as const) {
      for (let i = 0; i < 50; i++) {
        const { numbers, target } = drawTrainingPuzzle(random, { count, heldOut });
        assert.equal(new Set(numbers).size, count);
        assert.equal(isHeldOut(numbers), heldOut);
        assert.ok(singleTargets(numbers).includes(target));
      }
    }
  }
  assert.deepEqual(singleTargets([1, 2, 3]).includes(6), false); // 1 + 2 + 3, 1 × 2 × 3 and more
});

test('blind search finds more in more tokens, without repeats at least as much at the end', () => {
  const record = readRecord();
  const found = [0, 20, 40, 100, 180, 512, 999].map((tokens) => blindAt(record, tokens));
  for (const [at, { repeats, noRepeats }] of found.entries()) {
    assert.ok(repeats >= (found[at - 1]?.repeats ?? 0));
    assert.ok(noRepeats >= (found[at - 1]?.noRepeats ?? 0));
  }
  const [last, before] = [found.at(-1), found.at(-2)];
  assert.deepEqual(last, before);
  assert.ok((last?.noRepeats ?? 0) > (last?.repeats ?? 1));
});
