import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../lib/errors.ts';
import { RateLimit } from '../../../lib/server/rate-limit.ts';

function limitAt(clock: { now: number }) {
  return new RateLimit({ words: 'Too many.', windowMs: 60_000, each: 2, all: 3, now: () => clock.now });
}

const isRefused = (act: () => void) => {
  try {
    act();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'too_many_requests');
    return error.retryAfterSeconds;
  }
};

test('a limit counts each person, and all together, until its time is over', () => {
  const clock = { now: 5_000 };
  const limit = limitAt(clock);
  limit.take('a');
  limit.take('a');
  assert.equal(
    isRefused(() => limit.take('a')),
    60,
  );
  limit.take('b');
  clock.now += 20_000;
  assert.equal(
    isRefused(() => limit.take('c')),
    40,
    'all together are at the limit',
  );
  clock.now += 40_000;
  assert.equal(
    isRefused(() => limit.take('a')),
    undefined,
  );
});
