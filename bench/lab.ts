/**
 * What a large run of the lab costs: `npm run bench -- lab`, or `node bench/lab.ts [--quick]`. A run of 100,000 samples
 * (1,000 questions, five points, 20 samples) is planned and ended in the store, and its page is read; then 60 × 16 samples are asked
 * of a provider in this process that answers 16 calls at once, 200 tokens a second each, and lets others wait.
 * PostgreSQL is measured too where `BENCH_DATABASE_URL` names an empty database.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { createId } from '../lib/ids.ts';
import type { LabQuestion } from '../lib/lab/question.ts';
import type { LabPlan, LabSetting } from '../lib/lab/run.ts';
import { Driver } from '../lib/server/lab/driver.ts';
import { LabReader } from '../lib/server/lab/lab-reader.ts';
import { Lanes } from '../lib/server/lab/lanes.ts';
import { RecordedRuns } from '../lib/server/lab/recorded-runs.ts';
import { createEngine } from '../lib/server/store/engine.ts';
import { openPostgres } from '../lib/server/store/postgres.ts';
import { openSqlite } from '../lib/server/store/sqlite.ts';
import { openStore, type StoreOptions } from '../lib/server/store/store.ts';
import { shippedQuestions } from '../lib/lab/shipped.ts';
import { chunk, createFakeProvider, doneStep, type FakeStep } from '../tests/fakes/provider.ts';
import type { BenchRow } from './row.ts';

const ownerId = createId();
const points = 5;
const samplesPerQuestion = 20;

export async function runLabBench({ quick }: { quick: boolean }): Promise<BenchRow[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-bench-lab-'));
  const url = process.env.BENCH_DATABASE_URL;
  try {
    const questions = quick ? 100 : 1_000;
    const rows = await measure('SQLite', { kind: 'sqlite', path: path.join(folder, 'store.db') }, questions);
    if (url) rows.push(...(await measure('PostgreSQL', { kind: 'postgres', url }, questions)));
    rows.push(await measureScheduler(quick ? 2_000 : 20_000));
    rows.push(...(await measureRate(path.join(folder, 'data'), quick ? 4 : 16)));
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(engineName: string, options: StoreOptions, count: number): Promise<BenchRow[]> {
  const store = await openStore(options);
  const settings = { model: { providerId: 'p', modelKey: 'm' }, sampling: {} };
  const plan: LabPlan = {
    title: 'Bench',
    models: [{ settings, steps: [] }],
    samplesPerQuestion,
    suffix: 'none',
    seed: 1,
    ceiling: {},
  };
  const setting = (index: number): LabSetting => ({
    index,
    model: 0,
    step: { way: 'cap', tokens: 2 ** (index + 6) },
    settings,
    providerLabel: 'P',
    modelLabel: 'M',
    recording: false,
    answeredModels: [],
  });
  const questions = Array.from({ length: count }, (_, i): LabQuestion => {
    return { id: `q${i}`, question: `What is ${i} + ${i}?`, answer: `${2 * i}`, kind: 'value' };
  });
  const id = createId();
  const facts = {
    dataSetHash: '',
    dataSetName: 'Bench',
    questionCount: count,
    appVersion: '',
    scorerVersion: 1,
    rule: {},
  };
  const samples = count * points * samplesPerQuestion;
  const name = `${samples.toLocaleString('en')} samples on ${engineName}`;
  const timed = async (figure: string, goalMs: number | undefined, work: () => Promise<unknown>): Promise<BenchRow> => {
    const began = performance.now();
    await work();
    const value = performance.now() - began;
    const goal = goalMs === undefined ? '' : `≤ ${goalMs} ms`;
    const met = goalMs === undefined ? null : value <= goalMs;
    return { case: name, figure, unit: 'ms', value, floor: null, ratio: null, goal, met };
  };
  const all = Array.from({ length: points }, (_, i) => setting(i));
  try {
    const planned = await timed('planned', 2_000, () =>
      store.labRuns.create(ownerId, { id, title: 'Bench', plan, facts, settings: all, questions, at: Date.now() }),
    );
    await endAll(options, id);
    await store.labRuns.change(ownerId, id, { state: 'done', at: Date.now() });
    const recorded = new RecordedRuns('');
    const reader = () => new LabReader({ store, recorded, lookAtLane: () => ({ active: 0, most: 4 }) });
    const first = await timed('its page, figures made for the first time', undefined, () => reader().read(ownerId, id));
    const page = await timed('its page, from then on', 1_000, () => reader().read(ownerId, id));
    const table = await timed('a page of 50 questions', 1_000, () =>
      reader().questions(ownerId, id, { offset: 0, limit: 50 }),
    );
    return [planned, first, page, table];
  } finally {
    await store.close();
  }
}

/**
 * What a run's own work costs a sample, apart from asking and storing: looking up what is next, lanes, the verdict, what it
 * means for the run. Nothing is asked and nothing stored: every sample is answered at once, by rows in memory.
 */
async function measureScheduler(samples: number): Promise<BenchRow> {
  const settings = { model: { providerId: 'p', modelKey: 'm' }, sampling: {} };
  const setting = { index: 0, model: 0, step: { way: 'as-is' }, settings, providerLabel: 'P', modelLabel: 'M' };
  const plan = { models: [{ settings, steps: [] }], samplesPerQuestion: 1, suffix: 'none', seed: 1, ceiling: {} };
  const run = { id: createId(), ownerId, instanceId: 'i', state: 'running', activeMs: 0, plan, settings: [setting] };
  let next = 0;
  let ended = 0;
  const questions = shippedQuestions();
  const store = {
    labSamples: {
      async listNext(_: string, { limit }: { limit: number }) {
        const count = Math.min(limit, samples - next);
        const found = Array.from({ length: count }, (_, i) => {
          const number = next + i;
          return { number, setting: 0, question: number % questions.length, sample: 0, attempts: 0 };
        });
        next += count;
        return { samples: found };
      },
      finish: async () => ended++,
    },
    labRuns: {
      change: async () => true,
      readQuestions: async (_: string, { offset, limit }: { offset: number; limit: number }) =>
        questions.slice(offset, offset + limit),
    },
  };
  const usage = { promptTokens: 40, reasoningTokens: 80, answerTokens: 20, source: 'reported' };
  const finish = { outcome: 'complete', reason: 'stop', complete: true };
  const generation = { finish, usage, times: { end: 1 }, notices: [], sampling: {} };
  const parts = [
    { kind: 'reasoning', text: 'so '.repeat(80) },
    { kind: 'answer', text: 'That is \\boxed{42}.' },
  ];
  const message = { id: createId(), parts, generation };
  const lanes = new Lanes({ isChatting: () => false, isOwnMachine: () => false, onFree: () => undefined });
  const asker = { ask: async () => ({ message, calls: [generation] }) };
  const sums = { promptTokens: 0, thinkingTokens: 0, answerTokens: 0, cost: 0, priced: 0, byHand: 0, withLogprob: 0 };
  const models = { forAsking: async () => [] };
  type Arguments = ConstructorParameters<typeof Driver>;
  const stand = { store, runs: {}, models, asker, lanes } as unknown as Arguments[0]; // all that a driver touches here
  const driver = new Driver(stand, { ...run, facts: { rule: {} } } as unknown as Arguments[1], sums);
  const cpu = process.cpuUsage();
  driver.poke();
  await driver.over;
  const { user, system } = process.cpuUsage(cpu);
  if (ended !== samples) throw new Error(`${ended} of ${samples} samples ended`);
  const value = (user + system) / 1000 / samples;
  const name = `${samples.toLocaleString('en')} samples that are answered at once`;
  const figure = 'CPU of the scheduler and the verdict a sample';
  return { case: name, figure, unit: 'ms', value, floor: null, ratio: null, goal: '≤ 1 ms', met: value <= 1 };
}

const slots = 16;
const tokensPerSecond = 200;
const tokensPerReply = 100;

/** How near a run comes to what its provider can write, and what a sample costs this process, its provider included. */
async function measureRate(dataFolder: string, perQuestion: number): Promise<BenchRow[]> {
  const waiting: (() => void)[] = [];
  let free = slots;
  const provider = await createFakeProvider({
    models: [{ id: 'm', object: 'model' }],
    async respond() {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return { steps: reply() };
    },
  });
  async function* reply(): AsyncGenerator<FakeStep> {
    const began = performance.now();
    for (let written = 0; written < tokensPerReply; written++) {
      const due = began + ((written + 1) * 1000) / tokensPerSecond;
      if (due > performance.now() + 15) yield { waitMs: due - performance.now() };
      yield chunk({ content: written === 0 ? '<think>' : written === 80 ? '</think>' : ' so' });
    }
    yield { waitMs: Math.max(0, began + (tokensPerReply * 1000) / tokensPerSecond - performance.now()) };
    yield chunk({}, 'stop');
    yield doneStep;
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
  Object.assign(process.env, {
    THINKGLASS_DATA: dataFolder,
    THINKGLASS_LOCAL_SERVERS: 'off',
    THINKGLASS_LOG: 'off',
    CUSTOM_BASE_URL: provider.baseURL,
  });
  const { getRuntime } = await import('../lib/server/runtime.ts');
  const { lab, shutDown } = await getRuntime();
  const id = createId();
  const questions = shippedQuestions();
  const settings = { model: { providerId: 'custom', modelKey: 'm' }, sampling: {} };
  await lab.create(ownerId, {
    id,
    dataSetName: 'Shipped',
    questions,
    plan: {
      title: 'Rate',
      models: [{ settings, steps: [] }],
      samplesPerQuestion: perQuestion,
      suffix: 'none',
      seed: 1,
      ceiling: {},
    },
  });
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await lab.change(ownerId, id, { do: 'start' });
  await lab.idle(id);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await shutDown();
  await provider.close();
  const samples = questions.length * perQuestion;
  const rate = (samples * tokensPerReply) / seconds;
  const ratio = rate / (slots * tokensPerSecond);
  const name = `${questions.length} × ${perQuestion} samples of ${tokensPerReply} tokens`;
  return [
    {
      ...{ case: name, figure: 'tokens a second', unit: '/s', value: rate, floor: slots * tokensPerSecond, ratio },
      ...{ goal: '≥ 0.9× what the provider writes', met: ratio >= 0.9 },
    },
    {
      ...{
        case: name,
        figure: 'CPU a sample, the provider included',
        unit: 'ms',
        value: (user + system) / 1000 / samples,
      },
      ...{ floor: null, ratio: null, goal: '', met: null },
    },
  ];
}

/** Ends all samples as if they had been asked: half of them right, by a number made of their place. */
async function endAll(options: StoreOptions, runId: string): Promise<void> {
  const engine = createEngine(options.kind === 'sqlite' ? await openSqlite(options) : openPostgres(options));
  await engine.write((db) =>
    sql`update lab_samples set state = case when (number * 7919) % 13 < 7 then 'right' else 'wrong' end,
      vote = case when (number * 7919) % 13 < 7 then 'a' else 'b' || ((number * 31) % 5) end, verdict = 'same',
      thinking_tokens = 100 + (number * 17) % 900, answer_tokens = 20, prompt_tokens = 40, source = 'reported',
      cost = 0.0001, ms = 2000, format_ok = 1, budget_kept = 1 where run_id = ${runId}`.execute(db),
  );
  await engine.close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { case: name, figure, unit, value, ratio } of await runLabBench({
    quick: process.argv.includes('--quick'),
  })) {
    console.log(`${name}: ${figure}: ${value.toFixed(1)} ${unit}${ratio === null ? '' : `, ${ratio.toFixed(2)}×`}`);
  }
}
