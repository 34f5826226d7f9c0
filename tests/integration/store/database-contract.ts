import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { AppError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store, type StoreOptions } from '../../../lib/server/store/store.ts';
import { assertKept, runWriter } from './child.ts';
import { type Databases, outcomeOf, rejects, searchBy } from './contract.ts';
import { createSample, fullResult, newGeneration, noon, partsOf, settings } from './samples.ts';
import { withoutUnstorable } from './stream-parts.ts';

/** What every engine promises about owners, texts and processes, whatever the noun; run on real ones. */
export function databaseContract(engine: string, start: () => Promise<Databases>): void {
  describe(`the database on ${engine}`, () => {
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

    /** A store on a database of its own, closed when `use` is done. */
    async function withFreshStore(use: (fresh: Store, options: StoreOptions) => Promise<void>): Promise<void> {
      const options = await databases.create();
      const fresh = await openStore(options);
      try {
        await use(fresh, options);
      } finally {
        await fresh.close();
      }
    }

    test('writes that come together end as they would one after the other, also beside some that fail', async () => {
      const ways = fc.constantFrom('new', 'taken', 'mine', 'nowhere');
      await fc.assert(
        fc.asyncProperty(fc.array(ways, { minLength: 2, maxLength: 40 }), async (writes) => {
          const foreign = await createSample(store);
          const own = await createSample(store);
          const done = writes.map(async (way) => {
            const id = {
              new: createId(),
              taken: foreign.conversationId,
              mine: own.conversationId,
              nowhere: createId(),
            }[way];
            if (way !== 'nowhere')
              return store.conversations.create(own.ownerId, { id, title: '', at: noon, threads: [] });
            return store.threads.create(own.ownerId, id, { id: createId(), settings });
          });
          const outcomes = await Promise.allSettled(done);
          assert.deepEqual(
            outcomes.map((end) => (end.status === 'fulfilled' ? end.value : (end.reason as AppError).code)),
            writes.map(
              (way) =>
                ({ new: { created: true }, taken: 'conflict', mine: { created: false }, nowhere: 'not_found' })[way],
            ),
          );
          const made = writes.filter((way) => way === 'new').length;
          const { conversations } = await store.conversations.list(own.ownerId, { limit: 100 });
          assert.equal(conversations.length, made + 1);
        }),
        { numRuns: 20 },
      );
    });

    test("a stranger's id answers exactly like an unknown one, everywhere", async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId, threadId, questionId, answerId } = sample;
      const was = await store.conversations.find(ownerId, conversationId);
      const stranger = createId();
      const ask = {
        text: 'Hi',
        at: noon,
        asks: [
          { threadId, parentId: answerId, questionId: createId(), answerId: createId(), generation: newGeneration },
        ],
      };
      const retry = {
        at: noon,
        asks: [
          { threadId, questionId, question: 'existing' as const, answerId: createId(), generation: newGeneration },
        ],
      };
      const calls: Record<string, (conversation: string, thread: string, generation: string) => Promise<unknown>> = {
        findConversation: (c) => store.conversations.find(stranger, c),
        hasConversation: (c) => store.conversations.has(stranger, c),
        renameConversation: (c) => store.conversations.rename(stranger, c, 'Mine'),
        deleteConversation: (c) => store.conversations.delete(stranger, c),
        findThread: (_, t) => store.threads.find(stranger, t),
        updateThread: (_, t) =>
          store.threads.update(stranger, t, { settings: { ...settings, systemPrompt: 'Mine' }, position: 0 }),
        createThread: (c) => store.threads.create(stranger, c, { id: createId(), settings }),
        deleteThread: (_, t) => store.threads.delete(stranger, t),
        createAsk: (c) => store.asks.create(stranger, c, ask),
        'createAsk of a repeat': (c) => store.asks.create(stranger, c, sample.ask),
        'createAsk once more': (c) => store.asks.create(stranger, c, retry),
        findGeneration: (_, __, g) => store.generations.find(stranger, g),
        listRunning: (c) => store.generations.listRunning(stranger, c),
        findRawText: (_, __, g) => store.answers.findRawText(stranger, g),
        refileAnswer: (_, __, g) => store.answers.refile(stranger, g, () => ({ parts: [] })),
        saveThoughtHealth: (_, __, g) => store.answers.saveThoughtHealth(stranger, g, { thinking: '', health: {} }),
      };
      for (const [name, call] of Object.entries(calls)) {
        const [foreign, unknown] = await Promise.all([
          outcomeOf(call(conversationId, threadId, answerId)),
          outcomeOf(call(createId(), createId(), createId())),
        ]);
        assert.deepEqual(foreign, unknown, name);
      }
      // A thread or message of another's cannot be reached through a conversation of one's own either.
      const own = await createSample(store, { ownerId: stranger });
      for (const asks of [ask.asks, [{ ...ask.asks[0], threadId: own.threadId }], retry.asks] as (typeof ask.asks)[]) {
        await rejects('not_found', () => store.asks.create(stranger, own.conversationId, { ...ask, asks }));
      }
      assert.deepEqual(
        (await store.conversations.list(stranger, { limit: 9 })).conversations.map((c) => c.id),
        [own.conversationId],
      );
      assert.deepEqual(await store.conversations.find(ownerId, conversationId), was);
    });

    test('any text comes back with only NUL and half surrogates replaced', async () => {
      const nasty = fc.string({
        unit: fc.oneof(
          fc.constantFrom('\0', '\ud83d', '\ude00', '😀', "'", '"', '\\', '%'),
          fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
        ),
      });
      await fc.assert(
        fc.asyncProperty(nasty, async (text) => {
          const expected = withoutUnstorable(text);
          const sample = await createSample(store, { text, generation: { modelLabel: text } });
          const { ownerId, conversationId, threadId, answerId } = sample;
          assert.deepEqual(await store.asks.create(ownerId, conversationId, sample.ask), { created: false });
          await store.conversations.rename(ownerId, conversationId, text);
          await store.threads.update(ownerId, threadId, { settings: { ...settings, systemPrompt: text } });
          await store.generations.finish(answerId, {
            ...fullResult,
            parts: [{ kind: 'answer', text }],
            error: { kind: 'provider', code: 'busy', facts: { provider: text }, detail: text },
            usageRaw: { [text]: text },
            request: { url: text, body: text },
            finish: { ...fullResult.finish, rawReason: text, answeredModel: text },
          });
          const conversation = await store.conversations.find(ownerId, conversationId);
          const generation = await store.generations.find(ownerId, answerId);
          assert.equal(conversation?.title, expected);
          assert.equal(conversation?.threads[0]?.settings.systemPrompt, expected);
          assert.deepEqual(
            conversation?.messages.map((m) => m.parts),
            [[{ kind: 'answer', text: expected }], [{ kind: 'answer', text: expected }]],
          );
          assert.deepEqual(generation?.error, {
            kind: 'provider',
            code: 'busy',
            facts: { provider: expected },
            detail: expected,
          });
          assert.deepEqual(generation?.request, { url: expected, body: expected });
          assert.equal(generation?.modelLabel, expected);
          assert.equal(generation?.finish?.rawReason, expected);
          assert.equal(generation?.finish?.answeredModel, expected);
        }),
        { numRuns: 25 },
      );
    });

    test('what was acknowledged before kill -9 is all there', async () => {
      const options = await databases.create();
      const ownerId = createId();
      const { acknowledged, code } = await runWriter(options, { ownerId, count: 1_000_000, killAfter: 40 });
      assert.equal(code, null);
      assert.ok(acknowledged.length >= 40);
      const reopened = await openStore(options);
      try {
        await assertKept(reopened, ownerId, acknowledged);
        const running = acknowledged.filter(
          (a) => !a.finished && !acknowledged.some((b) => b.finished && b.text === a.text),
        );
        const atLeast = new Set(running.map((a) => a.conversationId)).size - 1; // the last may have been finished unheard
        assert.ok((await reopened.instances.interruptLeftovers(searchBy('me'))) >= atLeast);
        await assertKept(reopened, ownerId, acknowledged);
      } finally {
        await reopened.close();
      }
    });

    test('processes that open a new database at once and write together lose nothing', async () => {
      const options = await databases.create();
      const ownerId = createId();
      const children = await Promise.all([1, 2].map(() => runWriter(options, { ownerId, count: 40 })));
      const both = await openStore(options);
      try {
        for (const { acknowledged, code } of children) {
          assert.equal(code, 0);
          assert.equal(acknowledged.length, 40 + 40 + 20);
          await assertKept(both, ownerId, acknowledged);
        }
        assert.equal((await both.conversations.list(ownerId, { limit: 200 })).conversations.length, 80);
      } finally {
        await both.close();
      }
    });

    test('two that write to it in turn and at once never refuse each other', async () => {
      await withFreshStore(async (first, options) => {
        const second = await openStore(options);
        const ownerId = createId();
        const samples = await Promise.all(
          Array.from({ length: 20 }, async (_, i) => {
            const store = i % 2 === 0 ? first : second;
            const sample = await createSample(store, { ownerId });
            assert.equal(await store.generations.finish(sample.answerId, fullResult), true);
            return sample;
          }),
        );
        for (const sample of samples) assert.deepEqual(await partsOf(first, sample), fullResult.parts);
        await second.close();
      });
    });

    test('closing waits for what is under way and refuses what comes later', async () => {
      const options = await databases.create();
      const closing = await openStore(options);
      const ownerId = createId();
      const made = Array.from({ length: 20 }, () => createId());
      const writes = made.map((id) => closing.conversations.create(ownerId, { id, title: '', at: noon, threads: [] }));
      const closed = closing.close();
      await rejects('unavailable', () => closing.conversations.list(ownerId, { limit: 1 }));
      await rejects('unavailable', () => closing.ping());
      await closed;
      await closing.close();
      assert.deepEqual(
        await Promise.all(writes),
        made.map(() => ({ created: true })),
      );
      const reopened = await openStore(options);
      const { conversations } = await reopened.conversations.list(ownerId, { limit: 50 });
      await reopened.close();
      assert.deepEqual(conversations.map((c) => c.id).toSorted(), made.toSorted());
    });

    test('answers a ping', () => store.ping());
  });
}
