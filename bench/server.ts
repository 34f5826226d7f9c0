/**
 * The server's half of the benchmark: what a token costs on its way from the provider through the built app to a reader,
 * beside the same through a bare proxy, in turns within one run. Needs Linux (it reads /proc) and a built app.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../tests/fakes/api-client.ts';
import { type AppServer, startApp } from '../tests/fakes/server.ts';
import { type BenchRow, printRows } from './row.ts';
import type { ProviderOrder, ProviderReport, ReaderOrder, ReaderReport, StreamAddress } from './server-protocol.ts';

const rate = 20;
const model = { providerId: 'custom', modelKey: 'bench' };
const warmUpMs = 3000;

/** A process of the benchmark's own, spoken to over IPC. */
export class Helper<Order extends object, Report extends { type: string }> {
  readonly #child: ChildProcess;
  readonly #heard: Report[] = [];
  #wake: (() => void) | undefined;

  constructor(file: string, args: string[] = []) {
    this.#child = fork(path.join(import.meta.dirname, file), args, { execArgv: [] });
    this.#child.on('message', (message) => {
      this.#heard.push(message as Report); // our own words
      this.#wake?.();
    });
    this.#child.on('exit', () => this.#wake?.());
  }

  get pid(): number {
    return this.#child.pid as number; // it has been spoken to
  }

  send(order: Order): void {
    this.#child.send(order);
  }

  /** The next report that fits; those before it are forgotten. */
  async hear<T extends Report['type']>(
    type: T,
    fits: (report: Extract<Report, { type: T }>) => boolean = () => true,
  ): Promise<Extract<Report, { type: T }>> {
    for (;;) {
      for (let next = this.#heard.shift(); next; next = this.#heard.shift()) {
        const report = next as Extract<Report, { type: T }>;
        if (next.type === type && fits(report)) return report;
      }
      if (this.#child.exitCode !== null) throw new Error(`${this.#child.spawnargs.at(-1)} ended`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  stop(): void {
    this.#child.disconnect();
  }
}

export interface Stage {
  app: AppServer;
  client: ApiClient;
  provider: Helper<ProviderOrder, ProviderReport>;
  reader: Helper<ReaderOrder, ReaderReport>;
  passThrough: Helper<never, { type: 'port'; port: number }>;
  passThroughUrl: string;
}

/** What one run of some streams through one of the two servers showed. */
interface Sample {
  cpuPer100k: number;
  p50: number;
  p99: number;
  /** Growth of the server's memory for each stream, in bytes. */
  memory: number;
  /** Characters of one stream's text. */
  textLength: number;
  /** Streams whose text is exactly what was written. */
  whole: number;
  streams: number;
}

/** CPU time of a process with all its threads, in seconds. */
export function cpuSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  return threads.reduce((sum, thread) => sum + threadSeconds(pid, thread), 0);
}

/** CPU time of one thread of a process, in seconds; without a thread, of its main one. */
export function threadSeconds(pid: number, thread = pid): number {
  const [ran] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
  return Number(ran) / 1e9;
}

export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}

/** Opens streams that wait for `go`; `count` conversations of the app, or connections of the pass-through. */
async function prepare(stage: Stage, through: 'app' | 'pass-through', count: number): Promise<StreamAddress[]> {
  if (through === 'pass-through') {
    return Array.from({ length: count }, () => ({ url: stage.passThroughUrl, method: 'POST', headers: {} }));
  }
  const streams: StreamAddress[] = [];
  const ask = async () => {
    while (streams.length < count) {
      const place = streams.push({ url: '', method: 'GET', headers: { cookie: stage.client.cookie } }) - 1;
      const { conversationId, cursor } = await stage.client.askNew(model, 'Think.');
      (streams[place] as StreamAddress).url =
        `${stage.app.url}/api/conversations/${conversationId}/events?after=${cursor}`;
    }
  };
  await Promise.all(Array.from({ length: 8 }, ask));
  return streams;
}

export async function run(
  stage: Stage,
  through: 'app' | 'pass-through',
  options: { streams: number; measureMs: number },
): Promise<Sample> {
  const { provider, reader } = stage;
  const { streams, measureMs } = options;
  const pid = through === 'app' ? stage.app.pid : stage.passThrough.pid;
  const before = residentBytes(pid);
  const tokens = Math.ceil(((warmUpMs + measureMs) / 1000 + 1) * rate);
  provider.send({ type: 'plan', plan: { rate, tokens, pad: 0 } });
  const addresses = await prepare(stage, through, streams);
  reader.send({ type: 'open', streams: addresses });
  await provider.hear('opened', ({ count }) => count === streams);
  await reader.hear('opened');

  provider.send({ type: 'go' });
  await delay(warmUpMs);
  const measure = async () => {
    provider.send({ type: 'count' });
    return { cpu: cpuSeconds(pid), count: await provider.hear('count') };
  };
  const start = await measure();
  await delay(measureMs);
  const end = await measure();
  const memory = (residentBytes(pid) - before) / streams;
  const { texts } = await provider.hear('written');
  await reader.hear('closed');
  reader.send({ type: 'tell', from: start.count.at, to: end.count.at });
  const told = await reader.hear('told');

  const written = new Map(texts);
  const whole = told.texts.filter(([id, text]) => written.get(id) === text).length;
  const sample: Sample = {
    cpuPer100k: ((end.cpu - start.cpu) / (end.count.written - start.count.written)) * 100_000,
    p50: told.p50,
    p99: told.p99,
    memory,
    textLength: tokens * 11,
    whole,
    streams,
  };
  console.error(`${through}: ${JSON.stringify(sample)}`);
  return sample;
}

/**
 * Runs the server's cases, each through the pass-through and the app in turns, and gives a row a figure.
 * @param options.quick fewer and shorter turns, for a look.
 */
export async function runServerBench(options: { quick: boolean; only?: number[] }): Promise<BenchRow[]> {
  const stage = await openStage();
  const rows: BenchRow[] = [];
  try {
    const measureMs = options.quick ? 6_000 : 12_000;
    await run(stage, 'pass-through', { streams: 50, measureMs: 3_000 });
    await run(stage, 'app', { streams: 50, measureMs: 3_000 });
    const costs = new Map<number, number>();
    for (const streams of options.only ?? [1, 50, 200, 500]) {
      const floors: Sample[] = [];
      const ours: Sample[] = [];
      for (let turn = 0; turn < (options.quick ? 1 : 3); turn++) {
        floors.push(await run(stage, 'pass-through', { streams, measureMs }));
        ours.push(await run(stage, 'app', { streams, measureMs }));
      }
      rows.push(...rowsOf(streams, floors, ours, costs));
    }
  } finally {
    await closeStage(stage);
  }
  if (!options.only) rows.push(await measureWrites(options.quick));
  return rows;
}

function rowsOf(streams: number, floors: Sample[], ours: Sample[], costs: Map<number, number>): BenchRow[] {
  const name = `${streams} ${streams === 1 ? 'stream' : 'streams'} at ${rate}/s`;
  const isTheCase = streams === 200;
  const compare = (figure: string, unit: string, of: (sample: Sample) => number): BenchRow => {
    const value = median(ours.map(of));
    const floor = median(floors.map(of));
    const ratio = value / floor;
    const goal = isTheCase ? '≤ 3× the pass-through' : '';
    return { case: name, figure, unit, value, floor, ratio, goal, met: isTheCase ? ratio <= 3 : null };
  };
  const cpu = compare('server CPU per 100k tokens', 's', (sample) => sample.cpuPer100k);
  if (isTheCase) Object.assign(cpu, { goal: '≤ 2.5× the pass-through', met: (cpu.ratio ?? 0) <= 2.5 });
  costs.set(streams, cpu.value);
  const small = costs.get(50);
  if (streams === 500 && small !== undefined) {
    cpu.goal = 'no more than with 50 streams';
    cpu.met = cpu.value <= small * 1.1; // a tenth is noise
  }
  const rows = [
    cpu,
    compare('added latency per token, p50', 'ms', (sample) => sample.p50),
    compare('added latency per token, p99', 'ms', (sample) => sample.p99),
  ];
  const wholes = ours.reduce((sum, sample) => sum + sample.whole, 0) / ours.length;
  rows.push({
    case: name,
    figure: 'streams whose text is whole',
    unit: '',
    value: wholes,
    floor: floors.reduce((sum, sample) => sum + sample.whole, 0) / floors.length,
    ratio: null,
    goal: 'all',
    met: wholes === streams,
  });
  if (streams >= 200) {
    const memory = compare('memory per stream', 'kB', (sample) => sample.memory / 1000);
    const bound = 200 + (3 * (ours[0] as Sample).textLength) / 1000;
    rows.push({ ...memory, goal: `≤ 3× its text + 200 kB = ${Math.round(bound)} kB`, met: memory.value <= bound });
  }
  return rows;
}

/** What a long trace costs in writes to the disk: checkpoints, the finished message and the database's own log. */
async function measureWrites(quick: boolean): Promise<BenchRow> {
  const stage = await openStage();
  try {
    // As much text a second as 1,000 tokens of 4 characters; a token here is longer, because it holds its time.
    const plan = { rate: 200, tokens: quick ? 5_000 : 20_000, pad: 7 };
    const before = writtenBytes(stage.app.pid);
    stage.provider.send({ type: 'plan', plan });
    const streams = await prepare(stage, 'app', 1);
    stage.reader.send({ type: 'open', streams });
    await stage.provider.hear('opened');
    await stage.reader.hear('opened');
    stage.provider.send({ type: 'go' });
    await stage.reader.hear('closed');
    const answers = await stage.client.json<{ messages: { parts: { text: string }[] }[] }>(
      'GET',
      new URL(streams[0]?.url ?? '').pathname.replace(/\/events$/, ''),
    );
    const text = answers.messages.flatMap((message) => message.parts).reduce((sum, part) => sum + part.text.length, 0);
    const value = (writtenBytes(stage.app.pid) - before) / text;
    return {
      case: `a trace of ${Math.round(text / 1000)} kB at 4 kB/s`,
      figure: 'written to the disk for each byte of text',
      unit: '',
      value,
      floor: null,
      ratio: null,
      goal: 'a few times its size',
      met: value <= 10,
    };
  } finally {
    await closeStage(stage);
  }
}

export async function openStage(env: Record<string, string> = {}): Promise<Stage> {
  const provider = new Helper<ProviderOrder, ProviderReport>('server-provider.ts');
  const { port } = await provider.hear('port');
  const base = `http://127.0.0.1:${port}/v1`;
  const passThrough = new Helper<never, { type: 'port'; port: number }>('pass-through.ts', [
    `${base}/chat/completions`,
  ]);
  const reader = new Helper<ReaderOrder, ReaderReport>('server-reader.ts');
  const app = await startApp({ env: { CUSTOM_BASE_URL: base, ...env } });
  const client = new ApiClient(app.url);
  await client.json('GET', '/api/models');
  await reader.hear('ready');
  const passThroughUrl = `http://127.0.0.1:${(await passThrough.hear('port')).port}/`;
  return { app, client, provider, reader, passThrough, passThroughUrl };
}

export async function closeStage({ app, provider, passThrough, reader }: Stage): Promise<void> {
  for (const helper of [provider, passThrough, reader]) helper.stop();
  await app.stop();
}

export function median(values: number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Of sorted values; NaN of none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}

if (import.meta.main) {
  const numbers = process.argv.slice(2).map(Number).filter(Boolean);
  const rows = await runServerBench({
    quick: process.argv.includes('--quick'),
    ...(numbers.length && { only: numbers }),
  });
  printRows(rows);
}
