import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AppError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import type { Databases } from './contract.ts';
import { createSample, fullResult, newGeneration, noon, type Sample, settings, someParts } from './samples.ts';

/** What every engine promises about the branches of a thread; run on real ones. */
export function branchesContract(engine: string, start: () => Promise<Databases>): void {
  describe(`branches in the store on ${engine}`, () => {
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

    async function ask(sample: Sample, parentId: string | null, text: string, isAnswered = true) {
      const [questionId, answerId] = [createId(), createId()];
      await store.asks.create(sample.ownerId, sample.conversationId, {
        text,
        at: noon + 2,
        asks: [{ threadId: sample.threadId, parentId, questionId, answerId, generation: newGeneration }],
      });
      if (isAnswered) await store.generations.finish(answerId, fullResult);
      return { questionId, answerId };
    }

    async function askAgain(sample: Sample, questionId: string, continues?: string): Promise<string> {
      const answerId = createId();
      const generation = { ...newGeneration, ...(continues && { continues }) };
      const one = { threadId: sample.threadId, questionId, answerId, question: 'existing' as const, generation };
      await store.asks.create(sample.ownerId, sample.conversationId, { at: noon + 3, asks: [one] });
      return answerId;
    }

    const detailOf = async ({ ownerId, conversationId }: Sample) => {
      const detail = await store.conversations.find(ownerId, conversationId);
      assert.ok(detail);
      return detail;
    };
    const idsOf = async (sample: Sample) => (await detailOf(sample)).messages.map((m) => m.id);

    test('a branch goes with all that follows it, its rows of the token log, and what search finds of it', async () => {
      const sample = await createSample(store);
      await store.generations.finish(sample.answerId, fullResult);
      const kept = await ask(sample, sample.answerId, 'A question that stays');
      const gone = await ask(sample, sample.answerId, 'A pangolin goes');
      const below = await ask(sample, gone.answerId, 'And a narwhal below it');
      const running = await askAgain(sample, below.questionId);
      await store.checkpoints.append([{ generationId: running, seq: 0, parts: someParts }]);
      const found = async (query: string) => (await store.search.find(sample.ownerId, { query, limit: 5 })).hits.length;
      assert.deepEqual([await found('pangolin'), await found('narwhal')], [1, 1]);

      const deleted = await store.branches.delete(sample.ownerId, gone.questionId);
      assert.deepEqual(deleted, {
        conversationId: sample.conversationId,
        threadId: sample.threadId,
        messageIds: [gone.questionId, gone.answerId, below.questionId, below.answerId, running],
        running: [running],
      });
      assert.deepEqual(await idsOf(sample), [sample.questionId, sample.answerId, kept.questionId, kept.answerId]);
      for (const id of [gone.answerId, below.answerId, running]) {
        assert.equal(await store.generations.find(sample.ownerId, id), undefined);
      }
      assert.deepEqual([await found('pangolin'), await found('narwhal')], [0, 0]);
      assert.deepEqual(await store.checkpoints.append([{ generationId: running, seq: 1, parts: [] }]), {
        ended: [],
        deleted: [running],
      });
      assert.equal(await store.generations.finish(running, fullResult), false);
      // What follows may still be asked.
      await ask(sample, kept.answerId, 'Further');
    });

    test('one of several answers goes alone, the only answer of a question with its question', async () => {
      const sample = await createSample(store);
      await store.generations.finish(sample.answerId, fullResult);
      const second = await askAgain(sample, sample.questionId);
      await store.branches.delete(sample.ownerId, second);
      assert.deepEqual(await idsOf(sample), [sample.questionId, sample.answerId]);
      await store.branches.delete(sample.ownerId, sample.answerId);
      assert.deepEqual(await idsOf(sample), []);
      await ask(sample, null, 'Anew');
    });

    test('a long branch goes whole', async () => {
      const sample = await createSample(store);
      let { answerId } = sample;
      await store.generations.finish(answerId, fullResult);
      const first = await ask(sample, answerId, 'The first of many');
      answerId = first.answerId;
      for (let i = 0; i < 120; i++) answerId = (await ask(sample, answerId, `Question ${i}`)).answerId;
      const deleted = await store.branches.delete(sample.ownerId, first.answerId);
      assert.equal(deleted?.messageIds.length, 242);
      assert.deepEqual(await idsOf(sample), [sample.questionId, sample.answerId]);
    });

    test('a stranger deletes nothing, and nobody what is not there', async () => {
      const sample = await createSample(store);
      assert.equal(await store.branches.delete(createId(), sample.answerId), undefined);
      assert.equal(await store.branches.delete(sample.ownerId, createId()), undefined);
      assert.equal((await idsOf(sample)).length, 2);
    });

    test('the branch that was looked at is remembered: the one just asked, or the one that was chosen', async () => {
      const sample = await createSample(store);
      const { ownerId, threadId, answerId, questionId } = sample;
      const leafOf = async () => (await detailOf(sample)).threads[0]?.leafId;
      assert.equal(await leafOf(), answerId);
      await store.generations.finish(answerId, fullResult);
      const second = await askAgain(sample, questionId);
      assert.equal(await leafOf(), second);
      assert.equal((await store.threads.update(ownerId, threadId, { leafId: answerId }))?.leafId, answerId);
      assert.equal(await leafOf(), answerId);
      const other = await createSample(store, { ownerId });
      await assert.rejects(
        store.threads.update(ownerId, threadId, { leafId: other.answerId }),
        (error) => error instanceof AppError && error.code === 'not_found',
      );
      const further = await ask(sample, answerId, 'Further');
      await store.branches.delete(ownerId, further.questionId);
      assert.equal(await leafOf(), answerId);
    });

    test('an answer says which one it goes on with, also in a copy', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId, threadId, questionId, answerId } = sample;
      await store.generations.finish(answerId, fullResult);
      const continued = await askAgain(sample, questionId, answerId);
      await store.generations.finish(continued, fullResult);
      const { messages } = await detailOf(sample);
      assert.deepEqual(
        messages.map((m) => m.generation?.continues),
        [undefined, undefined, answerId],
      );
      const { thread } = await store.threads.create(ownerId, conversationId, {
        id: createId(),
        settings,
        copy: { threadId, leafId: continued },
      });
      assert.equal(thread.messages[1]?.generation?.continues, answerId);
    });
  });
}
