import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ApiErrorCode, AppError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import { type Databases, rejects } from './contract.ts';
import { createSample, fullResult, newGeneration, noon, settings } from './samples.ts';

/** What every engine promises about what is asked; run on real ones. */
export function asksContract(engine: string, start: () => Promise<Databases>): void {
  describe(`asking on ${engine}`, () => {
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

    test('a question is stored with an empty running answer, and names an untitled conversation', async () => {
      const { ownerId, conversationId, threadId, questionId, answerId, ask } = await createSample(store);
      const conversation = await store.conversations.find(ownerId, conversationId);
      const { instanceId: _, ...known } = newGeneration;
      const generation = { id: answerId, state: 'running', phase: 'queued', ...known, times: {}, notices: [] };
      const common = { threadId, createdAt: ask.at };
      assert.equal(conversation?.title, 'Seventeen');
      assert.equal(conversation?.updatedAt, ask.at);
      assert.deepEqual(conversation?.messages, [
        { ...common, id: questionId, parentId: null, role: 'user', parts: [{ kind: 'answer', text: ask.text }] },
        { ...common, id: answerId, parentId: questionId, role: 'assistant', parts: [], generation },
      ]);
      assert.deepEqual(await store.generations.find(ownerId, answerId), { ...generation, conversationId, threadId });
      assert.deepEqual(await store.generations.listRunning(ownerId, conversationId), [
        { id: answerId, threadId, instanceId: newGeneration.instanceId },
      ]);
    });

    test('a conversation and its first question are made together, once, or not at all', async () => {
      const taken = await createSample(store);
      const ownerId = createId();
      const first = (ids: { threadId?: string; answerId?: string; parentId?: string } = {}) => {
        const [id, threadId] = [createId(), createId()];
        const conversation = { id, title: '', at: noon, threads: [{ id: threadId, settings }] };
        const one = {
          threadId,
          questionId: createId(),
          answerId: createId(),
          parentId: null,
          generation: newGeneration,
        };
        return { id, conversation, text: 'Why?', title: 'Why?', at: noon, asks: [{ ...one, ...ids }] };
      };
      const { id, ...ask } = first();
      assert.deepEqual(await store.asks.create(ownerId, id, ask), { created: true });
      const made = await store.conversations.find(ownerId, id);
      assert.deepEqual([made?.title, made?.threads.length, made?.messages.length], ['Why?', 1, 2]);
      assert.deepEqual(await store.asks.create(ownerId, id, ask), { created: false });
      assert.deepEqual(await store.conversations.find(ownerId, id), made);
      const wrong: [ApiErrorCode, ReturnType<typeof first>][] = [
        ['conflict', first({ answerId: taken.answerId })],
        ['not_found', first({ threadId: taken.threadId })],
        ['not_found', first({ parentId: taken.answerId })],
      ];
      for (const [code, { id: other, ...refused }] of wrong) {
        await rejects(code, () => store.asks.create(ownerId, other, refused));
        assert.equal(await store.conversations.has(ownerId, other), false);
      }
      await rejects('conflict', () => store.asks.create(createId(), id, ask));
    });

    test('a name that is there is kept', async () => {
      const { ownerId, conversationId, answerId, ask } = await createSample(store);
      await store.asks.create(ownerId, conversationId, {
        ...ask,
        title: 'Another',
        asks: [{ ...ask.asks[0], question: 'new', parentId: answerId, questionId: createId(), answerId: createId() }],
      });
      assert.equal((await store.conversations.find(ownerId, conversationId))?.title, 'Seventeen');
    });

    test('the same ask again writes nothing, running or finished', async () => {
      const { ownerId, conversationId, answerId, ask } = await createSample(store);
      const repeat = () => store.asks.create(ownerId, conversationId, { ...ask, at: noon + 500, title: 'Another' });
      for (const finish of [false, true]) {
        if (finish) await store.generations.finish(answerId, fullResult);
        const was = await store.conversations.find(ownerId, conversationId);
        assert.deepEqual(await repeat(), { created: false });
        assert.deepEqual(await store.conversations.find(ownerId, conversationId), was);
      }
    });

    test('the same ask ten times at once is stored once', async () => {
      const { ownerId, conversationId, answerId, ask } = await createSample(store);
      const next = {
        ...ask,
        asks: [
          {
            ...ask.asks[0],
            question: 'new' as const,
            parentId: answerId,
            questionId: createId(),
            answerId: createId(),
          },
        ],
      };
      const asked = await Promise.all(
        Array.from({ length: 10 }, () => store.asks.create(ownerId, conversationId, next)),
      );
      assert.equal(asked.filter((one) => one.created).length, 1);
      assert.equal((await store.conversations.find(ownerId, conversationId))?.messages.length, 4);
    });

    test('a question asked once more gets a sibling answer', async () => {
      const { ownerId, conversationId, threadId, questionId, ask } = await createSample(store);
      const retry = {
        at: noon + 7,
        asks: [
          { threadId, questionId, question: 'existing' as const, answerId: createId(), generation: newGeneration },
        ],
      };
      assert.deepEqual(await store.asks.create(ownerId, conversationId, retry), { created: true });
      assert.deepEqual(await store.asks.create(ownerId, conversationId, retry), { created: false });
      const conversation = await store.conversations.find(ownerId, conversationId);
      assert.deepEqual(
        conversation?.messages.map((m) => [m.id, m.parentId]),
        [
          [questionId, null],
          [ask.asks[0].answerId, questionId],
          [retry.asks[0]?.answerId, questionId],
        ],
      );
    });

    test('one call asks all threads of a comparison, in order, or none', async () => {
      const ownerId = createId();
      const id = createId();
      const threads = [createId(), createId(), createId()];
      await store.conversations.create(ownerId, {
        id,
        title: '',
        at: noon,
        threads: threads.map((t) => ({ id: t, settings })),
      });
      const asks = threads.map((threadId) => ({
        threadId,
        parentId: null,
        questionId: createId(),
        answerId: createId(),
        generation: newGeneration,
      }));
      const wrong = asks.map((one, i) => (i === 2 ? { ...one, parentId: createId() } : one));
      await rejects('not_found', () => store.asks.create(ownerId, id, { text: 'Why?', at: noon, asks: wrong }));
      assert.deepEqual((await store.conversations.find(ownerId, id))?.messages, []);
      await store.asks.create(ownerId, id, { text: 'Why?', at: noon, asks });
      const expected = asks.flatMap((one) => [one.questionId, one.answerId]);
      assert.deepEqual(
        (await store.conversations.find(ownerId, id))?.messages.map((m) => m.id),
        expected,
      );
      assert.deepEqual(
        (await store.generations.listRunning(ownerId, id)).map((g) => g.id),
        asks.map((one) => one.answerId),
      );
    });

    test('of a person no more run than may, at all processes together, however many ask at once', async () => {
      const options = await databases.create();
      const stores = [await openStore(options), await openStore(options)] as const;
      const most = 10;
      const ask = async (at: number, ownerId: string, count = 1) => {
        const [id, threads] = [createId(), Array.from({ length: count }, () => createId())];
        const conversation = { id, title: '', at: noon, threads: threads.map((thread) => ({ id: thread, settings })) };
        const asks = threads.map((threadId) => ({
          ...{ threadId, questionId: createId(), answerId: createId() },
          ...{ parentId: null, generation: newGeneration },
        }));
        const store = stores[at % 2 === 0 ? 0 : 1];
        await store.asks.create(ownerId, id, { conversation, text: 'Why?', at: noon, asks, mostRunning: most });
        return asks[0]?.answerId ?? '';
      };
      const [ownerId, other] = [createId(), createId()];
      await createSample(stores[0], { ownerId, generation: { isSample: true } }); // the lab's are not theirs
      const asked = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => ask(i, ownerId)));
      const taken = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      assert.equal(taken.length, most);
      for (const one of asked) {
        if (one.status === 'rejected') assert.equal((one.reason as AppError).code, 'too_many_requests');
      }
      const { conversations } = await stores[1].conversations.list(ownerId, { limit: 50 });
      assert.equal(conversations.length, most + 1);
      await ask(0, other, most);
      await stores[0].generations.finish(taken[0] ?? '', fullResult);
      await rejects('too_many_requests', () => ask(1, ownerId, 2));
      await ask(1, ownerId);
      await rejects('too_many_requests', () => ask(0, ownerId));
      await Promise.all(stores.map((one) => one.close()));
    });

    test('messages keep the order they were stored in, whatever the clock says', async () => {
      const { ownerId, conversationId, questionId, answerId, ask } = await createSample(store);
      const order = [questionId, answerId];
      for (const at of [noon - 60_000, noon + 60_000, noon - 120_000]) {
        const [question, answer] = [createId(), createId()].reverse() as [string, string];
        const parentId = order.at(-1) ?? null;
        await store.asks.create(ownerId, conversationId, {
          ...ask,
          at,
          asks: [{ ...ask.asks[0], question: 'new', parentId, questionId: question, answerId: answer }],
        });
        order.push(question, answer);
      }
      assert.deepEqual(
        (await store.conversations.find(ownerId, conversationId))?.messages.map((m) => m.id),
        order,
      );
    });

    test('what cannot be asked is refused, and nothing is written', async () => {
      const sample = await createSample(store);
      const elsewhere = await createSample(store, { ownerId: sample.ownerId });
      const { ownerId, conversationId, questionId, answerId } = sample;
      const fresh = () => ({
        threadId: sample.threadId,
        questionId: createId(),
        answerId: createId(),
        generation: newGeneration,
      });
      const was = await store.conversations.find(ownerId, conversationId);
      const refused: [ApiErrorCode, Parameters<Store['asks']['create']>[2]['asks'][number], string?][] = [
        ['not_found', { ...fresh(), parentId: null, threadId: createId() }],
        ['not_found', { ...fresh(), parentId: null, threadId: elsewhere.threadId }],
        ['not_found', { ...fresh(), parentId: createId() }],
        ['not_found', { ...fresh(), parentId: elsewhere.answerId }],
        ['bad_request', { ...fresh(), parentId: questionId }],
        ['not_found', { ...fresh(), question: 'existing' }],
        ['not_found', { ...fresh(), question: 'existing', questionId: answerId }],
        ['not_found', { ...fresh(), question: 'existing', questionId: elsewhere.questionId }],
        ['conflict', { ...fresh(), parentId: null, questionId }],
        ['conflict', { ...fresh(), parentId: null, answerId }],
        ['conflict', { ...fresh(), parentId: null, answerId: elsewhere.answerId }],
        ['conflict', { ...fresh(), parentId: null, questionId, answerId }, 'Another text'],
        ['conflict', { ...fresh(), parentId: null, questionId: answerId, answerId: questionId }],
      ];
      for (const [code, one, text] of refused) {
        await rejects(code, () =>
          store.asks.create(ownerId, conversationId, { text: text ?? sample.ask.text, at: noon, asks: [one] }),
        );
      }
      const twice = fresh();
      await rejects('conflict', () =>
        store.asks.create(ownerId, conversationId, {
          text: 'Twice?',
          at: noon,
          asks: [
            { ...twice, parentId: null },
            { ...twice, parentId: null },
          ],
        }),
      );
      assert.deepEqual(await store.conversations.find(ownerId, conversationId), was);
    });
  });
}
