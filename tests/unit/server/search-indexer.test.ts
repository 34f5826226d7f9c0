import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { SearchIndexer } from '../../../lib/server/search-indexer.ts';

test('an index that is far behind holds up no end: the turn that is under way is the last', async () => {
  let turns = 0;
  let begun = () => {};
  const beginning = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const indexer = new SearchIndexer({
    indexSome: async () => {
      turns++;
      begun();
      await delay(5);
      return true; // there is always more
    },
  });
  indexer.poke();
  await beginning;
  await indexer.close();
  const atEnd = turns;
  await delay(50);
  assert.equal(turns, atEnd);
});
