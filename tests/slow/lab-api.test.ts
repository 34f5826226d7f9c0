import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../lib/errors.ts';
import { createId } from '../../lib/ids.ts';
import type { LabQuestion } from '../../lib/lab/question.ts';
import type {
  LabLane,
  LabModel,
  LabPlan,
  LabRun,
  LabSample,
  LabSnapshot,
  Page,
  QuestionRow,
  SampleDetail,
  WeighedVotes,
} from '../../lib/lab/run.ts';
import type { TokenLog } from '../../lib/token-log.ts';
import { LabReader } from '../../lib/server/lab/lab-reader.ts';
import { writeRecorded } from '../../lib/server/lab/export-run.ts';
import { packRun, RecordedRuns } from '../../lib/server/lab/recorded-runs.ts';
import { getRuntime } from '../../lib/server/runtime.ts';
import type { ApiClient } from '../fakes/api-client.ts';
import {
  chunk,
  createFakeProvider,
  doneStep,
  type FakeRequest,
  type FakeResponse,
  type FakeStep,
  json,
} from '../fakes/provider.ts';
import { useRoutes } from '../fakes/routes.ts';
import { createSample, fullResult } from '../integration/store/samples.ts';

/** What the model `sums` says: it is right about even sums, and thinks as many words as the first number says. */
function answerSum({ json: body }: FakeRequest): FakeResponse {
  const question = body.messages?.at(-1)?.content ?? '';
  const [, a = '0', b = '0'] = /(\d+) \+ (\d+)/.exec(question) ?? [];
  const sum = Number(a) + Number(b);
  const thinking = Number(a);
  return {
    steps: [
      chunk({ content: `<think>${'hm '.repeat(thinking)}</think>` }),
      chunk({ content: `The answer is \\boxed{${sum % 2 === 0 ? sum : sum + 1}}.` }),
      chunk({}, 'stop'),
      {
        event: {
          choices: [],
          usage: {
            prompt_tokens: 10,
            completion_tokens: thinking + 5,
            completion_tokens_details: { reasoning_tokens: thinking },
          },
        },
      },
      doneStep,
    ],
  };
}

const failed = new Set<string>();
let refusals = 0;
/** Calls that the model `leaves` still answers. */
let answersLeft = 2;
const isThere = () => answersLeft-- > 0;

/** The model `held` answers when all its four calls have come and somebody lets it. */
const held = holdCalls(4);

async function* afterGate(gate: Promise<unknown>, steps: AsyncIterable<FakeStep> | Iterable<FakeStep>) {
  yield { gate };
  yield* steps;
}

function holdCalls(count: number) {
  const all = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  let left = count;
  return {
    allAsked: all.promise,
    letGo: go.resolve,
    answer(request: FakeRequest): FakeResponse {
      if (--left === 0) all.resolve();
      const { steps = [] } = answerSum(request);
      return { steps: afterGate(go.promise, steps) };
    },
  };
}

const provider = await createFakeProvider({
  models: [
    { id: 'sums' },
    { id: 'varied' },
    { id: 'floods' },
    { id: 'stumbles' },
    { id: 'limited' },
    { id: 'locked' },
    { id: 'gated' },
    { id: 'held' },
    { id: 'tomorrow' },
    { id: 'later' },
    { id: 'leaves' },
  ],
  respond: (request) => {
    const { model } = request.json;
    const question = request.json.messages?.at(-1)?.content ?? '';
    if (model === 'sums') return answerSum(request);
    if (model === 'held') return held.answer(request);
    if (model === 'floods') {
      const text = `The answer is \\boxed{${'9'.repeat(1_000_000)}}.`;
      return { steps: [chunk({ content: text }), chunk({}, 'stop'), doneStep] };
    }
    // one seed in three: right, and well-formed; the others agree on what is wrong, without a thought
    if (model === 'varied') {
      if (Number(request.json.seed) % 3 === 0) return answerSum(request);
      return { steps: [chunk({ content: 'The answer is \\boxed{-1}.' }), chunk({}, 'stop'), doneStep] };
    }
    if (model === 'stumbles') {
      if (failed.has(question)) return answerSum(request);
      failed.add(question);
      return json(500, { error: { message: 'upstream error', type: 'server_error' } });
    }
    if (model === 'tomorrow') {
      return json(429, { error: { message: 'Come back later' } }, { 'retry-after': '86400' });
    }
    if (model === 'later') return json(429, { error: { message: 'Too many requests' } }, { 'retry-after': '300' });
    if (model === 'leaves') {
      return isThere() ? answerSum(request) : json(404, { error: { message: 'The model `leaves` does not exist' } });
    }
    if (model === 'locked') return json(401, { error: { message: 'Invalid API key' } });
    if (model === 'limited' && refusals++ < 3) {
      return json(429, { error: { message: 'Too many requests' } }, { 'retry-after': '0' });
    }
    return model === 'limited' ? answerSum(request) : undefined;
  },
});
const { newClient, dataFolder } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => provider.close());

const questions = (count: number): LabQuestion[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `sum-${i}`,
    question: `What is ${i + 1} + 2?`,
    answer: String(i + 3),
    kind: 'value',
  }));

const model = (modelKey: string, steps: LabModel['steps'] = []): LabModel => ({
  settings: { model: { providerId: 'custom', modelKey }, sampling: {} },
  steps,
});

const plan = (changes: Partial<LabPlan> = {}): LabPlan => ({
  title: 'Sums',
  models: [model('sums')],
  samplesPerQuestion: 2,
  suffix: 'boxed',
  seed: 7,
  ceiling: {},
  ...changes,
});

async function create(client: ApiClient, changes: Partial<LabPlan> = {}, count = 4): Promise<LabRun> {
  const body = { id: createId(), plan: plan(changes), dataSetName: 'sums', questions: questions(count) };
  return read(await client.request('POST', '/api/lab/runs', body));
}

async function read<T>(response: Response): Promise<T> {
  const body: unknown = await response.json();
  assert.ok(response.ok, JSON.stringify(body));
  return body as T; // the contract in lib/lab/run.ts
}

/** Does something with a run, and waits until nothing of it is asked any more. */
async function change(client: ApiClient, { id }: { id: string }, what: object): Promise<LabRun> {
  await read(await client.request('PATCH', `/api/lab/runs/${id}`, what));
  await (await getRuntime()).lab.idle(id);
  return read(await client.request('GET', `/api/lab/runs/${id}`));
}

/** What a run says that its one provider waits for, once it says so. */
async function waitOf(client: ApiClient, { id }: { id: string }): Promise<NonNullable<LabLane['waits']>> {
  for (;;) {
    const { lanes } = await read<LabRun>(await client.request('GET', `/api/lab/runs/${id}`));
    const [waits] = lanes.flatMap((lane) => lane.waits ?? []);
    if (waits) return waits;
    await setImmediate();
  }
}

test('a run asks every planned sample once, judges it, and says what it comes to', async () => {
  const client = newClient();
  const planned = await create(client);
  assert.deepEqual(planned.samples, { planned: 8, over: 0, running: 0 });
  provider.requests.length = 0;
  const run = await change(client, planned, { do: 'start' });
  assert.equal(run.state, 'done');
  assert.equal(provider.requests.filter(({ path }) => path.endsWith('completions')).length, 8);
  const [figures] = run.figures;
  assert.equal(figures?.states.right, 4);
  assert.equal(figures?.states.wrong, 4);
  assert.equal(figures?.accuracy?.value, 0.5);
  assert.equal(run.spent.thinkingTokens, 2 * (1 + 2 + 3 + 4));
  assert.equal(run.spent.promptTokens, 80);
  const seeds = provider.requests.flatMap(({ body }) => (JSON.parse(body || '{}') as { seed?: number }).seed ?? []);
  assert.equal(new Set(seeds).size, 8, 'each sample has a seed of its own');

  const { items } = await read<Page<LabSample>>(
    await client.request('GET', `/api/lab/runs/${run.id}/samples?question=1`),
  );
  assert.deepEqual(
    items.map(({ state, found, thinkingTokens, source }) => [state, found?.text, found?.rule, thinkingTokens, source]),
    [
      ['right', '4', 'boxed', 2, 'reported'],
      ['right', '4', 'boxed', 2, 'reported'],
    ],
  );
  const detail = await read<SampleDetail>(
    await client.request('GET', `/api/lab/runs/${run.id}/samples/${items[0]?.number}`),
  );
  assert.equal(detail.message?.generation?.state, 'complete');
  assert.match(detail.asked, /^What is 2 \+ 2\?\n\nPlease reason/);
});

test('what the lab asks is no chat, and is in no search', async () => {
  const client = newClient();
  await change(client, await create(client), { do: 'start' });
  const list = await read<{ conversations: unknown[] }>(await client.request('GET', '/api/conversations'));
  assert.deepEqual(list.conversations, []);
  const found = await read<{ hits?: unknown[]; results?: unknown[] }>(
    await client.request('GET', '/api/search?q=answer'),
  );
  assert.equal((found.hits ?? found.results ?? []).length, 0);
});

test('what the lab asks is in the token log, and can be left out of it', async () => {
  const client = newClient();
  await change(client, await create(client), { do: 'start' });
  const count = async (query: string) =>
    (await read<TokenLog>(await client.request('GET', `/api/usage${query}`))).totals.generations;
  assert.equal(await count(''), 8);
  assert.equal(await count('?lab=only'), 8);
  assert.equal(await count('?lab=none'), 0);
  assert.equal(await count('?recordings=none'), 8);
});

test('chats come first: while one is answered, its provider is asked no more samples, and the run says so', async () => {
  const client = newClient();
  const chat = await client.askNew({ providerId: 'custom', modelKey: 'gated' }, 'A chat');
  const planned = await create(client);
  await read(await client.request('PATCH', `/api/lab/runs/${planned.id}`, { do: 'start' }));
  const { samples } = await read<LabRun>(await client.request('GET', `/api/lab/runs/${planned.id}`));
  assert.deepEqual(samples, { planned: 8, over: 0, running: 0 });
  assert.deepEqual(await waitOf(client, planned), { for: 'chat' });
  await client.request('POST', `/api/generations/${chat.answerId}/stop`, {});
  await (await getRuntime()).lab.idle(planned.id);
  const done = await read<LabRun>(await client.request('GET', `/api/lab/runs/${planned.id}`));
  assert.equal(done.samples.over, 8);
  assert.deepEqual(
    done.lanes.map(({ waits }) => waits),
    [undefined],
  );
});

test('a chat that another server answers comes first too', async () => {
  const client = newClient();
  const { lab, store } = await getRuntime();
  const elsewhere = { id: createId(), host: '', pid: 0 };
  await store.instances.renew(elsewhere);
  const living = setInterval(() => void store.instances.renew(elsewhere), 2_000).unref();
  const chat = await createSample(store, { generation: { providerId: 'custom', instanceId: elsewhere.id } });
  const planned = await create(client);
  await read(await client.request('PATCH', `/api/lab/runs/${planned.id}`, { do: 'start' }));
  assert.deepEqual(await waitOf(client, planned), { for: 'chat' });
  await store.generations.finish(chat.answerId, fullResult);
  clearInterval(living);
  await lab.idle(planned.id);
  const done = await read<LabRun>(await client.request('GET', `/api/lab/runs/${planned.id}`));
  assert.equal(done.samples.over, 8);
});

test('a run that is taken as the store breaks off is asked all the same', { timeout: 60_000 }, async () => {
  const client = newClient();
  const { lab, store } = await getRuntime();
  const planned = await create(client);
  const { sum } = store.labSamples;
  const broken = Promise.withResolvers<void>();
  store.labSamples.sum = async () => {
    store.labSamples.sum = sum; // but this once
    broken.resolve();
    throw new AppError('unavailable', 'The connection is gone.');
  };
  const response = await client.request('PATCH', `/api/lab/runs/${planned.id}`, { do: 'start' });
  assert.equal(response.status, 503);
  await broken.promise;
  for (let over = 0; over < 8; await setImmediate()) {
    await lab.idle(planned.id);
    over = (await read<LabRun>(await client.request('GET', `/api/lab/runs/${planned.id}`))).samples.over;
  }
});

test('a wait that a provider asks for is sat out, and the run says until when', async () => {
  const client = newClient();
  const providerId = createId();
  await read(
    await client.request('POST', '/api/providers', { id: providerId, label: 'Slow', baseURL: provider.baseURL }),
  );
  const before = Date.now();
  const planned = await create(client, {
    models: [{ settings: { model: { providerId, modelKey: 'later' }, sampling: {} }, steps: [] }],
  });
  await read(await client.request('PATCH', `/api/lab/runs/${planned.id}`, { do: 'start' }));
  const waits = await waitOf(client, planned);
  assert.ok(waits.for === 'provider' && waits.until >= before + 300_000, JSON.stringify(waits));
  const stopped = await change(client, planned, { do: 'stop' });
  assert.deepEqual([stopped.state, stopped.lanes[0]?.waits], ['stopped', undefined]);
});

test('a pilot asks five, says what the rest will take, and they count', async () => {
  const client = newClient();
  const run = await change(client, await create(client), { do: 'pilot' });
  assert.equal(run.state, 'paused');
  assert.deepEqual(run.pause, { because: 'piloted' });
  assert.equal(run.samples.over, 4 + 1);
  assert.equal(run.forecast?.of, 5);
  assert.equal(run.forecast?.calls, 3);
  const whole = await change(client, run, { do: 'start' });
  assert.equal(whole.samples.over, 8);
  assert.equal(whole.state, 'done');
});

test('a run whose last samples come in while it pauses, or in its pilot, is done: there is nothing to go on with', async () => {
  const client = newClient();
  const run = await create(client, { models: [model('held')], samplesPerQuestion: 1 });
  await read(await client.request('PATCH', `/api/lab/runs/${run.id}`, { do: 'start' }));
  await held.allAsked;
  await read(await client.request('PATCH', `/api/lab/runs/${run.id}`, { do: 'pause' }));
  held.letGo();
  await (await getRuntime()).lab.idle(run.id);
  const paused = await read<LabRun>(await client.request('GET', `/api/lab/runs/${run.id}`));
  assert.deepEqual([paused.state, paused.samples.over], ['done', 4]);

  const small = await change(client, await create(client, { samplesPerQuestion: 1 }), { do: 'pilot' });
  assert.deepEqual([small.state, small.samples.over], ['done', 4]);
});

test('a ceiling of tokens is held within one call a lane, and can be raised', async () => {
  const client = newClient();
  const run = await change(client, await create(client, { samplesPerQuestion: 32, ceiling: { tokens: 60 } }), {
    do: 'start',
  });
  assert.deepEqual(run.pause, { because: 'ceiling', of: 'tokens' });
  // four come to 60 tokens, and a lane has 64 places at most
  assert.ok(run.samples.over >= 4 && run.samples.over <= 4 + 64, `${run.samples.over} were asked`);
  await change(client, run, { do: 'ceiling', ceiling: {} });
  assert.equal((await change(client, run, { do: 'start' })).state, 'done');
});

test('429 slows the lane without costing a sample', async () => {
  const client = newClient();
  const run = await change(client, await create(client, { models: [model('limited')] }), { do: 'start' });
  assert.equal(run.state, 'done');
  assert.equal(run.figures[0]?.states.failed, 0);
  assert.equal(run.figures[0]?.states.right, 4);
});

test('what fails once is asked again, and counts', async () => {
  const client = newClient();
  const run = await change(client, await create(client, { models: [model('stumbles')], samplesPerQuestion: 1 }), {
    do: 'start',
  });
  assert.deepEqual([run.state, run.figures[0]?.states.failed, run.figures[0]?.accuracy?.samples], ['done', 0, 4]);
});

test('a wait over ten minutes pauses the run, says until when, and costs no sample', async () => {
  const client = newClient();
  const before = Date.now();
  const planned = await create(client, { models: [model('tomorrow')] });
  const run = await change(client, planned, { do: 'start' });
  assert.equal(run.state, 'paused');
  assert.ok(run.pause?.because === 'limit' && run.pause.until >= before + 86_000_000, JSON.stringify(run.pause));
  assert.deepEqual(run.samples, { planned: 8, over: 0, running: 0 });
});

test('stopping a run stops the calls under way, and they are never counted wrong', async () => {
  const client = newClient();
  const planned = await create(client, { models: [model('gated')] });
  await read(await client.request('PATCH', `/api/lab/runs/${planned.id}`, { do: 'start' }));
  await provider.releaseNext();
  await read(await client.request('PATCH', `/api/lab/runs/${planned.id}`, { do: 'stop' }));
  const stopped = await read<LabRun>(await client.request('GET', `/api/lab/runs/${planned.id}`));
  assert.equal(stopped.state, 'stopped');
  assert.equal(stopped.samples.running, 0);
  assert.ok((stopped.figures[0]?.states.stopped ?? 0) > 0, 'what was under way was stopped');
  assert.ok(!stopped.figures[0]?.accuracy, 'a stopped sample is not counted wrong');
});

test('a key that is refused pauses the run, and nothing is lost', async () => {
  const client = newClient();
  const run = await change(client, await create(client, { models: [model('locked')] }), { do: 'start' });
  assert.equal(run.state, 'paused');
  assert.equal(run.pause?.because, 'provider');
  assert.deepEqual(run.samples, { planned: 8, over: 0, running: 0 });
});

test('a model that is gone in the middle of a run pauses it, by name; back again, it loses nothing', async () => {
  const client = newClient();
  const run = await change(client, await create(client, { models: [model('leaves')] }), { do: 'start' });
  assert.equal(run.state, 'paused');
  assert.ok(run.pause?.because === 'provider' && run.pause.error.code === 'no-such-model', JSON.stringify(run.pause));
  assert.deepEqual(run.samples, { planned: 8, over: 2, running: 0 });
  assert.equal(run.figures[0]?.accuracy?.samples, 2);
  answersLeft = 100;
  const whole = await change(client, run, { do: 'start' });
  assert.deepEqual([whole.state, whole.samples.over, whole.figures[0]?.states.failed], ['done', 8, 0]);
});

test('where no price is known, nothing is said to cost anything, and tokens are told', async () => {
  const client = newClient();
  const planned = await create(client, { ceiling: { cost: 0.01 } });
  const run = await change(client, planned, { do: 'pilot' });
  assert.ok(run.forecast && run.forecast.tokens.median > 0);
  assert.equal(run.forecast.cost, undefined);
  assert.deepEqual([run.spent.cost, run.spent.priced], [0, 0]);
  // a ceiling in money cannot be reached; the page says so before
  assert.equal((await change(client, run, { do: 'start' })).state, 'done');
});

test('samples and models can be added, and a verdict changed by hand or by another rule, without calls', async () => {
  const client = newClient();
  const done = await change(client, await create(client), { do: 'start' });
  const more = await change(client, done, { do: 'add-samples', count: 1 });
  assert.deepEqual(more.samples, { planned: 12, over: 12, running: 0 });
  const two = await change(client, more, { do: 'add-model', model: model('sums') });
  assert.deepEqual(two.samples, { planned: 24, over: 24, running: 0 });
  assert.equal(two.figures.length, 2);

  provider.requests.length = 0;
  const { items } = await read<Page<LabSample>>(
    await client.request('GET', `/api/lab/runs/${two.id}/samples?state=wrong`),
  );
  const { number } = items[0] as LabSample; // half of them are wrong
  await read(await client.request('PATCH', `/api/lab/runs/${two.id}/samples/${number}`, { byHand: 'right' }));
  const marked = await read<LabRun>(await client.request('GET', `/api/lab/runs/${two.id}`));
  assert.equal(marked.byHand, 1);
  assert.equal(marked.figures[0]?.states.right, 7);
  const rule = { rules: ['answer-tags'] };
  const strict = await read<LabRun>(await client.request('POST', `/api/lab/runs/${two.id}/rescore`, { rule }));
  assert.equal(strict.figures[1]?.states['no-answer'], 12);
  assert.deepEqual(strict.facts.rule, rule);
  assert.equal(provider.requests.length, 0);
});

test('votes are weighed otherwise without a call, and by nothing that was not told', async () => {
  const client = newClient();
  const planned = await create(client, { models: [model('varied')], samplesPerQuestion: 8 });
  const run = await change(client, planned, { do: 'start' });
  const calls = provider.requests.length;
  const weighed = async (weight: string) =>
    read<WeighedVotes>(await client.request('GET', `/api/lab/runs/${run.id}/votes?weight=${weight}`));
  const equal = await weighed('equal');
  assert.deepEqual(equal.byK, [run.figures[0]?.byK]);
  const ofAll = ({ byK }: WeighedVotes) => byK[0]?.at(-1)?.consensus?.value;
  // those without a thought are the most but at one question; of those with one, the even sums are right
  assert.equal(ofAll(equal), 0.25);
  assert.equal(ofAll(await weighed('format')), 0.5);
  // its server does not tell how likely its tokens were: then there is no vote, which is not a wrong one
  assert.deepEqual(
    (await weighed('confidence')).byK[0]?.map(({ consensus }) => consensus),
    equal.byK[0]?.map(() => undefined),
  );
  assert.equal(run.withLogprob, 0);
  assert.equal(provider.requests.length, calls);
  assert.equal((await client.request('GET', `/api/lab/runs/${run.id}/votes?weight=length`)).status, 400);
});

test('an answer of a megabyte is wrong, and what is kept of it is short', async () => {
  const client = newClient();
  const run = await change(client, await create(client, { models: [model('floods')] }, 1), { do: 'start' });
  const states = run.figures[0]?.states;
  assert.deepEqual([run.state, states?.failed, (states?.wrong ?? 0) + (states?.['no-answer'] ?? 0)], ['done', 0, 2]);
  const samples = await read<Page<LabSample>>(await client.request('GET', `/api/lab/runs/${run.id}/samples`));
  for (const { found, vote } of samples.items) {
    assert.ok((found?.text.length ?? 0) <= 4_096 && (vote?.length ?? 0) <= 4_096);
  }
});

test('an export has a line a sample, and its sums are the page’s', async () => {
  const client = newClient();
  const run = await change(client, await create(client), { do: 'start' });
  const text = await (await client.request('GET', `/api/lab/runs/${run.id}/export?format=jsonl`)).text();
  const [head, ...lines] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(head?.kind, 'run');
  assert.equal(lines.length, 8);
  assert.equal(lines.filter(({ counted }) => counted === 'right').length, run.figures[0]?.states.right);
  assert.equal(
    lines.reduce((sum, { thinkingTokens }) => sum + Number(thinkingTokens), 0),
    run.spent.thinkingTokens,
  );
  assert.match(String(lines[0]?.answer), /boxed/);
  const csv = await (await client.request('GET', `/api/lab/runs/${run.id}/export?format=csv`)).text();
  assert.match(csv, /^setting,provider,model/);
});

test('a shared run is frozen, opens for others, and is gone when it is taken back', async () => {
  const client = newClient();
  const run = await change(client, await create(client), { do: 'start' });
  const share = await read<{ id: string; url: string }>(
    await client.request('POST', `/api/lab/runs/${run.id}/shares`, {}),
  );
  assert.match(share.url, /\/lab\/shared\/[\w-]{22}$/);
  await change(client, run, { do: 'rename', title: 'Renamed' });
  const stranger = newClient();
  const snapshot = await read<LabSnapshot>(await stranger.request('GET', `/api/lab/shares/${share.id}`));
  assert.equal(snapshot.run.title, 'Sums');
  assert.equal(snapshot.questions.length, 4);
  assert.equal((await stranger.request('DELETE', `/api/lab/shares/${share.id}`)).status, 404);
  assert.equal((await client.request('DELETE', `/api/lab/shares/${share.id}`)).status, 204);
  assert.equal((await stranger.request('GET', `/api/lab/shares/${share.id}`)).status, 404);
});

test('a stranger’s run is an unknown one, and a deleted one is nobody’s', async () => {
  const client = newClient();
  const run = await change(client, await create(client), { do: 'start' });
  const stranger = newClient();
  assert.equal((await stranger.request('GET', `/api/lab/runs/${run.id}`)).status, 404);
  assert.equal((await stranger.request('PATCH', `/api/lab/runs/${run.id}`, { do: 'start' })).status, 404);
  assert.equal((await client.request('DELETE', `/api/lab/runs/${run.id}`)).status, 204);
  assert.equal((await client.request('GET', `/api/lab/runs/${run.id}`)).status, 404);
});

test('what would silently not be varied is refused in words', async () => {
  const client = newClient();
  const body = (steps: LabModel['steps']) => ({
    id: createId(),
    plan: plan({ models: [model('sums', steps)] }),
    dataSetName: 'sums',
    questions: questions(1),
  });
  const budget = await client.request('POST', '/api/lab/runs', body([{ way: 'budget', tokens: 64 }]));
  assert.equal(budget.status, 400);
  assert.match(await budget.text(), /takes no budget of thinking/);
  const cap = await client.request('POST', '/api/lab/runs', body([{ way: 'cap', tokens: 64 }]));
  assert.equal(cap.status, 409);
  assert.match(await cap.text(), /cannot be made to go on with a thought/);
});

/** The lines of samples, without what means nothing elsewhere. */
function withoutIds(text: string): unknown[] {
  const lines = text.trim().split('\n').slice(1);
  return lines.map((line) => ({ ...(JSON.parse(line) as object), generationId: '', at: 0 }));
}

test('an exported run, put where recorded ones lie, is shown and cannot be changed', async () => {
  const client = newClient();
  const run = await change(client, await create(client), { do: 'start' });
  const text = await (await client.request('GET', `/api/lab/runs/${run.id}/export?format=jsonl`)).text();
  const folder = path.join(dataFolder, 'recorded');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'one.jsonl.gz'), await packRun(text));
  writeFileSync(path.join(folder, 'broken.jsonl'), '{');
  const { store } = await getRuntime();
  const recorded = new RecordedRuns(folder);
  const reader = new LabReader({ store, recorded, lookAtLane: () => ({ active: 0, most: 4 }) });
  const shown = await reader.read('nobody at all', run.id);
  assert.equal(shown.recorded, true);
  assert.deepEqual(shown.figures, run.figures);
  const own = await read<Page<QuestionRow>>(await client.request('GET', `/api/lab/runs/${run.id}/questions`));
  assert.deepEqual(await reader.questions('', run.id, { offset: 0, limit: 50 }), own);
  assert.equal((await reader.samples('', run.id, { state: 'right', offset: 0, limit: 3 })).next, 3);
  assert.match((await reader.sample('', run.id, 0)).text?.answer ?? '', /boxed/);
  const found = await reader.recorded(run.id);
  assert.ok(found);
  const exported = await Array.fromAsync(writeRecorded(found));
  assert.deepEqual(withoutIds(Buffer.concat(exported).toString()), withoutIds(text));
  const votes = await client.request('GET', `/api/lab/runs/${run.id}/votes?weight=brevity`);
  assert.deepEqual(await reader.votes('', run.id, 'brevity'), await read<WeighedVotes>(votes));
  await assert.rejects(reader.rescore('nobody at all', run.id, {}), /was recorded elsewhere/);
  assert.deepEqual(
    (await reader.list('nobody at all')).map(({ id, recorded }) => [id, recorded]),
    [[run.id, true]],
  );
});
