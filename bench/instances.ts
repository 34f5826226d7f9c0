/**
 * What several servers cost: one, two and three of them on one PostgreSQL and one Redis behind nginx, all of them real, beside
 * one server on SQLite behind the same nginx, each of the four in turn within one run. Needs Linux (it reads /proc), a built
 * app, PostgreSQL, Redis and nginx.
 */
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../tests/fakes/api-client.ts';
import { type FakeNginx, startNginx, toHeader } from '../tests/fakes/nginx.ts';
import { startPostgres } from '../tests/fakes/postgres.ts';
import { startRedis } from '../tests/fakes/redis.ts';
import { type AppServer, startApp } from '../tests/fakes/server.ts';
import { type BenchRow, printRows } from './row.ts';
import { cpuSeconds, Helper, median, quantile } from './server.ts';
import type { ProviderOrder, ProviderReport, ReaderOrder, ReaderReport, StreamAddress } from './server-protocol.ts';

const rate = 20;
const model = { providerId: 'custom', modelKey: 'bench' };
const warmUpMs = 3_000;
/** Asked evenly over two seconds, while nothing else runs. */
const questions = { count: 60, spreadMs: 2_000, tokens: 40 };
const people = 10;

type Reader = Helper<ReaderOrder, ReaderReport>;

/** What goes on through all cases. */
interface Stage {
  provider: Helper<ProviderOrder, ProviderReport>;
  /** Who reads at the server that runs the answer, and who reads at another one. */
  same: Reader;
  other: Reader;
  /** Of what the servers of a case work on. */
  env: Record<string, string>;
  /** Numbers of the processes beside the servers: PostgreSQL and Redis. */
  beside: readonly number[];
}

interface Load {
  streams: number;
  measureMs: number;
}

interface Sample {
  serversPer100k: number;
  allPer100k: number;
  sameP50: number;
  sameP99: number;
  otherP50: number;
  otherP99: number;
  reachP50: number;
  reachP99: number;
  /** Readers whose text is exactly what was written. */
  whole: number;
}

/** CPU time of a process and of all that it has started, as far as they live, in seconds. */
function treeSeconds(root: number): number {
  const parents = new Map<number, number>();
  for (const pid of readdirSync('/proc').map(Number).filter(Boolean)) {
    try {
      parents.set(pid, Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]));
    } catch {
      // it has ended meanwhile
    }
  }
  const isOf = (pid: number): boolean => pid === root || (parents.has(pid) && isOf(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(isOf).reduce((sum, pid) => sum + cpuSeconds(pid), 0);
}

/** Streams that wait for `go`, spread over the servers: half is read where it runs, half elsewhere if there is another one. */
async function prepare(
  client: ApiClient,
  { servers, streams }: { servers: number; streams: number },
): Promise<{ same: StreamAddress[]; other: StreamAddress[] }> {
  const addresses = { same: [] as StreamAddress[], other: [] as StreamAddress[] };
  let next = 0;
  const ask = async () => {
    while (next < streams) {
      const number = next++;
      const at = Math.floor(number / 2) % servers;
      const there = number % 2 === 0 ? at : (at + 1) % servers;
      const asking = new ApiClient(client.url, (request) => {
        request.headers.set(toHeader, String(at));
        return fetch(request);
      });
      asking.cookie = client.cookie;
      const { conversationId, cursor } = await asking.askNew(model, 'Think.');
      addresses[there === at ? 'same' : 'other'].push({
        url: `${client.url}/api/conversations/${conversationId}/events?after=${cursor}`,
        method: 'GET',
        headers: { cookie: client.cookie, [toHeader]: String(there) },
      });
    }
  };
  await Promise.all(Array.from({ length: 6 }, ask));
  return addresses;
}

/** Steady streams: what a token costs, and how old it is when it is read here and there. */
async function measureStreams(
  { provider, same, other, beside }: Stage,
  { servers, nginx, load }: { servers: readonly AppServer[]; nginx: FakeNginx; load: Load },
): Promise<Omit<Sample, 'reachP50' | 'reachP99'>> {
  const { streams, measureMs } = load;
  const tokens = Math.ceil(((warmUpMs + measureMs) / 1000 + 1) * rate);
  provider.send({ type: 'plan', plan: { rate, tokens, pad: 0 } });
  const client = new ApiClient(nginx.url);
  await client.json('GET', '/api/models');
  const addresses = await prepare(client, { servers: servers.length, streams });
  const readers = [
    { reader: same, streams: addresses.same },
    { reader: other, streams: addresses.other },
  ];
  for (const one of readers) one.reader.send({ type: 'open', streams: one.streams });
  await provider.hear('opened', ({ count }) => count === streams);
  for (const { reader } of readers) await reader.hear('opened');

  provider.send({ type: 'go' });
  await delay(warmUpMs);
  const measure = async () => {
    provider.send({ type: 'count' });
    const ofServers = servers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
    const ofOthers = [nginx.pid, ...beside].reduce((sum, pid) => sum + treeSeconds(pid), 0);
    return { ofServers, ofAll: ofServers + ofOthers, count: await provider.hear('count') };
  };
  const start = await measure();
  await delay(measureMs);
  const end = await measure();
  const written = new Map((await provider.hear('written')).texts);
  const told: Extract<ReaderReport, { type: 'told' }>[] = [];
  for (const { reader } of readers) {
    await reader.hear('closed');
    reader.send({ type: 'tell', from: start.count.at, to: end.count.at });
    told.push(await reader.hear('told'));
  }
  const [here, there] = told;
  const per100k = (seconds: number) => (seconds / (end.count.written - start.count.written)) * 100_000;
  return {
    serversPer100k: per100k(end.ofServers - start.ofServers),
    allPer100k: per100k(end.ofAll - start.ofAll),
    sameP50: here?.p50 ?? Number.NaN,
    sameP99: here?.p99 ?? Number.NaN,
    otherP50: there?.p50 ?? Number.NaN,
    otherP99: there?.p99 ?? Number.NaN,
    whole: told.flatMap(({ texts }) => texts).filter(([id, text]) => written.get(id) === text).length,
  };
}

/** Questions that the proxy deals out: how long until the provider has them, in ms, sorted. */
async function measureAsking({ provider, same }: Stage, nginx: FakeNginx): Promise<number[]> {
  const cookies: string[] = [];
  for (let i = 0; i < people; i++) {
    const person = new ApiClient(nginx.url);
    await person.json('GET', '/api/models');
    cookies.push(person.cookie);
  }
  const { count, spreadMs, tokens } = questions;
  provider.send({ type: 'plan', plan: { rate, tokens, pad: 0, atOnce: true } });
  same.send({ type: 'ask', plan: { count, spreadMs, through: 'app', url: nginx.url, cookies } });
  const reached: number[] = [];
  for (let i = 0; i < count; i++) {
    const { number, at } = await provider.hear('asked');
    reached[number] = at;
  }
  const { at: sent } = await same.hear('sent');
  await same.hear('closed');
  return reached.map((at, i) => (at - (sent[i] ?? Number.NaN)) / 1000).sort((a, b) => a - b);
}

/** @param options.count how many share a store; 0: one that has its own. */
async function run(
  stage: Stage,
  options: { count: number; databaseUrl?: string; redisUrl: string; load: Load },
): Promise<Sample> {
  const { count, databaseUrl, redisUrl, load } = options;
  const shared = databaseUrl !== undefined && {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    THINKGLASS_SECRET: 'the same for all of these servers',
  };
  const env = { ...stage.env, ...shared };
  const servers = await Promise.all(Array.from({ length: Math.max(1, count) }, () => startApp({ env })));
  const nginx = await startNginx(servers.map(({ url }) => url));
  try {
    await measureAsking(stage, nginx); // the first of everything
    const waits = await measureAsking(stage, nginx);
    const measured = await measureStreams(stage, { servers, nginx, load });
    const sample = { ...measured, reachP50: quantile(waits, 0.5), reachP99: quantile(waits, 0.99) };
    console.error(`${count === 0 ? 'embedded' : `${count} of several`}: ${JSON.stringify(sample)}`);
    return sample;
  } finally {
    await nginx.stop();
    for (const server of servers) await server.stop();
  }
}

/** @param options.quick one turn of each, and shorter */
export async function runInstancesBench({ quick }: { quick: boolean }): Promise<BenchRow[]> {
  const provider = new Helper<ProviderOrder, ProviderReport>('server-provider.ts');
  const [same, other] = [0, 1].map(() => new Helper<ReaderOrder, ReaderReport>('server-reader.ts')) as [Reader, Reader];
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const load = quick ? { streams: 60, measureMs: 4_000 } : { streams: 150, measureMs: 12_000 };
  const samples = new Map<number, Sample[]>([0, 1, 2, 3].map((count) => [count, []]));
  try {
    const { port } = await provider.hear('port');
    const stage: Stage = {
      ...{ provider, same, other },
      env: { CUSTOM_BASE_URL: `http://127.0.0.1:${port}/v1` },
      beside: [postgres.pid, redis.pid],
    };
    for (const reader of [same, other]) await reader.hear('ready');
    for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
      for (const [count, taken] of samples) {
        const databaseUrl = count === 0 ? undefined : await postgres.createDatabase();
        const options = { count, redisUrl: redis.url, load, ...(databaseUrl !== undefined && { databaseUrl }) };
        taken.push(await run(stage, options));
      }
    }
  } finally {
    for (const helper of [provider, same, other]) helper.stop();
    await redis.stop();
    await postgres.stop();
  }
  return [1, 2, 3].flatMap((count) =>
    rowsOf(count, load.streams, { ours: samples.get(count) ?? [], embedded: samples.get(0) ?? [] }),
  );
}

const figures: [keyof Sample, string, string, keyof Sample][] = [
  ['serversPer100k', "servers' CPU per 100k tokens", 's', 'serversPer100k'],
  ['allPer100k', '… with PostgreSQL, Redis and nginx', 's', 'allPer100k'],
  ['sameP50', 'added latency per token, read where it runs, p50', 'ms', 'sameP50'],
  ['sameP99', '…, p99', 'ms', 'sameP99'],
  ['otherP50', 'added latency per token, read at another server, p50', 'ms', 'sameP50'],
  ['otherP99', '…, p99', 'ms', 'sameP99'],
  ['reachP50', 'send → provider, p50', 'ms', 'reachP50'],
  ['reachP99', 'send → provider, p99', 'ms', 'reachP99'],
];

/** The goals of latency between servers, in ms. */
const goals: Partial<Record<keyof Sample, number>> = { otherP50: 100, otherP99: 500 };

function rowsOf(
  count: number,
  streams: number,
  { ours, embedded }: { ours: readonly Sample[]; embedded: readonly Sample[] },
): BenchRow[] {
  const name = `${count} ${count === 1 ? 'server' : 'servers'} on PostgreSQL and Redis, ${streams} streams at ${rate}/s, ${os.availableParallelism()} cores`;
  const of = (samples: readonly Sample[], figure: keyof Sample) => median(samples.map((sample) => sample[figure]));
  const perSecond = (samples: readonly Sample[]) => 100_000 / of(samples, 'serversPer100k');
  const row = (figure: string, unit: string, value: number, floor: number): BenchRow => {
    return { case: name, figure, unit, value, floor, ratio: value / floor, goal: '', met: null };
  };
  const rows = [row("tokens delivered a second of the servers' CPU", '', perSecond(ours), perSecond(embedded))];
  for (const [figure, words, unit, floor] of figures) {
    const value = of(ours, figure);
    if (!Number.isFinite(value)) continue; // of one, nothing is read at another
    const goal = goals[figure];
    const judged = goal !== undefined && { goal: `≤ ${goal} ms`, met: value <= goal };
    rows.push({ ...row(words, unit, value, of(embedded, floor)), ...judged });
  }
  const whole = Math.min(...ours.map((sample) => sample.whole));
  rows.push({ ...row('readers whose text is whole', '', whole, streams), goal: 'all', met: whole === streams });
  return rows;
}

if (import.meta.main) printRows(await runInstancesBench({ quick: process.argv.includes('--quick') }));
