import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import type { Databases } from './contract.ts';

const limits = { perOwner: 3, all: 5 };

/** What every engine promises about downloads of models, at two processes on one database. */
export function modelPullsContract(engine: string, start: () => Promise<Databases>): void {
  describe(`downloads of models on ${engine}`, () => {
    let databases: Databases;
    let here: Store;
    let there: Store;
    before(async () => {
      databases = await start();
      const options = await databases.create();
      here = await openStore(options);
      there = await openStore(options);
    });
    after(async () => {
      await here?.close();
      await there?.close();
      await databases?.stop();
    });

    const begin = (ownerId: string, at: number, options: { lapsesAfter?: number } = {}) => {
      const id = createId();
      const store = at % 2 === 0 ? here : there;
      return store.modelPulls
        .begin({ id, ownerId }, { limits, ...options })
        .then((entered) => (entered ? id : undefined));
    };
    const entered = (ids: (string | undefined)[]) => ids.filter((id) => id !== undefined);

    test('begun at once at two processes, as many run as may, of a person and together', async () => {
      const burst = (ownerId: string) => Promise.all(Array.from({ length: 12 }, (_, at) => begin(ownerId, at)));
      const [a, b] = (await Promise.all([burst('a'), burst('b')])).map(entered) as [string[], string[]];
      assert.ok(a.length <= 3 && b.length <= 3);
      assert.equal(a.length + b.length, 5);
      const [first = ''] = a;
      await there.modelPulls.end(first); // begun wherever
      await here.modelPulls.end(first);
      assert.equal(entered([await begin('a', 1)]).length, 1);
      assert.equal(await begin('c', 0), undefined);
      // All of them are of processes that say nothing any more.
      assert.equal(entered([await begin('c', 0, { lapsesAfter: -1 })]).length, 1);
      for (let at = 0; at < 2; at++) assert.equal(entered([await begin('c', at)]).length, 1);
      assert.equal(await begin('c', 1), undefined);
      // One that was forgotten and runs all the same counts again.
      await here.modelPulls.renew({ id: first, ownerId: 'a' });
      await there.modelPulls.renew({ id: first, ownerId: 'a' });
      assert.equal(entered([await begin('a', 1)]).length, 1);
      assert.equal(await begin('a', 1), undefined);
    });
  });
}
