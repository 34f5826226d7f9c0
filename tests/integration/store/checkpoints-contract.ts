import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import { applyStreamPart, emptyMessageState, type MessageState, type StreamPart } from '../../../lib/stream-part.ts';
import { type Databases, searchBy } from './contract.ts';
import { createSample, fullResult, partsOf, someParts } from './samples.ts';
import { cutAt, storableSegments, streamParts } from './stream-parts.ts';

/** What every engine promises about answers while they run; run on real ones. */
export function checkpointsContract(engine: string, start: () => Promise<Databases>): void {
  describe(`a running answer on ${engine}`, () => {
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

    test('has its text so far', async () => {
      const sample = await createSample(store);
      await store.checkpoints.append([{ generationId: sample.answerId, seq: 0, parts: someParts.slice(0, 2) }]);
      await store.checkpoints.append([{ generationId: sample.answerId, seq: 1, parts: someParts.slice(2) }]);
      assert.deepEqual(await partsOf(store, sample), [
        { kind: 'reasoning', text: 'Let me think.' },
        { kind: 'answer', text: 'It is' },
      ]);
      const generation = await store.generations.find(sample.ownerId, sample.answerId);
      assert.equal(generation?.phase, 'thinking');
      assert.deepEqual(generation?.times, { firstByte: 5, reasoningStart: 6 });
    });

    test('is the same however its parts were cut into checkpoints, and so is what becomes of it', async () => {
      const answers = fc.array(fc.tuple(streamParts, fc.array(fc.nat(), { maxLength: 5 })), {
        minLength: 1,
        maxLength: 3,
      });
      await fc.assert(
        fc.asyncProperty(answers, async (written) => {
          const samples = await Promise.all(
            written.map(() => createSample(store, { generation: { instanceId: 'never registered' } })),
          );
          const batches = written.map(([parts, cuts]) => cutAt(parts, cuts));
          for (let seq = 0; seq < Math.max(...batches.map((b) => b.length)); seq++) {
            const batch = samples.flatMap(({ answerId }, i) => {
              const parts = batches[i]?.[seq];
              return parts ? [{ generationId: answerId, seq, parts }] : [];
            });
            await store.checkpoints.append(batch);
            await store.checkpoints.append(batch.toReversed()); // sent once more, as after a lost answer
          }
          const expected = written.map(([parts]) => storableSegments(reduce(parts)));
          assert.deepEqual(await Promise.all(samples.map((s) => partsOf(store, s))), expected);

          // One is finished by its run, the others are left behind by a process that died.
          const [first] = samples;
          assert.ok(first);
          const finished = reduce(written[0]?.[0] ?? []);
          assert.equal(
            await store.generations.finish(first.answerId, { ...fullResult, parts: finished.segments }),
            true,
          );
          await store.instances.interruptLeftovers(searchBy(createId()));
          assert.deepEqual(await Promise.all(samples.map((s) => partsOf(store, s))), expected);
          for (const { ownerId, conversationId } of samples) {
            assert.deepEqual(await store.generations.listRunning(ownerId, conversationId), []);
          }
        }),
        { numRuns: 25 },
      );
    });

    test('a character cut in two by a checkpoint comes back whole', async () => {
      const sample = await createSample(store);
      for (const [seq, text] of ['a\ud83d', '\ude00b'].entries()) {
        const part: StreamPart = { type: 'delta', seg: 0, kind: 'answer', text };
        await store.checkpoints.append([{ generationId: sample.answerId, seq, parts: [part] }]);
      }
      assert.deepEqual(await partsOf(store, sample), [{ kind: 'answer', text: 'a😀b' }]);
    });

    test('never looks empty while it is being finished', async () => {
      const samples = await Promise.all(Array.from({ length: 20 }, () => createSample(store)));
      const checkpoints = samples.map((s) => ({ generationId: s.answerId, seq: 0, parts: someParts }));
      await store.checkpoints.append(checkpoints);
      const seen = await Promise.all(
        samples.flatMap((s) => [
          partsOf(store, s),
          store.generations.finish(s.answerId, fullResult).then(() => partsOf(store, s)),
          partsOf(store, s),
        ]),
      );
      for (const parts of seen) assert.equal(parts?.length, 2);
    });

    test('shows what came before a hole in its checkpoints', async () => {
      const sample = await createSample(store);
      await store.checkpoints.append([
        { generationId: sample.answerId, seq: 0, parts: [{ type: 'delta', seg: 0, kind: 'answer', text: 'Kept.' }] },
        { generationId: sample.answerId, seq: 2, parts: [{ type: 'delta', seg: 2, kind: 'answer', text: 'Lost.' }] },
      ]);
      assert.deepEqual(await partsOf(store, sample), [{ kind: 'answer', text: 'Kept.' }]);
    });

    test('a batch names those that have ended, and writes the others', async () => {
      const [running, finished] = [await createSample(store), await createSample(store)];
      await store.generations.finish(finished.answerId, fullResult);
      const unknown = createId();
      const batch = [running.answerId, finished.answerId, unknown].map((generationId) => ({
        generationId,
        seq: 0,
        parts: someParts,
      }));
      assert.deepEqual(await store.checkpoints.append(batch), { ended: [finished.answerId], deleted: [unknown] });
      assert.equal((await partsOf(store, running))?.[0]?.text, 'Let me think.');
      assert.deepEqual(await partsOf(store, finished), fullResult.parts);
      assert.deepEqual(await store.checkpoints.append([]), { ended: [], deleted: [] });
    });
  });
}

function reduce(parts: readonly StreamPart[]): MessageState {
  return parts.reduce(applyStreamPart, emptyMessageState);
}
