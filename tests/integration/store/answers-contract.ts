import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import type { RawPiece } from '../../../lib/raw-text.ts';
import type { Segment, StreamPart } from '../../../lib/stream-part.ts';
import { type Databases, rejects, searchBy } from './contract.ts';
import { createSample, fullResult, newGeneration, partsOf, someParts } from './samples.ts';

/** What every engine promises about the exact text of an answer, and how it is filed; run on real ones. */
export function answersContract(engine: string, start: () => Promise<Databases>): void {
  describe(`the exact text on ${engine}`, () => {
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

    const raw: RawPiece[] = [
      { field: 'reasoning', text: '\n  17 * 20 is 340, 17 * 3 is 51.\n\0' },
      { field: 'content', text: '<answer>\n391 </answer>\ud83d' },
    ];

    test('comes back as it came, NUL and half surrogates too, and is not kept twice', async () => {
      const { ownerId, answerId } = await createSample(store);
      await store.generations.finish(answerId, { ...fullResult, raw });
      assert.deepEqual(await store.answers.findRawText(ownerId, answerId), { pieces: raw, exact: true });
    });

    test('of an answer from before it was kept is put together from its parts, and says so', async () => {
      const { ownerId, answerId } = await createSample(store);
      await store.generations.finish(answerId, fullResult);
      assert.deepEqual(await store.answers.findRawText(ownerId, answerId), {
        pieces: [
          { field: 'reasoning', text: '17 * 20 is 340, 17 * 3 is 51.' },
          { field: 'content', text: '391' },
        ],
        exact: false,
      });
    });

    test('of a running answer is what was checkpointed, and stays when its process dies', async () => {
      const { ownerId, answerId } = await createSample(store, { generation: { instanceId: 'never registered' } });
      assert.deepEqual(await store.answers.findRawText(ownerId, answerId), { pieces: [], exact: true });
      const tails = ['<think>\nLet me ', 'think.\n</think>\n\nIt is', ' '];
      const parts = [someParts.slice(0, 2), someParts.slice(2), []];
      for (const [seq, text] of tails.entries()) {
        const tail: RawPiece[] = [{ field: 'content', text }];
        await store.checkpoints.append([{ generationId: answerId, seq, parts: parts[seq] ?? [], raw: tail }]);
      }
      const whole = { pieces: [{ field: 'content', text: tails.join('') }], exact: true };
      assert.deepEqual(await store.answers.findRawText(ownerId, answerId), whole);
      await store.instances.interruptLeftovers(searchBy(createId()));
      assert.deepEqual(await store.answers.findRawText(ownerId, answerId), whole);
    });

    test('is not called exact when a checkpoint of it is missing or was written without', async () => {
      const content = (text: string): RawPiece[] => [{ field: 'content', text }];
      const delta = (text: string): StreamPart[] => [{ type: 'delta', seg: 0, kind: 'answer', text }];
      for (const second of [
        { seq: 2, parts: delta('b'), raw: content('b') },
        { seq: 1, parts: delta('b') },
      ]) {
        const { ownerId, answerId } = await createSample(store);
        await store.checkpoints.append([
          { generationId: answerId, seq: 0, parts: delta('a'), raw: content('a') },
          { generationId: answerId, ...second },
        ]);
        assert.deepEqual(await store.answers.findRawText(ownerId, answerId), { pieces: content('ab'), exact: false });
      }
    });

    test('outlives that the answer is filed otherwise, and how it was filed is kept', async () => {
      const sample = await createSample(store);
      const { ownerId, answerId } = sample;
      const refuse = () => assert.fail('nothing is decided about a running answer');
      await rejects('conflict', () => store.answers.refile(ownerId, answerId, refuse));
      await store.generations.finish(answerId, { ...fullResult, raw });
      const { parts: before, usage, finish, request } = fullResult;
      const filed = {
        providerId: newGeneration.providerId,
        modelKey: newGeneration.modelKey,
        question: sample.ask.text,
        parts: before,
        raw,
        usage,
        finish,
        requestBody: request?.body,
      };
      assert.deepEqual(await store.answers.refile(ownerId, answerId, () => undefined), filed);
      const parts = [{ kind: 'answer' as const, text: '17 * 20 is 340, 17 * 3 is 51.\n391' }];
      const recounted = { ...usage, reasoningTokens: 0, answerTokens: 17, source: 'split' as const };
      const after = await store.answers.refile(ownerId, answerId, () => ({ parts, before, usage: recounted }));
      assert.deepEqual(after, { ...filed, parts, before, usage: recounted });
      assert.deepEqual(await partsOf(store, sample), parts);
      assert.deepEqual((await store.generations.find(ownerId, answerId))?.usage, recounted);
      assert.deepEqual(await store.answers.findRawText(ownerId, answerId), { pieces: raw, exact: true });
      const back = await store.answers.refile(ownerId, answerId, (now) => ({ parts: now.before ?? [], usage }));
      assert.deepEqual(back, filed);
      assert.deepEqual(await partsOf(store, sample), before);
      assert.deepEqual(await store.answers.findRawText(ownerId, answerId), { pieces: raw, exact: true });
    });

    test('filed otherwise has the format it had, and of its thought only what is measured again', async () => {
      const { ownerId, answerId } = await createSample(store);
      const format = { ok: true, basis: 'tags' as const, problems: [] };
      const rethinks = { count: 1, places: [{ at: 0, length: 4, phrase: 'wait' }] };
      await store.generations.finish(answerId, { ...fullResult, health: { format, rethinks } });
      const healthOf = async () => (await store.generations.find(ownerId, answerId))?.health;
      assert.deepEqual(await healthOf(), { format, rethinks });
      const thinking = 'Both.';
      await store.answers.refile(ownerId, answerId, () => ({ parts: [{ kind: 'reasoning', text: thinking }] }));
      assert.deepEqual(await healthOf(), { format });
      const health = { rethinks: { count: 0, places: [] } };
      assert.equal(await store.answers.saveThoughtHealth(ownerId, answerId, { thinking: 'Another.', health }), false);
      assert.deepEqual(await healthOf(), { format });
      assert.equal(await store.answers.saveThoughtHealth(ownerId, answerId, { thinking, health }), true);
      assert.deepEqual(await healthOf(), { format, ...health });
    });

    test('that somebody else files at the same moment is filed by one after the other', async () => {
      const sample = await createSample(store);
      await store.generations.finish(sample.answerId, { ...fullResult, parts: [], raw });
      const add = (text: string) => (now: { parts: readonly Segment[] }) => ({
        parts: [...now.parts, { kind: 'answer' as const, text }],
      });
      const letters = ['a', 'b', 'c', 'd'];
      await Promise.all(letters.map((x) => store.answers.refile(sample.ownerId, sample.answerId, add(x))));
      assert.deepEqual((await partsOf(store, sample))?.map((part) => part.text).toSorted(), letters);
    });
  });
}
