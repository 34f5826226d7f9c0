import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AppError, type ApiErrorCode } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import type { Databases } from './contract.ts';
import { createSample, fullResult, newGeneration, noon, type Sample, settings, someParts } from './samples.ts';

/** What every engine promises about columns that are added, copied, moved and taken away; run on real ones. */
export function threadsContract(engine: string, start: () => Promise<Databases>): void {
  describe(`columns in the store on ${engine}`, () => {
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

    /** Asks and answers once more, after an answer. */
    async function ask(sample: Sample, parentId: string, text: string, isAnswered = true): Promise<string> {
      const answerId = createId();
      await store.asks.create(sample.ownerId, sample.conversationId, {
        text,
        at: noon + 2,
        asks: [{ threadId: sample.threadId, parentId, questionId: createId(), answerId, generation: newGeneration }],
      });
      if (isAnswered) await store.generations.finish(answerId, fullResult);
      return answerId;
    }

    const detailOf = async ({ ownerId, conversationId }: Sample) => {
      const detail = await store.conversations.find(ownerId, conversationId);
      assert.ok(detail);
      return detail;
    };
    const orderOf = async (sample: Sample) => {
      const { threads } = await detailOf(sample);
      assert.deepEqual(
        threads.map((t) => t.position),
        threads.map((_, i) => i),
      );
      return threads.map((t) => t.id);
    };

    test('a thread takes new settings', async () => {
      const { ownerId, conversationId, threadId, answerId } = await createSample(store);
      const changed = {
        model: { providerId: 'local', modelKey: 'qwq' },
        promptTemplate: 'r1-zero' as const,
        sampling: {},
      };
      const thread = { id: threadId, conversationId, position: 0, settings: changed, leafId: answerId };
      assert.deepEqual(await store.threads.update(ownerId, threadId, { settings: changed }), thread);
      assert.deepEqual(await store.threads.find(ownerId, threadId), thread);
    });

    test('a column is added where it is wanted, at the end by itself, and the same one only once', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId, threadId } = sample;
      const [last, first] = [createId(), createId()];
      const { created, thread } = await store.threads.create(ownerId, conversationId, { id: last, settings });
      assert.equal(created, true);
      assert.deepEqual(thread, { id: last, conversationId, position: 1, settings, messages: [] });
      await store.threads.create(ownerId, conversationId, { id: first, settings, position: 0 });
      assert.deepEqual(await orderOf(sample), [first, threadId, last]);
      const again = await store.threads.create(ownerId, conversationId, { id: last, settings, position: 0 });
      assert.equal(again.created, false);
      assert.equal(again.thread.position, 2);
      assert.equal((await detailOf(sample)).threadCount, 3);
      const { conversations } = await store.conversations.list(ownerId, { limit: 5 });
      assert.deepEqual(
        conversations.map((c) => [c.id, c.threadCount]),
        [[conversationId, 3]],
      );
    });

    test('a column begins with a copy of what another one shows, under new ids, telling where it is from', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId, threadId, answerId } = sample;
      await store.generations.finish(answerId, fullResult);
      const leafId = await ask(sample, answerId, 'And 17 * 24?');
      await ask(sample, answerId, 'A side way');
      const was = await detailOf(sample);
      const id = createId();
      const { thread } = await store.threads.create(ownerId, conversationId, {
        id,
        settings,
        copy: { threadId, leafId },
      });
      const now = await detailOf(sample);
      const copies = now.messages.filter((m) => m.threadId === id);
      assert.deepEqual(thread.messages, copies);
      // What was there is as it was, and the copy differs in ids alone.
      assert.deepEqual(
        now.messages.filter((m) => m.threadId !== id),
        was.messages,
      );
      const path = was.messages.slice(0, 4);
      assert.equal(path.at(-1)?.id, leafId);
      assert.deepEqual(
        copies.map(({ role, parts, createdAt }) => ({ role, parts, createdAt })),
        path.map(({ role, parts, createdAt }) => ({ role, parts, createdAt })),
      );
      assert.deepEqual(
        copies.map((m) => m.parentId),
        [null, ...copies.slice(0, -1).map((m) => m.id)],
      );
      for (const [i, copy] of copies.entries()) {
        const original = path[i]?.generation;
        assert.notEqual(copy.id, path[i]?.id);
        assert.deepEqual(copy.generation, original && { ...original, id: copy.id, copiedFrom: original.id });
      }
      assert.deepEqual((await store.generations.find(ownerId, copies[1]?.id ?? ''))?.request, fullResult.request);
      // It can be gone on with, and a copy of the copy still names the first.
      const copied = { ...sample, threadId: id };
      await ask(copied, copies[3]?.id ?? '', 'Further');
      const third = await store.threads.create(ownerId, conversationId, {
        id: createId(),
        settings,
        copy: { threadId: id, leafId: copies[1]?.id ?? '' },
      });
      assert.deepEqual(
        third.thread.messages.map((m) => m.generation?.copiedFrom),
        [undefined, answerId],
      );
    });

    test('an answer that still runs is left out of a copy with its question, and so is a question alone', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId, threadId, answerId } = sample;
      await store.checkpoints.append([{ generationId: answerId, seq: 0, parts: someParts }]);
      const copyOf = async (leafId: string) => {
        const copied = { id: createId(), settings, copy: { threadId, leafId } };
        const { thread } = await store.threads.create(ownerId, conversationId, copied);
        await store.threads.delete(ownerId, thread.id);
        return thread.messages.map((m) => m.generation?.copiedFrom ?? m.role);
      };
      assert.deepEqual(await copyOf(answerId), []);
      await store.generations.finish(answerId, fullResult);
      const running = await ask(sample, answerId, 'And?', false);
      assert.deepEqual(await copyOf(running), ['user', answerId]);
      const { messages } = await detailOf(sample);
      assert.deepEqual(await copyOf(messages.find((m) => m.id === running)?.parentId ?? ''), ['user', answerId]);
    });

    test('a conversation is made of a copy, keeps the title, and stays when its origin is deleted', async () => {
      const sample = await createSample(store);
      const { ownerId, threadId, answerId } = sample;
      await store.generations.finish(answerId, fullResult);
      const id = createId();
      const threads = [{ id: createId(), settings, copy: { threadId, leafId: answerId } }];
      for (const created of [true, false]) {
        assert.deepEqual(await store.conversations.create(ownerId, { id, title: '', at: noon + 9, threads }), {
          created,
        });
      }
      await store.conversations.delete(ownerId, sample.conversationId);
      const copy = await store.conversations.find(ownerId, id);
      assert.equal(copy?.title, 'Seventeen');
      assert.equal(copy.updatedAt, noon + 9);
      assert.deepEqual(
        copy.messages.map((m) => m.parts),
        [[{ kind: 'answer', text: sample.ask.text }], fullResult.parts],
      );
    });

    test('a copy is found by search like its origin', async () => {
      const sample = await createSample(store, { text: 'How many zebras?' });
      const { ownerId, threadId, answerId } = sample;
      await store.generations.finish(answerId, fullResult);
      const found = async () =>
        (await store.search.find(ownerId, { query: 'zebras', limit: 5 })).hits.map((hit) => hit.conversationId).sort();
      assert.deepEqual(await found(), [sample.conversationId]);
      const id = createId();
      const threads = [{ id: createId(), settings, copy: { threadId, leafId: answerId } }];
      await store.conversations.create(ownerId, { id, title: '', at: noon + 9, threads });
      assert.deepEqual(await found(), [sample.conversationId, id].sort());
    });

    test('a long path is copied whole', async () => {
      const sample = await createSample(store);
      await store.generations.finish(sample.answerId, fullResult);
      let leafId = sample.answerId;
      for (let i = 1; i < 120; i++) leafId = await ask(sample, leafId, `Question ${i}`);
      const copy = { threadId: sample.threadId, leafId };
      const { thread } = await store.threads.create(sample.ownerId, sample.conversationId, {
        id: createId(),
        settings,
        copy,
      });
      assert.equal(thread.messages.length, 240);
      assert.equal(new Set(thread.messages.map((m) => m.generation?.copiedFrom)).size, 121);
    });

    test('only what is one’s own and in that thread is copied, and otherwise nothing is made', async () => {
      const [mine, other] = [await createSample(store), await createSample(store)];
      await store.generations.finish(other.answerId, fullResult);
      const second = createId();
      await store.threads.create(mine.ownerId, mine.conversationId, { id: second, settings });
      for (const copy of [
        { threadId: other.threadId, leafId: other.answerId },
        { threadId: second, leafId: mine.answerId },
        { threadId: mine.threadId, leafId: createId() },
      ]) {
        const thread = { id: createId(), settings, copy };
        await rejects('not_found', () => store.threads.create(mine.ownerId, mine.conversationId, thread));
        const conversation = { id: createId(), title: '', at: noon, threads: [thread] };
        await rejects('not_found', () => store.conversations.create(mine.ownerId, conversation));
        assert.equal(await store.conversations.has(mine.ownerId, conversation.id), false);
      }
      assert.deepEqual(await orderOf(mine), [mine.threadId, second]);
    });

    test('there are six columns at most, also when they are added at once', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId } = sample;
      const add = () => store.threads.create(ownerId, conversationId, { id: createId(), settings, position: 1 });
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, add));
      assert.equal(outcomes.filter((o) => o.status === 'fulfilled').length, 5);
      assert.equal((await orderOf(sample)).length, 6);
      await rejects('conflict', add);
    });

    test('a column is moved, and its place counted anew', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId, threadId: a } = sample;
      const [b, c] = [createId(), createId()];
      for (const id of [b, c]) await store.threads.create(ownerId, conversationId, { id, settings });
      for (const [id, position, order] of [
        [c, 0, [c, a, b]],
        [c, 1, [a, c, b]],
        [a, 5, [c, b, a]],
        [b, 1, [c, b, a]],
      ] as const) {
        const moved = await store.threads.update(ownerId, id, { position });
        assert.deepEqual(await orderOf(sample), order);
        assert.equal(moved?.position, order.indexOf(id as never));
        assert.deepEqual(moved.settings, settings);
      }
    });

    test('a column goes with all that is in it, what runs there can no longer write, and the last one stays', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId, threadId, answerId } = sample;
      const second = createId();
      await store.threads.create(ownerId, conversationId, { id: second, settings });
      await store.checkpoints.append([{ generationId: answerId, seq: 0, parts: someParts }]);
      assert.deepEqual(await store.threads.delete(ownerId, threadId), { running: [answerId] });
      assert.equal(await store.threads.delete(ownerId, threadId), undefined);
      assert.equal(await store.generations.find(ownerId, answerId), undefined);
      const late = [{ generationId: answerId, seq: 1, parts: someParts }];
      assert.deepEqual(await store.checkpoints.append(late), { ended: [], deleted: [answerId] });
      assert.equal(await store.generations.finish(answerId, fullResult), false);
      const { threads, messages } = await detailOf(sample);
      assert.deepEqual(threads, [{ id: second, conversationId, position: 0, settings }]);
      assert.deepEqual(messages, []);
      await rejects('conflict', () => store.threads.delete(ownerId, second));
    });

    test('of two last columns that are taken away at once one stays', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId, threadId } = sample;
      const second = createId();
      await store.threads.create(ownerId, conversationId, { id: second, settings });
      const outcomes = await Promise.allSettled([threadId, second].map((id) => store.threads.delete(ownerId, id)));
      assert.deepEqual(outcomes.map((o) => o.status).sort(), ['fulfilled', 'rejected']);
      assert.equal((await orderOf(sample)).length, 1);
    });
  });
}

async function rejects(code: ApiErrorCode, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => error instanceof AppError && error.code === code);
}
