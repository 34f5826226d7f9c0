import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { StoreClock } from '../../../lib/server/store/store-clock.ts';

const hour = 3_600_000;

test('servers whose clocks differ tell one time, that of their database', () => {
  const skew = fc.integer({ min: -hour, max: hour });
  fc.assert(
    fc.property(skew, fc.nat({ max: 2_000 }), fc.nat({ max: 10_000 }), (ahead, tookMs, later) => {
      let real = 1_800_000_000_000;
      const clock = new StoreClock(() => real + ahead);
      clock.hear(real - tookMs / 2, tookMs);
      real += later;
      assert.ok(Math.abs(clock.now() - real) <= 1_501);
    }),
  );
});

test('a clock that agrees with its database, but for the way there and back, is not touched', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 3_000 }), fc.integer({ min: -400, max: 400 }))), (heard) => {
      const clock = new StoreClock(() => 1_000_000);
      for (const [tookMs, apart] of heard) clock.hear(1_000_000 - tookMs / 2 + apart, tookMs);
      assert.equal(clock.now(), 1_000_000);
    }),
  );
});

test('a clock that is set right is believed again', () => {
  let here = 1_000_000 + hour;
  const clock = new StoreClock(() => here);
  clock.hear(1_000_000, 0);
  assert.equal(clock.now(), 1_000_000);
  here -= hour;
  clock.hear(1_000_100, 0);
  assert.equal(clock.now(), 1_000_000);
});
