import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Download, Page } from '@playwright/test';
import { expect, test } from '../browser/support.ts';
import { chunk, doneStep } from '../fakes/provider.ts';
import type { AppServer } from '../fakes/server.ts';

/** For what a whole run, or many samples, take on a busy machine. */
const patient = { timeout: 90_000 };

test.describe.configure({ timeout: 300_000 });
// `boxes` puts one answer in a box and says the other in passing
test.use({
  fake: {
    models: [{ id: 'fast-r1' }, { id: 'boxes' }],
    respond: ({ json }) => {
      if (json.model !== 'boxes') return undefined;
      const isFirst = /2 \+ 2/.test(json.messages?.at(-1)?.content ?? '');
      const answer = isFirst ? 'It is \\boxed{4}.' : 'Three and three make 6';
      return { steps: [chunk({ content: `<think>so so</think>${answer}` }), chunk({}, 'stop'), doneStep] };
    },
  },
});

const questions = [
  { id: 'a', question: 'What is 2 + 2?', answer: '4' },
  { id: 'b', question: 'What is 3 + 3?', answer: '6' },
  { id: 'c', question: 'No key?' },
];

/** Opens the lab, and has the questions read there. */
async function pasteQuestions(page: Page, app: AppServer): Promise<void> {
  await page.goto(`${app.url}/lab`);
  await page.getByText('Pasted', { exact: true }).click();
  await page
    .getByLabel('Questions, as JSON lines, JSON or CSV')
    .fill(questions.map((question) => JSON.stringify(question)).join('\n'));
  await page.getByRole('button', { name: 'Read them' }).click();
}

test('own questions are read, a model is asked, and each point leads to its samples', async ({ page, app }) => {
  await pasteQuestions(page, app);
  await expect(page.getByText('1 row left out')).toBeVisible();
  await expect(page.getByRole('list', { name: 'The first questions' }).getByText('What is 3 + 3?')).toBeVisible();

  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('option', { name: /^fast-r1/ }).click();
  await page.getByLabel('Samples of a question').fill('4');
  await page.getByRole('button', { name: 'Plan 8 samples' }).click();
  await expect(page).toHaveURL(/\/lab\?run=/);
  await page.getByRole('button', { name: 'Ask all' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toContainText('8 of 8 samples', patient);

  // The plot, by keys: a point is a link with its figures, and opens its questions.
  const plot = page.getByRole('region', { name: 'Accuracy against thinking', exact: true });
  await expect(plot.getByRole('link', { name: /thinking tokens/ })).toHaveCount(1);
  await plot.getByRole('link', { name: /thinking tokens/ }).focus();
  await page.keyboard.press('Enter');
  const table = page.getByRole('region', { name: 'Questions of this point' });
  await table.getByRole('button', { name: 'What is 2 + 2?' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Why this one would be pushed up')).toBeVisible();
  await expect(dialog.getByRole('region', { name: 'Rewards by sample' }).getByRole('row')).toHaveCount(5);

  // A verdict by hand counts.
  await dialog.getByRole('button', { name: 'Sample 1', exact: true }).click();
  await dialog.getByRole('button', { name: /^Mark as right$/ }).click();
  await expect(dialog.getByRole('button', { name: 'Marked right by hand' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();

  // All samples as they are kept come to what the page shows.
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'All samples as JSONL' }).click(),
  ]);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(9);
});

/** What a press on a control saves. */
async function saved(page: Page, name: string, role: 'button' | 'link' = 'button'): Promise<Buffer> {
  const [file] = await Promise.all([
    page.waitForEvent('download') as Promise<Download>,
    page.getByRole(role, { name, exact: true }).click(),
  ]);
  return readFile(await file.path());
}

test('a run is judged anew without a call; files and a link come to what the page shows', async ({
  page,
  app,
  provider,
  browser,
}) => {
  await pasteQuestions(page, app);
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('option', { name: /^boxes/ }).click();
  await page.getByRole('button', { name: 'Plan 8 samples' }).click();
  await page.getByRole('button', { name: 'Ask all' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible(patient);
  const figures = page.getByRole('region', { name: 'Figures by point' });
  await expect(figures).toContainText('100 %', patient);
  const calls = provider.requests.length;

  await page.getByText('Score again', { exact: true }).first().click();
  await page.getByLabel('the last number').uncheck();
  await page.getByRole('button', { name: 'Score again' }).click();
  await expect(page.getByText('The figures above are by this rule.')).toBeVisible();
  await expect(figures).toContainText('50 %', patient);
  await expect(page.getByRole('list', { name: 'How samples ended' })).toContainText('4 no answer found');
  expect(provider.requests.length).toBe(calls);

  await page.getByLabel('Votes count').selectOption('brevity');
  await expect(page.getByRole('region', { name: 'More samples' })).toBeVisible();
  await page.getByLabel('Beside it, from the papers').selectOption('aime');
  const v1 = page.getByRole('button', { name: 'R1-Zero (arXiv v1)' });
  await expect(v1).toHaveAttribute('aria-pressed', 'true');
  await v1.click();
  await expect(v1).toHaveAttribute('aria-pressed', 'false');

  const title = 'Accuracy against thinking';
  expect((await saved(page, `${title} as SVG`)).toString()).toMatch(/^(<\?xml[^>]*>\s*)?<svg[\s\S]*R1-Zero \(Nature\)/);
  expect([...(await saved(page, `${title} as PNG`)).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect((await saved(page, `${title} as CSV`)).toString()).toMatch(/^series,thinking_tokens,.+\r?\nboxes,/);
  expect((await saved(page, 'All figures as CSV', 'link')).toString()).toMatch(
    /\r?\n0,Fake server,boxes,as-is,,2,8,8,0\.5,/,
  );
  const [head, ...samples] = (await saved(page, 'All samples as JSONL', 'link')).toString().trim().split('\n');
  expect(JSON.parse(head ?? '')).toMatchObject({ kind: 'run', samples: { planned: 8, over: 8 } });
  const counted = samples.map((line) => (JSON.parse(line) as { counted: string }).counted);
  expect(counted.filter((state) => state === 'right')).toHaveLength(4);
  expect(counted.filter((state) => state === 'no-answer')).toHaveLength(4);

  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = await page.getByRole('link', { name: /\/lab\/shared\// }).getAttribute('href');
  const stranger = await browser.newPage();
  await stranger.goto(link ?? '');
  await expect(stranger.getByRole('region', { name: 'Figures by point' })).toContainText('50 %');
  await expect(stranger.getByText('8 of 8 samples, as they were on')).toBeVisible();
  await stranger.close();
});

test('who has no key sees a recorded run, and the same one live at a press', async ({ page, bare }) => {
  await page.goto(`${bare.url}/lab`);
  const look = page.getByRole('region', { name: 'What it looks like' });
  await expect(look.getByText('Recorded', { exact: true })).toBeVisible(patient);
  await expect(look.getByRole('figure', { name: /points of a recorded run/ })).toBeVisible();

  await look.getByRole('link', { name: 'Open this run' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('the small models inside');
  const plot = page.getByRole('region', { name: 'Accuracy against thinking', exact: true });
  await expect(plot.getByRole('link', { name: /thinking tokens/ })).toHaveCount(13, patient);
  await plot.getByRole('link', { name: /tiny-r1, closed at 256/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Point whose samples are shown')).toHaveValue('11');

  await page.getByRole('link', { name: 'All runs' }).click();
  // one's own begins with what can be asked here: puzzles, with the thinking varied
  await expect(page.getByRole('button', { name: /^Model: tiny-zero/ })).toBeVisible(patient);
  await expect(page.getByRole('button', { name: 'Plan 600 samples' })).toBeEnabled();
  await page.getByRole('button', { name: 'Run it live, here' }).click();
  await expect(page).toHaveURL(/\/lab\?run=/);
  // the whole run takes a busy machine a minute; the first points are there long before
  await expect(plot.getByRole('link', { name: /thinking tokens/ })).toHaveCount(12, { timeout: 180_000 });
});

test('the page of 100,000 samples has fewer than 4,000 elements, and each question is in reach', async ({
  page,
  app,
}) => {
  await page.goto(`${app.url}/lab`);
  const id = randomUUID();
  const model = (temperature: number) => ({
    settings: { model: { providerId: 'custom', modelKey: 'boxes' }, sampling: { temperature } },
    steps: [],
  });
  const planned = await page.request.post(`${app.url}/api/lab/runs`, {
    headers: { origin: app.url },
    data: {
      id,
      dataSetName: 'Many',
      questions: Array.from({ length: 1_000 }, (_, i) => ({
        id: `q${i}`,
        question: `What is ${i} + 2?`,
        answer: String(i + 2),
        kind: 'value',
      })),
      plan: {
        title: 'Many',
        models: [0.2, 0.4, 0.6, 0.8, 1].map(model),
        samplesPerQuestion: 20,
        suffix: 'boxed',
        seed: 1,
        ceiling: {},
      },
    },
  });
  expect(planned.status()).toBe(201);
  // as if they had been asked: the server's own database, and nothing of it in memory yet
  const db = new DatabaseSync(path.join(app.dataFolder, 'thinkglass.db'), { timeout: 30_000 });
  db.prepare(
    `update lab_samples set state = case when (number * 7919) % 13 < 7 then 'right' else 'wrong' end, scorer = 1,
      vote = case when (number * 7919) % 13 < 7 then 'a' else 'b' || ((number * 31) % 5) end, verdict = 'same',
      thinking_tokens = 100 + (number * 17) % 900, answer_tokens = 20, prompt_tokens = 40, source = 'reported', ms = 2000
      where run_id = ?`,
  ).run(id);
  db.prepare(`update lab_runs set state = 'done', version = version + 1 where id = ?`).run(id);
  db.close();

  await page.goto(`${app.url}/lab?run=${id}`);
  await expect(page.getByText('100,000 of 100,000 samples')).toBeVisible(patient);
  const plot = page.getByRole('region', { name: 'Accuracy against thinking', exact: true });
  await expect(plot.getByRole('link', { name: /thinking tokens/ })).toHaveCount(5);
  const table = page.getByRole('region', { name: 'Questions of this point' });
  await expect(table.getByRole('button', { name: 'What is 49 + 2?' })).toBeVisible();
  expect(await page.locator('*').count()).toBeLessThan(4_000);
  for (const question of ['What is 50 + 2?', 'What is 100 + 2?']) {
    await page.getByRole('button', { name: 'Later' }).click();
    await expect(table.getByRole('button', { name: question })).toBeVisible();
  }
  expect(await page.locator('*').count()).toBeLessThan(4_000);
});
