import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AttachedContent } from '../../../lib/attachment.ts';
import { AppError } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import type { Databases } from './contract.ts';
import { fullResult, newGeneration, noon, settings } from './samples.ts';

const notes: AttachedContent = { name: 'notes.txt', mediaType: 'text/plain', size: 7, content: 'größ\n' };
const photo: AttachedContent = { name: 'photo.png', mediaType: 'image/png', size: 9, content: 'iVBORw0KGgo=' };
const factsOf = ({ content: _content, ...facts }: AttachedContent) => facts;

/** What every engine promises about what is attached to questions; run on real ones. */
export function attachmentsContract(engine: string, start: () => Promise<Databases>): void {
  describe(`attachments in the store on ${engine}`, () => {
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

    /** A conversation whose threads were asked the same, with files, and answered. */
    async function createAsked(columns = 1) {
      const ownerId = createId();
      const conversationId = createId();
      const threads = Array.from({ length: columns }, () => ({ id: createId(), settings }));
      await store.conversations.create(ownerId, { id: conversationId, title: '', at: noon, threads });
      const asks = threads.map(({ id: threadId }) => ({
        threadId,
        parentId: null,
        questionId: createId(),
        answerId: createId(),
        generation: newGeneration,
      }));
      const ask = { text: 'What is it?', at: noon, asks, attachments: [notes, photo] };
      assert.deepEqual(await store.asks.create(ownerId, conversationId, ask), { created: true });
      for (const { answerId } of asks) await store.generations.finish(answerId, fullResult);
      return { ownerId, conversationId, asks, ask };
    }
    type Asked = Awaited<ReturnType<typeof createAsked>>;
    const first = ({ asks }: Asked) => asks[0] as Asked['asks'][number]; // there always is one
    const contentsOf = async (ownerId: string, messageId: string) =>
      (await store.attachments.read(ownerId, [messageId])).get(messageId);

    test('are told with their question, and read with what is in them', async () => {
      const asked = await createAsked(2);
      const detail = await store.conversations.find(asked.ownerId, asked.conversationId);
      for (const { questionId, answerId } of asked.asks) {
        const question = detail?.messages.find((m) => m.id === questionId);
        assert.deepEqual(question?.attachments, [
          { id: `${questionId}.0`, ...factsOf(notes) },
          { id: `${questionId}.1`, ...factsOf(photo) },
        ]);
        assert.equal(detail?.messages.find((m) => m.id === answerId)?.attachments, undefined);
        assert.deepEqual(await contentsOf(asked.ownerId, questionId), [notes, photo]);
        const place = { messageId: questionId, position: 1 };
        assert.deepEqual(await store.attachments.find(asked.ownerId, place), photo);
        assert.equal(await store.attachments.find(createId(), place), undefined);
        assert.equal(await contentsOf(createId(), questionId), undefined);
      }
    });

    test('belong to the same post: the same files are the same, others are a clash', async () => {
      const { ownerId, conversationId, ask } = await createAsked();
      assert.deepEqual(await store.asks.create(ownerId, conversationId, ask), { created: false });
      for (const attachments of [undefined, [notes], [photo, notes], [notes, { ...photo, size: 10 }]]) {
        const other = { ...ask, attachments };
        await assert.rejects(store.asks.create(ownerId, conversationId, other), (error) => {
          return error instanceof AppError && error.code === 'conflict';
        });
      }
    });

    test('go along with a copied path, into another conversation and within one', async () => {
      const asked = await createAsked();
      const { threadId, answerId: leafId } = first(asked);
      const copy = { threadId, leafId };
      const { ownerId, conversationId } = asked;
      const inside = await store.threads.create(ownerId, conversationId, { id: createId(), settings, copy });
      const fork = createId();
      await store.conversations.create(ownerId, {
        id: fork,
        title: '',
        at: noon,
        threads: [{ id: createId(), settings, copy }],
      });
      const forked = (await store.conversations.find(ownerId, fork))?.messages[0];
      const column = inside.thread.messages[0];
      assert.ok(forked && column);
      assert.equal(column.attachments?.[1]?.id, `${column.id}.1`);

      await store.threads.delete(ownerId, threadId);
      assert.deepEqual(await contentsOf(ownerId, column.id), [notes, photo]); // shared with what has gone
      await store.conversations.delete(ownerId, conversationId);
      assert.deepEqual(await contentsOf(ownerId, forked.id), [notes, photo]);
    });

    test('go with their branch, their column and their conversation, and come back with it', async () => {
      const asked = await createAsked(3);
      const { ownerId, conversationId, asks } = asked;
      const [one, two, three] = asks.map(({ questionId }) => questionId) as [string, string, string];
      await store.branches.delete(ownerId, one);
      assert.equal(await contentsOf(ownerId, one), undefined);
      assert.deepEqual(await contentsOf(ownerId, two), [notes, photo]);
      await store.threads.delete(ownerId, asks[1]?.threadId ?? '');
      assert.equal(await contentsOf(ownerId, two), undefined);
      await store.trash.put(ownerId, conversationId, noon);
      assert.equal(await contentsOf(ownerId, three), undefined);
      await store.trash.restore(ownerId, conversationId);
      assert.deepEqual(await contentsOf(ownerId, three), [notes, photo]);
      assert.equal(await store.conversations.delete(ownerId, conversationId), true);
      assert.equal(await contentsOf(ownerId, three), undefined);
    });
  });
}
