import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError, type ApiErrorCode } from '../../../lib/errors.ts';
import { createId } from '../../../lib/ids.ts';
import { openStore, type Store, type StoreOptions } from '../../../lib/server/store/store.ts';
import type { RawPiece } from '../../../lib/raw-text.ts';
import {
  applyStreamPart,
  emptyMessageState,
  type MessageState,
  type Segment,
  type StreamPart,
} from '../../../lib/stream-part.ts';
import { assertKept, runWriter } from './child.ts';
import { createSample, fullResult, newGeneration, noon, partsOf, settings, someParts } from './samples.ts';
import { cutAt, storableSegments, streamParts, withoutUnstorable } from './stream-parts.ts';

export interface Databases {
  /** Where an empty database is, a new one each time. */
  create(): Promise<StoreOptions>;
  stop(): Promise<void>;
}

/** What every engine promises; run on real ones. */
export function storeContract(engine: string, start: () => Promise<Databases>): void {
  describe(`the store on ${engine}`, () => {
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

    describe('conversations', () => {
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
          ended: [answerId],
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
                asks: [
                  { ...ask.asks[0], parentId: null, question: 'new', questionId: createId(), answerId: createId() },
                ],
              })
              .catch((error: unknown) => assert.equal((error as AppError).code, 'not_found')),
          ]),
        );
        for (const { ownerId, conversationId, answerId } of samples) {
          assert.equal(await store.conversations.find(ownerId, conversationId), undefined);
          assert.equal(await store.generations.find(ownerId, answerId), undefined);
        }
      });
    });

    describe('threads', () => {
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
    });

    describe('asking', () => {
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

    describe('a running answer', () => {
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
        const { ended } = await store.checkpoints.append(batch);
        assert.deepEqual(ended.toSorted(), [finished.answerId, unknown].toSorted());
        assert.equal((await partsOf(store, running))?.[0]?.text, 'Let me think.');
        assert.deepEqual(await partsOf(store, finished), fullResult.parts);
        assert.deepEqual(await store.checkpoints.append([]), { ended: [] });
      });
    });

    describe('finishing', () => {
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

      test('what is not known stays unknown, and a failure keeps its words', async () => {
        const { ownerId, answerId } = await createSample(store);
        const error = { kind: 'rate' as const, message: 'Too many requests.', status: 429, retryAfterSeconds: 3 };
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

    describe('leftovers of dead processes', () => {
      test('are kept with their text and marked interrupted', async () => {
        await withFreshStore(async (fresh) => {
          const sample = await createSample(fresh, { generation: { instanceId: 'dead' } });
          await fresh.instances.register({ id: 'dead', host: 'here', pid: 41, at: noon });
          await fresh.checkpoints.append([{ generationId: sample.answerId, seq: 0, parts: someParts }]);
          const notice: StreamPart = { type: 'notice', notice: { code: 'repaired', message: 'Mended.' } };
          const later: StreamPart = {
            type: 'state',
            phase: 'thinking',
            times: { firstByte: 5, reasoningStart: 6 },
            at: 750.5,
          };
          await fresh.checkpoints.append([{ generationId: sample.answerId, seq: 1, parts: [notice, later] }]);
          assert.equal(await fresh.instances.interruptLeftovers(searchBy('me')), 1);
          assert.equal(await fresh.instances.interruptLeftovers(searchBy('me')), 0);
          const generation = await fresh.generations.find(sample.ownerId, sample.answerId);
          assert.equal(generation?.state, 'interrupted');
          assert.deepEqual(generation?.finish, { outcome: 'interrupted', reason: 'unknown', complete: false });
          assert.equal(generation?.error?.kind, 'interrupted');
          assert.deepEqual(generation?.times, { firstByte: 5, reasoningStart: 6, reasoningEnd: 750.5, end: 750.5 });
          assert.deepEqual(generation?.notices, [{ code: 'repaired', message: 'Mended.' }]);
          assert.deepEqual(
            (await partsOf(fresh, sample))?.map((part) => part.text),
            ['Let me think.', 'It is'],
          );
          assert.equal(await fresh.generations.finish(sample.answerId, fullResult), false);
        });
      });

      test('an end that had been seen stands', async () => {
        const sample = await createSample(store, { generation: { instanceId: 'dead' } });
        const times = { firstByte: 1, answerStart: 2, end: 3 };
        const end: StreamPart = { type: 'finish', finish: fullResult.finish, times };
        const parts: StreamPart[] = [{ type: 'delta', seg: 0, kind: 'answer', text: 'Done.' }, end];
        await store.checkpoints.append([{ generationId: sample.answerId, seq: 0, parts }]);
        await store.instances.interruptLeftovers(searchBy(createId()));
        const generation = await store.generations.find(sample.ownerId, sample.answerId);
        assert.equal(generation?.state, 'complete');
        assert.deepEqual(generation?.finish, fullResult.finish);
        assert.deepEqual(generation?.times, times);
        assert.equal(generation?.error, undefined);
      });

      test('are told from what living processes run', async () => {
        await withFreshStore(async (fresh) => {
          const at = noon + 60_000;
          await fresh.instances.register({ id: 'me', host: 'here', pid: 7, at });
          const others = [
            { id: 'beside me', host: 'here', pid: 8, at, dead: false },
            { id: 'on another host', host: 'there', pid: 9, at, dead: false },
            { id: 'kept alive', host: 'there', pid: 9, at: noon, beat: at - 30_000, dead: false },
            { id: 'my earlier life', host: 'here', pid: 7, at, dead: true },
            { id: 'its process is gone', host: 'here', pid: 9, at, dead: true },
            { id: 'not heard of for long', host: 'there', pid: 9, at: noon, beat: at - 30_001, dead: true },
          ];
          for (const { id, host, pid, at: start, beat } of others) {
            await fresh.instances.register({ id, host, pid, at: start });
            if (beat) await fresh.instances.heartbeat(id, beat);
          }
          const dead = new Set(['never registered', ...others.filter((o) => o.dead).map((o) => o.id)]);
          const ids = ['me', 'never registered', ...others.map((o) => o.id)];
          const samples = await Promise.all(
            ids.map(async (instanceId) => ({
              instanceId,
              ...(await createSample(fresh, { generation: { instanceId } })),
            })),
          );
          const search = {
            instanceId: 'me',
            host: 'here',
            isAlive: (pid: number) => pid !== 9,
            at,
            staleAfterMs: 30_000,
          };
          assert.equal(await fresh.instances.interruptLeftovers(search), dead.size);
          for (const { instanceId, ownerId, answerId } of samples) {
            const state = (await fresh.generations.find(ownerId, answerId))?.state;
            assert.equal(state, dead.has(instanceId) ? 'interrupted' : 'running', instanceId);
          }
        });
      });

      test('are each ended once, however many look for them', async () => {
        await withFreshStore(async (fresh) => {
          await Promise.all(
            Array.from({ length: 6 }, () => createSample(fresh, { generation: { instanceId: 'dead' } })),
          );
          const counts = await Promise.all(
            [1, 2, 3].map((n) => fresh.instances.interruptLeftovers(searchBy(`me ${n}`))),
          );
          assert.equal(
            counts.reduce((a, b) => a + b),
            6,
          );
        });
      });
    });

    describe('the exact text', () => {
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
            error: { kind: 'provider', message: text, detail: text },
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
          assert.deepEqual(generation?.error, { kind: 'provider', message: expected, detail: expected });
          assert.deepEqual(generation?.request, { url: expected, body: expected });
          assert.equal(generation?.modelLabel, expected);
          assert.equal(generation?.finish?.rawReason, expected);
          assert.equal(generation?.finish?.answeredModel, expected);
        }),
        { numRuns: 25 },
      );
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

    describe('the database', () => {
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
        const writes = made.map((id) =>
          closing.conversations.create(ownerId, { id, title: '', at: noon, threads: [] }),
        );
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
  });
}

function reduce(parts: readonly StreamPart[]): MessageState {
  return parts.reduce(applyStreamPart, emptyMessageState);
}

/** Looks for leftovers from a host where nothing else lives. */
function searchBy(instanceId: string) {
  return { instanceId, host: 'here', isAlive: () => false, at: noon, staleAfterMs: 30_000 };
}

async function rejects(code: ApiErrorCode, call: () => Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code, error.message);
    assert.doesNotMatch(error.message, /select|insert|constraint|sqlite|owner/i);
    return true;
  });
}

async function outcomeOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    (value) => ({ value }),
    (error: AppError) => ({ code: error.code, message: error.message }),
  );
}
