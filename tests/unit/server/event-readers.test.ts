import assert from 'node:assert/strict';
import test from 'node:test';
import { admitReader } from '../../../app/api/conversations/[id]/events/event-readers.ts';
import { AppError } from '../../../lib/errors.ts';

const isTooMany = (error: unknown) => error instanceof AppError && error.code === 'too_many_requests';

test('one person reads so many event streams at once and no more; a place that is given back is free, once', () => {
  const places = Array.from({ length: 600 }, () => admitReader('one'));
  assert.throws(() => admitReader('one'), isTooMany);
  const other = admitReader('another');
  places[0]?.();
  places[0]?.();
  places[0] = admitReader('one');
  assert.throws(() => admitReader('one'), isTooMany);
  for (const leave of [...places, other]) leave();
});

test('all together read so many, and all places come back', () => {
  for (let round = 0; round < 2; round++) {
    const places = Array.from({ length: 5_000 }, (_, i) => admitReader(`person ${i}`));
    assert.throws(() => admitReader('one more'), isTooMany);
    for (const leave of places) leave();
  }
});
