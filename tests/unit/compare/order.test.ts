import assert from 'node:assert/strict';
import test from 'node:test';
import { dropIndex } from '../../../components/compare/order.ts';

test('a column that is dropped stands at that side of the one it was dropped on', () => {
  const columns = ['a', 'b', 'c', 'd'];
  for (const [from, moved] of columns.entries()) {
    for (const [over, other] of columns.entries()) {
      if (from === over) continue;
      for (const side of ['before', 'after'] as const) {
        const after = columns.filter((name) => name !== moved).toSpliced(dropIndex(from, over, side), 0, moved);
        assert.equal(
          after.indexOf(moved) - after.indexOf(other),
          side === 'after' ? 1 : -1,
          `${moved} ${side} ${other}`,
        );
      }
    }
  }
});
