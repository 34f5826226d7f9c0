import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from '@playwright/test';
import { createId } from '../lib/ids.ts';
import { findChromium } from '../scripts/debian.mjs';
import { type AppServer, startApp } from '../tests/fakes/server.ts';
import type { Pace } from './page-provider.ts';
import { installSampler, type Samples } from './page-sampler.ts';
import { benchOpening } from './page-open.ts';
import { type BenchRow, quantile, rowOf } from './row.ts';

/** What one stream cost in a page. */
interface Streamed extends Samples {
  wallMs: number;
  /** Tasks of the main thread, by the clock on the wall, without the sampler. */
  taskMs: number;
  /** CPU time of the main thread; undefined where the system does not tell. */
  mainCpuMs: number | undefined;
  /** CPU time of all of the browser's processes. */
  cpuMs: number;
  scriptMs: number;
  layoutMs: number;
  styleMs: number;
  /** After a collection of garbage, in MB. */
  heapMb: number;
}

interface Servers {
  app: AppServer;
  browser: Browser;
  /** Base URL of the provider. */
  provider: string;
  options: PageBenchOptions;
}

interface StreamCase {
  name: string;
  tokens: number;
  /** Tokens a second, of each column. */
  rate: number;
  columns: number;
  /** A shorter stream at the same pace whose floor is this one's too: a bare page does not slow down with the length. */
  floorOf?: string;
}

const streamCases: StreamCase[] = [
  { name: '8k at 200/s', tokens: 8000, rate: 200, columns: 1 },
  { name: '32k at 200/s', tokens: 32_000, rate: 200, columns: 1, floorOf: '8k at 200/s' },
  { name: '32k at 1000/s', tokens: 32_000, rate: 1000, columns: 1 },
  { name: '100k at 1000/s', tokens: 100_000, rate: 1000, columns: 1, floorOf: '32k at 1000/s' },
  { name: 'compare, 4 × 100/s', tokens: 4000, rate: 100, columns: 4 },
];

const chromiumArguments = [
  '--no-sandbox', // it may run as root, where Chromium has none
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface PageBenchOptions {
  /** Only what takes less than a minute. */
  quick: boolean;
  /** Only the streams whose names hold this. */
  only?: string | undefined;
  /** Writes a CPU profile of each stream in the app. */
  profile?: boolean;
}

/** What the browser sees: streams, reloads and the first load, in the built app and in a bare page in the same run. */
export async function runPageBench(options: PageBenchOptions): Promise<BenchRow[]> {
  const provider = await startProvider();
  const app = await startApp({ env: { CUSTOM_BASE_URL: provider.url, CUSTOM_NAME: 'Bench' } });
  const executablePath = findChromium();
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: chromiumArguments });
  const servers = { app, browser, provider: provider.url, options };
  const rows: BenchRow[] = [];
  try {
    rows.push(await measureFirstLoad(servers));
    const floors = new Map<string, Streamed>();
    for (const wanted of streamCases) {
      if (options.quick && wanted.tokens > 8000) continue;
      if (options.only && !wanted.name.includes(options.only)) continue;
      if (wanted.columns > 1 && !(await hasComparison(servers))) {
        say(`${wanted.name}: skipped, there is no comparison page`);
        continue;
      }
      rows.push(...(await benchStream(servers, wanted, floors)));
    }
    if (!options.only || '500 turns, reopen'.includes(options.only)) rows.push(...(await benchOpening(servers)));
    await sayPaces(provider.url);
  } finally {
    await browser.close();
    await app.stop();
    provider.child.kill('SIGTERM');
  }
  return rows;
}

async function benchStream(servers: Servers, wanted: StreamCase, floors: Map<string, Streamed>): Promise<BenchRow[]> {
  const context = await servers.browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    let floor = floors.get(wanted.floorOf ?? wanted.name);
    if (!floor) {
      const like = streamCases.find(({ name }) => name === wanted.floorOf) ?? wanted;
      const bare = await streamInto(servers, context, like, 'bare');
      floor = bare.streamed;
      floors.set(like.name, floor);
    }
    const { streamed, conversationId } = await streamInto(servers, context, wanted, 'app');
    const rows = streamRows(wanted, streamed, floor);
    if (wanted.columns === 1 && wanted.rate !== 200) {
      if (wanted.tokens < 100_000) return rows;
    } else if (wanted.tokens !== 8000) return rows;
    return [...rows, ...(await benchReload(servers, context, wanted, conversationId))];
  } finally {
    await context.close();
  }
}

async function streamInto(
  { app, browser, provider, options }: Servers,
  context: BrowserContext,
  wanted: StreamCase,
  into: 'app' | 'bare',
): Promise<{ streamed: Streamed; conversationId: string }> {
  say(`${wanted.name}: ${into === 'app' ? 'the app' : 'a bare page'}`);
  const page = await context.newPage();
  await page.addInitScript(installSampler, []);
  const written = (await readPaces(provider)).length;
  const ids = await createConversation(app, context, wanted);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable');
  if (into === 'bare') {
    await serveBarePage(page, app);
    await page.goto(`${app.url}/bare-page#ask=${[ids.conversationId, ...ids.threadIds].join(',')}`);
  } else {
    await page.goto(`${app.url}/c/${ids.conversationId}`);
    await writeQuestion(page);
    await page.waitForTimeout(1000); // what a person needs to write it: the renderer is fetched meanwhile
    await page.getByLabel('Your question').press('Enter');
  }
  const field = page.getByLabel('Your question');
  await page.waitForFunction(() => /t\d+s\d+x/.test(document.body.textContent ?? ''), undefined, { timeout: 30_000 });
  await field.focus();
  const profiled = options.profile && into === 'app';
  if (profiled) {
    await cdp.send('Profiler.enable');
    await cdp.send('Profiler.setSamplingInterval', { interval: 500 });
    await cdp.send('Profiler.start');
  }
  const system = await browser.newBrowserCDPSession();
  const cpuBefore = await readCpu(system);
  const before = await readMetrics(cdp);
  const began = performance.now();
  await page.evaluate(() => window.sampler.begin());
  const typing = new AbortController();
  const typed = typeUntil(cdp, typing.signal);
  await untilWritten(provider, written, wanted);
  // Asked for only now: reading the page's text would cost the page what is measured.
  await page.waitForFunction(
    (count) => (document.body.innerText.match(/endofanswer/g) ?? []).length >= count,
    wanted.columns,
    { timeout: 60_000, polling: 100 },
  );
  const after = await readMetrics(cdp);
  const wallMs = performance.now() - began;
  const cpuAfter = await readCpu(system);
  await system.detach();
  const samples = await page.evaluate(() => window.sampler.end());
  typing.abort();
  await typed;
  if (profiled) {
    const { profile } = await cdp.send('Profiler.stop');
    const name = wanted.name.replaceAll(/[^a-z\d]+/g, '-');
    writeFileSync(new URL(`${name}.cpuprofile`, import.meta.url), JSON.stringify(profile));
  }
  await page.waitForTimeout(500);
  await cdp.send('HeapProfiler.collectGarbage');
  const rest = await readMetrics(cdp);
  const passed = (name: string) => ((after[name] ?? 0) - (before[name] ?? 0)) * 1000;
  const streamed = {
    ...samples,
    wallMs,
    taskMs: passed('TaskDuration') - samples.ownMs,
    ...cpuBetween(cpuBefore, cpuAfter, samples.ownMs),
    scriptMs: passed('ScriptDuration') - samples.ownMs,
    layoutMs: passed('LayoutDuration'),
    styleMs: passed('RecalcStyleDuration'),
    heapMb: (rest['JSHeapUsedSize'] ?? 0) / 1e6,
  };
  await page.close();
  return { streamed, conversationId: ids.conversationId };
}

/** What is written before the page has come alive is not seen by it: then it is written again. */
async function writeQuestion(page: Page): Promise<void> {
  const sendable = page.locator('.send-button:enabled');
  for (let attempt = 0; (await sendable.count()) === 0; attempt++) {
    if (attempt === 40) throw new Error('The page takes no question.');
    await page.getByLabel('Your question').fill('');
    await page.getByLabel('Your question').fill('Go on.');
    await page.waitForTimeout(250);
  }
}

function streamRows({ name, tokens, rate, columns }: StreamCase, app: Streamed, floor: Streamed): BenchRow[] {
  const most = rate * columns > 200 ? 6 : 2.5;
  const tenth = Math.max(1, Math.floor(app.lags.length / 10));
  const first = quantile(app.lags.slice(0, tenth), 0.5);
  const last = quantile(app.lags.slice(-tenth), 0.5);
  const scale = tokens / rate / (floor.wallMs / 1000); // the floor may be of a shorter stream
  const fps = (s: Streamed) => (s.frames / s.framesMs) * 1000;
  const blocked = app.longTasks.reduce((sum, ms) => sum + ms - 50, 0);
  const longest = Math.max(0, ...app.longTasks);
  const row = rowOf(name);
  return [
    row('lag p50', 'ms', quantile(app.lags, 0.5), quantile(floor.lags, 0.5), { most }),
    row('lag p95', 'ms', quantile(app.lags, 0.95), quantile(floor.lags, 0.95), { most }),
    {
      ...row('lag p50, last tenth against the first', '×', last / first, null, {}),
      goal: '≤ 1.5',
      met: last / first <= 1.5,
    },
    row('frames per second', '/s', fps(app), fps(floor), { least: rate >= 1000 ? 0.97 : 0.95 }),
    { ...row('total blocking time', 'ms', blocked, null, {}), goal: '≤ 100 ms', met: blocked <= 100 },
    { ...row('longest task', 'ms', longest, null, {}), goal: '≤ 80 ms', met: longest <= 80 },
    row('key to paint p95', 'ms', quantile(app.keys, 0.95), quantile(floor.keys, 0.95), { most: 2 }),
    row('script', 's', app.scriptMs / 1000, (floor.scriptMs / 1000) * scale, { most: 6 }),
    ...(app.mainCpuMs === undefined || floor.mainCpuMs === undefined
      ? []
      : [row('CPU of the main thread', 's', app.mainCpuMs / 1000, (floor.mainCpuMs / 1000) * scale, {})]),
    row('CPU of the browser', 's', app.cpuMs / 1000, (floor.cpuMs / 1000) * scale, {}),
    row('main thread busy', '%', (100 * app.taskMs) / app.wallMs, (100 * floor.taskMs) / floor.wallMs, {}),
    row(
      'layout and style',
      's',
      (app.layoutMs + app.styleMs) / 1000,
      ((floor.layoutMs + floor.styleMs) / 1000) * scale,
      {},
    ),
    { ...row('elements, peak', '', app.elements, floor.elements, {}), goal: '≤ 4,000', met: app.elements <= 4000 },
    { ...row('heap after it', 'MB', app.heapMb, floor.heapMb, {}), goal: '≤ 40 MB', met: app.heapMb <= 40 },
    row('looks without the end in sight', '%', (100 * app.outOfSight) / Math.max(1, app.looks), null, {}),
  ];
}

/** From the start of the navigation to the last text painted: as a reader left it, and with the thinking open. */
async function benchReload(
  { app }: Servers,
  context: BrowserContext,
  { name, tokens, columns }: StreamCase,
  conversationId: string,
): Promise<BenchRow[]> {
  if (columns > 1) return [];
  const size = `${tokens / 1000}k`;
  say(`${name}: reload`);
  const most = tokens > 8000 ? 5 : 3;
  const marks = ['endofanswer1', 'endofthought1'];
  const bare: number[] = [];
  const folded: number[] = [];
  const open: number[] = [];
  for (let round = 0; round < 5; round++) {
    const page = await context.newPage();
    await page.addInitScript(installSampler, marks);
    await serveBarePage(page, app);
    await page.goto(`${app.url}/bare-page?${round}#show=${conversationId}`);
    bare.push(await shownAt(page, ['endofanswer1']));
    await page.goto(`${app.url}/c/${conversationId}`);
    folded.push(await shownAt(page, ['endofanswer1']));
    await page.evaluate(() => localStorage.setItem('thinkglass:thinking', 'open'));
    await page.reload();
    open.push(await shownAt(page, ['endofanswer1']));
    await page.evaluate(() => localStorage.removeItem('thinkglass:thinking'));
    await page.close();
  }
  const row = rowOf(`reload of ${size}`);
  const floor = quantile(bare, 0.5);
  return [
    row('last text painted', 'ms', quantile(folded, 0.5), floor, { most }),
    row('last text painted, thinking open', 'ms', quantile(open, 0.5), floor, { most }),
  ];
}

async function shownAt(page: Page, marks: string[]): Promise<number> {
  await page.waitForFunction((all) => all.every((mark) => window.sampler.shownAt[mark] !== undefined), marks);
  return await page.evaluate((all) => Math.max(...all.map((mark) => window.sampler.shownAt[mark] ?? 0)), marks);
}

/** All JavaScript that a first visit fetches before anybody does anything. */
async function measureFirstLoad({ app, browser }: Servers): Promise<BenchRow> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') bodies.push(response.body());
  });
  await page.goto(app.url, { waitUntil: 'networkidle' });
  let size = 0;
  for (const body of await Promise.all(bodies)) size += gzipSync(body, { level: 9 }).length;
  await context.close();
  const kb = size / 1000;
  return { ...rowOf('first load')('JavaScript, gzip -9', 'kB', kb, null, {}), goal: '≤ 200 kB', met: kb <= 200 };
}

async function hasComparison({ app }: Servers): Promise<boolean> {
  return (await fetch(`${app.url}/compare`)).ok;
}

async function createConversation(
  app: AppServer,
  context: BrowserContext,
  { tokens, rate, columns }: StreamCase,
): Promise<{ conversationId: string; threadIds: string[] }> {
  await context.request.get(app.url); // who we are
  const conversationId = createId();
  const threadIds = Array.from({ length: columns }, () => createId());
  const threads = threadIds.map((id, i) => ({
    id,
    settings: { model: { providerId: 'custom', modelKey: `write-${tokens}-${rate}-${i + 1}` }, sampling: {} },
  }));
  const answer = await context.request.post(`${app.url}/api/conversations`, {
    headers: { origin: app.url },
    data: { id: conversationId, threads },
  });
  if (!answer.ok()) throw new Error(`The conversation was refused: ${await answer.text()}`);
  return { conversationId, threadIds };
}

async function serveBarePage(page: Page, app: AppServer): Promise<void> {
  const body = readFileSync(new URL('bare-page.html', import.meta.url));
  await page.route(`${app.url}/bare-page**`, (route) => route.fulfill({ contentType: 'text/html', body }));
}

async function readMetrics(cdp: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** CPU time of each process of the browser, and of its main thread, in ms. */
type Cpu = Map<number, { all: number; main: number | undefined }>;

async function readCpu(system: CDPSession): Promise<Cpu> {
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  return new Map(processInfo.map(({ id, cpuTime }) => [id, { all: cpuTime * 1000, main: mainThreadMs(id) }]));
}

/** Linux tells what a thread has run, in ns; elsewhere undefined. A process's first thread has its number. */
function mainThreadMs(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
}

/** The page is in the process that worked most on a first thread. */
function cpuBetween(before: Cpu, after: Cpu, samplerMs: number): Pick<Streamed, 'mainCpuMs' | 'cpuMs'> {
  let cpuMs = -samplerMs;
  let mainCpuMs: number | undefined;
  for (const [pid, { all, main }] of after) {
    cpuMs += all - (before.get(pid)?.all ?? 0);
    const mainPassed = main === undefined ? undefined : main - (before.get(pid)?.main ?? 0) - samplerMs;
    if (mainPassed !== undefined) mainCpuMs = Math.max(mainCpuMs ?? 0, mainPassed);
  }
  return { mainCpuMs, cpuMs };
}

/** A letter about each 400 ms, never in step with the frames. */
async function typeUntil(cdp: CDPSession, signal: AbortSignal): Promise<void> {
  for (let i = 0; !signal.aborted; i++) {
    const key = 'abcdefghij'.charAt(i % 10);
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key });
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
    await new Promise((resolve) => setTimeout(resolve, 370 + ((i * 37) % 61)));
  }
}

interface Provider {
  url: string;
  child: ChildProcess;
}

async function startProvider(): Promise<Provider> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'page-provider.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: String(line).trim(), child };
}

async function readPaces(baseURL: string): Promise<Pace[]> {
  const answer = await fetch(new URL('/pace', baseURL));
  return (await answer.json()) as Pace[]; // our own provider's words
}

/** Resolves when the provider has written all columns of a case. @throws when it takes three times as long as it should */
async function untilWritten(baseURL: string, before: number, { tokens, rate, columns }: StreamCase): Promise<void> {
  const deadline = performance.now() + (tokens / rate) * 3000 + 30_000;
  while ((await readPaces(baseURL)).length < before + columns) {
    if (performance.now() > deadline) throw new Error('The provider does not come to an end.');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A provider that falls behind would measure itself. */
async function sayPaces(baseURL: string): Promise<void> {
  for (const { model, tokens, seconds, latest } of await readPaces(baseURL)) {
    say(`provider, ${model}: ${(tokens / seconds).toFixed(1)} tokens/s, at most ${latest.toFixed(0)} ms late`);
  }
}

function say(words: string): void {
  console.error(`bench: ${words}`);
}
