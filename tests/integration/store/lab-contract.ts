import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createId } from '../../../lib/ids.ts';
import type { LabPlan, LabSetting } from '../../../lib/lab/run.ts';
import type { SamplePlace } from '../../../lib/server/store/lab-samples.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import { type Databases, rejects, searchBy } from './contract.ts';
import { fullResult, newGeneration, noon, settings } from './samples.ts';

const plan: LabPlan = {
  title: 'Run',
  models: [{ settings, steps: [] }],
  samplesPerQuestion: 2,
  suffix: 'none',
  seed: 1,
  ceiling: {},
};

const setting = (index: number, step: LabSetting['step'] = { way: 'as-is' }): LabSetting => ({
  index,
  model: 0,
  step,
  settings,
  providerLabel: 'P',
  modelLabel: 'M',
  recording: false,
  answeredModels: [],
});

const over = { state: 'right', thinkingTokens: 10, answerTokens: 2, cost: 0.5, vote: '4', at: noon } as const;

/** Runs of the lab as every engine keeps them. */
export function labContract(engine: string, start: () => Promise<Databases>): void {
  describe(`runs of the lab on ${engine}`, () => {
    let databases: Databases;
    let store: Store;
    const ownerId = createId();
    before(async () => {
      databases = await start();
      store = await openStore(await databases.create());
    });
    after(() => store?.close());
    after(() => databases?.stop());

    async function create(count = 3, steps = [setting(0)]): Promise<string> {
      const id = createId();
      const questions = Array.from({ length: count }, (_, i) => ({
        id: `q${i}`,
        question: `Question ${i}?`,
        answer: '4',
        kind: 'value' as const,
      }));
      const facts = {
        dataSetHash: '',
        dataSetName: 'Set',
        questionCount: count,
        appVersion: '1',
        scorerVersion: 1,
        rule: {},
      };
      await store.labRuns.create(ownerId, { id, title: 'Run', plan, facts, settings: steps, questions, at: noon });
      return id;
    }

    async function begin(runId: string, number: number): Promise<SamplePlace> {
      const place = {
        conversationId: createId(),
        threadId: createId(),
        questionId: createId(),
        answerId: createId(),
      };
      const ask = { number, place, title: 'Run', settings, text: 'Why?', generation: newGeneration, at: noon };
      assert.equal(await store.labSamples.begin(ownerId, runId, ask), true);
      return place;
    }

    const next = (runId: string, sources = new Map<number, number>()) =>
      store.labSamples.listNext(runId, { limit: 100, at: noon, pilotOnly: false, sources });

    test('are planned sample by sample, each question once before any twice; the same id again makes nothing', async () => {
      const id = await create(2, [setting(0), setting(1)]);
      const { samples } = await next(id);
      assert.deepEqual(
        samples.map(({ number, setting: of, question, sample }) => [number, of, question, sample]),
        [
          [0, 0, 0, 0],
          [1, 1, 0, 0],
          [2, 0, 1, 0],
          [3, 1, 1, 0],
          [4, 0, 0, 1],
          [5, 1, 0, 1],
          [6, 0, 1, 1],
          [7, 1, 1, 1],
        ],
      );
      const run = await store.labRuns.find(ownerId, id);
      assert.equal(run?.planned, 8);
      const again = { id, title: 'Other', plan, facts: run.facts, settings: [], questions: [], at: noon };
      assert.deepEqual(await store.labRuns.create(ownerId, again), { created: false });
      await rejects('conflict', () => store.labRuns.create(createId(), again));
      assert.equal(await store.labRuns.find(createId(), id), undefined);
    });

    test('keep a sample as a generation that is in no list of chats, and what became of it', async () => {
      const id = await create();
      const place = await begin(id, 0);
      assert.deepEqual((await store.conversations.list(ownerId, { limit: 10 })).conversations, []);
      assert.deepEqual(await store.conversations.listIds(ownerId), []);
      await store.generations.finish(place.answerId, fullResult);
      assert.equal(
        await store.labSamples.finish(id, 0, {
          ...over,
          generationId: place.answerId,
          found: { text: '4', rule: 'boxed', inThinking: false },
        }),
        true,
      );
      assert.equal(await store.labSamples.finish(id, 0, { ...over, generationId: place.answerId }), false);
      const read = await store.labSamples.readMessage(ownerId, place.answerId);
      assert.deepEqual(read?.message.parts, fullResult.parts);
      assert.equal(await store.labSamples.readMessage(createId(), place.answerId), undefined);
      const sample = await store.labSamples.find(id, { number: 0 });
      assert.deepEqual(sample?.found, { text: '4', rule: 'boxed', inThinking: false });
      assert.equal(sample?.state, 'right');
      assert.deepEqual((await store.search.find(ownerId, { query: '391', limit: 5 })).hits, []);
    });

    test('add up what is over, by state, by setting and by question', async () => {
      const id = await create();
      for (const [number, state] of [
        [0, 'right'],
        [1, 'wrong'],
        [3, 'right'],
      ] as const) {
        const { answerId } = await begin(id, number);
        await store.labSamples.finish(id, number, {
          ...over,
          state,
          generationId: answerId,
          answeredModel: 'r1',
          budgetKept: state === 'right',
          ...(state === 'right' && { meanLogprob: -0.25 }),
        });
      }
      await begin(id, 2);
      assert.deepEqual((await store.labSamples.count([id])).get(id), { right: 2, wrong: 1, running: 1, planned: 2 });
      assert.deepEqual(await store.labSamples.sum(id), {
        promptTokens: 0,
        thinkingTokens: 30,
        answerTokens: 6,
        cost: 1.5,
        priced: 3,
        byHand: 0,
        withLogprob: 2,
      });
      assert.deepEqual((await store.labSamples.sumSettings(id)).get(0), { answeredModels: ['r1'], kept: 2, judged: 3 });
      const [cell] = await store.labSamples.listCells(id, { offset: 0, limit: 1 });
      assert.deepEqual(cell, {
        question: 0,
        setting: 0,
        states: { right: 2 },
        right: 2,
        votes: [{ answer: '4', count: 2, right: true }],
        thinkingTokens: 10,
      });
      const judged = await store.labSamples.listJudged(id, 0);
      assert.deepEqual(
        judged.map(({ question, state }) => [question, state]),
        [
          [0, 'right'],
          [1, 'wrong'],
          [2, undefined],
          [0, 'right'],
          [1, undefined],
          [2, undefined],
        ],
      );
      assert.equal(await store.labSamples.setByHand(id, 1, { byHand: 'right', at: noon }), true);
      assert.equal(await store.labSamples.setByHand(id, 2, { byHand: 'right', at: noon }), false);
      assert.equal((await store.labSamples.listJudged(id, 0))[1]?.state, 'right');
    });

    test('have replays wait for the thought they replay, and failures for their time', async () => {
      const id = await create(1, [setting(0), setting(1, { way: 'prefix', tokens: 8 })]);
      const sources = new Map([[1, 0]]);
      assert.deepEqual(
        (await next(id, sources)).samples.map(({ number }) => number),
        [0, 2],
      );
      const { answerId } = await begin(id, 0);
      await store.labSamples.finish(id, 0, { ...over, generationId: answerId });
      assert.deepEqual(
        (await next(id, sources)).samples.map(({ number }) => number),
        [1, 2],
      );
      await begin(id, 1);
      await store.labSamples.replan(id, 1, { notBefore: noon + 500, isOurs: false });
      const later = await next(id, sources);
      assert.deepEqual(
        later.samples.map(({ number }) => number),
        [2],
      );
      assert.equal(later.nextAt, noon + 500);
      assert.equal((await store.labSamples.find(id, { number: 1 }))?.attempts, 1);
    });

    test('are taken over from a process that is dead, with what it was asking', async () => {
      const id = await create();
      const run = await store.labRuns.find(ownerId, id);
      assert.ok(run);
      await store.instances.renew({ id: 'dead', host: 'here', pid: 1 });
      assert.equal(await store.labRuns.hold(run, { instanceId: 'dead', state: 'running', at: noon }), true);
      assert.equal(await store.labRuns.hold(run, { instanceId: 'other', state: 'running', at: noon }), false);
      await begin(id, 0);
      await store.instances.renew({ id: 'mine', host: 'here', pid: 1 });
      const left = (await store.labRuns.listLeft(searchBy('mine'))).find((one) => one.id === id);
      assert.ok(left);
      assert.equal(await store.labRuns.hold(left, { instanceId: 'mine', state: 'running', at: noon }), true);
      assert.deepEqual((await store.labSamples.count([id])).get(id), { planned: 6 });
      assert.equal(
        (await store.labRuns.listLeft(searchBy('mine'))).some((one) => one.id === id),
        false,
      );
    });

    test('grow by samples, keep figures, and leave nothing when they are deleted', async () => {
      const id = await create();
      const { answerId } = await begin(id, 0);
      await store.labShares.create(ownerId, {
        id: 'share',
        runId: id,
        // its own words are the reader's; here any JSON will do
        snapshot: { version: 1, sharedAt: noon, run: {} as never, questions: [] },
        at: noon,
      });
      const grown = { ...plan, samplesPerQuestion: 3 };
      await store.labRuns.addSamples(ownerId, id, { plan: grown, settings: [setting(0)], new: [0], from: 2, at: noon });
      assert.equal((await store.labRuns.find(ownerId, id))?.planned, 9);
      await store.labRuns.saveFigures(id, { figures: [], version: 3, at: noon });
      assert.deepEqual(await store.labRuns.findFigures(id), { figures: [], version: 3, at: noon });
      assert.equal(await store.labRuns.delete(createId(), id, noon), false);
      assert.equal(await store.labRuns.delete(ownerId, id, noon), true);
      assert.equal(await store.labRuns.find(ownerId, id), undefined);
      assert.equal(await store.labShares.find('share'), undefined);
      assert.equal(await store.generations.find(ownerId, answerId), undefined);
      assert.equal(await store.trash.purge(noon), 1);
    });
  });
}
