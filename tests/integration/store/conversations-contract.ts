import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AppError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import { type Databases, rejects } from './contract.ts';
import { createSample, fullResult, newGeneration, noon, settings, someParts } from './samples.ts';

/** What every engine promises about conversations, their titles, and the lists of them; run on real ones. */
export function conversationsContract(engine: string, start: () => Promise<Databases>): void {
  describe(`conversations on ${engine}`, () => {
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

    test('a conversation reads back as it was made', async () => {
      const [ownerId, id, first, second] = [createId(), createId(), createId(), createId()];
      const plain = { model: { providerId: 'p', modelKey: 'm' }, sampling: {} };
      const threads = [
        { id: second, settings },
        { id: first, settings: plain },
      ];
      assert.deepEqual(await store.conversations.create(ownerId, { id, title: 'Primes', at: noon, threads }), {
        created: true,
      });
      assert.deepEqual(await store.conversations.find(ownerId, id), {
        id,
        title: 'Primes',
        createdAt: noon,
        updatedAt: noon,
        threadCount: 2,
        threads: [
          { id: second, conversationId: id, position: 0, settings },
          { id: first, conversationId: id, position: 1, settings: plain },
        ],
        messages: [],
      });
      assert.equal(await store.conversations.has(ownerId, id), true);
    });

    test('making it again makes nothing', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId } = sample;
      const was = await store.conversations.find(ownerId, conversationId);
      const again = { id: conversationId, title: 'Another', at: noon + 9, threads: [{ id: createId(), settings }] };
      assert.deepEqual(await store.conversations.create(ownerId, again), { created: false });
      assert.deepEqual(await store.conversations.find(ownerId, conversationId), was);
    });

    test('an id in use is refused, without a word on whose it is', async () => {
      const { ownerId, conversationId, threadId } = await createSample(store);
      const mine = { id: createId(), title: '', at: noon };
      await rejects('conflict', () =>
        store.conversations.create(createId(), { ...mine, id: conversationId, threads: [] }),
      );
      for (const owner of [ownerId, createId()]) {
        await rejects('conflict', () =>
          store.conversations.create(owner, { ...mine, threads: [{ id: threadId, settings }] }),
        );
        assert.equal(await store.conversations.find(owner, mine.id), undefined);
      }
    });

    test('the same conversation made ten times at once is made once', async () => {
      const [ownerId, id] = [createId(), createId()];
      const make = () =>
        store.conversations.create(ownerId, { id, title: '', at: noon, threads: [{ id: createId(), settings }] });
      const made = await Promise.all(Array.from({ length: 10 }, make));
      assert.equal(made.filter((one) => one.created).length, 1);
      assert.equal((await store.conversations.find(ownerId, id))?.threads.length, 1);
    });

    test('the list is newest question first, and pages through it miss and repeat nothing', async () => {
      const ownerId = createId();
      // Three share a moment, so the pages must be cut between equals too.
      const moments = [5, 3, 3, 3, 9, 1, 7];
      for (const [i, at] of moments.entries()) {
        await store.conversations.create(ownerId, { id: createId(), title: `c${i}`, at: noon + at, threads: [] });
      }
      const whole = (await store.conversations.list(ownerId, { limit: 100 })).conversations;
      assert.deepEqual(
        whole.map((c) => c.updatedAt - noon),
        [9, 7, 5, 3, 3, 3, 1],
      );
      for (const limit of [1, 2, 3, 7]) {
        const pages = [];
        let next: string | undefined;
        do {
          const page = await store.conversations.list(ownerId, {
            limit,
            ...(next !== undefined && { before: next }),
          });
          assert.ok(page.conversations.length <= limit);
          pages.push(...page.conversations);
          assert.ok(pages.length <= whole.length, 'the pages go round in circles');
          next = page.next;
        } while (next !== undefined);
        assert.deepEqual(pages, whole);
      }
    });

    test('the list tells who answered, the last one first, and the thinking of all', async () => {
      const first = await createSample(store);
      const { ownerId, conversationId, threadId } = first;
      const listed = async () => (await store.conversations.list(ownerId, { limit: 1 })).conversations[0]?.answered;
      assert.deepEqual(await listed(), { models: ['R1'] });
      await store.generations.finish(first.answerId, fullResult);
      const answerId = createId();
      await store.asks.create(ownerId, conversationId, {
        text: 'And?',
        at: noon + 9,
        asks: [
          {
            threadId,
            parentId: first.answerId,
            question: 'new',
            questionId: createId(),
            answerId,
            generation: { ...newGeneration, modelLabel: 'R1-Zero', queuedAt: noon + 9 },
          },
        ],
      });
      assert.deepEqual(await listed(), { models: ['R1-Zero', 'R1'], thinkingTokens: 15 });
      await store.generations.finish(answerId, fullResult);
      assert.deepEqual(await listed(), { models: ['R1-Zero', 'R1'], thinkingTokens: 30 });
      const empty = createId();
      await store.conversations.create(ownerId, { id: empty, title: '', at: noon + 99, threads: [] });
      assert.equal(await listed(), undefined);
    });

    test('a question brings its conversation to the top, and a clock that goes back takes none down', async () => {
      const ownerId = createId();
      const old = await createSample(store, { ownerId });
      const other = createId();
      await store.conversations.create(ownerId, { id: other, title: '', at: noon + 50, threads: [] });
      const ask = (at: number) =>
        store.asks.create(ownerId, old.conversationId, {
          text: 'And?',
          at,
          asks: [
            {
              ...old.ask.asks[0],
              parentId: old.answerId,
              question: 'new',
              questionId: createId(),
              answerId: createId(),
            },
          ],
        });
      await ask(noon + 99);
      await ask(noon - 1_000);
      const { conversations } = await store.conversations.list(ownerId, { limit: 5 });
      assert.deepEqual(
        conversations.map((c) => [c.id, c.updatedAt]),
        [
          [old.conversationId, noon + 99],
          [other, noon + 50],
        ],
      );
    });

    test('a list continued from nonsense is refused', async () => {
      for (const before of [
        '',
        'x',
        '%',
        Buffer.from('1.not-an-id').toString('base64url'),
        Buffer.from(`x.${createId()}`).toString('base64url'),
      ]) {
        await rejects('bad_request', () => store.conversations.list(createId(), { limit: 5, before }));
      }
    });

    test('a renamed conversation keeps its name and its place', async () => {
      const { ownerId, conversationId } = await createSample(store);
      const was = await store.conversations.find(ownerId, conversationId);
      assert.equal(await store.conversations.rename(ownerId, conversationId, 'Numbers'), true);
      assert.deepEqual(await store.conversations.find(ownerId, conversationId), { ...was, title: 'Numbers' });
    });

    test('nothing of a deleted conversation remains, and late writes bring nothing back', async () => {
      const { ownerId, conversationId, threadId, answerId } = await createSample(store);
      const kept = await createSample(store, { ownerId });
      await store.checkpoints.append([{ generationId: answerId, seq: 0, parts: someParts }]);
      assert.equal(await store.conversations.delete(ownerId, conversationId), true);
      assert.equal(await store.conversations.delete(ownerId, conversationId), false);
      assert.deepEqual(await store.checkpoints.append([{ generationId: answerId, seq: 1, parts: someParts }]), {
        ended: [],
        deleted: [answerId],
      });
      assert.equal(await store.generations.finish(answerId, fullResult), false);
      assert.equal(await store.conversations.find(ownerId, conversationId), undefined);
      assert.equal(await store.threads.find(ownerId, threadId), undefined);
      assert.equal(await store.generations.find(ownerId, answerId), undefined);
      assert.deepEqual(
        (await store.conversations.list(ownerId, { limit: 9 })).conversations.map((c) => c.id),
        [kept.conversationId],
      );
      // Its ids are free again, so it was not only hidden.
      assert.deepEqual(
        await store.conversations.create(createId(), {
          id: conversationId,
          title: '',
          at: noon,
          threads: [{ id: threadId, settings }],
        }),
        { created: true },
      );
    });

    test('a conversation deleted in the middle of a storm of writes stays deleted', async () => {
      const samples = await Promise.all(Array.from({ length: 8 }, () => createSample(store)));
      await Promise.all(
        samples.flatMap(({ ownerId, conversationId, answerId, ask }, i) => [
          store.checkpoints.append(samples.map((s) => ({ generationId: s.answerId, seq: i, parts: someParts }))),
          store.conversations.delete(ownerId, conversationId),
          store.generations.finish(answerId, fullResult),
          store.asks
            .create(ownerId, conversationId, {
              ...ask,
              asks: [{ ...ask.asks[0], parentId: null, question: 'new', questionId: createId(), answerId: createId() }],
            })
            .catch((error: unknown) => assert.equal((error as AppError).code, 'not_found')),
        ]),
      );
      for (const { ownerId, conversationId, answerId } of samples) {
        assert.equal(await store.conversations.find(ownerId, conversationId), undefined);
        assert.equal(await store.generations.find(ownerId, answerId), undefined);
      }
    });

    test('what is pinned comes first, the latest pin on top, once, and on the first page only', async () => {
      const ownerId = createId();
      const ids = await listOf(ownerId, 6);
      await change(ownerId, ids[1], { pinned: true }, noon + 1);
      await change(ownerId, ids[0], { pinned: true }, noon + 2);
      await change(ownerId, ids[0], { pinned: true }, noon + 9); // a second press changes nothing
      await change(ownerId, ids[4], { pinned: true }, noon + 3);
      const first = await store.conversations.list(ownerId, { limit: 2, view: 'shown' });
      const names = first.conversations.map(
        ({ title, pinnedAt }) => `${title}${pinnedAt === undefined ? '' : ' pinned'}`,
      );
      assert.deepEqual(names, ['4 pinned', '0 pinned', '1 pinned', '5', '3']);
      const rest = await store.conversations.list(ownerId, { limit: 2, view: 'shown', before: first.next ?? '' });
      assert.deepEqual(
        rest.conversations.map(({ title }) => title),
        ['2'],
      );
      assert.equal(rest.next, undefined);
      assert.deepEqual(await titles(ownerId), ['5', '4', '3', '2', '1', '0'], 'all, in the order of time');
      assert.equal((await change(ownerId, ids[4], { pinned: false }))?.pinnedAt, undefined);
    });

    test('what is archived is only in the archive, not pinned, and comes back to its place', async () => {
      const ownerId = createId();
      const ids = await listOf(ownerId, 3);
      await change(ownerId, ids[1], { pinned: true });
      const archived = await change(ownerId, ids[1], { archived: true }, noon + 7);
      assert.equal(archived?.archivedAt, noon + 7);
      assert.equal(archived?.pinnedAt, undefined);
      assert.deepEqual(await titles(ownerId, { view: 'shown' }), ['2', '0']);
      assert.deepEqual(await titles(ownerId, { view: 'archived' }), ['1']);
      assert.ok(await store.conversations.find(ownerId, ids[1] ?? ''));
      assert.equal((await change(ownerId, ids[1], { archived: false }))?.archivedAt, undefined);
      assert.deepEqual(await titles(ownerId, { view: 'shown' }), ['2', '1', '0']);
      await change(ownerId, ids[1], { archived: true });
      assert.equal((await change(ownerId, ids[1], { pinned: true }))?.archivedAt, undefined);
      assert.equal(await change(createId(), ids[0], { pinned: true }), undefined, 'a stranger changes nothing');
    });

    test('the title of a question gives way to a model once, a title by hand to nobody', async () => {
      const sample = await createSample(store);
      const { ownerId, conversationId } = sample;
      assert.equal(await store.conversations.saveModelTitle(createId(), conversationId, 'Stranger'), false);
      assert.equal(await store.conversations.saveModelTitle(ownerId, conversationId, 'By a model'), true);
      assert.equal(await store.conversations.saveModelTitle(ownerId, conversationId, 'Again'), false);
      await store.conversations.rename(ownerId, conversationId, 'By hand');
      assert.equal(await store.conversations.saveModelTitle(ownerId, conversationId, 'Late'), false);
      assert.deepEqual(await titles(ownerId), ['By hand']);
      const named = await createSample(store);
      await store.conversations.rename(named.ownerId, named.conversationId, 'First');
      assert.equal(await store.conversations.saveModelTitle(named.ownerId, named.conversationId, 'Model'), false);
    });

    test('a long conversation of long texts comes back whole', async () => {
      const { ownerId, conversationId, answerId, ask } = await createSample(store);
      const text = 'Überlegung 😀 '.repeat(20_000);
      await store.generations.finish(answerId, { ...fullResult, parts: [{ kind: 'reasoning', text }] });
      let parentId = answerId;
      for (let i = 0; i < 20; i++) {
        const next = {
          ...ask.asks[0],
          question: 'new' as const,
          parentId,
          questionId: createId(),
          answerId: createId(),
        };
        await store.asks.create(ownerId, conversationId, { ...ask, asks: [next] });
        parentId = next.answerId;
      }
      const messages = (await store.conversations.find(ownerId, conversationId))?.messages ?? [];
      assert.equal(messages.length, 42);
      assert.equal(messages[1]?.parts[0]?.text, text);
    });
  });
}
