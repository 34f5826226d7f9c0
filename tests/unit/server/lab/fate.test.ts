import assert from 'node:assert/strict';
import test from 'node:test';
import type { GenerationError } from '../../../../lib/errors.ts';
import { fateOf } from '../../../../lib/server/lab/fate.ts';

const failed = (kind: GenerationError['kind'], retryAfterSeconds?: number): GenerationError => ({
  kind,
  code: 'busy',
  facts: { provider: 'P' },
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});
const call = { attempts: 1, failuresBefore: 0, providerLabel: 'P', now: 1_000 };

test('what ended well, or would end the same way, is kept', () => {
  for (const error of [undefined, failed('context'), failed('request'), failed('filtered'), failed('limit')]) {
    assert.equal(fateOf(error, call).again, undefined);
  }
});

test('what failed is asked four times in all, later each time, and then it is missing', () => {
  const again = [1, 2, 3, 4].map((attempts) => fateOf(failed('provider'), { ...call, attempts }).again?.notBefore);
  assert.deepEqual(again, [1_500, 4_000, 16_000, undefined]);
});

test('a limit costs no attempt: up to ten minutes are sat out, more pause the run', () => {
  assert.deepEqual(fateOf(failed('rate', 600), call), {
    again: { notBefore: 0, isOurs: true },
    laneWaitMs: 600_000,
    isFailure: false,
  });
  const { pause, laneWaitMs } = fateOf(failed('rate', 601), call);
  assert.deepEqual(pause, { because: 'limit', providerLabel: 'P', until: 602_000 });
  assert.equal(laneWaitMs, undefined);
});

test('where nobody can be asked, the run is paused and the sample planned again', () => {
  for (const kind of ['auth', 'balance', 'model', 'gone'] as const) {
    const { pause, again } = fateOf(failed(kind), call);
    assert.equal(pause?.because, 'provider');
    assert.deepEqual(again, { notBefore: 0, isOurs: true });
  }
  assert.equal(fateOf(failed('offline'), { ...call, failuresBefore: 11 }).pause?.because, 'provider');
  assert.equal(fateOf(failed('offline'), { ...call, failuresBefore: 10 }).pause, undefined);
});
