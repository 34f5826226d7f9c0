import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AppError } from '../../../lib/errors.ts';
import type { ExportedConversation } from '../../../lib/exported.ts';
import { createId } from '../../../lib/ids.ts';
import type { SearchFilter } from '../../../lib/search/search.ts';
import { openStore, type Store, type StoreOptions } from '../../../lib/server/store/store.ts';
import type { Databases } from './contract.ts';
import { withEngine } from './engines.ts';
import { createSample, fullResult, newGeneration, noon, type Sample, settings, someParts } from './samples.ts';

/** A conversation of so many questions, as an import brings it. */
export function conversationOf(count: number): ExportedConversation {
  const threadId = createId();
  const messages: ExportedConversation['messages'] = [];
  for (let i = 0; i < count; i++) {
    const parts = [{ kind: 'answer' as const, text: `What is okapi ${i}?` }];
    const parentId = messages.at(-1)?.id ?? null;
    messages.push({ id: createId(), threadId, parentId, createdAt: noon + i, role: 'user', parts });
  }
  const threads = [{ id: threadId, settings }];
  return { id: createId(), title: 'Imported', createdAt: noon, updatedAt: noon, threads, messages };
}

/** What every engine promises about full-text search; run on real ones. */
export function searchContract(engine: string, start: () => Promise<Databases>): void {
  describe(`search in the store on ${engine}`, () => {
    let databases: Databases;
    let store: Store;
    let options: StoreOptions;
    before(async () => {
      databases = await start();
      options = await databases.create();
      store = await openStore(options);
    });
    after(async () => {
      await store?.close();
      await databases?.stop();
    });

    async function answered(ownerId: string, question: string, thinking: string, answer: string): Promise<Sample> {
      const sample = await createSample(store, { ownerId, text: question });
      await store.generations.finish(sample.answerId, {
        ...fullResult,
        parts: [
          { kind: 'reasoning', text: thinking },
          { kind: 'answer', text: answer },
        ],
      });
      return sample;
    }
    const find = async (ownerId: string, query: string, limit = 20) =>
      (await store.search.find(ownerId, { query, limit })).hits;
    const kinds = async (ownerId: string, query: string) => (await find(ownerId, query)).map(({ kind }) => kind).sort();

    test('what several put into the index at once is in it once', async () => {
      const owners = Array.from({ length: 8 }, () => createId());
      await Promise.all(owners.map((owner, i) => answered(owner, `Question ${i}`, `Thought ${i}`, `Answer ${i}`)));
      await Promise.all([store.search.index(), store.search.index(), ...owners.map((owner) => find(owner, 'thought'))]);
      const entries = await withEngine(options, (engine) =>
        engine.read((db) =>
          db.selectFrom('search_entries').select(['conversation_id', 'message_id', 'kind']).execute(),
        ),
      );
      const names = entries.map((entry) => Object.values(entry).join(' '));
      assert.deepEqual(names.toSorted(), [...new Set(names)].sort());
      for (const owner of owners) assert.deepEqual(await kinds(owner, 'thought'), ['reasoning']);
    });

    test('a search does not wait for the index of an import: it says how far that is, and finds the rest later', async () => {
      const ownerId = createId();
      await store.transfers.import(ownerId, [conversationOf(120)], { instanceId: 'test' });
      const search = { query: 'okapi', limit: 50, patience: { turns: 1, ms: 0 } };
      const first = await store.search.find(ownerId, search);
      assert.deepEqual(first.indexing, { done: 100, total: 120 });
      assert.ok(first.hits.length > 0);
      await store.search.index();
      const later = await store.search.find(ownerId, search);
      assert.deepEqual([later.indexing, later.hits.length], [undefined, 50]);
    });

    test('titles, questions, thinking and answers are found, each as what it is, by any beginning of a word', async () => {
      const ownerId = createId();
      const sample = await answered(
        ownerId,
        'How many zebras?',
        'Wait, the naïve count…',
        'There are 391 \\boxed{391}.',
      );
      assert.deepEqual(await kinds(ownerId, 'seventeen'), ['title']);
      assert.deepEqual(await kinds(ownerId, 'ZEBRA'), ['question']);
      assert.deepEqual(await kinds(ownerId, 'naive wait'), ['reasoning']);
      assert.deepEqual(await kinds(ownerId, 'boxed'), ['answer']);
      assert.deepEqual(await kinds(ownerId, 'zebras boxed'), [], 'all words must be in one text');
      assert.deepEqual(await kinds(ownerId, 'ebras'), []);
      const [hit] = await find(ownerId, 'zebras');
      assert.deepEqual(hit, {
        conversationId: sample.conversationId,
        title: 'Seventeen',
        updatedAt: noon + 1,
        kind: 'question',
        messageId: sample.questionId,
        threadId: sample.threadId,
        snippet: { text: 'How many zebras?', marks: [{ at: 9, length: 6 }], at: 9 },
      });
    });

    test('a search is narrowed by kind, by who answered and by when, and tells who answered in what it found', async () => {
      const ownerId = createId();
      const by = async (label: string, at: number) => {
        const sample = await createSample(store, {
          ownerId,
          text: `Lions by ${label}`,
          at,
          generation: { modelLabel: label },
        });
        const parts = [
          { kind: 'reasoning' as const, text: `Lions, thinks ${label}` },
          { kind: 'answer' as const, text: `Lions, says ${label}` },
        ];
        await store.generations.finish(sample.answerId, { ...fullResult, parts });
        return sample;
      };
      const [one, other] = [await by('R1', noon), await by('R1-Zero', noon + 86_400_000)];
      const narrowed = async (filter: SearchFilter) =>
        (await store.search.find(ownerId, { query: 'lions', limit: 20, filter })).hits
          .map(({ kind, conversationId }) => `${kind} ${conversationId === one.conversationId ? 'R1' : 'R1-Zero'}`)
          .sort();
      assert.equal((await narrowed({})).length, 6);
      assert.deepEqual(await narrowed({ kind: 'reasoning' }), ['reasoning R1', 'reasoning R1-Zero']);
      assert.deepEqual(await narrowed({ model: 'R1' }), ['answer R1', 'question R1', 'reasoning R1']);
      assert.deepEqual(await narrowed({ since: noon + 3_600_000, kind: 'answer' }), ['answer R1-Zero']);
      assert.deepEqual(await narrowed({ since: noon + 3_600_000, model: 'R1' }), []);
      assert.deepEqual(await narrowed({ kind: 'file' }), []);
      const page = await store.search.find(ownerId, { query: 'lions', limit: 20 });
      assert.deepEqual(page.answered?.[other.conversationId]?.models, ['R1-Zero']);
      assert.deepEqual(new Set(page.hits.map(({ kind, model }) => `${kind} ${model}`)).has('reasoning R1'), true);
      const stranger = await store.search.find(createId(), { query: 'lions', limit: 20, filter: { model: 'R1' } });
      assert.deepEqual(stranger, { hits: [] });
    });

    test('Chinese is found by one character, a word or a phrase, in thinking too', async () => {
      const ownerId = createId();
      await answered(ownerId, '这道题怎么做？', '等等，让我再检查一下。Then in English: fine.', '答案是三。');
      for (const query of ['检查', '再检查一下', '让我再', '等', 'english']) {
        assert.deepEqual(await kinds(ownerId, query), ['reasoning'], query);
      }
      assert.deepEqual(await kinds(ownerId, '答案'), ['answer']);
      assert.deepEqual(await kinds(ownerId, '查检'), [], 'the order counts');
    });

    test('a phrase in quotes must stand as it is', async () => {
      const ownerId = createId();
      await answered(ownerId, 'Q', 'Let me check that.', 'Check that, let me.');
      assert.deepEqual(await kinds(ownerId, '"let me check"'), ['reasoning']);
      assert.deepEqual(await kinds(ownerId, 'let me check'), ['answer', 'reasoning']);
    });

    test('a file is found by what is in it and by its name, under its question, each as a hit of its own', async () => {
      const ownerId = createId();
      const sample = await createSample(store, {
        ownerId,
        text: 'What do they say?',
        attachments: [
          { name: 'budget.csv', mediaType: 'text/plain', size: 40, content: 'item,price\nzebra,40\n斑马,四十' },
          { name: 'zebras at night.png', mediaType: 'image/png', size: 9, content: 'iVBORw0KGgo=' },
          { name: 'notes.md', mediaType: 'text/plain', size: 60_000, content: `${'lion '.repeat(12_000)}zebra` },
        ],
      });
      assert.deepEqual(await kinds(ownerId, 'zebra'), ['file', 'file', 'file']);
      assert.deepEqual(await kinds(ownerId, 'zebra price'), ['file'], 'all words must be in one file');
      assert.deepEqual(await kinds(ownerId, 'zebra say'), []);
      assert.deepEqual(await kinds(ownerId, 'iVBORw0KGgo'), [], 'a picture has no words');
      const hits = await find(ownerId, 'zebra');
      const common = {
        conversationId: sample.conversationId,
        title: 'Seventeen',
        updatedAt: noon + 1,
        kind: 'file',
        messageId: sample.questionId,
        threadId: sample.threadId,
      };
      const fileOf = (place: number, name: string) => ({ id: `${sample.questionId}.${place}`, name });
      assert.deepEqual(hits.at(-1), {
        ...common,
        file: fileOf(0, 'budget.csv'),
        snippet: { text: 'item,price zebra,40 斑马,四十', marks: [{ at: 11, length: 5 }], at: 11 },
      });
      assert.deepEqual(
        hits.map(({ file }) => file),
        [fileOf(2, 'notes.md'), fileOf(1, 'zebras at night.png'), fileOf(0, 'budget.csv')],
      );
      assert.match(hits[0]?.snippet.text ?? '', /lion zebra$/);
      for (const [query, place] of [
        ['斑马', 0],
        ['notes.md', 2],
        ['zebras night', 1],
      ] as const) {
        assert.deepEqual(
          (await find(ownerId, query)).map(({ file }) => file?.id),
          [`${sample.questionId}.${place}`],
          query,
        );
      }
      assert.deepEqual(await find(createId(), 'zebra'), []);
      await store.branches.delete(ownerId, sample.questionId);
      assert.deepEqual(await find(ownerId, 'zebra'), []);
    });

    test('files go with a copied path and an imported conversation into the search', async () => {
      const ownerId = createId();
      const file = { name: 'kept.txt', mediaType: 'text/plain', size: 8, content: 'an okapi' } as const;
      const sample = await createSample(store, { ownerId, attachments: [file] });
      await store.generations.finish(sample.answerId, fullResult);
      const copy = { threadId: sample.threadId, leafId: sample.answerId };
      await store.threads.create(ownerId, sample.conversationId, { id: createId(), settings, copy });
      const hits = await find(ownerId, 'okapi');
      assert.deepEqual(
        hits.map(({ kind, file }) => [kind, file?.name]),
        [
          ['file', 'kept.txt'],
          ['file', 'kept.txt'],
        ],
      );
      assert.equal(new Set(hits.map(({ threadId }) => threadId)).size, 2);
    });

    test('what a query holds is data: operators and quotes do no harm', async () => {
      const ownerId = createId();
      await answered(ownerId, 'a NEAR b', 'x', 'y');
      const hostile = [
        '"',
        'NEAR(a b)',
        'a OR b*',
        "'; drop table messages; --",
        'a & !b',
        'terms:a',
        '{a b}',
        '^a',
        '(',
        '\\',
      ];
      for (const query of hostile) assert.ok(Array.isArray(await find(ownerId, query)), query);
      assert.deepEqual(await find(ownerId, ' …! '), []);
      assert.deepEqual(await kinds(ownerId, 'near'), ['question']);
    });

    test("a stranger's words are not found, nor does his id help", async () => {
      const [ownerId, stranger] = [createId(), createId()];
      await answered(ownerId, 'unicorn', 'unicorn', 'unicorn');
      assert.equal((await find(ownerId, 'unicorn')).length, 3);
      assert.deepEqual(await find(stranger, 'unicorn'), []);
      assert.deepEqual(await find(stranger, `owner${ownerId.replaceAll('-', '')}`), []);
    });

    test('a running answer is found when it has ended, and a new text in place of the old', async () => {
      const sample = await createSample(store, { text: 'Q' });
      const { ownerId, answerId, conversationId } = sample;
      await store.checkpoints.append([{ generationId: answerId, seq: 0, parts: someParts }]);
      assert.deepEqual(await find(ownerId, 'think'), []);
      await store.generations.finish(answerId, {
        ...fullResult,
        parts: [{ kind: 'reasoning', text: 'Let me think.' }],
      });
      assert.deepEqual(await kinds(ownerId, 'think'), ['reasoning']);
      await store.answers.refile(ownerId, answerId, () => ({ parts: [{ kind: 'answer', text: 'Let me think.' }] }));
      assert.deepEqual(await kinds(ownerId, 'think'), ['answer']);
      await store.conversations.rename(ownerId, conversationId, 'Elephants');
      assert.deepEqual(await kinds(ownerId, 'elephant'), ['title']);
      assert.deepEqual(await find(ownerId, 'seventeen'), []);
    });

    test('what is deleted is found no more', async () => {
      const ownerId = createId();
      const sample = await answered(ownerId, 'walrus', 'walrus', 'walrus');
      assert.equal((await find(ownerId, 'walrus')).length, 3);
      await store.conversations.delete(ownerId, sample.conversationId);
      assert.deepEqual(await find(ownerId, 'walrus'), []);
      assert.deepEqual(await find(ownerId, 'seventeen'), []);
    });

    test('hits come newest first, in pages that neither repeat nor leave out any', async () => {
      const ownerId = createId();
      const samples: Sample[] = [];
      for (let i = 0; i < 7; i++) {
        samples.push(await answered(ownerId, `giraffe ${i}`, '-', '-'));
        await store.search.index();
      }
      const seen: string[] = [];
      let before: string | undefined;
      do {
        const page = await store.search.find(ownerId, { query: 'giraffe', limit: 3, ...(before && { before }) });
        seen.push(...page.hits.map((hit) => hit.messageId ?? ''));
        before = page.next;
      } while (before);
      assert.deepEqual(seen, samples.map(({ questionId }) => questionId).reverse());
      await assert.rejects(store.search.find(ownerId, { query: 'giraffe', limit: 3, before: "1' or 1=1" }), AppError);
    });

    test('a long thought is found by its beginning, its end and what lies on a border, once', async () => {
      const ownerId = createId();
      const filler = 'and the sum goes on '.repeat(4000);
      const words = filler.split(' ');
      words[0] = 'firstword';
      words[11_999] = 'border';
      words[12_000] = 'crossing';
      words.push('lastword', 'firstword');
      const sample = await answered(ownerId, 'Q', words.join(' '), 'short');
      for (const query of ['firstword', '"border crossing"', 'lastword']) {
        assert.deepEqual(
          (await find(ownerId, query)).map(({ messageId }) => messageId),
          [sample.answerId],
          query,
        );
      }
    });

    test('a second question that asks the same again is another hit of the same conversation', async () => {
      const ownerId = createId();
      const sample = await answered(ownerId, 'ostrich', 'a', 'b');
      const [questionId, answerId] = [createId(), createId()];
      const ask = {
        threadId: sample.threadId,
        parentId: sample.answerId,
        questionId,
        answerId,
        generation: newGeneration,
      };
      await store.asks.create(ownerId, sample.conversationId, { text: 'ostrich again', at: noon + 2, asks: [ask] });
      assert.deepEqual(
        (await find(ownerId, 'ostrich')).map(({ messageId }) => messageId),
        [questionId, sample.questionId],
      );
    });
  });
}
