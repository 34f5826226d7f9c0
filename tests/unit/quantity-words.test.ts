import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  formatBytes,
  formatClock,
  formatCost,
  formatCount,
  formatCounted,
  formatDay,
  formatDuration,
  formatMoment,
  formatMonth,
  formatPace,
  formatProgress,
  formatShare,
  formatShortCount,
} from '../../lib/quantity-words.ts';

const positive = (max: number) => fc.double({ min: 0, max, noNaN: true });

/** Reads a quantity back; a shortened one ("< 1 %", "under 0.1 s") as its middle. */
function readBack(told: string): number {
  const units: Record<string, number> = {
    B: 1,
    kB: 1e3,
    MB: 1e6,
    GB: 1e9,
    TB: 1e12,
    s: 1e3,
    min: 6e4,
    K: 1e3,
    M: 1e6,
  };
  if (told === 'under 0.1 s') return 25;
  if (told === '< 1 %') return 0.5;
  if (told === '> 99 %') return 99.5;
  const parts = [...told.matchAll(/([\d.,]+) ?([A-Za-z]*)/g)];
  return parts.reduce(
    (all, [, digits = '', unit = '']) => all + Number(digits.replaceAll(',', '')) * (units[unit] ?? 1),
    0,
  );
}

const tellers: [string, (n: number) => string, max: number][] = [
  ['a count', formatCount, 1e9],
  ['a short count', formatShortCount, 9e8],
  ['a duration', formatDuration, 1e8],
  ['a clock', formatClock, 1e8],
  ['a cost', formatCost, 1e6],
  ['bytes', (n) => formatBytes(Math.round(n)), 1e15],
  ['a share', formatShare, 1],
  ['a progress', formatProgress, 1],
];

for (const [name, tell, max] of tellers) {
  test(`${name} that is more is never told as less, nor in an exponent`, () => {
    fc.assert(
      fc.property(positive(max), positive(max), (a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a];
        assert.ok(readBack(tell(less)) <= readBack(tell(more)), `${tell(less)}, ${tell(more)}`);
        assert.doesNotMatch(tell(a), /e[-+]?\d|NaN|undefined/);
      }),
      { numRuns: 500 },
    );
  });
}

test('a cost is within a twentieth of what it was, however small', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e6, noNaN: true }), (usd) => {
      const told = readBack(formatCost(usd));
      assert.ok(Math.abs(told - usd) <= usd * 0.0501, formatCost(usd));
    }),
  );
});

test('costs, to the cent from a dollar on', () => {
  assert.deepEqual([0, 0.0000007, 0.00012, 0.004, 0.0099, 0.00996, 0.125, 0.9996, 1.25, 1_204.5].map(formatCost), [
    '$0',
    '$0.00000070',
    '$0.00012',
    '$0.0040',
    '$0.0099',
    '$0.010',
    '$0.125',
    '$1.00',
    '$1.25',
    '$1,204.50',
  ]);
});

test('bytes are told in powers of a thousand, with one place where that says something', () => {
  const told = [0, 999, 1000, 200_000, 999_600, 3_440_000, 4_683_075_271, 1.2e12, 9e15].map(formatBytes);
  assert.deepEqual(told, ['0 B', '999 B', '1 kB', '200 kB', '1 MB', '3.4 MB', '4.7 GB', '1.2 TB', '9,000 TB']);
});

test('a part is told as nothing or as all only when it is', () => {
  assert.deepEqual(
    [0, 0.004, 0.256, 0.9999, 1].map((share) => formatShare(share)),
    ['0 %', '< 1 %', '26 %', '> 99 %', '100 %'],
  );
  assert.equal(formatShare(0, 0), '–');
});

test('what is being done is never told as done before it is', () => {
  assert.deepEqual([0, 0.256, 0.9999, 1].map(formatProgress), ['0 %', '25 %', '99 %', '100 %']);
});

test('a time that has passed is never told as none, and whole minutes without seconds', () => {
  const told = [0, 20, 49.9, 50, 12_340, 59_949, 59_999, 60_000, 125_000].map(formatDuration);
  assert.deepEqual(told, [
    '0.0 s',
    'under 0.1 s',
    'under 0.1 s',
    '0.1 s',
    '12.3 s',
    '59.9 s',
    '1 min',
    '1 min',
    '2 min 5 s',
  ]);
  assert.deepEqual([-5, 999, 60_000, 61_000].map(formatClock), ['0 s', '0 s', '1 min', '1 min 1 s']);
});

test('counts, in full, with their noun, and short', () => {
  assert.deepEqual([0, 1, 1_234.4].map(formatCount), ['0', '1', '1,234']);
  assert.deepEqual(
    [formatCounted(1, 'turn'), formatCounted(0.6, 'turn'), formatCounted(1_234, 'turn')],
    ['1 turn', '1 turn', '1,234 turns'],
  );
  assert.deepEqual([9_999, 12_345, 1_234_567].map(formatShortCount), ['9,999', '12.3K', '1.23M']);
  assert.deepEqual([4.24, 9.96, 1_234.5].map(formatPace), ['4.2 tok/s', '10 tok/s', '1,235 tok/s']);
});

test('dates are told with the day first, in one language', () => {
  const at = Date.UTC(2026, 10, 23, 14, 5);
  assert.deepEqual(
    [formatDay(at, 'UTC'), formatMonth(at, 'UTC'), formatMoment(at, 'UTC')],
    ['23 Nov 2026', 'Nov 2026', '23 Nov 2026, 14:05'],
  );
});
