import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import type { GenerationError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import type { Databases } from './contract.ts';
import { createSample, fullResult, newGeneration, noon, partsOf } from './samples.ts';

/** What every engine promises about the ends of answers; run on real ones. */
export function generationsContract(engine: string, start: () => Promise<Databases>): void {
  describe(`finishing on ${engine}`, () => {
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

    test('the row of the token log reads back as it was written', async () => {
      const { ownerId, conversationId, threadId, answerId } = await createSample(store);
      assert.equal(await store.generations.finish(answerId, fullResult), true);
      const { instanceId: _, ...known } = newGeneration;
      const { finish, times, notices, usage, request, health } = fullResult;
      const generation = { id: answerId, state: 'complete', ...known, times, notices, usage, finish, health };
      const conversation = await store.conversations.find(ownerId, conversationId);
      assert.deepEqual(conversation?.messages[1]?.generation, generation);
      assert.deepEqual(conversation?.messages[1]?.parts, fullResult.parts);
      assert.deepEqual(await store.generations.find(ownerId, answerId), {
        ...generation,
        conversationId,
        threadId,
        request,
      });
      assert.deepEqual(await store.generations.listRunning(ownerId, conversationId), []);
    });

    test('what runs is listed for its owner, and its end when all that was asked together is over', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId, threadId, questionId, answerId } = sample;
      const other = createId();
      const generation = { ...newGeneration, queuedAt: noon + 5 };
      const again = { threadId, questionId, question: 'existing' as const, answerId: other, generation };
      await store.asks.create(ownerId, conversationId, { at: noon + 5, asks: [again] });
      const running = async () => (await store.running.listOwned(ownerId)).map(({ generationId }) => generationId);
      assert.deepEqual(await running(), [answerId, other]);
      assert.deepEqual(await store.running.listOwned(createId()), []);

      await store.generations.finish(answerId, fullResult);
      assert.deepEqual(await running(), [other]);
      assert.deepEqual(await store.running.listEnded(ownerId, noon), []);

      const finish = { outcome: 'failed' as const, reason: 'error' as const, complete: false };
      await store.generations.finish(other, { parts: [], finish, times: { end: 40 }, notices: [] });
      const [round, ...more] = await store.running.listEnded(ownerId, noon);
      assert.deepEqual(more, []);
      assert.deepEqual(round, {
        conversationId,
        title: 'Seventeen',
        endedAt: noon + 513,
        answers: [
          { outcome: 'complete', reason: 'stop', answered: true, thinkingMs: 386.875, reasoningTokens: 15 },
          { outcome: 'failed', reason: 'error', answered: false },
        ],
      });
      assert.deepEqual(await store.running.listEnded(ownerId, noon + 513), []);
      assert.deepEqual(await store.running.listEnded(createId(), noon), []);
    });

    test('what is not known stays unknown, and a failure keeps its facts', async () => {
      const { ownerId, answerId } = await createSample(store);
      const error: GenerationError = {
        kind: 'rate',
        code: 'too-many-requests',
        facts: { provider: 'Lab', seconds: 3 },
        status: 429,
        retryAfterSeconds: 3,
      };
      const finish = { outcome: 'failed' as const, reason: 'error' as const, complete: false };
      await store.generations.finish(answerId, { parts: [], finish, times: {}, notices: [], error });
      const generation = await store.generations.find(ownerId, answerId);
      assert.deepEqual(generation?.finish, finish);
      assert.deepEqual(generation?.error, error);
      assert.deepEqual(generation?.times, {});
      assert.ok(generation && !('usage' in generation) && !('request' in generation) && !('health' in generation));
    });

    test('counts that make no sense do not lose the answer', async () => {
      const sample = await createSample(store);
      const usage = {
        reasoningTokens: 1.5,
        answerTokens: -3,
        promptTokens: 1e300,
        cachedPromptTokens: Number.NaN,
        source: 'estimated' as const,
      };
      assert.equal(await store.generations.finish(sample.answerId, { ...fullResult, usage }), true);
      assert.deepEqual(await partsOf(store, sample), fullResult.parts);
      assert.deepEqual((await store.generations.find(sample.ownerId, sample.answerId))?.usage, {
        reasoningTokens: 2,
        answerTokens: 0,
        promptTokens: Number.MAX_SAFE_INTEGER,
        source: 'estimated',
      });
    });

    test('of many who finish, one wins and its words stay', async () => {
      const sample = await createSample(store, { generation: { instanceId: 'gone' } });
      const results = ['a', 'b', 'c', 'd'].map((text) => ({
        ...fullResult,
        parts: [{ kind: 'answer' as const, text }],
      }));
      const won = await Promise.all(results.map((result) => store.generations.finish(sample.answerId, result)));
      assert.equal(won.filter(Boolean).length, 1);
      assert.deepEqual(await partsOf(store, sample), results[won.indexOf(true)]?.parts);
      assert.equal(await store.generations.finish(sample.answerId, fullResult), false);
    });
  });
}
