/**
 * What asking costs: clients that post a question and open the event stream as the page does, spread over two seconds, beside
 * the same through the pass-through. Needs Linux (it reads /proc) and a built app.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from '../tests/fakes/api-client.ts';
import { type BenchRow, printRows } from './row.ts';
import { closeStage, cpuSeconds, openStage, quantile, type Stage, threadSeconds } from './server.ts';

const rate = 20;
const spreadMs = 2_000;
const people = 50;

interface Sample {
  /** Send → upstream, in ms. */
  reachP50: number;
  reachP99: number;
  /** Ages of the tokens when they were read, in ms. */
  ageP50: number;
  ageP99: number;
  /** Of the server's main thread, in ms for each question, its answer's tokens included. */
  mainPerQuestion: number;
  cpuPer100k: number;
  whole: number;
}

async function run(
  stage: Stage,
  through: 'app' | 'pass-through',
  options: { count: number; tokens: number; cookies: readonly string[]; spread?: number },
): Promise<Sample> {
  const { provider, reader } = stage;
  const { count, tokens, cookies, spread = spreadMs } = options;
  const pid = through === 'app' ? stage.app.pid : stage.passThrough.pid;
  provider.send({ type: 'plan', plan: { rate, tokens, pad: 0, atOnce: true } });
  const url = through === 'app' ? stage.app.url : stage.passThroughUrl;
  const before = { cpu: cpuSeconds(pid), main: threadSeconds(pid) };
  reader.send({ type: 'ask', plan: { count, spreadMs: spread, through, url, cookies } });
  const reached: number[] = [];
  for (let i = 0; i < count; i++) {
    const { number, at } = await provider.hear('asked');
    reached[number] = at;
  }
  const { at: sent } = await reader.hear('sent');
  const after = { cpu: cpuSeconds(pid), main: threadSeconds(pid) };
  provider.send({ type: 'tell' });
  const { texts } = await provider.hear('written');
  reader.send({ type: 'tell', from: 0, to: Number.MAX_SAFE_INTEGER });
  const told = await reader.hear('told');
  const written = new Map(texts);
  const waits = reached.map((at, i) => (at - (sent[i] ?? Number.NaN)) / 1000).sort((a, b) => a - b);
  const sample: Sample = {
    reachP50: quantile(waits, 0.5),
    reachP99: quantile(waits, 0.99),
    ageP50: told.p50,
    ageP99: told.p99,
    mainPerQuestion: ((after.main - before.main) * 1000) / count,
    cpuPer100k: ((after.cpu - before.cpu) / (count * tokens)) * 100_000,
    whole: told.texts.filter(([id, text]) => written.get(id) === text).length,
  };
  console.error(`${through}, ${count} questions: ${JSON.stringify(sample)}`);
  return sample;
}

/** @param options.quick one turn of each, with short answers. */
export async function runAskingBench(options: { quick: boolean; only?: number[] }): Promise<BenchRow[]> {
  const stage = await openStage();
  const rows: BenchRow[] = [];
  try {
    const cookies: string[] = [];
    for (let i = 0; i < people; i++) {
      const person = new ApiClient(stage.app.url);
      await person.json('GET', '/api/models');
      cookies.push(person.cookie);
    }
    const tokens = options.quick ? 100 : 300;
    for (const through of ['pass-through', 'app'] as const) {
      await run(stage, through, { count: 50, tokens: 60, cookies });
      await run(stage, through, { count: 50, tokens: 60, cookies });
    }
    for (const count of options.only ?? [1, 50, 200, 500]) {
      const floors: Sample[] = [];
      const ours: Sample[] = [];
      for (let turn = 0; turn < (options.quick ? 1 : 3); turn++) {
        floors.push(await run(stage, 'pass-through', { count, tokens, cookies }));
        await delay(500);
        ours.push(await run(stage, 'app', { count, tokens, cookies }));
        await delay(500);
      }
      rows.push(...rowsOf(count, floors, ours));
    }
  } finally {
    await closeStage(stage);
  }
  return rows;
}

const goals: Record<number, Partial<Record<keyof Sample, number>>> = {
  1: { reachP50: 10 },
  200: { reachP50: 30, reachP99: 100, ageP99: 10, mainPerQuestion: 6 },
  500: { reachP50: 100, reachP99: 400, ageP50: 10, ageP99: 60 },
};

const figures: [keyof Sample, string, string][] = [
  ['reachP50', 'send → provider, p50', 'ms'],
  ['reachP99', 'send → provider, p99', 'ms'],
  ['ageP50', 'added latency per token, p50', 'ms'],
  ['ageP99', 'added latency per token, p99', 'ms'],
  ['mainPerQuestion', 'main thread for each question and its answer', 'ms'],
  ['cpuPer100k', 'server CPU per 100k tokens, asking included', 's'],
];

function rowsOf(count: number, floors: Sample[], ours: Sample[]): BenchRow[] {
  const median = (samples: Sample[], figure: keyof Sample) =>
    quantile(
      samples.map((sample) => sample[figure]).sort((a, b) => a - b),
      0.5,
    );
  const name = `${count} ${count === 1 ? 'question' : 'questions'} in ${spreadMs / 1000} s`;
  const rows = figures.map(([figure, words, unit]): BenchRow => {
    const [value, floor] = [median(ours, figure), median(floors, figure)];
    const goal = goals[count]?.[figure];
    return {
      case: name,
      figure: words,
      unit,
      value,
      floor,
      ratio: value / floor,
      goal: goal === undefined ? '' : `≤ ${goal} ${unit}`,
      met: goal === undefined ? null : value <= goal,
    };
  });
  const whole = Math.min(...ours.map((sample) => sample.whole));
  rows.push({
    case: name,
    figure: 'answers whose text is whole',
    unit: '',
    value: whole,
    floor: null,
    ratio: null,
    goal: 'all',
    met: whole === count,
  });
  return rows;
}

if (import.meta.main) {
  const numbers = process.argv.slice(2).map(Number).filter(Boolean);
  printRows(
    await runAskingBench({ quick: process.argv.includes('--quick'), ...(numbers.length && { only: numbers }) }),
  );
}
