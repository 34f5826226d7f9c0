import assert from 'node:assert/strict';
import test from 'node:test';
import { Lane } from '../../../../lib/server/lab/lane.ts';

const well = { limited: false, began: 0 };

/** Takes as many places as there are, and gives them back well. */
function round(lane: Lane, now: number): number {
  let taken = 0;
  while (lane.take(now)) taken++;
  for (let i = 0; i < taken; i++) lane.end({ ...well, began: now }, now);
  return taken;
}

test('a lane begins with four, doubles while it goes well, and has a ceiling', () => {
  const lane = new Lane({ ceiling: 20 });
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((now) => round(lane, now)),
    [4, 8, 16, 20, 20],
  );
});

test('it halves once for all calls that were on their way, and waits as long as it is asked to', () => {
  const lane = new Lane({ ceiling: 64 });
  round(lane, 0);
  for (let i = 0; i < 8; i++) assert.ok(lane.take(1));
  lane.end({ limited: true, waitMs: 500, began: 1 }, 10);
  lane.end({ limited: true, waitMs: 200, began: 1 }, 11);
  assert.equal(lane.most, 4);
  assert.equal(lane.until, 510);
  for (let i = 0; i < 6; i++) lane.end({ ...well, began: 1 }, 12);
  assert.equal(lane.take(509), false);
  assert.equal(lane.take(510), true);
});

test('nobody told how long: a second, then twice as long each time, never less than one call at once', () => {
  const lane = new Lane({ ceiling: 64 });
  const waits: number[] = [];
  let now = 0;
  for (let i = 0; i < 9; i++) {
    assert.ok(lane.take(now));
    lane.end({ limited: true, began: now }, now);
    waits.push(lane.until - now);
    now = lane.until;
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  assert.equal(lane.most, 1);
});

test('on one’s own machine it grows only while more calls at once end faster', () => {
  /** A server with so many slots: a round of calls takes 100 ms a slot’s turn. */
  const grownTo = (slots: number) => {
    const lane = new Lane({ ceiling: 64, mustPay: true });
    let now = 0;
    for (let i = 0; i < 10; i++) {
      let taken = 0;
      while (lane.take(now)) taken++;
      const began = now;
      now += Math.ceil(taken / slots) * 100;
      for (let j = 0; j < taken; j++) lane.end({ limited: false, began }, now);
    }
    return lane.most;
  };
  assert.equal(grownTo(1), 4);
  assert.equal(grownTo(16), 16);
  assert.equal(grownTo(1000), 64);
});
