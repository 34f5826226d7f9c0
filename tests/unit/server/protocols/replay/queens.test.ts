import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queens } from '../../../../../lib/server/protocols/replay/transcripts/queens.ts';

const recording = queens.recordings.r1 ?? assert.fail('the search is recorded');

/** Found in another way than the recording's: all permutations without a repeated sum or difference. */
const solutions = permutations([1, 2, 3, 4, 5, 6, 7, 8]).filter(
  (columns) => new Set(columns.map((c, r) => c + r)).size === 8 && new Set(columns.map((c, r) => c - r)).size === 8,
);

function permutations(items: number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

test('the search finds exactly the solutions that there are, each once', () => {
  assert.equal(solutions.length, 92);
  const half = solutions.filter(([first = 0]) => first <= 4).map((columns) => columns.join('-'));
  const told = [
    ...recording.reasoning.matchAll(/((?:\d-){7}\d)(?:\. That's solution|, solution|\. Solution number) (\d+)/g),
  ];
  assert.deepEqual(
    told.map(([, name]) => name),
    half,
  );
  assert.deepEqual(
    told.map(([, , number]) => Number(number)),
    half.map((_, i) => i + 1),
  );
});

test('the counts by first column, and the first solution of each, are right', () => {
  const counts = [1, 2, 3, 4].map((first) => solutions.filter((columns) => columns[0] === first).length);
  assert.deepEqual(counts, [4, 8, 16, 18]);
  for (const first of [1, 2, 3, 4]) {
    const own = solutions.filter((columns) => columns[0] === first);
    assert.ok(recording.answer.includes(`| ${first} | ${own.length} | ${own[0]?.join('-')} |`));
  }
});

test('every dead end is told, in order, and for each unused column a row that attacks it', () => {
  const told = [
    ...recording.reasoning.matchAll(
      /(?:take all that the columns leave|are all attacked on a diagonal|is on somebody's diagonal), ([^.]*)\.|only column (?<column>\d) is unused, and the queen of row (?<row>\d) sees it/g,
    ),
  ].map(({ 1: list, groups }) => (list === undefined ? `${groups?.column} by row ${groups?.row}` : list));
  const ends = deadEnds([]).filter(([first = 0]) => first <= 4);
  assert.equal(told.length, ends.length);
  assert.ok(recording.reasoning.includes(`there were ${ends.length} dead ends`));
  for (const [i, placed] of ends.entries()) {
    const hits = [...(told[i] ?? '').matchAll(/(\d(?: and \d)*) by row (\d)/g)].flatMap(([, columns = '', row]) =>
      columns.split(' and ').map((column) => ({ column: Number(column), row: Number(row) })),
    );
    const unused = [1, 2, 3, 4, 5, 6, 7, 8].filter((column) => !placed.includes(column));
    assert.deepEqual(hits.map(({ column }) => column).sort(), unused, placed.join('-'));
    for (const { column, row } of hits) {
      assert.equal(
        Math.abs(column - (placed[row - 1] ?? 0)),
        placed.length + 1 - row,
        `${placed.join('-')}: ${column}`,
      );
    }
  }
});

/** Placements after which no square of the next row is free, in the order of a search by smallest columns. */
function deadEnds(placed: number[]): number[][] {
  if (placed.length === 8) return [];
  const free = [1, 2, 3, 4, 5, 6, 7, 8].filter((c) =>
    placed.every((p, i) => p !== c && Math.abs(p - c) !== placed.length - i),
  );
  return free.length === 0 ? [placed] : free.flatMap((column) => deadEnds([...placed, column]));
}

test('the symmetries are as the recording says', () => {
  const turned = (columns: number[]) => columns.map((_, i) => columns.length - columns.indexOf(i + 1));
  const name = (columns: number[]) => columns.join('-');
  const family = (columns: number[]) => {
    const images = [columns, columns.map((c) => 9 - c)].flatMap((start) => {
      const turns = [start];
      for (let i = 0; i < 3; i++) turns.push(turned(turns.at(-1) ?? []));
      return turns;
    });
    return [...new Set(images.map(name))].sort();
  };
  const families = new Map(solutions.map((columns) => [family(columns).join(), family(columns)]));
  assert.deepEqual([...families.values()].map((members) => members.length).sort(), [4, ...Array(11).fill(8)]);
  const small = [...families.values()].find((members) => members.length === 4) ?? [];
  assert.ok(small.includes('3-5-2-8-1-7-4-6') && small.includes('4-6-8-2-7-1-3-5'));
  assert.equal(name(turned([3, 5, 2, 8, 1, 7, 4, 6])), '4-6-8-2-7-1-3-5');
});

test('it is long, and no paragraph is told twice', () => {
  assert.ok(recording.reasoning.length >= 80_000);
  const paragraphs = recording.reasoning.split('\n\n').filter((paragraph) => paragraph.length > 80);
  assert.equal(new Set(paragraphs).size, paragraphs.length);
});
