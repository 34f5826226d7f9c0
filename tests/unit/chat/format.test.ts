import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatPercent } from '../../../components/chat/format.ts';

test('bytes are told in powers of a thousand, with one place where that says something', () => {
  const told = [0, 999, 1000, 4_683_075, 4_683_075_271, 1.2e12, 9e15].map(formatBytes);
  assert.deepEqual(told, ['0 bytes', '999 bytes', '1 kB', '5 MB', '4.7 GB', '1.2 TB', '9000.0 TB']);
});

test('a share is never told as whole before it is', () => {
  assert.deepEqual([0, 0.256, 0.9999, 1].map(formatPercent), ['0 %', '25 %', '99 %', '100 %']);
});
