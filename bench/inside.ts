/**
 * What the models inside cost: `npm run bench -- inside`, or `node bench/inside.ts [--quick]`. How fast they write, how soon the
 * first token is there, what their thread holds; and what the streams of a provider, asked through the built app, have of
 * it while a model writes text after text in that app, as fast as it can. Needs Linux and a built app.
 */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { createInsideAdapter } from '../lib/server/protocols/inside/adapter.ts';
import { decodeAll, loadModel } from '../lib/server/protocols/inside/engine.ts';
import { insideFile, insideRecords, listInsideModels } from '../lib/server/protocols/inside/models.ts';
import { writePuzzle } from '../lib/server/protocols/inside/puzzle.ts';
import { heldOutPuzzles } from '../lib/zero/task.ts';
import { ApiClient } from '../tests/fakes/api-client.ts';
import { type BenchRow, printRows } from './row.ts';
import { closeStage, median, openStage, residentBytes, run as runStreams, type Stage } from './server.ts';

const id = 'tiny-zero';
const puzzles = heldOutPuzzles(128);
const name = `Inside, ${id}`;

export async function runInsideBench({ quick }: { quick: boolean }): Promise<BenchRow[]> {
  return [...measureSpeed(quick), ...(await measureThread(quick)), ...(await measureBeside(quick))];
}

/** Tokens a second of one text and of several at once: of this thread's time on the CPU, which other programs do not stretch. */
function measureSpeed(quick: boolean): BenchRow[] {
  const record = insideRecords.find((one) => one.id === id);
  if (!record) throw new Error(`There is no ${id}.`);
  const network = loadModel(readFileSync(insideFile(record)));
  const texts = puzzles
    .slice(0, quick ? 32 : 128)
    .map((puzzle, seed) => ({ prompt: network.vocabulary.encode(writePuzzle(puzzle)), seed, temperature: 1 }));
  const rateOf = (atOnce: number) => {
    const before = process.threadCpuUsage();
    const tokens = decodeAll(network, texts, atOnce).reduce((sum, decoding) => sum + decoding.tokens.length, 0);
    return (1e6 * tokens) / process.threadCpuUsage(before).user;
  };
  rateOf(16);
  const one = rateOf(1);
  const row = (atOnce: number, value: number): BenchRow => ({
    case: name,
    figure: `tokens a second of one core, ${atOnce} at once`,
    unit: '',
    value,
    floor: atOnce === 1 ? null : one,
    ratio: atOnce === 1 ? null : value / one,
    goal: '≥ 2,000',
    met: value >= 2_000,
  });
  return [row(1, one), row(4, rateOf(4)), row(16, rateOf(16))];
}

/** From asking to the first token, beside a word to a thread and back; and the memory of the thread, beside an empty one. */
async function measureThread(quick: boolean): Promise<BenchRow[]> {
  const empty = `require('node:worker_threads').parentPort.on('message', (m) => require('node:worker_threads').parentPort.postMessage(m))`;
  const before = residentBytes(process.pid);
  const echo = new Worker(empty, { eval: true });
  const answer = async () => {
    const back = new Promise((resolve) => echo.once('message', resolve));
    echo.postMessage('');
    await back;
  };
  await answer();
  const emptyBytes = residentBytes(process.pid) - before;

  const begin = residentBytes(process.pid);
  const adapter = createInsideAdapter({ label: 'Inside', tokensPerSecond: 60 });
  const first = async (at: number) => {
    const model = listInsideModels().find((one) => one.id === id);
    const puzzle = puzzles[at % puzzles.length];
    if (!model || !puzzle) throw new Error('Nothing to ask.');
    const messages = [{ role: 'user' as const, content: writePuzzle(puzzle) }];
    const stop = new AbortController();
    const asked = performance.now();
    for await (const part of adapter.ask({ model, messages, sampling: { seed: at }, signal: stop.signal })) {
      if (part.type === 'content') break;
    }
    stop.abort();
    return performance.now() - asked;
  };
  const cold = await first(0);
  const rounds = Array.from({ length: quick ? 20 : 100 }, (_, at) => at + 1);
  const [firsts, echoes]: [number[], number[]] = [[], []];
  for (const at of rounds) {
    firsts.push(await first(at));
    const asked = performance.now();
    await answer();
    echoes.push(performance.now() - asked);
  }
  const held = residentBytes(process.pid) - begin;
  await Promise.all([adapter.close(), echo.terminate()]);
  const [value, floor] = [median(firsts), median(echoes)];
  return [
    {
      ...{ case: name, figure: 'asking → first token', unit: 'ms', value, floor, ratio: value / floor },
      ...{ goal: '< 50 ms', met: value < 50 },
    },
    {
      ...{ case: name, figure: '… of the first text, its thread not started', unit: 'ms', value: cold, floor: null },
      ...{ ratio: null, goal: '', met: null },
    },
    {
      ...{ case: name, figure: 'memory of its thread with one model', unit: 'MB', value: held / 1e6 },
      ...{ floor: emptyBytes / 1e6, ratio: held / emptyBytes, goal: '< 30 MB', met: held < 30e6 },
    },
  ];
}

/** The latency of a provider's streams, with and without a model that writes in the same app without pause. */
async function measureBeside(quick: boolean): Promise<BenchRow[]> {
  const stage = await openStage();
  const options = { streams: 50, measureMs: quick ? 4_000 : 10_000 };
  const alone: number[][] = [];
  const beside: number[][] = [];
  let [tokens, ms] = [0, 0];
  try {
    await runStreams(stage, 'app', { ...options, measureMs: 2_000 });
    for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
      const quiet = await runStreams(stage, 'app', options);
      alone.push([quiet.p50, quiet.p99]);
      const stop = new AbortController();
      const began = performance.now();
      const writing = writeOnAndOn(stage, stop.signal);
      const busy = await runStreams(stage, 'app', options);
      stop.abort();
      tokens += await writing;
      ms += performance.now() - began;
      beside.push([busy.p50, busy.p99]);
    }
  } finally {
    await closeStage(stage);
  }
  console.error(`meanwhile the model wrote ${Math.round((1000 * tokens) / ms)} tokens a second`);
  return ['p50', 'p99'].map((part, at) => {
    const [value, floor] = [beside, alone].map((turns) => median(turns.map((turn) => turn[at] ?? Number.NaN)));
    const ratio = (value ?? Number.NaN) / (floor ?? Number.NaN);
    return {
      ...{ case: `50 streams at 20/s beside ${id}`, figure: `latency per token, ${part}`, unit: 'ms' },
      ...{
        value: value ?? Number.NaN,
        floor: floor ?? Number.NaN,
        ratio,
        goal: '≤ 1.5× without it',
        met: ratio <= 1.5,
      },
    };
  });
}

/** Has sixteen texts at once written, again and again, until it is told to stop. @returns their tokens */
async function writeOnAndOn({ app }: Stage, stop: AbortSignal): Promise<number> {
  // one person may ask thirty times a minute, so several do
  const people = Array.from({ length: 10 }, () => new ApiClient(app.url));
  const body = { puzzle: 'make 26 from 3, 5 and 7', models: [id], samples: 16 };
  let tokens = 0;
  for (let at = 0; !stop.aborted; at++) {
    const events = await (await people[at % people.length]?.request('POST', '/api/zero/texts', body))?.text();
    for (const [, count] of events?.matchAll(/"tokens":(\d+)/g) ?? []) tokens += Number(count);
  }
  return tokens;
}

if (import.meta.main) {
  const rows = await runInsideBench({ quick: process.argv.includes('--quick') });
  printRows(rows);
}
