import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../lib/errors.ts';
import { RateLimit, shareCounts } from '../../../lib/server/rate-limit.ts';

function limitAt(clock: { now: number }) {
  return new RateLimit({ words: 'Too many.', windowMs: 60_000, each: 2, all: 3, now: () => clock.now });
}

const isRefused = async (act: () => Promise<void>) => {
  try {
    await act();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'too_many_requests');
    return error.retryAfterSeconds;
  }
};

test('a limit counts each person, and all together, until its time is over', async () => {
  const clock = { now: 5_000 };
  const limit = limitAt(clock);
  await limit.take('a');
  await limit.take('a');
  assert.equal(await isRefused(() => limit.take('a')), 60);
  await limit.take('b');
  clock.now += 20_000;
  assert.equal(await isRefused(() => limit.take('c')), 40, 'all together are at the limit');
  clock.now += 40_000;
  assert.equal(await isRefused(() => limit.take('a')), undefined);
});

test('of several processes a limit counts what all of them do, and what this one does while that cannot be known', async () => {
  const counts = new Map<string, number>();
  const add = async ({ keys }: { keys: readonly string[] }) => {
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return { counts: keys.map((key) => counts.get(key) ?? 0), leftMs: 7_500 };
  };
  const [here, there] = [limitAt({ now: 0 }), limitAt({ now: 9_000_000 })];
  shareCounts({ add });
  await here.take('a');
  await there.take('a');
  assert.equal(await isRefused(() => there.take('a')), 8);
  assert.doesNotMatch([...counts.keys()].join(), /a{2}|Too many/);
  shareCounts({ add: () => Promise.reject(new AppError('unavailable', 'Away.')) });
  await here.take('a');
  assert.equal(await isRefused(() => here.take('a')), 60);
  shareCounts(undefined);
});
