import { answerText, ask, badge, test as base, expect } from '../browser/support.ts';

// The browser and React report each part that is missing; here that is what is provoked.
const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from it
  faults: async ({}, use) => use([]),
});
test.describe.configure({ timeout: 120_000 });
const soon = { timeout: 30_000 };
const chunks = '**/_next/static/chunks/**';

test('a part that cannot be loaded never takes the page away, whatever is pressed', async ({ page, bare }) => {
  const question = 'What is the capital of France?';
  await page.goto(bare.url);
  await ask(page, question);
  await expect(badge(page)).toBeVisible(soon);
  await page.reload();
  await expect(badge(page)).toBeVisible(soon);
  // what the page fetches by itself is there; from here on, what is pressed for is not
  await expect(page.getByRole('button', { name: 'Share' })).toBeVisible(soon);
  await expect(answerText(page).locator('strong')).toHaveText('Paris', soon);

  await page.route(chunks, (route) => route.fulfill({ status: 404 }));
  const bar = page.getByRole('alert').filter({ hasText: 'A part of this page could not be loaded.' });
  const isWhole = async () => {
    await expect(page.getByRole('article', { name: 'You asked' }).filter({ hasText: question })).toBeVisible();
    await expect(answerText(page)).toContainText('Paris');
    await expect(page.getByLabel('Your question')).toBeVisible();
  };
  await page.keyboard.press('Control+k');
  await expect(bar).toBeVisible(soon);
  await isWhole();
  for (const name of [
    'Share',
    'Export',
    'Tokens over time',
    'More about this answer',
    /^Parameters/,
    /^Prompt: /,
    /^Model: /,
  ]) {
    await page.getByRole('button', { name }).last().click();
    await page.keyboard.press('Escape');
    await isWhole();
  }
  await page.getByRole('button', { name: /^Parameters/ }).click();
  await expect(page.getByText('This could not be loaded.')).toBeVisible(soon);
  await page.keyboard.press('Escape');

  await page.unroute(chunks);
  await bar.getByRole('button', { name: 'Reload' }).click();
  await expect(badge(page)).toBeVisible(soon);
  await expect(bar).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible(soon);
});

test('Esc takes back a press whose part has not come yet', async ({ page, bare }) => {
  await page.goto(bare.url);
  await ask(page, 'What is the capital of France?');
  await expect(badge(page)).toBeVisible(soon);
  const exportButton = page.getByRole('button', { name: 'Export' }).last();
  let letThrough = () => {};
  const isLetThrough = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  await page.route(chunks, async (route) => {
    await isLetThrough;
    await route.continue();
  });
  const asked = page.waitForRequest(chunks);
  await exportButton.click();
  const request = await asked;
  await page.keyboard.press('Escape');
  letThrough();
  await (await request.response())?.finished();
  // what is pressed next comes after it
  await page.getByRole('button', { name: 'Share' }).last().click();
  await expect(page.getByRole('dialog', { name: 'Share' })).toBeVisible(soon);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await exportButton.click();
  await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible(soon);
});

test('what is missing while the server is away comes with it, and an update is told', async ({ page, bare }) => {
  await page.goto(bare.url);
  await page.route(chunks, (route) => route.abort());
  await page.route('**/api/build', (route) => route.abort());
  await page.keyboard.press('Control+k');
  const away = page.getByRole('alert').filter({ hasText: 'Thinkglass cannot be reached.' });
  await expect(away).toBeVisible(soon);
  await page.unroute(chunks);
  await page.unroute('**/api/build');
  await expect(away).toHaveCount(0, soon);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible(soon);
  await page.keyboard.press('Escape');

  await page.route(chunks, (route) => route.fulfill({ status: 404 }));
  await page.route('**/api/build', (route) => route.fulfill({ json: { build: 'a newer one' } }));
  await page.getByRole('button', { name: /^Parameters/ }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Thinkglass was updated' })).toBeVisible(soon);
});
