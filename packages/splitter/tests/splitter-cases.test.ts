import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ReasoningSplitter, type SplitEvent, type SplitResult, type SplitterDelta } from '../src/splitter.ts';
import { type Case, cases, deltasOf, spell } from './cases.ts';
import { cutAt, cutRuns, reduceEvents, type Run, runsOf, splitDeltas } from './cutting.ts';

/** Longer ones are not cut in every way: the number of ways grows with the square. */
const SHORT_ENOUGH_FOR_PAIRS = 70;
const SHORT_ENOUGH_FOR_SINGLES = 5_000;
const RANDOM_CUTS = 40;

for (const entry of cases) {
  describe(`${entry.id}: ${entry.why}`, () => {
    const given = deltasOf(entry);
    const runs = runsOf(given);
    const length = runs.reduce((sum, run) => sum + run.text.length, 0);
    const check = (deltas: ReadonlyArray<string | SplitterDelta>) => checkOutcome(entry, deltas);

    test('gives what is expected as it came', () => check(given));

    test('and whole, and cut into 1, 2 and 3 units', () => {
      check(cutAt(runs, []));
      for (const size of [1, 2, 3]) check(cutRuns(runs, [size]));
    });

    if (length <= SHORT_ENOUGH_FOR_SINGLES) {
      test('and cut anywhere once', () => {
        for (let cut = 1; cut < length; cut++) check(cutAt(runs, [cut]));
      });
    }

    if (length <= SHORT_ENOUGH_FOR_PAIRS) {
      test('and cut anywhere twice', () => {
        for (let a = 1; a < length; a++) for (let b = a + 1; b < length; b++) check(cutAt(runs, [a, b]));
      });
    }

    test('and cut at random, with empty chunks between', () => {
      const dice = createDice(entry.id);
      const ways = length <= SHORT_ENOUGH_FOR_SINGLES ? RANDOM_CUTS : 2;
      for (let way = 0; way < ways; way++) check(cutRandomly(runs, dice, 1 + dice(12)));
    });

    if (length <= SHORT_ENOUGH_FOR_SINGLES) {
      test('and after every push the events give the segments', () => checkEveryPush(entry, cutRuns(runs, [1])));
    }
  });
}

function checkOutcome(entry: Case, deltas: ReadonlyArray<string | SplitterDelta>): void {
  const { events, result } = splitDeltas(deltas, entry.options, entry.finish);
  const { expect } = entry;
  const wanted: Omit<SplitResult, 'flags'> = {
    segments: expect.segments.map(([kind, text]) => [kind, spell(text)]),
    reasoning: spell(expect.reasoning),
    answer: spell(expect.answer),
    discarded: spell(expect.discarded ?? ''),
    complete: expect.complete,
  };
  const { flags, ...got } = result;
  assert.deepEqual(got, wanted);
  assert.deepEqual(reduceEvents(events), result.segments);
  assert.equal(flags.reclassified, events.filter((e) => e.type === 'reclassify').length);
  if (expect.reclassified !== undefined) assert.equal(flags.reclassified > 0, expect.reclassified);
}

function checkEveryPush(entry: Case, deltas: readonly SplitterDelta[]): void {
  const splitter = new ReasoningSplitter(entry.options);
  const log: SplitEvent[] = [];
  const take = (events: SplitEvent[]) => {
    log.push(...events);
    assert.deepEqual(reduceEvents(log), splitter.result().segments);
  };
  for (const delta of deltas) take(splitter.push(delta));
  take(splitter.end(entry.finish));
}

function cutRandomly(runs: readonly Run[], dice: (sides: number) => number, longest: number): SplitterDelta[] {
  return cutRuns(
    runs,
    Array.from({ length: 97 }, (_, i) => (i === 0 ? 1 : dice(longest + 1))),
  );
}

/** A number from 0 to `sides` - 1; the same row of numbers for the same seed. */
function createDice(seed: string): (sides: number) => number {
  let state = Array.from(seed).reduce((sum, char) => (Math.imul(sum, 31) + char.charCodeAt(0)) >>> 0, 7);
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}
