import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createId } from '../../lib/ids.ts';
import type { StreamPart } from '../../lib/stream-part.ts';
import { type FakePostgres, startPostgres } from '../fakes/postgres.ts';
import { type FakeRedis, startRedis } from '../fakes/redis.ts';
import { type LogWorld, runLogContract } from '../integration/generation/run-log-contract.ts';
import { storeWorld } from '../integration/generation/run-log-worlds.ts';

let postgres: FakePostgres;
let redis: FakeRedis;
before(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
});
after(async () => {
  await postgres?.stop();
  await redis?.stop();
});

const openWorld = async () => storeWorld({ kind: 'postgres', url: await postgres.createDatabase() }, 12, redis.url);

runLogContract('two processes on PostgreSQL and Redis', openWorld);

const delta = (text: string): StreamPart => ({ type: 'delta', seg: 0, kind: 'answer', text });

/** What a reader at the other process has of an answer when it is as long as this, and how it was told. */
async function hear(world: LogWorld, conversationId: string, generationId: string) {
  const reader = world.there.log.read(conversationId, `${generationId}.0`);
  let text = '';
  let snapshots = 0;
  return {
    snapshots: () => snapshots,
    async until(length: number): Promise<string> {
      while (text.length < length) {
        for (const event of (await reader.next(1000)) ?? assert.fail('it ended')) {
          if (event.type === 'snapshot') {
            snapshots++;
            text = event.message.segments.map((segment) => segment.text).join('');
          } else if (event.type === 'part' && event.part.type === 'delta') text += event.part.text;
        }
      }
      return text;
    },
    leave: () => reader.leave(),
  };
}

/** How long each of some pieces, written one after the other is there, takes to be heard at the other process, in ms. */
async function lagsOf(world: LogWorld): Promise<number[]> {
  const [conversationId, generationId] = [createId(), createId()];
  const run = await world.here.begin(conversationId, generationId);
  const heard = await hear(world, conversationId, generationId);
  let written = '';
  const lags: number[] = [];
  for (let i = 0; i < 15; i++) {
    const piece = `Thought ${i}. `;
    const began = performance.now();
    written += piece;
    run.append([delta(piece)]);
    assert.equal(await heard.until(written.length), written);
    lags.push(performance.now() - began);
  }
  heard.leave();
  await run.finish();
  await world.close();
  return lags.sort((a, b) => a - b);
}

test('what is written is told by Redis before the store could tell it', async () => {
  const byRedis = await lagsOf(await openWorld());
  const byStore = await lagsOf(await storeWorld({ kind: 'postgres', url: await postgres.createDatabase() }, 1));
  const middle = (lags: number[]) => lags[7] ?? Number.NaN;
  console.log(`told after ${Math.round(middle(byRedis))} ms by Redis, ${Math.round(middle(byStore))} by the store`);
  assert.ok(middle(byRedis) < middle(byStore));
});

test('a Redis that is away, and comes back empty, loses nothing and repeats nothing', async () => {
  const world = await openWorld();
  const [conversationId, generationId] = [createId(), createId()];
  const run = await world.here.begin(conversationId, generationId);
  const heard = await hear(world, conversationId, generationId);
  let written = '';
  const write = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const piece = `Thought ${i}, 思. `;
      written += piece;
      run.append([delta(piece)]);
      if (i % 3 === 0) await run.flush();
    }
    assert.equal(await heard.until(written.length), written);
  };
  await write(10);
  await redis.halt();
  await write(20); // told by the store
  await redis.resume();
  await write(20);
  heard.leave();
  await run.finish();
  await world.close();
});
