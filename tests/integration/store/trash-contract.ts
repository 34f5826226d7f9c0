import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import type { Databases } from './contract.ts';
import { createSample, fullResult, noon, type Sample, settings, someParts } from './samples.ts';

/** What every engine promises about deleting with a way back; run on real ones. */
export function trashContract(engine: string, start: () => Promise<Databases>): void {
  describe(`the trash on ${engine}`, () => {
    let databases: Databases;
    let store: Store;
    before(async () => {
      databases = await start();
      store = await openStore(await databases.create());
    });
    after(async () => {
      await store?.close();
      await databases?.stop();
    });

    /** Conversations of one person, each newer than the one before. */
    async function listOf(ownerId: string, count: number): Promise<string[]> {
      const ids = Array.from({ length: count }, () => createId());
      for (const [i, id] of ids.entries()) {
        await store.conversations.create(ownerId, {
          id,
          title: `${i}`,
          at: noon + i,
          threads: [{ id: createId(), settings }],
        });
      }
      return ids;
    }
    const titles = async (ownerId: string, options: { view?: 'all' | 'shown' | 'archived'; limit?: number } = {}) =>
      (await store.conversations.list(ownerId, { limit: 50, ...options })).conversations.map(({ title }) => title);
    const change = (
      ownerId: string,
      id: string | undefined,
      what: { pinned?: boolean; archived?: boolean },
      at = noon,
    ) => store.conversations.update(ownerId, id ?? '', { ...what, at });

    const answered = async (ownerId = createId()): Promise<Sample> => {
      const sample = await createSample(store, { ownerId, text: 'A zebra?' });
      await store.generations.finish(sample.answerId, fullResult);
      return sample;
    };
    const found = async ({ ownerId }: Sample) =>
      (await store.search.find(ownerId, { query: 'zebra', limit: 5 })).hits.map(({ conversationId }) => conversationId);

    test('a deleted conversation is at once as if it had never been, and comes back whole', async () => {
      const sample = await answered();
      const { ownerId, conversationId, threadId, answerId } = sample;
      const was = await store.conversations.find(ownerId, conversationId);
      assert.deepEqual(await found(sample), [conversationId]);
      assert.equal(await store.trash.put(createId(), conversationId, noon), false);
      assert.equal(await store.trash.put(ownerId, conversationId, noon), true);
      assert.equal(await store.trash.put(ownerId, conversationId, noon), false);
      assert.deepEqual(await titles(ownerId), []);
      assert.deepEqual(await found(sample), []);
      assert.equal(await store.conversations.find(ownerId, conversationId), undefined);
      assert.equal(await store.conversations.has(ownerId, conversationId), false);
      assert.equal(await store.threads.find(ownerId, threadId), undefined);
      assert.equal(await store.generations.find(ownerId, answerId), undefined);
      assert.equal(await store.answers.findRawText(ownerId, answerId), undefined);
      await assert.rejects(store.asks.create(ownerId, conversationId, sample.ask), { code: 'not_found' });
      assert.equal(await store.trash.restore(createId(), conversationId), undefined);
      assert.equal((await store.trash.restore(ownerId, conversationId))?.id, conversationId);
      assert.deepEqual(await store.conversations.find(ownerId, conversationId), was);
      assert.ok(await store.generations.find(ownerId, answerId));
      assert.deepEqual(await found(sample), [conversationId]);
      assert.equal(await store.trash.restore(ownerId, conversationId), undefined, 'only once');
    });

    test('links to a deleted conversation open for nobody, and come back with it as they were', async () => {
      const { ownerId, conversationId } = await answered();
      const other = await answered(ownerId);
      const snapshot = { version: 1 as const, title: 'A zebra?', thinking: 'folded' as const, columns: [] };
      const facts = { conversationId, snapshot, numbers: false, systemPrompts: false, at: noon };
      const create = async (change: Partial<typeof facts> & { expiresAt?: number } = {}) => {
        const share = await store.shares.create(ownerId, { ...facts, ...change });
        assert.ok(share);
        return share.id;
      };
      const [kept, revoked] = [await create(), await create({ numbers: true })];
      const short = await create({ expiresAt: noon + 10 });
      const elsewhere = await create({ conversationId: other.conversationId });
      await store.shares.revoke(ownerId, revoked, noon);
      await store.shares.countView(kept, noon + 1);
      const was = await store.shares.list(ownerId);
      const open = async (at: number) => {
        const ids = [kept, revoked, short, elsewhere];
        const found = await Promise.all(ids.map((id) => store.shares.findOpen(id, at)));
        return ids.filter((_, i) => found[i]);
      };
      await store.trash.put(ownerId, conversationId, noon);
      assert.deepEqual(await open(noon + 2), [elsewhere]);
      assert.deepEqual(
        (await store.shares.list(ownerId)).map(({ id }) => id),
        [elsewhere],
      );
      assert.equal(await store.shares.revoke(ownerId, kept, noon), false);
      assert.equal(await store.shares.updateExpiry(ownerId, kept, undefined), undefined);
      await store.shares.countView(kept, noon + 2); // by a page that was on its way
      await store.trash.restore(ownerId, conversationId);
      assert.deepEqual(await store.shares.list(ownerId), was);
      assert.deepEqual(await open(noon + 2), [kept, short, elsewhere]);
      assert.deepEqual(await open(noon + 10), [kept, elsewhere], 'its time has run on');

      assert.equal((await store.trash.putAll(ownerId, noon)).length, 2);
      assert.deepEqual(await open(noon + 2), []);
      await store.trash.restore(ownerId, conversationId);
      assert.deepEqual(await open(noon + 2), [kept, short]);
      await store.trash.put(ownerId, conversationId, noon);
      await store.trash.purge(noon + 5);
      assert.deepEqual(await open(noon + 2), []);
      assert.deepEqual(await store.shares.list(ownerId), []);
    });

    test('what ran in a deleted conversation takes no more text, and its end is kept for the way back', async () => {
      const { ownerId, conversationId, answerId } = await createSample(store);
      await store.checkpoints.append([{ generationId: answerId, seq: 0, parts: someParts }]);
      await store.trash.put(ownerId, conversationId, noon);
      assert.deepEqual(await store.checkpoints.append([{ generationId: answerId, seq: 1, parts: someParts }]), {
        ended: [],
        deleted: [answerId],
      });
      assert.equal(await store.generations.finish(answerId, fullResult), true);
      await store.trash.restore(ownerId, conversationId);
      const answer = (await store.conversations.find(ownerId, conversationId))?.messages.find(
        ({ id }) => id === answerId,
      );
      assert.deepEqual(answer?.parts, fullResult.parts);
    });

    test('a purge takes what was deleted long enough ago, for good, and nothing else', async () => {
      const kept = await answered();
      const early = await answered(kept.ownerId);
      const late = await answered(kept.ownerId);
      await store.trash.put(early.ownerId, early.conversationId, noon);
      await store.trash.put(late.ownerId, late.conversationId, noon + 10);
      await store.trash.purge(noon - 1);
      assert.ok((await store.trash.purge(noon + 9)) >= 1);
      assert.equal(await store.trash.restore(early.ownerId, early.conversationId), undefined);
      assert.equal((await store.trash.restore(late.ownerId, late.conversationId))?.id, late.conversationId);
      assert.equal((await titles(kept.ownerId)).length, 2);
      // Its ids are free again, so it was not only hidden.
      const again = { id: early.conversationId, title: '', at: noon, threads: [{ id: early.threadId, settings }] };
      assert.deepEqual(await store.conversations.create(createId(), again), { created: true });
    });

    test('all of one person is deleted together, archived and pinned ones too, and nobody else loses anything', async () => {
      const ownerId = createId();
      const ids = await listOf(ownerId, 3);
      const sample = await answered(ownerId);
      const other = await answered();
      await change(ownerId, ids[0], { pinned: true });
      await change(ownerId, ids[1], { archived: true });
      const deleted = await store.trash.putAll(ownerId, noon);
      assert.deepEqual(deleted.toSorted(), [...ids, sample.conversationId].toSorted());
      assert.deepEqual(await titles(ownerId), []);
      assert.deepEqual(await found(sample), []);
      assert.deepEqual(await found(other), [other.conversationId]);
      assert.deepEqual(await store.trash.putAll(ownerId, noon), []);
      await store.trash.purge(noon);
      assert.equal(await store.trash.restore(ownerId, sample.conversationId), undefined);
      assert.ok(await store.conversations.find(other.ownerId, other.conversationId));
    });
  });
}
