import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { loadModel } from '../../lib/server/protocols/inside/engine.ts';
import { writePuzzle } from '../../lib/server/protocols/inside/puzzle.ts';
import { drawTaskPuzzle, heldOutPuzzles, isHeldOut, TaskRandom } from '../../lib/zero/task.ts';

const fixtures = path.resolve('tests/fixtures/inside');
const models = path.resolve('lib/server/protocols/inside/models');

interface Asked {
  tokens: number[];
  /** How likely each token is next. */
  likely: Float32Array;
}

/** What training/src/main.c wrote (`tiny logits`): a count, so many tokens, and 128 likelihoods, a hundred times. */
function readAsked(name: string): Asked[] {
  const bytes = readFileSync(path.join(fixtures, name));
  const asked: Asked[] = [];
  for (let at = 0; at < bytes.length; ) {
    const count = bytes.readInt32LE(at);
    const tokens = Array.from({ length: count }, (_, i) => bytes.readInt32LE(at + 4 * (i + 1)));
    at += 4 * (count + 1);
    asked.push({ tokens, likely: Float32Array.from({ length: 128 }, (_, i) => bytes.readFloatLE(at + 4 * i)) });
    at += 4 * 128;
  }
  return asked;
}

function softmax(logits: Float32Array): number[] {
  const most = Math.max(...logits);
  const grown = Array.from(logits, (value) => Math.exp(value - most));
  const sum = grown.reduce((a, b) => a + b, 0);
  return grown.map((value) => value / sum);
}

/** Half the sum of the differences of two distributions: 0 alike, 1 apart. */
const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (value, i) => Math.abs(value - (b[i] ?? 0))).reduce((x, y) => x + y, 0) / 2;

for (const id of ['tiny-zero', 'tiny-r1']) {
  test(`${id} reads as its trainer does, and as its unrounded weights nearly do`, () => {
    const network = loadModel(readFileSync(path.join(models, `${id}.gguf`)));
    const rounded = readAsked(`${id}.rounded.bin`);
    const exact = readAsked(`${id}.float.bin`);
    assert.deepEqual([rounded.length, exact.length], [100, 100]);
    let [worst, sum] = [0, 0];
    const readAll = ({ tokens, likely }: Asked) => distance(softmax(readTexts(network, tokens)), likely);
    for (const asked of rounded) worst = Math.max(worst, readAll(asked));
    for (const asked of exact) sum += readAll(asked) / exact.length;
    assert.ok(worst < 0.002, `the likelihoods are up to ${worst} away from the trainer's`);
    assert.ok(sum < 0.05, `rounding to eight bits moved the likelihoods by ${sum} on average`);
  });
}

test('the held-out puzzles are those of the trainer, and no puzzle to learn from is of their number sets', () => {
  const { vocabulary } = loadModel(readFileSync(path.join(models, 'tiny-zero.gguf')));
  const asked = readAsked('tiny-zero.float.bin').map(({ tokens }) => vocabulary.decode(tokens));
  for (const [at, puzzle] of heldOutPuzzles(asked.length).entries()) {
    assert.ok(asked[at]?.startsWith(writePuzzle(puzzle)), `${asked[at]}, not${writePuzzle(puzzle)}`);
    assert.ok(isHeldOut(puzzle.numbers) && isHeldOut(puzzle.numbers.toReversed()));
  }
  const random = new TaskRandom(1);
  for (let at = 0; at < 200; at++) {
    const { numbers } = drawTaskPuzzle(random, at % 2 === 0 ? 3 : 4, false);
    assert.ok(!isHeldOut(numbers), String(numbers));
  }
});

/** Logits behind the last of the tokens. */
function readTexts(network: ReturnType<typeof loadModel>, tokens: number[]): Float32Array {
  const cache = network.open(tokens.length + 1);
  let logits: Float32Array | undefined;
  for (const token of tokens) [logits] = network.read([{ cache, token, asks: true }]);
  if (!logits) throw new Error('no logits');
  return Float32Array.from(logits);
}
