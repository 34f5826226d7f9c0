import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatClock, formatDuration, formatPercent } from '../../../components/words/figures.ts';

test('bytes are told in powers of a thousand, with one place where that says something', () => {
  const told = [0, 999, 1000, 4_683_075, 4_683_075_271, 1.2e12, 9e15].map(formatBytes);
  assert.deepEqual(told, ['0 bytes', '999 bytes', '1 kB', '5 MB', '4.7 GB', '1.2 TB', '9000.0 TB']);
});

test('a share is never told as whole before it is', () => {
  assert.deepEqual([0, 0.256, 0.9999, 1].map(formatPercent), ['0 %', '25 %', '99 %', '100 %']);
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
