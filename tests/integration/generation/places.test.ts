import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { AppError } from '../../../lib/errors.ts';
import { Runs } from '../../../lib/server/generation/run.ts';
import { MemoryRunLog } from '../../../lib/server/generation/run-log-memory.ts';
import { openStore } from '../../../lib/server/store/store.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-places-'));
const store = await openStore({ kind: 'sqlite', path: path.join(folder, 'thinkglass.db') });
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a burst of questions is admitted up to the limits, a person alone and all together, and places come back', async () => {
  const runs = new Runs(store, new MemoryRunLog());
  const stored = Promise.withResolvers<void>();
  const ask = (ownerId: string) => runs.withPlaces(ownerId, 6, () => stored.promise);
  const countOf = (results: PromiseSettledResult<void>[]) => {
    const refused = results.flatMap((r) => (r.status === 'rejected' ? [r.reason as AppError] : []));
    assert.ok(refused.every((error) => error instanceof AppError && error.code === 'too_many_requests'));
    return results.length - refused.length;
  };
  const askOften = (ownerId: string) => Promise.allSettled(Array.from({ length: 120 }, () => ask(ownerId)));
  const bursts = ['a', 'b', 'c', 'd'].map(askOften);
  stored.resolve();
  const counts = (await Promise.all(bursts)).map(countOf);
  assert.deepEqual(counts, [100, 100, 100, 33]); // 600 for each, 2,000 in all
  await assert.rejects(runs.withPlaces('a', 6, () => Promise.reject(new Error('The disk is full.'))));
  assert.equal(countOf(await askOften('d')), 100);
});
