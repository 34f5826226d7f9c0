import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AppError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import type { NewShare } from '../../../lib/server/store/shares.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import { isShareId, type ShareSnapshot } from '../../../lib/share.ts';
import type { Databases } from './contract.ts';
import { createSample, fullResult, noon } from './samples.ts';

const snapshot: ShareSnapshot = {
  version: 1,
  title: 'What is 17 * 23?',
  thinking: 'folded',
  columns: [
    {
      model: 'R1',
      systemPrompt: 'Be brief.',
      messages: [
        { role: 'user', text: 'What is 17 * 23?' },
        {
          role: 'assistant',
          model: 'R1',
          recording: true,
          thinking: 'Let me \0 think.',
          answer: '391',
          numbers: { thinkingTokens: 15, answerTokens: 2, source: 'reported', thinkingMs: 387, totalMs: 512 },
          health: { rethinks: { count: 1, places: [{ at: 0, length: 6, phrase: 'Let me' }] } },
          timeline: {
            points: [
              [0, 0, 0],
              [512, 15, 2],
            ],
            stalls: [],
            stallCount: 0,
          },
        },
        { role: 'user', text: 'And?' },
        { role: 'assistant', model: 'R1', answer: 'Nothing more', ending: 'length' },
      ],
    },
    { model: 'R1-Zero', messages: [{ role: 'user', text: 'What is 17 * 23?' }] },
  ],
};

const stored = JSON.parse(JSON.stringify(snapshot).replace('\\u0000', '\ufffd')) as ShareSnapshot;

/** What every engine promises about shares; run on real ones. */
export function sharesContract(engine: string, start: () => Promise<Databases>): void {
  describe(`shares in the store on ${engine}`, () => {
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

    async function shareSample(change: Partial<NewShare> = {}) {
      const sample = await createSample(store);
      await store.generations.finish(sample.answerId, fullResult);
      const { ownerId, conversationId } = sample;
      const share = { conversationId, snapshot, numbers: true, systemPrompts: true, at: noon, ...change };
      const made = await store.shares.create(ownerId, share);
      assert.ok(made);
      return { ...sample, share: made };
    }

    test('a share reads back as it was frozen, for whoever has its id', async () => {
      const { ownerId, conversationId, share } = await shareSample();
      assert.ok(isShareId(share.id), share.id);
      assert.deepEqual(await store.shares.findOpen(share.id, noon + 1), {
        id: share.id,
        ownerId,
        snapshot: stored,
        createdAt: noon,
      });
      const { id: _, ...facts } = share;
      const expected = {
        title: 'What is 17 * 23?',
        columns: 2,
        thinking: 'folded',
        numbers: true,
        systemPrompts: true,
      };
      assert.deepEqual(facts, { conversationId, ...expected, createdAt: noon, views: 0 });
      assert.deepEqual(await store.shares.list(ownerId), [share]);
    });

    test('what happens to the conversation does not change it', async () => {
      const { ownerId, conversationId, threadId, share } = await shareSample();
      await store.conversations.rename(ownerId, conversationId, 'Another');
      const settings = { model: { providerId: 'p', modelKey: 'm' }, systemPrompt: 'Other.', sampling: {} };
      await store.threads.update(ownerId, threadId, { settings });
      await store.threads.create(ownerId, conversationId, { id: createId(), settings });
      await store.threads.delete(ownerId, threadId);
      assert.deepEqual((await store.shares.findOpen(share.id, noon))?.snapshot, stored);
    });

    test('it goes with its conversation, and only then', async () => {
      const { ownerId, conversationId, share } = await shareSample();
      const other = await shareSample();
      assert.equal(await store.conversations.delete(ownerId, conversationId), true);
      assert.equal(await store.shares.findOpen(share.id, noon), undefined);
      assert.deepEqual(await store.shares.list(ownerId), []);
      assert.ok(await store.shares.findOpen(other.share.id, noon));
    });

    test('once revoked it is as if it had never been, to its owner too', async () => {
      const { ownerId, share } = await shareSample();
      assert.equal(await store.shares.revoke(ownerId, share.id, noon + 5), true);
      assert.equal(await store.shares.findOpen(share.id, noon + 5), undefined);
      assert.equal(await store.shares.revoke(ownerId, share.id, noon + 6), false);
      assert.equal(await store.shares.updateExpiry(ownerId, share.id, undefined), undefined);
      assert.deepEqual(await store.shares.list(ownerId), []);
    });

    test('it ends at its moment, and may be prolonged', async () => {
      const { ownerId, share } = await shareSample({ expiresAt: noon + 1000 });
      assert.ok(await store.shares.findOpen(share.id, noon + 999));
      assert.equal(await store.shares.findOpen(share.id, noon + 1000), undefined);
      assert.equal((await store.shares.list(ownerId))[0]?.expiresAt, noon + 1000);
      assert.equal((await store.shares.updateExpiry(ownerId, share.id, noon + 5000))?.expiresAt, noon + 5000);
      assert.ok(await store.shares.findOpen(share.id, noon + 4999));
      assert.equal(await store.shares.findOpen(share.id, noon + 5000), undefined);
      assert.equal((await store.shares.updateExpiry(ownerId, share.id, undefined))?.expiresAt, undefined);
      assert.ok(await store.shares.findOpen(share.id, noon + 1e12));
    });

    test('nobody else can list, prolong or revoke it, or share what is not theirs', async () => {
      const { conversationId, share } = await shareSample();
      const stranger = createId();
      assert.deepEqual(await store.shares.list(stranger), []);
      assert.equal(await store.shares.updateExpiry(stranger, share.id, noon), undefined);
      assert.equal(await store.shares.revoke(stranger, share.id, noon), false);
      const theirs = { conversationId, snapshot, numbers: false, systemPrompts: false, at: noon };
      assert.equal(await store.shares.create(stranger, theirs), undefined);
      assert.ok(await store.shares.findOpen(share.id, noon));
    });

    test('views are counted, with the last one', async () => {
      const { ownerId, share } = await shareSample();
      await Promise.all([1, 2, 3].map((n) => store.shares.countView(share.id, noon + n)));
      await store.shares.countView(share.id, noon + 9);
      const [seen] = await store.shares.list(ownerId);
      assert.deepEqual([seen?.views, seen?.lastViewAt], [4, noon + 9]);
    });

    test('the same shared again, at once too, is one link, whose time begins anew; anything else is another', async () => {
      const { ownerId, conversationId } = await createSample(store);
      const day = 86_400_000;
      const share = { conversationId, snapshot, numbers: true, systemPrompts: false, at: noon, expiresAt: noon + day };
      const ids = async (change: Partial<NewShare> = {}) =>
        (await store.shares.create(ownerId, { ...share, ...change }))?.id;
      const made = await Promise.all(Array.from({ length: 10 }, () => ids()));
      assert.equal(new Set(made).size, 1);
      assert.equal(await ids({ at: noon + 5, expiresAt: noon + 5 + day }), made[0]);
      assert.deepEqual(
        (await store.shares.list(ownerId)).map(({ createdAt, expiresAt }) => [createdAt, expiresAt]),
        [[noon + 5, noon + 5 + day]],
      );
      const others: Partial<NewShare>[] = [
        { expiresAt: noon + 7 * day },
        { numbers: false },
        { systemPrompts: true },
        { snapshot: { ...snapshot, title: 'Another' } },
        { at: noon + 3 * day, expiresAt: noon + 4 * day }, // the first has expired by then
      ];
      for (const change of others) made.push(await ids(change));
      assert.equal(new Set(made).size, 1 + others.length);
      assert.equal(await store.shares.revoke(ownerId, made[0] ?? '', noon), true);
      assert.notEqual(await ids({ at: noon + 5, expiresAt: noon + 5 + day }), made[0]);
    });

    test('a snapshot beyond all measure is refused', async () => {
      const sample = await createSample(store);
      const long = {
        ...snapshot,
        columns: [{ model: 'm', messages: [{ role: 'user' as const, text: 'a'.repeat(16e6) }] }],
      };
      const share = {
        conversationId: sample.conversationId,
        snapshot: long,
        numbers: true,
        systemPrompts: false,
        at: noon,
      };
      await assert.rejects(
        store.shares.create(sample.ownerId, share),
        (e) => e instanceof AppError && e.code === 'too_large',
      );
    });

    test('a fork holds what is shared, under new ids, and its answers count as copies', async () => {
      const { share, answerId } = await shareSample();
      const open = await store.shares.findOpen(share.id, noon);
      assert.ok(open);
      const [readerId, id] = [createId(), createId()];
      const settings = ['r1', 'r1-zero'].map((modelKey) => ({
        model: { providerId: 'replay', modelKey },
        sampling: {},
      }));
      const fork = { id, share: open, settings, at: noon + 7, instanceId: 'instance-2' };
      assert.deepEqual(await store.shares.fork(readerId, fork), { created: true });
      assert.deepEqual(await store.shares.fork(readerId, fork), { created: false });
      await assert.rejects(store.shares.fork(createId(), fork), (e) => e instanceof AppError && e.code === 'conflict');
      const forked = await store.conversations.find(readerId, id);
      assert.equal(forked?.title, 'What is 17 * 23?');
      assert.deepEqual(
        forked?.threads.map((t) => t.settings),
        settings,
      );
      assert.deepEqual(
        forked?.messages.map((m) => m.parts.map((p) => `${p.kind}: ${p.text}`)),
        [
          ['answer: What is 17 * 23?'],
          ['reasoning: Let me \ufffd think.', 'answer: 391'],
          ['answer: And?'],
          ['answer: Nothing more'],
          ['answer: What is 17 * 23?'],
        ],
      );
      const [question, answer, second, last] = forked?.messages ?? [];
      assert.deepEqual([question?.parentId, answer?.parentId, second?.parentId], [null, question?.id, answer?.id]);
      assert.notEqual(answer?.id, answerId);
      assert.equal(answer?.generation?.copiedFrom, share.id);
      assert.equal(answer?.generation?.usage?.reasoningTokens, 15);
      assert.deepEqual(answer?.generation?.health, {
        rethinks: { count: 1, places: [{ at: 0, length: 6, phrase: 'Let me' }] },
      });
      const timelines = await store.generations.timelines(readerId, [answer?.id ?? '']);
      assert.equal(timelines.get(answer?.id ?? '')?.points.length, 2);
      assert.equal((await store.generations.timelines(createId(), [answer?.id ?? ''])).size, 0);
      assert.equal(last?.generation?.finish?.reason, 'length');
      // It goes on like any other conversation.
      const next = {
        threadId: forked?.threads[0]?.id ?? '',
        parentId: last?.id ?? '',
        questionId: createId(),
        answerId: createId(),
      };
      const generation = { ...newGenerationOf(), queuedAt: noon + 9 };
      const ask = { text: 'So?', at: noon + 9, title: '', asks: [{ ...next, generation }] };
      assert.deepEqual(await store.asks.create(readerId, id, ask), { created: true });
    });
  });
}

function newGenerationOf() {
  return {
    providerId: 'replay',
    modelKey: 'r1',
    modelId: 'm',
    providerLabel: 'P',
    modelLabel: 'M',
    recording: false,
    sampling: {},
    instanceId: 'instance-2',
  };
}
