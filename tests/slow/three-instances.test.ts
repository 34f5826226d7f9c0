import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { createId } from '../../lib/ids.ts';
import { findFaketime } from '../../scripts/debian.mjs';
import { migrationLock } from '../../lib/server/store/migrations.ts';
import { type MessageState, textOfKind } from '../../lib/stream-part.ts';
import { ApiClient, type Asked, applyApiEvent } from '../fakes/api-client.ts';
import { type FakeNginx, servedByHeader, startNginx, toHeader } from '../fakes/nginx.ts';
import { type FakePostgres, startPostgres } from '../fakes/postgres.ts';
import {
  chunk,
  createFakeProvider,
  doneStep,
  type FakeProvider,
  type FakeRequest,
  type FakeResponse,
  type FakeStep,
  textChunk,
} from '../fakes/provider.ts';
import { type FakeRedis, startRedis } from '../fakes/redis.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

/** Answers that run at once, each followed at another server than the one that runs it. Two cores take 300 as well, in minutes. */
const streams = os.availableParallelism() > 2 ? 300 : 150;
/** Whatever is waited for, a busy machine has done by then. */
const patienceMs = 90_000;
/** A process that ends waits so long for what it runs. */
const drainMs = 15_000;

/** `model:<words>:<ms between them>`; every word has the question's marker, so that no text can pass for another's. */
const speaking = (words: number, paceMs: number) => ({ providerId: 'custom', modelKey: `speak:${words}:${paceMs}` });
const short = speaking(20, 20);
const long = speaking(100_000, 100);
const ofMany = speaking(100, 200);
const raw = { providerId: 'custom', modelKey: 'raw' };
/** Says one half, and the other when it is let. */
const halting = { providerId: 'custom', modelKey: 'halting' };
const goOn = Promise.withResolvers<void>();

const wordsOf = (marker: string, words: number) => Array.from({ length: words }, (_, i) => ` ${marker}-${i}`);

function respond({ json }: FakeRequest): FakeResponse | undefined {
  const [kind, words, paceMs] = json.model?.split(':') ?? [];
  if (kind === 'raw') return { steps: complete(String(json.prompt)) };
  const asked = json.messages?.findLast(({ role }) => role === 'user')?.content ?? '';
  if (kind === 'halting') return { steps: speak(asked, 20, 20, goOn.promise) };
  if (kind === 'speak') return { steps: speak(asked, Number(words), Number(paceMs)) };
  return undefined;
}

async function* speak(
  marker: string,
  words: number,
  paceMs: number,
  halfway?: Promise<void>,
): AsyncGenerator<FakeStep> {
  yield chunk({ content: '<think>' });
  for (const [i, word] of wordsOf(marker, words).entries()) {
    yield { waitMs: paceMs };
    if (i === Math.ceil(words / 2)) {
      yield chunk({ content: '</think>' });
      if (halfway) yield { gate: halfway };
    }
    yield chunk({ content: word });
  }
  yield chunk({}, 'stop');
  yield doneStep;
}

/** Thinks on until its thought was closed for it. */
async function* complete(prompt: string): AsyncGenerator<FakeStep> {
  const thinks = !prompt.includes('</think>', prompt.lastIndexOf('Assistant:'));
  yield textChunk(thinks ? ' <think>' : ' <answer> 42 </answer>', thinks ? null : 'stop');
  for (let i = 0; thinks; i++) {
    yield { waitMs: 50 };
    yield textChunk(` thought ${i}`);
  }
  yield doneStep;
}

let postgres: FakePostgres;
let redis: FakeRedis;
let provider: FakeProvider;
let nginx: FakeNginx;
let servers: [AppServer, AppServer, AppServer];

/** In containers' manner: one host name, and numbers of processes of its own. A signal but SIGKILL ends the wrapper alone. */
const inContainer = ['--user', '--map-root-user', '--pid', '--uts', '--fork', '--kill-child', '--mount-proc'];
const asContainer = ['unshare', ...inContainer, 'sh', '-c', 'hostname thinkglass && exec "$0" "$@"'];
/** By the library alone: the program `faketime` stays beside what it starts, and would be what is killed. */
const anHourAhead = ['env', `LD_PRELOAD=${findFaketime()}`, 'FAKETIME=+1h', 'FAKETIME_DONT_FAKE_MONOTONIC=1'];
const containersAreAllowed = spawnSync('unshare', [...asContainer.slice(1), 'true']).status === 0;
const inside = containersAreAllowed ? asContainer : [];
const wrappers = [[], inside, [...inside, ...anHourAhead]];

let startServer: (number: number, port?: number) => Promise<AppServer>;

before(async () => {
  if (!containersAreAllowed) console.log('skipped here: one host name twice (no namespaces for this user)');
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const models = [short, long, raw, halting, ofMany];
  provider = await createFakeProvider({
    respond,
    models: models.map(({ modelKey }) => ({ id: modelKey, object: 'model' })),
  });
  const env = {
    CUSTOM_BASE_URL: provider.baseURL,
    DATABASE_URL: await postgres.createDatabase(),
    REDIS_URL: redis.url,
    THINKGLASS_SECRET: 'the same for all three of these servers',
    DRAIN_MS: String(drainMs),
  };
  startServer = (number, port) => startApp({ env, wrapper: wrappers[number] ?? [], ...(port && { port }) });
  // They start together, and whoever comes to the tables first is long at it.
  const release = await holdTables(env.DATABASE_URL);
  const starting = Promise.all([0, 1, 2].map((number) => startServer(number)));
  await Promise.race([delay(10_000), starting]);
  await release();
  servers = (await starting) as typeof servers;
  nginx = await startNginx(servers.map(({ url }) => url));
});
after(async () => {
  await nginx?.stop();
  for (const server of servers ?? []) await server.kill();
  await provider?.close();
  await redis?.stop();
  await postgres?.stop();
});

async function holdTables(databaseUrl: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined); // a halt cuts it
  await client.connect();
  await client.query('select pg_advisory_lock($1)', [migrationLock]);
  return () => client.end();
}

/** A person before nginx. */
class Visitor extends ApiClient {
  /** The server that gave the last answer. */
  served = -1;

  /** @param to the only server that is asked; else they take turns. */
  constructor(to?: number, like?: ApiClient) {
    super(nginx.url, async (request) => {
      if (to !== undefined) request.headers.set(toHeader, String(to));
      const response = await fetch(request);
      const last = response.headers.get(servedByHeader)?.split(', ').at(-1);
      this.served = servers.findIndex(({ url }) => new URL(url).host === last);
      return response;
    });
    if (like) this.cookie = like.cookie;
  }

  /** The same person at one server alone. */
  at(server: number): Visitor {
    return new Visitor(server % servers.length, this);
  }
}

async function newVisitor(): Promise<Visitor> {
  const visitor = new Visitor();
  await visitor.json('GET', '/api/models');
  return visitor;
}

interface Heard {
  /** Of each answer. */
  messages: Map<string, MessageState>;
  /** Where it goes on. */
  cursor: string | undefined;
  /** How often the stream broke off before its end, and was joined again. */
  rejoined: number;
}

const nothingOf = ({ cursor }: Pick<Asked, 'cursor'>): Heard => ({ messages: new Map(), cursor, rejoined: 0 });

/** Follows a conversation as a page does: a stream that breaks off is joined again where it was, wherever that is taken. */
async function follow(
  visitor: ApiClient,
  asked: Pick<Asked, 'conversationId' | 'cursor'>,
  heard = nothingOf(asked),
  until: (heard: Heard) => boolean = () => false,
): Promise<Heard> {
  const deadline = performance.now() + patienceMs;
  for (; performance.now() < deadline; await delay(100)) {
    try {
      if (await followOnce(visitor, asked.conversationId, heard, until)) return heard;
    } catch {
      // cut off, or nobody is there
    }
    heard.rejoined += 1;
  }
  throw new Error(`The stream was joined ${heard.rejoined} times, and never came to its end`);
}

/** @returns false where the stream broke off before its end. */
async function followOnce(
  visitor: ApiClient,
  conversationId: string,
  heard: Heard,
  until: (heard: Heard) => boolean = () => false,
): Promise<boolean> {
  for await (const event of visitor.events(conversationId, heard.cursor)) {
    applyApiEvent(heard.messages, event);
    heard.cursor = event.id ?? heard.cursor;
    if (event.event === 'end' || until(heard)) return true;
  }
  return false;
}

/** Follows in the background; `heard` grows. */
function following(visitor: ApiClient, asked: Asked): { heard: Heard; ended: Promise<Heard> } {
  const heard = nothingOf(asked);
  const ended = follow(visitor, asked, heard);
  ended.catch(() => undefined); // whoever waits for it hears of that
  return { heard, ended };
}

const lengthOf = (heard: Heard, id: string) =>
  (heard.messages.get(id)?.segments ?? []).reduce((sum, { text }) => sum + text.length, 0);
const partsOf = (heard: Heard, id: string) =>
  (heard.messages.get(id)?.segments ?? []).map(({ kind, text }) => ({ kind, text })).filter(({ text }) => text !== '');
const partsStored = async (visitor: ApiClient, { conversationId, answerId }: Asked) =>
  (await visitor.conversation(conversationId)).messages.find(({ id }) => id === answerId)?.parts;

/** What was heard is what is stored, to the letter, and all of it was said to this question. */
async function assertWhole(visitor: ApiClient, asked: Asked, heard: Heard, marker: string): Promise<void> {
  const stored = await partsStored(visitor, asked);
  assert.deepEqual(partsOf(heard, asked.answerId), stored);
  assertSaid(stored, marker);
}

/** All of a text is of this marker, and nothing in it is left out. */
function assertSaid(parts: Awaited<ReturnType<typeof partsStored>>, marker: string): void {
  const said = (parts ?? []).map(({ text }) => text).join(' ');
  const words = said.split(/\s+/).filter((word) => word !== '');
  assert.deepEqual(
    words,
    wordsOf(marker, words.length).map((word) => word.trim()),
  );
}

async function eventually<T>(look: () => Promise<T>, isWanted: (seen: T) => boolean): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (isWanted(seen)) return seen;
    if (performance.now() > deadline) assert.fail(`after ${patienceMs} ms still ${JSON.stringify(seen)}`);
    await delay(100);
  }
}

/** Resolves when so much of an answer was heard. */
const hasHeard = (heard: Heard, id: string, length: number) =>
  eventually(
    async () => lengthOf(heard, id),
    (now) => now > length,
  );

const isOver = (heard: Heard, { answerId }: Asked) => heard.messages.get(answerId)?.finish?.outcome;

/** So many answers of others a server says to have ended. */
function endedBy(output: string): number {
  return [...output.matchAll(/liveness: (\d+) answer/g)].reduce((sum, [, count]) => sum + Number(count), 0);
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const since = (at: number) => seconds(performance.now() - at);

describe('three servers behind nginx', () => {
  test(`${streams} answers at once, each followed at another server, are what the store has`, async () => {
    const visitors = await Promise.all(Array.from({ length: 10 }, newVisitor));
    const runAt = [0, 0, 0];
    const began = performance.now();
    const one = async (number: number) => {
      const visitor = new Visitor(undefined, visitors[number % visitors.length]);
      const marker = `m${number}`;
      const asked = await visitor.askNew(ofMany, marker);
      const runs = visitor.served;
      runAt[runs] = (runAt[runs] ?? 0) + 1;
      return { visitor, asked, marker, reader: following(visitor.at(runs + 1 + (number % 2)), asked) };
    };
    const all: Awaited<ReturnType<typeof one>>[] = [];
    let next = 0;
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        while (next < streams) all.push(await one(next++));
      }),
    );
    const askedMs = performance.now() - began;
    for (const { visitor, asked, marker, reader } of all) {
      const heard = await reader.ended;
      assert.equal(isOver(heard, asked), 'complete');
      await assertWhole(visitor, asked, heard, marker);
    }
    console.log(`${streams} streams: asked in ${seconds(askedMs)}, ${runAt.join('+')}, over after ${since(began)}`);
    for (const count of runAt) assert.ok(count > streams / 10, runAt.join('+'));
  });

  test('any server stops, continues, retries, deletes, restores and finds what another one runs', async () => {
    const visitor = await newVisitor();
    await Promise.all([0, 1, 2].map((own) => serveAnywhere(visitor, own)));
  });

  async function serveAnywhere(visitor: Visitor, own: number): Promise<void> {
    const [here, there, elsewhere] = [visitor.at(own), visitor.at(own + 1), visitor.at(own + 2)];
    const marker = `word${own}`;
    const asked = await here.askNew(long, marker);
    const { conversationId, threadId, questionId, answerId } = asked;
    const reader = following(there, asked);
    await hasHeard(reader.heard, answerId, 30);
    await elsewhere.json('POST', `/api/generations/${answerId}/stop`);
    assert.equal(isOver(await reader.ended, asked), 'stopped');
    await assertWhole(elsewhere, asked, reader.heard, marker);

    const goingOn = { threadId, fromId: answerId, questionId: createId(), answerId: createId() };
    const { cursor } = await elsewhere.json<Asked>('POST', `/api/conversations/${conversationId}/continue`, goingOn);
    const retrying = { threadId, questionId, answerId: createId() };
    const retried = { ...asked, answerId: retrying.answerId };
    // One stream tells what two other servers run.
    const both = following(here, { ...asked, cursor });
    await there.json('POST', `/api/conversations/${conversationId}/retry`, { threads: [retrying] });
    for (const { answerId: id } of [goingOn, retrying]) await hasHeard(both.heard, id, 30);
    await elsewhere.json('POST', `/api/generations/${retrying.answerId}/stop`);
    await eventually(
      async () => isOver(both.heard, retried),
      (outcome) => outcome === 'stopped',
    );
    await assertWhole(here, retried, both.heard, marker);

    await there.request('DELETE', `/api/conversations/${conversationId}`);
    assert.equal((await here.request('GET', `/api/conversations/${conversationId}`)).status, 404);
    await delay(5_000); // each server has looked meanwhile for what was deleted long ago, by whatever clock
    assert.equal((await here.request('POST', `/api/conversations/${conversationId}/restore`)).status, 200);
    await eventually(
      async () => (await here.generation(goingOn.answerId)).state,
      (state) => state === 'stopped',
    );
    await eventually(
      () => there.json<{ hits: { conversationId: string }[] }>('GET', `/api/search?q=${marker}`),
      ({ hits }) => hits.some((hit) => hit.conversationId === conversationId),
    );
  }

  test('an answer is asked for now at another server than the one that thinks', async () => {
    const visitor = await newVisitor();
    const asked = await visitor.at(0).askNew(raw, 'Six times seven?', { promptTemplate: 'r1-zero-raw' });
    await hasHeard(following(visitor.at(1), asked).heard, asked.answerId, 50);
    const goingOn = { threadId: asked.threadId, fromId: asked.answerId, questionId: createId(), answerId: createId() };
    const path = `/api/conversations/${asked.conversationId}/continue`;
    await visitor.at(1).json('POST', path, { ...goingOn, answerNow: true });
    await eventually(
      async () => (await visitor.at(2).generation(goingOn.answerId)).state,
      (state) => state === 'complete',
    );
    const answered = await partsStored(visitor.at(0), { ...asked, answerId: goingOn.answerId });
    assert.equal(textOfKind(answered ?? [], 'answer').trim(), '42');
    assert.equal((await visitor.at(2).generation(asked.answerId)).state, 'stopped');
  });

  test('what one person may do in a minute is counted at all servers together', async () => {
    const visitor = await newVisitor();
    const leftOfMinute = 60_000 - (Date.now() % 60_000);
    if (leftOfMinute < 30_000) await delay(leftOfMinute + 100);
    const began = Math.floor(Date.now() / 60_000);
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const response = await visitor.at(i).request('GET', '/api/export');
        await response.arrayBuffer();
        return response.status;
      }),
    );
    const taken = statuses.filter((status) => status === 200).length;
    assert.equal(taken + statuses.filter((status) => status === 429).length, 12);
    // All in one minute, unless the machine was so busy that it took them over its end.
    if (Math.floor(Date.now() / 60_000) === began) assert.equal(taken, 6);
    else assert.ok(taken <= 12);
  });

  test('what a killed server ran is ended once, soon, and can be gone on with', async () => {
    const visitor = await newVisitor();
    const running = await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        const asked = await visitor.at(1).askNew(long, `k${i}`);
        // Two are followed where they run, and have to go elsewhere.
        const reader = following(i < 2 ? visitor : visitor.at(i % 2 ? 0 : 2), asked);
        return { marker: `k${i}`, asked, reader };
      }),
    );
    const beside = await visitor.at(0).askNew(long, 'beside');
    for (const { asked, reader } of running) await hasHeard(reader.heard, asked.answerId, 100);
    const port = Number(new URL(servers[1].url).port);
    const before = endedByOthers();
    await servers[1].kill();
    const killed = performance.now();
    for (const { asked, marker, reader } of running) {
      assert.equal(isOver(await reader.ended, asked), 'interrupted');
      await assertWhole(visitor, asked, reader.heard, marker);
    }
    console.log(`a killed server's answers were ended after ${since(killed)}`);
    await eventually(
      async () => endedByOthers() - before,
      (count) => count >= running.length, // it is said a little later
    );
    assert.equal(endedByOthers() - before, running.length);
    assert.equal((await visitor.generation(beside.answerId)).state, 'running');
    await visitor.json('POST', `/api/generations/${beside.answerId}/stop`);

    const [first] = running;
    assert.ok(first);
    const { conversationId, threadId, answerId: fromId } = first.asked;
    const goingOn = { threadId, fromId, questionId: createId(), answerId: createId() };
    const { cursor } = await visitor.json<Asked>('POST', `/api/conversations/${conversationId}/continue`, goingOn);
    await follow(visitor, { conversationId, cursor }, undefined, (heard) => lengthOf(heard, goingOn.answerId) > 30);
    await visitor.json('POST', `/api/generations/${goingOn.answerId}/stop`);
    servers[1] = await startServer(1, port);
  });

  const endedByOthers = () => [0, 2].reduce((sum, i) => sum + endedBy(servers[i]?.output() ?? ''), 0);

  test('a server that is to end takes nothing new, and who reads there reads on elsewhere', async () => {
    const visitor = await newVisitor();
    const ending = servers[0];
    const [half, endless, other] = await Promise.all([
      visitor.at(0).askNew(halting, 'half'),
      visitor.at(0).askNew(long, 'endless'),
      visitor.at(2).askNew(long, 'other'),
    ]);
    const [ofHalf, ofEndless] = [following(visitor.at(1), half), following(visitor.at(1), endless)];
    // What another server runs is followed at the one that ends, until that sends its readers away.
    const atEnding = nothingOf(other);
    const sentAway = followOnce(visitor.at(0), other.conversationId, atEnding).catch(() => false);
    await hasHeard(ofHalf.heard, half.answerId, 30);
    await hasHeard(ofEndless.heard, endless.answerId, 30);
    await hasHeard(atEnding, other.answerId, 30);
    const stopping = ending.stop();
    const readiness = () => fetch(`${ending.url}/api/health/ready`).then((response) => response.json());
    const said = await eventually(readiness, (now) => (now as { status: string }).status !== 'ok');
    assert.deepEqual(said, { status: 'not ok', because: ['draining'] });
    assert.equal((await fetch(`${ending.url}/api/health/live`)).status, 200);
    goOn.resolve();
    assert.equal(isOver(await ofHalf.ended, half), 'complete');
    await assertWhole(visitor, half, ofHalf.heard, 'half');
    // They take turns, and the one that ends hands its share on.
    await Promise.all(
      Array.from({ length: 9 }, async (_, i) => {
        const own = new Visitor(undefined, visitor);
        const asked = await own.askNew(short, `fresh${i}`);
        assert.notEqual(own.served, 0);
        await eventually(
          async () => (await own.generation(asked.answerId)).state,
          (state) => state === 'complete',
        );
        assertSaid(await partsStored(own, asked), `fresh${i}`);
      }),
    );
    assert.equal(isOver(await ofEndless.ended, endless), 'interrupted');
    await assertWhole(visitor, endless, ofEndless.heard, 'endless');
    assert.equal(await sentAway, false);
    const length = lengthOf(atEnding, other.answerId);
    const readingOn = follow(visitor, other, atEnding);
    await hasHeard(atEnding, other.answerId, length);
    assert.equal(await stopping, 0, ending.output());
    await visitor.json('POST', `/api/generations/${other.answerId}/stop`);
    assert.equal(isOver(await readingOn, other), 'stopped');
    await assertWhole(visitor, other, atEnding, 'other');
    servers[0] = await startServer(0, Number(new URL(ending.url).port));
  });

  test('PostgreSQL and Redis are restarted, and nothing is lost', async () => {
    const visitor = await newVisitor();
    const running = await Promise.all(
      Array.from({ length: 9 }, async (_, i) => {
        const asked = await visitor.at(i).askNew(long, `r${i}`);
        return { marker: `r${i}`, asked, reader: following(visitor.at(i + 1), asked) };
      }),
    );
    /** All of them are heard to say more. */
    const allGoOn = async () => {
      for (const { asked, reader } of running) {
        await hasHeard(reader.heard, asked.answerId, lengthOf(reader.heard, asked.answerId) + 30);
      }
    };
    await allGoOn();
    await redis.halt();
    await allGoOn(); // told by the store
    await redis.resume();
    await allGoOn();
    await postgres.halt();
    await delay(2_000);
    await postgres.resume();
    await allGoOn();
    for (const [i, { asked, marker, reader }] of running.entries()) {
      await eventually(
        () => visitor.at(i + 2).request('POST', `/api/generations/${asked.answerId}/stop`),
        ({ ok }) => ok, // the database may just be back
      );
      assert.equal(isOver(await reader.ended, asked), 'stopped');
      await assertWhole(visitor, asked, reader.heard, marker);
    }
  });
});
