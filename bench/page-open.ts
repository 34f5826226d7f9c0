import type { Browser, BrowserContext, Page } from '@playwright/test';
import type { AppServer } from '../tests/fakes/server.ts';
import { longConversation } from '../tests/fakes/long-conversation.ts';
import { installSampler } from './page-sampler.ts';
import { type BenchRow, quantile, rowOf } from './row.ts';

const manyTurns = 500;
const fewTurns = 10;
const rounds = 5;

/**
 * What it takes to open a chat of 500 turns, by its address and by its link in the list; the floor is a chat of 10. It is
 * open when its last question is in view with the line of its thinking.
 */
export async function benchOpening(servers: { app: AppServer; browser: Browser }): Promise<BenchRow[]> {
  const { app, browser } = servers;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    await context.request.get(app.url); // who we are
    const few = await bringIn(context, app, fewTurns);
    const many = await bringIn(context, app, manyTurns);
    const loads = { few: [] as number[], many: [] as number[] };
    const reopened = { few: [] as number[], many: [] as number[] };
    let elements = 0;
    for (let round = 0; round < rounds; round++) {
      const page = await context.newPage();
      await page.addInitScript(installSampler, [`needle-${fewTurns} lies`, `needle-${manyTurns} lies`]);
      loads.few.push(await openAt(page, `${app.url}/c/${few}`, fewTurns));
      loads.many.push(await openAt(page, `${app.url}/c/${many}`, manyTurns));
      elements = Math.max(elements, await page.evaluate(() => document.querySelectorAll('*').length));
      reopened.few.push(await reopen(page, app, few));
      reopened.many.push(await reopen(page, app, many));
      await page.close();
    }
    const html = (await (await context.request.get(`${app.url}/c/${many}`)).text()).length / 1000;
    const row = rowOf(`${manyTurns} turns`);
    const limit = { most: 3 };
    return [
      row('last text painted', 'ms', quantile(loads.many, 0.5), quantile(loads.few, 0.5), limit),
      { ...row('elements', '', elements, null, {}), goal: '≤ 4,000', met: elements <= 4000 },
      { ...row('HTML', 'kB', html, null, {}), goal: '≤ 400 kB', met: html <= 400 },
      rowOf('reopen')('last question in view', 'ms', quantile(reopened.many, 0.5), quantile(reopened.few, 0.5), limit),
    ];
  } finally {
    await context.close();
  }
}

async function bringIn(context: BrowserContext, app: AppServer, turns: number): Promise<string> {
  const { file } = longConversation(turns);
  const response = await context.request.post(`${app.url}/api/import`, { data: file, headers: { origin: app.url } });
  const { ids } = (await response.json()) as { ids: string[] };
  const [id] = ids;
  if (!id) throw new Error('The chat was not taken.');
  return id;
}

/** From the start of the navigation until the end of the last answer is painted, in ms. */
async function openAt(page: Page, url: string, turns: number): Promise<number> {
  await page.goto(url);
  const mark = `needle-${turns} lies`;
  await page.waitForFunction((text) => window.sampler.shownAt[text] !== undefined, mark);
  return page.evaluate((text) => window.sampler.shownAt[text] ?? Number.NaN, mark);
}

/** From the press on its link in the list until its last question is in view with an answer below it, in ms. */
async function reopen(page: Page, app: AppServer, id: string): Promise<number> {
  await page.goto(`${app.url}/settings`);
  const link = page.locator(`a[href="/c/${id}"]`).first();
  await link.waitFor();
  await page.waitForTimeout(500); // the page has come alive
  return link.evaluate(
    (element) =>
      new Promise<number>((resolve) => {
        const began = performance.now();
        const look = () => {
          const turn = [...document.querySelectorAll('.turn')].at(-1);
          const answer = turn?.querySelector('.answer .think-head');
          const seen = turn && answer && turn.getBoundingClientRect().top >= -4;
          if (seen && answer.getBoundingClientRect().bottom < innerHeight) resolve(performance.now() - began);
          else requestAnimationFrame(look);
        };
        (element as HTMLElement).click();
        requestAnimationFrame(look);
      }),
  );
}
