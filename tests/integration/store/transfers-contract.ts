import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { ExportedConversation, ExportFile } from '../../../lib/exported.ts';
import { renderExportFile } from '../../../lib/export/json.ts';
import { createId } from '../../../lib/ids.ts';
import { parseImport } from '../../../lib/import/parse-import.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import type { Timeline } from '../../../lib/timeline.ts';
import { conversationArbitrary, withPlainIds } from '../../fakes/conversations.ts';
import type { Databases } from './contract.ts';
import { createSample, fullResult, noon, someParts } from './samples.ts';

const by = { instanceId: 'instance-1' };

/** What every engine promises about conversations that are taken away and brought in; run on real ones. */
export function transfersContract(engine: string, start: () => Promise<Databases>): void {
  describe(`conversations taken away and brought in on ${engine}`, () => {
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

    const exported = async (ownerId: string, id: string): Promise<ExportedConversation> => {
      const conversation = await store.transfers.export(ownerId, id);
      assert.ok(conversation);
      return conversation;
    };
    /** As it is after it has been a file. */
    const asFile = (conversations: readonly ExportedConversation[]): ExportFile =>
      JSON.parse(renderExportFile(conversations, noon)) as ExportFile;
    const bringIn = (ownerId: string, conversations: readonly ExportedConversation[]) =>
      store.transfers.import(ownerId, parseImport(asFile(conversations), noon).conversations, by);

    test('what is exported, imported and exported again is identical, whatever it is', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(conversationArbitrary, { minLength: 1, maxLength: 3 }), async (conversations) => {
          const [first, second] = [createId(), createId()];
          const made = await bringIn(first, conversations);
          const before = asFile(await Promise.all(made.ids.map((id) => exported(first, id))));
          // Made by hand, it is what the store gives back ...
          assert.deepEqual(withPlainIds(before), withPlainIds(asFile(conversations)));
          const again = await bringIn(second, before.conversations);
          const after = asFile(await Promise.all(again.ids.map((id) => exported(second, id))));
          // ... and so is what the store has made.
          assert.deepEqual(withPlainIds(after), withPlainIds(before));
          assert.deepEqual(await store.conversations.listIds(first), await inOrder(first));
        }),
        { numRuns: 25 },
      );
    });

    const inOrder = async (ownerId: string) => {
      const { conversations } = await store.conversations.list(ownerId, { limit: 200, view: 'all' });
      return conversations.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
    };

    test('what was asked and answered here comes back with all its figures', async () => {
      const sample = await createSample(store);
      const raw = [{ field: 'content' as const, text: '<think>\n17 * 20 is 340, 17 * 3 is 51.\0</think>391' }];
      const url = 'https://user:secret@provider.example/v1/chat/completions?key=secret#x';
      const request = { url, body: '{"model":"deepseek-reasoner"}' };
      const timeline: Timeline = {
        points: [
          [400, 6, 0],
          [2900, 20, 1],
        ],
        stalls: [[400, 2900]],
        stallCount: 1,
      };
      await store.generations.finish(sample.answerId, { ...fullResult, raw, request, timeline });
      const original = await exported(sample.ownerId, sample.conversationId);
      const { generation } = original.messages[1] ?? {};
      assert.deepEqual(generation?.raw, raw);
      assert.deepEqual(generation?.usageRaw, fullResult.usageRaw);
      assert.deepEqual(generation?.health, fullResult.health);
      assert.equal(generation?.request?.url, 'https://provider.example/v1/chat/completions');
      assert.doesNotMatch(JSON.stringify(original), /secret/);
      const newcomer = createId();
      const { ids } = await bringIn(newcomer, [original]);
      const copy = await exported(newcomer, ids[0] ?? '');
      assert.deepEqual(withPlainIds(asFile([copy])), withPlainIds(asFile([original])));
      const answer = copy.messages[1];
      assert.ok(answer);
      const brought = await store.generations.find(newcomer, answer.id);
      assert.equal(brought?.copiedFrom, undefined, 'sums have it');
      assert.deepEqual(brought?.timeline, timeline);
      assert.deepEqual((await store.answers.findRawText(newcomer, answer.id))?.pieces, raw);
      assert.equal(await store.transfers.export(newcomer, sample.conversationId), undefined, 'not the other one');
    });

    test('who imports what is here already has it twice, and its tokens once', async () => {
      const sample = await createSample(store);
      await store.generations.finish(sample.answerId, fullResult);
      const original = await exported(sample.ownerId, sample.conversationId);
      const copiedFrom = async (ownerId: string, id: string) =>
        (await exported(ownerId, id)).messages[1]?.generation?.copiedFrom;
      const own = await bringIn(sample.ownerId, [original]);
      assert.equal(await copiedFrom(sample.ownerId, own.ids[0] ?? ''), sample.answerId);
      const newcomer = createId();
      const first = await bringIn(newcomer, [original]);
      const second = await bringIn(newcomer, [original]);
      assert.notEqual(first.ids[0], second.ids[0]);
      assert.equal(await copiedFrom(newcomer, first.ids[0] ?? ''), undefined);
      const firstAnswer = (await exported(newcomer, first.ids[0] ?? '')).messages[1]?.id;
      assert.equal(await copiedFrom(newcomer, second.ids[0] ?? ''), firstAnswer);
    });

    test('an answer that runs is taken away as far as it has come, as interrupted', async () => {
      const sample = await createSample(store);
      await store.checkpoints.append([{ generationId: sample.answerId, seq: 0, parts: someParts }]);
      const answer = (await exported(sample.ownerId, sample.conversationId)).messages[1];
      assert.deepEqual(answer?.parts, [
        { kind: 'reasoning', text: 'Let me think.' },
        { kind: 'answer', text: 'It is' },
      ]);
      assert.equal(answer?.generation?.finish.outcome, 'interrupted');
      assert.equal((await bringIn(createId(), [await exported(sample.ownerId, sample.conversationId)])).ids.length, 1);
    });

    test('an import that fails leaves nothing', async () => {
      const [good] = fc.sample(conversationArbitrary, { numRuns: 1, seed: 4 });
      assert.ok(good);
      const stranger = { ...good, messages: good.messages.map((message) => ({ ...message, threadId: 'nowhere' })) };
      const ownerId = createId();
      const question = { id: 'q', threadId: 'nowhere', parentId: null, role: 'user' as const, parts: [], createdAt: 1 };
      await assert.rejects(store.transfers.import(ownerId, [good, { ...stranger, messages: [question] }], by));
      assert.deepEqual(await store.conversations.listIds(ownerId), []);
    });

    test('nobody takes away what is not theirs', async () => {
      const sample = await createSample(store);
      assert.equal(await store.transfers.export(createId(), sample.conversationId), undefined);
      assert.deepEqual(await store.conversations.listIds(createId()), []);
    });

    test('a long conversation is brought in whole', async () => {
      const threadId = createId();
      const messages: ExportFile['conversations'][number]['messages'] = [];
      for (let i = 0; i < 250; i++) {
        const parentId = messages.at(-1)?.id ?? null;
        const question = {
          id: createId(),
          threadId,
          role: 'user',
          createdAt: noon,
          parts: [{ kind: 'answer', text: `${i}` }],
        } as const;
        messages.push({ ...question, parts: [...question.parts], parentId });
      }
      const settings = { model: { providerId: 'replay', modelKey: 'r1' }, sampling: {} };
      const conversation = {
        id: createId(),
        title: 'Long',
        createdAt: noon,
        updatedAt: noon,
        threads: [{ id: threadId, settings }],
        messages,
      };
      const ownerId = createId();
      const { ids } = await store.transfers.import(ownerId, [conversation], by);
      const texts = (await exported(ownerId, ids[0] ?? '')).messages.map(({ parts }) => parts[0]?.text);
      assert.deepEqual(
        texts,
        Array.from({ length: 250 }, (_, i) => `${i}`),
      );
    });
  });
}
