import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { AppError } from '../../../lib/errors.ts';
import type { ModelInfo, ProviderAdapter } from '../../../lib/model.ts';
import { type RunInput, Runs } from '../../../lib/server/generation/run.ts';
import type { LogEvent, RunReader } from '../../../lib/server/generation/run-log.ts';
import { MemoryRunLog } from '../../../lib/server/generation/run-log-memory.ts';
import { openStore, type Store } from '../../../lib/server/store/store.ts';
import { createSample, fullResult, type Sample } from '../store/samples.ts';
import { plainModel } from '../../fakes/model.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-trouble-'));
const store = await openStore({ kind: 'sqlite', path: path.join(folder, 'thinkglass.db') });
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const model: ModelInfo = {
  ...plainModel,
  reasoning: { transport: 'inline', startsInReasoning: false },
};

/** Says one word, waits, and is done. */
function createAdapter(until: Promise<unknown>): ProviderAdapter & { asked: number } {
  return {
    asked: 0,
    async *ask({ signal }) {
      if (signal.aborted) return;
      this.asked++;
      yield { type: 'content', text: 'Paris.' };
      await until;
      yield { type: 'finish', reason: 'stop' };
    },
  };
}

const inputOf = (sample: Sample, adapter: ProviderAdapter): RunInput => ({
  generationId: sample.answerId,
  conversationId: sample.conversationId,
  ownerId: sample.ownerId,
  adapter,
  request: { model, messages: [], sampling: {} },
  splitter: { startsInReasoning: false },
  notices: [],
});

/** This store, whose last write fails as long as `isFull` says so. */
const fullDisk = (isFull: () => boolean): Store => ({
  ...store,
  generations: {
    ...store.generations,
    finish: (...args) =>
      isFull() ? Promise.reject(new AppError('storage_full', 'The disk is full.')) : store.generations.finish(...args),
  },
});

async function readAll(reader: RunReader | undefined): Promise<string[]> {
  const all: LogEvent[] = [];
  for (let events = await reader?.next(60_000); events; events = await reader?.next(60_000)) all.push(...events);
  return all.map((event) => (event.type === 'part' ? event.part.type : event.type));
}

const stateIn = async (sample: Sample) =>
  (await store.generations.find(sample.ownerId, sample.answerId))?.finish?.outcome ?? 'running';

test('an answer is not said to be finished when the server ends without having stored its end', async () => {
  const sample = await createSample(store);
  const log = new MemoryRunLog();
  const runs = new Runs(
    fullDisk(() => true),
    log,
  );
  const cursor = await runs.start([inputOf(sample, createAdapter(Promise.resolve()))]);
  const reading = readAll(log.read(sample.conversationId, cursor));
  await runs.shutDown();
  const told = await reading;
  assert.ok(!told.includes('finish'), String(told));
  assert.equal(told.at(-1), 'end');
  assert.equal(await stateIn(sample), 'running'); // the next start settles it
});

test('an answer that another process has settled keeps that end, and its readers are sent to the store', async () => {
  const sample = await createSample(store);
  const log = new MemoryRunLog();
  const runs = new Runs(store, log);
  const gate = Promise.withResolvers<void>();
  const cursor = await runs.start([inputOf(sample, createAdapter(gate.promise))]);
  const reading = readAll(log.read(sample.conversationId, cursor));
  const finish = { outcome: 'interrupted', reason: 'unknown', complete: false } as const;
  await store.generations.finish(sample.answerId, { ...fullResult, finish });
  gate.resolve();
  const told = await reading;
  assert.ok(!told.includes('finish'), String(told));
  assert.equal(told.at(-1), 'end');
  assert.equal(await stateIn(sample), 'interrupted');
});

test('a disk that stays full for an hour loses no answer', async () => {
  const sample = await createSample(store);
  const log = new MemoryRunLog();
  let failures = 0;
  let waited = 0;
  const wait = async (ms: number) => {
    waited += ms;
  };
  const runs = new Runs(
    fullDisk(() => failures++ < 740),
    log,
    { wait },
  );
  const cursor = await runs.start([inputOf(sample, createAdapter(Promise.resolve()))]);
  const told = await readAll(log.read(sample.conversationId, cursor));
  assert.ok(waited > 3_600_000, String(waited));
  assert.equal(told.at(-2), 'finish');
  assert.equal(await stateIn(sample), 'complete');
});

test('a mistake of ours in one run neither ends the server nor keeps it from stopping', async () => {
  const sample = await createSample(store);
  const log = new MemoryRunLog();
  const runs = new Runs(store, log);
  const onDone = () => {
    throw new Error('a mistake');
  };
  const cursor = await runs.start([{ ...inputOf(sample, createAdapter(Promise.resolve())), onDone }]);
  assert.equal((await readAll(log.read(sample.conversationId, cursor))).at(-1), 'end');
  await runs.shutDown();
  assert.equal(runs.count, 0);
  assert.equal(await stateIn(sample), 'complete');
});

test('a question that reached the disk while the server began to stop asks nobody', async () => {
  const sample = await createSample(store);
  const log = new MemoryRunLog();
  const runs = new Runs(store, log);
  await runs.shutDown();
  const adapter = createAdapter(Promise.resolve());
  await runs.start([inputOf(sample, adapter)]);
  await runs.stop(sample.answerId);
  assert.equal(adapter.asked, 0);
  assert.equal(await stateIn(sample), 'interrupted');
});
