import type { Recording, Transcript } from '../transcript.ts';

/**
 * The long recording: a complete search, told step by step. It is written by the search itself, so that each of its more
 * than a thousand steps is true; only the wording varies. A placement is the list of its columns, row by row, from 1.
 */
type Placement = readonly number[];

const size = 8;

interface Search {
  /** What is told so far, in paragraphs. */
  paragraphs: string[];
  solutions: Placement[];
  deadEnds: number;
  /** Picks the next of several wordings. */
  say: (...wordings: [string, ...string[]]) => string;
}

/** The first row whose queen attacks this column of the next row, or undefined when the column is free. */
function attackerOf(placed: Placement, column: number): number | undefined {
  const row = placed.findIndex((other, i) => other === column || Math.abs(other - column) === placed.length - i);
  return row < 0 ? undefined : row + 1;
}

function columns(): number[] {
  return Array.from({ length: size }, (_, i) => i + 1);
}

function freeColumns(placed: Placement): number[] {
  return columns().filter((column) => attackerOf(placed, column) === undefined);
}

function listed(items: readonly (number | string)[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function counted(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Wordings come round in an order that never settles into a pattern, and the same at every start. */
function createWording(seed: number): Search['say'] {
  let state = seed;
  return (...wordings) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return wordings[Math.floor((state / 2 ** 32) * wordings.length)] ?? wordings[0];
  };
}

function tell(search: Search, sentence: string): void {
  const last = search.paragraphs.length - 1;
  const before = search.paragraphs[last];
  search.paragraphs[last] = before ? `${before} ${sentence}` : sentence;
}

/** Why nothing fits into the next row: which columns are taken, and what hits the ones between. */
function whyClosed(search: Search, placed: Placement): string {
  const open = columns().filter((column) => !placed.includes(column));
  const reasons = open.map((column) => ({ column, row: attackerOf(placed, column) ?? 0 }));
  const rows = [...new Set(reasons.map(({ row }) => row))];
  const [only] = open;
  if (open.length === 1) return `only column ${only} is unused, and the queen of row ${rows[0]} sees it`;
  const details = rows.map((row) => {
    const hit = reasons.filter((reason) => reason.row === row).map(({ column }) => column);
    return `${hit.join(' and ')} by row ${row}`;
  });
  return search.say(
    `the diagonals take all that the columns leave, ${listed(details)}`,
    `the unused columns are all attacked on a diagonal, ${listed(details)}`,
    `every unused column is on somebody's diagonal, ${listed(details)}`,
  );
}

function tellDeadEnd(search: Search, placed: Placement): void {
  search.deadEnds += 1;
  const row = placed.length + 1;
  const why = whyClosed(search, placed);
  tell(
    search,
    search.say(
      `Row ${row} is closed: ${why}.`,
      `Nothing fits into row ${row}: ${why}. Back.`,
      `But row ${row} fails, because ${why}.`,
      `Then row ${row} has no square left: ${why}.`,
      `Dead end in row ${row}: ${why}.`,
      `Hmm, row ${row}: ${why}. So no.`,
    ),
  );
}

function tellSolution(search: Search, placed: Placement): void {
  search.solutions.push(placed);
  const sums = placed.map((column, i) => column + i + 1);
  const differences = placed.map((column, i) => `${column - i - 1}`.replace('-', '−'));
  const number = search.solutions.length;
  const name = placed.join('-');
  tell(
    search,
    search.say(
      `All eight stand: ${name}. That's solution ${number}.`,
      `Oh, this one goes through: ${name}, solution ${number}!`,
      `And that's complete, ${name}. Solution number ${number}.`,
      `Row 8 fits! ${name}, solution ${number}.`,
    ),
  );
  tell(
    search,
    search.say(
      `Check the diagonals: column plus row gives ${sums.join(', ')}, column minus row gives ${differences.join(', ')}, no repeats in either.`,
      `Let me verify: the sums column + row are ${sums.join(', ')}, the differences column − row are ${differences.join(', ')}. All different, so it's valid.`,
      `Wait, check it: sums ${sums.join(', ')}, differences ${differences.join(', ')}. Each list without a repeat. Good.`,
    ),
  );
}

function tellChoice(search: Search, placed: Placement, free: readonly number[]): void {
  const row = placed.length + 1;
  const [only] = free;
  const sentence =
    free.length === 1
      ? search.say(
          `Row ${row} can only be column ${only}.`,
          `For row ${row} there's just column ${only}.`,
          `Row ${row} is forced to column ${only}.`,
          `That leaves only column ${only} for row ${row}.`,
        )
      : search.say(
          `In row ${row}, columns ${listed(free)} are free.`,
          `Row ${row} allows columns ${listed(free)}.`,
          `For row ${row} I can choose from ${listed(free)}.`,
          `Row ${row}: the free columns are ${listed(free)}.`,
        );
  tell(search, sentence);
}

function tellTry(search: Search, placed: Placement, column: number, place: 'first' | 'middle' | 'last'): void {
  const row = placed.length + 1;
  const prefix = placed.join('-');
  if (place === 'first') {
    tell(
      search,
      search.say(`Take ${column}.`, `Let me try ${column} first.`, `Suppose it's ${column}.`, `Start with ${column}.`),
    );
  } else if (place === 'middle') {
    tell(
      search,
      search.say(
        `Back to ${prefix}, now ${column}.`,
        `Next, ${column} in row ${row}.`,
        `So ${prefix}-${column} instead.`,
      ),
    );
  } else {
    tell(
      search,
      search.say(
        `The last one for ${prefix} is ${column}.`,
        `Remaining: ${prefix}-${column}.`,
        `Back in row ${row}, only ${column} is left to try.`,
        `Finally ${column} in row ${row}.`,
      ),
    );
  }
}

/** Depth first through everything that begins like this, telling each step. */
function searchFrom(search: Search, placed: Placement): void {
  const free = freeColumns(placed);
  if (placed.length === size) {
    tellSolution(search, placed);
  } else if (free.length === 0) {
    tellDeadEnd(search, placed);
  } else {
    tellChoice(search, placed, free);
    for (const [i, column] of free.entries()) searchNext(search, placed, column, { free, i });
  }
}

function searchNext(
  search: Search,
  placed: Placement,
  column: number,
  { free, i }: { free: readonly number[]; i: number },
): void {
  const next = [...placed, column];
  if (placed.length === 2) {
    searchBranch(search, next);
  } else {
    if (free.length > 1) tellTry(search, placed, column, i === 0 ? 'first' : i === free.length - 1 ? 'last' : 'middle');
    searchFrom(search, next);
  }
}

/** Everything that begins with these three rows, in a paragraph of its own. */
function searchBranch(search: Search, placed: Placement): void {
  const before = search.solutions.length;
  const name = placed.join('-');
  search.paragraphs.push(search.say(`The branch ${name}.`, `${name}.`, `Let me take ${name}.`, `${name} next.`));
  searchFrom(search, placed);
  const found = search.solutions.length - before;
  tell(
    search,
    found > 0
      ? search.say(
          `That was ${name}, with ${counted(found, 'solution')}.`,
          `So ${name} has ${counted(found, 'solution')}.`,
        )
      : search.say(
          `Nothing from ${name}.`,
          `So ${name} leads nowhere.`,
          `No luck with ${name}.`,
          `${name} is done, empty.`,
        ),
  );
}

/** Everything with the first queen in this column; gives how many solutions it had. */
function searchFirstColumn(search: Search, first: number): number {
  const before = search.solutions.length;
  search.paragraphs.push(`**First queen in column ${first}**`);
  for (const second of freeColumns([first])) {
    const found = search.solutions.length;
    search.paragraphs.push(`${search.say('Now', 'Next', 'On to')} ${first}-${second}.`);
    searchFrom(search, [first, second]);
    const count = counted(search.solutions.length - found, 'solution');
    search.paragraphs.push(
      search.say(
        `So ${first}-${second} gives ${count}.`,
        `That finishes everything that begins with ${first}-${second}: ${count}.`,
        `OK, ${first}-${second} is done, ${count}.`,
      ),
    );
  }
  const own = search.solutions.slice(before);
  search.paragraphs.push(
    `With the first queen in column ${first} there are ${counted(own.length, 'solution')} in all: ${listed(own.map((placed) => placed.join('-')))}.`,
  );
  return own.length;
}

const introduction = String.raw`Okay, the eight queens puzzle. I do remember a number for it, but I'm asked to search and not to recall it, so let me really do the search and see what comes out.

Setting up. Two queens in the same row attack each other, and there are eight queens and eight rows, so there is exactly one queen in every row. The same goes for columns. So a placement is a list of eight columns, one for each row, without repeats: 1-5-8-… means row 1 column 1, row 2 column 5, row 3 column 8, and so on. Two queens share a diagonal when their columns are as far apart as their rows. In other words, column + row must not repeat, and column − row must not repeat.

Without the diagonals there would be 8! = 40320 lists. That's too many to write down, but the diagonals prune a lot if I go row by row and stop as soon as a row has no free square.

Is there a symmetry I can use? Mirroring the board left to right turns column c into 9 − c, and it turns solutions into solutions. A first queen in column 1 becomes one in column 8, 2 becomes 7, 3 becomes 6, 4 becomes 5. So I only need the first queen in columns 1 to 4, and then I can double the count. No solution is its own mirror image, because that would need c = 9 − c, and 9 is odd. Good, so doubling is exact.

I'll go depth first, always with the smallest column first, and write down every branch, so that nothing gets lost.`;

function conclusion(search: Search, counts: readonly number[]): string {
  const half = search.solutions.length;
  const turned = search.solutions.filter(isUnchangedByHalfTurn).map((placed) => placed.join('-'));
  const families = (2 * half - 2 * turned.length) / 8;
  return String.raw`**Adding up**

The first queen in columns 1, 2, 3 and 4 gave ${listed(counts)} solutions. ${counts.join(' + ')} = ${half}. On the way there were ${search.deadEnds} dead ends. With the mirror images it's 2 × ${half} = ${2 * half}.

Let me double-check that number in a different way, by symmetry. The square has 8 symmetries: four turns (counting the one that does nothing) and four reflections. A solution that only the trivial one leaves unchanged comes in a family of 8.

Can a reflection leave a solution unchanged? For left–right I showed above that it can't, and top–bottom is the same with rows. For the diagonals it's not as clear, because a queen on the diagonal itself stays where it is. Hmm, let me look closer. Reflecting in the main diagonal takes row r, column c to row c, column r. If both (r, c) and (c, r) hold a queen and r is not c, then the two have the same sum r + c, so they stand on a common diagonal of the other direction and attack each other. So all eight queens would have to stand on the main diagonal itself, and there they attack each other as well. Impossible. The other diagonal works the same way. So no reflection leaves any solution unchanged.

Now the turns. A half turn reads the list backwards and replaces each c by 9 − c. In my list of ${half}, it leaves ${listed(turned)} as they are. With their mirror images that makes ${2 * turned.length} solutions.

Wait, could one of them even survive a quarter turn? Then its family would have only 2 members. A quarter turn takes row r, column c to row c, column 9 − r. In 3-5-2-8-1-7-4-6 the queen in row 1, column 3 goes to row 3, column 8, but the queen of row 3 is in column 2. So no. In 4-6-8-2-7-1-3-5 the queen in row 1, column 4 goes to row 4, column 8, but the queen of row 4 is in column 2. Also no. And their mirror images behave as they do. So these ${2 * turned.length} solutions are left alone by the half turn and nothing else, which means families of 8 / 2 = 4. Four solutions, so it's exactly one such family. In fact, turning 3-5-2-8-1-7-4-6 by a quarter gives 4-6-8-2-7-1-3-5, so they do belong together.

Then the total must be 4 more than a multiple of 8. ${2 * half} − 4 = ${2 * half - 4}, and ${2 * half - 4} / 8 = ${families}. It is a multiple of 8! So there are ${families} families of 8 and one of 4, which makes ${families} + 1 = ${families + 1} essentially different solutions. If I had lost or invented a solution somewhere, this would most likely not have come out even. And it agrees with the number I remembered.

So the answer is ${2 * half}. I'll give the counts per column, the doubling, and the check by symmetry.`;
}

function isUnchangedByHalfTurn(placed: Placement): boolean {
  return placed.every((column, i) => column + (placed[size - 1 - i] ?? 0) === size + 1);
}

const answer = String.raw`There are **92** ways.

I placed the queens row by row and went back whenever a row had no free square. Mirroring the board left to right pairs up the solutions, so it was enough to search with the first queen in columns 1 to 4:

| column of the first queen | solutions | first one found (columns by row) |
|---:|---:|---|
| 1 | 4 | 1-5-8-6-3-7-2-4 |
| 2 | 8 | 2-4-6-8-3-1-7-5 |
| 3 | 16 | 3-1-7-5-8-2-4-6 |
| 4 | 18 | 4-1-5-8-2-7-3-6 |
| **1 to 4** | **46** | |

No solution is its own mirror image, because that would need a column \( c \) with \( c = 9 - c \). So the count doubles exactly:

$$
2 \times (4 + 8 + 16 + 18) = 2 \times 46 = \boxed{92}
$$

**Check by symmetry:** up to turning and reflecting the board there are 12 different solutions. Eleven of them come in families of 8, and one, 3-5-2-8-1-7-4-6, looks the same after a half turn and comes in a family of 4: \( 11 \times 8 + 4 = 92 \).`;

function recordSearch(): Recording {
  const search: Search = { paragraphs: [introduction], solutions: [], deadEnds: 0, say: createWording(8) };
  const counts = [1, 2, 3, 4].map((first) => searchFirstColumn(search, first));
  const reasoning = [...search.paragraphs, conclusion(search, counts)].join('\n\n');
  return { reasoning, answer, tokensPerSecond: 250 };
}

const r1 = recordSearch();

export const queens: Transcript = { question: 'queens', recordings: { r1, 'r1-field': r1 } };
