import { setTimeout as delay } from 'node:timers/promises';
import { createId } from '../../../lib/ids.ts';
import { Checkpointer } from '../../../lib/server/generation/checkpointer.ts';
import { StoreHealth } from '../../../lib/server/store/store-health.ts';
import { thinkingEndedInStream } from '../../../lib/server/generation/intake.ts';
import type { RunLog } from '../../../lib/server/generation/run-log.ts';
import { MemoryRunLog } from '../../../lib/server/generation/run-log-memory.ts';
import { RedisBus } from '../../../lib/server/generation/run-log-redis.ts';
import { StoreRunLog } from '../../../lib/server/generation/run-log-store.ts';
import { openStore, type Store, type StoreOptions } from '../../../lib/server/store/store.ts';
import type { RunCommand } from '../../../lib/server/store/run-commands.ts';
import type { Finish, MessageState } from '../../../lib/stream-part.ts';
import { newGeneration, settings } from '../store/samples.ts';
import { completed, type LogProcess, type LogWorld, type TestRun } from './run-log-contract.ts';

/** One process, and no store. */
export async function memoryWorld(): Promise<LogWorld> {
  const log = new MemoryRunLog();
  const process: LogProcess = {
    log,
    begin: async (conversationId, generationId) => runOn(log, { conversationId, generationId }),
    drop: (conversationId) => log.drop([conversationId]),
  };
  const third = () => Promise.reject(new Error('it is alone'));
  return { here: process, there: process, third, numRuns: 100, close: () => log.close() };
}

/** Two processes, each with a store of its own on the same database, and perhaps a Redis beside it. */
export async function storeWorld(options: StoreOptions, numRuns: number, redisUrl?: string): Promise<LogWorld> {
  const ownerId = createId();
  const openOne = () => openProcess(options, ownerId, redisUrl);
  const processes = [await openOne(), await openOne()] as const;
  return {
    here: processes[0],
    there: processes[1],
    third: openOne,
    numRuns,
    async close() {
      for (const process of processes) await process.close();
    },
  };
}

async function openProcess(
  options: StoreOptions,
  ownerId: string,
  redisUrl: string | undefined,
): Promise<LogProcess & { close(): Promise<void> }> {
  const store = await openStore(options);
  const instanceId = createId();
  const bus = redisUrl === undefined ? undefined : new RedisBus({ url: redisUrl, instanceId });
  while (bus && !bus.isUp) await delay(10);
  const log = new StoreRunLog({ store, instanceId, ...(bus && { bus }) });
  return {
    log,
    async begin(conversationId, generationId) {
      await ask(store, { ownerId, conversationId, generationId, instanceId });
      return runOn(log, { conversationId, generationId }, store);
    },
    async drop(conversationId) {
      await store.trash.put(ownerId, conversationId, Date.now());
      await log.drop([conversationId]);
    },
    async close() {
      await log.close();
      await store.close();
    },
  };
}

/** Stores a question in the conversation's thread, made with its first. */
async function ask(
  store: Store,
  ids: { ownerId: string; conversationId: string; generationId: string; instanceId: string },
): Promise<void> {
  const { ownerId, conversationId, generationId, instanceId } = ids;
  const at = Date.now();
  const thread = { id: createId(), settings };
  await store.conversations.create(ownerId, { id: conversationId, title: '', at, threads: [thread] });
  const conversation = await store.conversations.find(ownerId, conversationId);
  await store.asks.create(ownerId, conversationId, {
    text: 'Why?',
    title: 'Why?',
    at,
    asks: [
      {
        threadId: conversation?.threads[0]?.id ?? thread.id,
        parentId: null,
        questionId: createId(),
        answerId: generationId,
        generation: { ...newGeneration, queuedAt: at, instanceId },
      },
    ],
  });
}

/** Writes a generation as `Runs` does: to the log at once, to the store in checkpoints and at its end. */
function runOn(log: RunLog, ids: { conversationId: string; generationId: string }, store?: Store): TestRun {
  const { generationId } = ids;
  const commands: RunCommand[] = [];
  const writer = log.begin({
    ...ids,
    now: () => 0,
    async obey(command) {
      commands.push(command);
      if (command === 'answer-now' && run.answersInStream) {
        run.append([{ type: 'notice', notice: thinkingEndedInStream }]);
        return;
      }
      await finish({ outcome: 'stopped', reason: 'unknown', complete: false });
    },
    written: () => [],
  });
  const checkpointer = store && new Checkpointer(store, new StoreHealth());
  const checkpoints = checkpointer?.begin(generationId, { place: () => writer.place });
  const settle = (state: MessageState, end: Finish) =>
    store?.generations.finish(generationId, {
      parts: state.segments.filter((segment) => segment.text !== ''),
      finish: end,
      times: { end: 1 },
      notices: [],
    });
  async function finish(end: Finish): Promise<void> {
    checkpoints?.end();
    await settle(writer.state, end);
    writer.append([{ ...completed, finish: end } as typeof completed]);
  }
  const run: TestRun = {
    generationId,
    commands,
    append(parts) {
      writer.append(parts);
      checkpoints?.add(parts);
    },
    async flush() {
      await checkpointer?.flush();
    },
    finish: () => finish({ outcome: 'complete', reason: 'stop', complete: true }),
    async break() {
      checkpoints?.end();
      await delay(50); // its readers have heard the rest
      await settle(writer.state, { outcome: 'interrupted', reason: 'unknown', complete: false });
      if (!store) writer.leave();
    },
  };
  return run;
}
