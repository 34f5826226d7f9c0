import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeAll, loadModel } from '../../lib/server/protocols/inside/engine.ts';
import { insideFile, insideRecords } from '../../lib/server/protocols/inside/models.ts';
import { writePuzzle } from '../../lib/server/protocols/inside/puzzle.ts';
import { readRecord } from '../../lib/zero/record.ts';
import { heldOutPuzzles } from '../../lib/zero/task.ts';
import { judgeText } from '../../lib/zero/texts.ts';

/** The first of the record's puzzles: whole blocks of 64, so that half are of three numbers. */
const puzzles = heldOutPuzzles(512);
const { shipped } = readRecord();

/** The standard error of the difference between two shares of samples of these sizes, where both are of one truth. */
const errorOf = (share: number, sizes: number[]) =>
  Math.sqrt(share * (1 - share) * sizes.reduce((sum, size) => sum + 1 / size, 0));

for (const model of insideRecords) {
  test(`${model.id} is as often right and well-formed as its record says, within two standard errors`, () => {
    const recorded = shipped.find(({ id }) => id === model.id);
    assert.ok(recorded);
    const network = loadModel(readFileSync(insideFile(model)));
    const texts = puzzles.map((puzzle, seed) => ({
      prompt: network.vocabulary.encode(writePuzzle(puzzle)), // as it was evaluated: no tag is opened for it
      seed,
      temperature: 1,
    }));
    const counts = { accuracy: 0, format: 0 };
    for (const [at, { tokens, end }] of decodeAll(network, texts).entries()) {
      const puzzle = puzzles[at];
      assert.ok(puzzle);
      const { rewards } = judgeText(network.vocabulary.decode(tokens), puzzle);
      counts.accuracy += rewards.accuracy;
      counts.format += end === 'stop' && rewards.format === 1 ? 1 : 0;
    }
    for (const figure of ['accuracy', 'format'] as const) {
      const [share, expected = Number.NaN] = [counts[figure] / puzzles.length, recorded.both[figure]];
      const errors = Math.abs(share - expected) / errorOf(expected, [puzzles.length, recorded.puzzles]);
      assert.ok(errors < 2, `${figure} ${share}, of the record ${expected}: ${errors.toFixed(1)} standard errors`);
    }
  });
}
