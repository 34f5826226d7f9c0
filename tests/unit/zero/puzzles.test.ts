import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPuzzle } from '../../../lib/server/protocols/inside/puzzle.ts';
import { examplePuzzles } from '../../../lib/zero/puzzles.ts';
import { singleTargets } from '../../../lib/zero/task.ts';

test('each puzzle that is offered can be solved, in exactly one way', () => {
  for (const text of examplePuzzles) {
    const puzzle = readPuzzle(text);
    assert.ok(typeof puzzle === 'object', text);
    assert.ok(singleTargets(puzzle.numbers).includes(puzzle.target), text);
  }
});
