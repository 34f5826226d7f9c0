import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTroubles } from '../../../lib/server/readiness.ts';

const well = {
  config: { dataFolder: import.meta.dirname, store: { kind: 'postgres' as const, url: '' } },
  runs: { isClosed: false },
  storeHealth: { trouble: undefined },
  silentMs: 2_000,
};

test('a server is ready while it takes questions and its store takes writes', async () => {
  assert.deepEqual(await findTroubles(well), []);
  assert.deepEqual(await findTroubles({ ...well, runs: { isClosed: true } }), ['draining']);
  assert.deepEqual(await findTroubles({ ...well, silentMs: 10_001 }), ['store']);
  const storeHealth = { trouble: { code: 'full' as const, since: 1 } };
  assert.deepEqual(await findTroubles({ ...well, storeHealth, silentMs: 0 }), ['store']);
});

test('a disk that does not say how full it is keeps nobody from asking', async () => {
  const config = { dataFolder: '/nowhere/at/all', store: { kind: 'sqlite' as const, path: '' } };
  assert.deepEqual(await findTroubles({ ...well, config }), []);
});
