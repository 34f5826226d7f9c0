import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createId } from '../../../lib/ids.ts';
import type {
  LabModel,
  LabRun,
  LabSample,
  NewLabRun,
  Page,
  SampleDetail,
  ThinkingStep,
  WeighedVotes,
} from '../../../lib/lab/run.ts';
import { ModelHabits } from '../../../lib/server/generation/model-habits.ts';
import { Lab } from '../../../lib/server/lab/lab.ts';
import { getRuntime } from '../../../lib/server/runtime.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import type { ApiClient } from '../../fakes/api-client.ts';
import { llamaCpp, puzzle, puzzleInline } from '../../fakes/llamacpp.ts';
import { createFakeProvider } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const models = {
  field: puzzle,
  inline: puzzleInline,
  obeys: puzzle,
  ignores: { ...puzzle, ignoresBudget: true as const },
  fills: { thought: [], answer: ' 5 + 7 = 12 no'.repeat(4).split(/(?= )/), window: 12 },
  ponders: { thought: ' 5 + 7 = 12 no'.repeat(4).split(/(?= )/), answer: [' 12'], window: 8 },
};
const server = await createFakeProvider(llamaCpp({ models }));
after(() => server.close());
const { newClient } = useRoutes({ THINKGLASS_REPLAY_SPEED: '1000' });

async function run(
  modelKey: string,
  steps: readonly ThinkingStep[],
  changes: Partial<LabModel['settings']> = {},
): Promise<{ client: ApiClient; run: LabRun; samples: readonly LabSample[] }> {
  const client = newClient();
  const providerId = createId();
  const own = { id: providerId, label: 'llama.cpp', baseURL: server.baseURL, presetId: 'llamacpp', apiKey: 'k' };
  await client.json('POST', '/api/providers', own);
  const questions = [{ id: 'q', question: 'Make 26 of 5, 7 and 3.', answer: '26', kind: 'value' }] as const;
  const settings = { model: { providerId, modelKey }, sampling: {}, ...changes };
  const { id, samples } = await askAll(client, { questions, models: [{ settings, steps }], samplesPerQuestion: 1 });
  return { client, run: await client.json('GET', `/api/lab/runs/${id}`), samples };
}

/** Asks all of a run, and reads its samples. */
async function askAll(
  client: ApiClient,
  { questions, ...plan }: Pick<NewLabRun, 'questions'> & Pick<NewLabRun['plan'], 'models' | 'samplesPerQuestion'>,
): Promise<{ id: string; samples: readonly LabSample[] }> {
  const id = createId();
  const rest = { title: 'Thinking', suffix: 'none', seed: 1, ceiling: {} };
  await client.json('POST', '/api/lab/runs', { id, dataSetName: 'one', questions, plan: { ...rest, ...plan } });
  await client.json('PATCH', `/api/lab/runs/${id}`, { do: 'start' });
  await (await getRuntime()).lab.idle(id);
  const { items } = await client.json<Page<LabSample>>('GET', `/api/lab/runs/${id}/samples`);
  return { id, samples: items };
}

async function textsOf(client: ApiClient, runId: string, number: number) {
  const { message } = await client.json<SampleDetail>('GET', `/api/lab/runs/${runId}/samples/${number}`);
  assert.ok(message);
  return { thought: textOfKind(message.parts, 'reasoning').trim(), answer: textOfKind(message.parts, 'answer').trim() };
}

test('a server that ignores its budget is found out, sample by sample; one that keeps to it too', async () => {
  const ignored = await run('ignores', [{ way: 'budget', tokens: 3 }]);
  assert.deepEqual(ignored.run.settings[0]?.budget, { kept: 0, judged: 1 });
  assert.equal(ignored.samples[0]?.budgetKept, false);
  const kept = await run('obeys', [{ way: 'budget', tokens: 3 }]);
  assert.deepEqual(kept.run.settings[0]?.budget, { kept: 1, judged: 1 });
});

for (const modelKey of ['field', 'inline'] as const) {
  test(`a thought is closed at its cap and the answer asked for (${modelKey})`, async () => {
    const { client, run: done, samples } = await run(modelKey, [{ way: 'cap', tokens: 5 }]);
    assert.equal(done.state, 'done', JSON.stringify(samples));
    const texts = await textsOf(client, done.id, 0);
    assert.ok(texts.thought.length > 0 && texts.thought.length < '7 * 3 = 21 , 21 + 5 = 26 yes'.length, texts.thought);
    assert.equal(texts.answer, modelKey === 'field' ? '5 + 7 * 3' : '7 * 3 + 5');
    assert.equal(samples[0]?.state, 'right');
    assert.equal(samples[0]?.budgetKept, true);
  });

  test(`a thought is replayed as far as asked, and costs only its answer (${modelKey})`, async () => {
    const {
      client,
      run: done,
      samples,
    } = await run(modelKey, [
      { way: 'prefix', tokens: 4 },
      { way: 'prefix', tokens: 1000 },
    ]);
    assert.equal(done.state, 'done');
    assert.deepEqual(
      done.settings.map(({ step }) => step.way),
      ['as-is', 'prefix', 'prefix'],
    );
    assert.deepEqual(
      samples.map(({ state }) => state),
      ['right', 'right', 'right'],
      JSON.stringify(samples),
    );
    const [whole, short, all] = samples;
    assert.ok((short?.thinkingTokens ?? 0) < (whole?.thinkingTokens ?? 0));
    assert.ok(Math.abs((all?.thinkingTokens ?? 0) - (whole?.thinkingTokens ?? 0)) <= 1);
    const cut = await textsOf(client, done.id, 1);
    assert.ok((await textsOf(client, done.id, 0)).thought.startsWith(cut.thought));
  });

  test(`the end of a thought is taken away as often as asked (${modelKey})`, async () => {
    const { client, run: done, samples } = await run(modelKey, [{ way: 'extend', times: 1 }]);
    assert.equal(done.state, 'done');
    assert.notEqual(samples[0]?.state, 'failed', JSON.stringify(samples));
    assert.match((await textsOf(client, done.id, 0)).thought, /yes\s+Wait,/);
  });
}

test('an answer that fills the window behind a cap is cut, and asked no further', async () => {
  const { samples } = await run('fills', [{ way: 'cap', tokens: 5 }]);
  assert.equal(samples[0]?.state, 'cut-answering', JSON.stringify(samples));
  assert.equal(samples[0]?.answerTokens, 12);
});

test('a thought that fills the window before its cap is cut, now and when it is judged again', async () => {
  const { client, run: done, samples } = await run('ponders', [{ way: 'cap', tokens: 12 }]);
  assert.equal(samples[0]?.state, 'cut-thinking', JSON.stringify(samples));
  const again = await client.json<LabRun>('POST', `/api/lab/runs/${done.id}/rescore`, { rule: {} });
  assert.equal(again.figures[0]?.states['cut-thinking'], 1);
});

test('a raw prompt is forced like a chat', async () => {
  const {
    client,
    run: done,
    samples,
  } = await run('inline', [{ way: 'cap', tokens: 6 }], {
    promptTemplate: 'r1-zero-raw',
  });
  assert.equal(done.state, 'done', JSON.stringify(samples));
  const texts = await textsOf(client, done.id, 0);
  assert.match(texts.answer, /7 \* 3 \+ 5/);
});

test('what the last call leaves to ask is asked, however slowly the store looks it up', async () => {
  const { store, runs, models, instanceId } = await getRuntime();
  const id = createId();
  const isAsking = async () => ((await store.labSamples.count([id])).get(id)?.running ?? 0) > 0;
  const slow: typeof store = {
    ...store,
    labSamples: {
      ...store.labSamples,
      async listNext(...search) {
        const found = await store.labSamples.listNext(...search);
        while (found.samples.length === 0 && (await isAsking())) await turn();
        for (let i = 0; i < 50; i++) await turn();
        return found;
      },
    },
  };
  const parts = { store: slow, runs, models, instanceId, habits: new ModelHabits(), version: '', recordedFolder: '' };
  const lab = new Lab({ ...parts, isOwnMachine: () => true });
  const [ownerId, question] = [createId(), 'Use 3, 5 and 7 to make 26.'];
  const model = { settings: { model: { providerId: 'inside', modelKey: 'tiny-zero' }, sampling: {} } };
  await lab.create(ownerId, {
    id,
    dataSetName: 'one',
    questions: [{ id: 'q', question, answer: '26', kind: 'puzzle', numbers: [3, 5, 7] }],
    plan: {
      title: 'Slow',
      models: [{ ...model, steps: [{ way: 'prefix', tokens: 16 }] }],
      samplesPerQuestion: 1,
      suffix: 'none',
      seed: 1,
      ceiling: {},
    },
  });
  await lab.change(ownerId, id, { do: 'start' });
  await lab.idle(id);
  const { state, samples } = await lab.reader.read(ownerId, id);
  assert.deepEqual([state, samples.over], ['done', 2]);
  lab.close();
});

test('the models inside tell how sure their tokens were, in each call of a sample, and votes are weighed by it', async () => {
  const client = newClient();
  const { id, samples } = await askAll(client, {
    questions: [
      { id: 'q', question: 'Use 3, 5 and 7 to make 26.', answer: '26', kind: 'puzzle', numbers: [3, 5, 7] },
      { id: 'r', question: 'Use 2, 9 and 4 to make 17.', answer: '17', kind: 'puzzle', numbers: [2, 9, 4] },
    ],
    models: [
      {
        settings: { model: { providerId: 'inside', modelKey: 'tiny-zero' }, sampling: {} },
        steps: [{ way: 'as-is' }, { way: 'cap', tokens: 8 }],
      },
    ],
    samplesPerQuestion: 4,
  });
  assert.equal(samples.length, 16);
  for (const { meanLogprob = 0 } of samples) assert.ok(meanLogprob < 0 && meanLogprob > -5, `${meanLogprob}`);
  const { byK } = await client.json<WeighedVotes>('GET', `/api/lab/runs/${id}/votes?weight=confidence`);
  assert.deepEqual(
    byK.map((ks) => ks.every(({ consensus }) => consensus !== undefined)),
    [true, true],
  );
  assert.equal((await client.json<LabRun>('GET', `/api/lab/runs/${id}`)).withLogprob, 16);
});
