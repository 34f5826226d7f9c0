import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Contact } from '../../../lib/server/contact.ts';

const brokenAfterMs = 6_000;

/** Answers after steps of the database's clock and of ours. */
function contactAfter(steps: readonly (readonly [database: number, here: number])[]): Contact {
  const contact = new Contact({ brokenAfterMs });
  let heard = { database: 1_790_000_000_000, here: 0 };
  contact.hear(heard);
  for (const [database, here] of steps) {
    heard = { database: heard.database + database, here: heard.here + here };
    contact.hear(heard);
  }
  return contact;
}

const quiet = fc.integer({ min: 0, max: brokenAfterMs });
const steady = fc.array(
  quiet.map((step) => [step, step] as const),
  { maxLength: 40 },
);

test('contact lasts as long as it is heard without a pause', () => {
  fc.assert(
    fc.property(steady, (steps) => {
      assert.equal(
        contactAfter(steps).unbrokenMs,
        steps.reduce((sum, [step]) => sum + step, 0),
      );
    }),
  );
});

test('a pause of either side, or a clock that is set, begins it anew', () => {
  const pause = fc.integer({ min: brokenAfterMs + 1, max: 7_200_000 });
  const breaks = fc.oneof(
    fc.tuple(pause, pause), // both stood still, or nobody answered
    fc.tuple(pause, quiet), // the database's clock was set forward, or it and we were suspended
    fc.tuple(quiet, pause), // we stood still
    fc.tuple(
      fc.integer({ min: -7_200_000, max: -1 }),
      quiet, // set back
    ),
  );
  fc.assert(
    fc.property(steady, breaks, steady, (before, broken, after) => {
      assert.equal(contactAfter([...before, broken, ...after]).unbrokenMs, contactAfter(after).unbrokenMs);
    }),
  );
});

test('what was lost is not remembered', () => {
  const contact = contactAfter([[5_000, 5_000]]);
  contact.lose();
  assert.equal(contact.unbrokenMs, 0);
  assert.equal(contact.lastAt, undefined);
});
