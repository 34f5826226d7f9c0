import type { Browser, Page } from '@playwright/test';
import { ask, badge, expect, openChat, test, watch } from '../browser/support.ts';

const dialog = (page: Page) => page.getByRole('dialog');
const preview = (page: Page) => page.getByRole('region', { name: 'What will be public' });

/** Somebody else's browser; without programs if wished. */
async function openReader(browser: Browser, faults: string[], javaScriptEnabled = true): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  watch(page, faults);
  return page;
}

async function share(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Create the link' }).click();
  await expect(dialog(page)).toContainText('The link is made');
  const url = await page.getByLabel('The link', { exact: true }).inputValue();
  await page.getByRole('button', { name: 'Done' }).click();
  return url;
}

/** All that is served under a link, to the byte. */
async function everything(page: Page, url: string) {
  const answers = ['', '/data', '/markdown', '/image'].map(async (place) => {
    const response = await page.request.get(`${url}${place}`);
    const { date: _, connection: __, 'keep-alive': ___, ...headers } = response.headers();
    return { status: response.status(), headers, body: (await response.body()).toString('base64') };
  });
  return Promise.all(answers);
}

test('a shared chat is read without programs, gone on with in another browser, and gone everywhere once revoked', async ({
  page,
  browser,
  app,
  faults,
}) => {
  test.setTimeout(180_000);
  await openChat(page, app, 'fast-r1');
  await ask(page, 'Who may read this?');
  await expect(badge(page)).toBeVisible();
  await ask(page, 'And this?');
  await expect(page.getByText('You asked: And this?')).toBeVisible();
  await expect(badge(page)).toBeVisible();

  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(preview(page)).toContainText('Who may read this?');
  await expect(preview(page)).toContainText('tokens of thinking');
  await dialog(page).getByLabel('Tokens and times').uncheck();
  await expect(preview(page)).not.toContainText('tokens of thinking');
  await dialog(page).getByText('Left out', { exact: true }).click();
  await expect(preview(page).locator('details')).toHaveCount(0);
  await dialog(page).getByText('Shown', { exact: true }).click();
  await expect(preview(page).locator('details[open]')).toHaveCount(2);
  await dialog(page).getByLabel('Open for').selectOption('A week');
  const url = await share(page);
  expect(url).toMatch(new RegExp(`^${app.url}/s/[\\w-]{22}$`));

  const plain = await openReader(browser, faults, false);
  const served = await plain.goto(url);
  expect(served?.headers()['x-robots-tag']).toBe('noindex, nofollow, noarchive');
  expect(served?.headers()['set-cookie']).toBeUndefined();
  expect(served?.headers()['content-encoding']).toBe('gzip');
  await expect(plain.getByRole('heading', { level: 1 })).toHaveText('Who may read this?');
  await expect(plain.getByText('You asked: And this?')).toBeVisible();
  await expect(plain.getByText('step 20').first()).toBeVisible();
  await expect(plain.getByRole('button')).toHaveCount(0); // what needs a program is not offered
  await plain.context().close();

  const reader = await openReader(browser, faults);
  await reader.goto(url);
  await reader.getByRole('button', { name: 'Copy', exact: true }).first().click();
  await expect(reader.getByRole('status')).toHaveText('Copied');
  expect(await reader.evaluate(() => navigator.clipboard.readText())).toMatch(/^You asked: Who may read this\?/);
  await reader.getByRole('button', { name: 'Continue in a chat of your own' }).click();
  await expect(reader).toHaveURL(/\/c\/[0-9a-f-]{36}$/);
  await expect(reader.getByText('You asked: And this?')).toBeVisible();
  const field = reader.getByLabel('Your question');
  await expect(async () => {
    await field.fill('Is it mine now?'); // again, if the page had not come alive
    await expect(reader.getByRole('button', { name: 'Send' })).toBeEnabled({ timeout: 500 });
  }).toPass();
  await field.press('Enter');
  await expect(reader.getByText('You asked: Is it mine now?')).toBeVisible();
  const open = (await everything(reader, url)).map(({ status, body }) => ({ status, body }));
  expect(open.map(({ status }) => status)).toEqual([200, 200, 200, 200]);

  // Deleted, it is closed at once; taken back, it is open as it was.
  const chat = page.getByRole('navigation', { name: 'Conversations' }).getByRole('listitem');
  await chat.filter({ hasText: 'Who may read this?' }).hover();
  await chat.getByRole('button', { name: 'More about “Who may read this?”' }).click();
  await page.getByRole('menuitem', { name: 'Delete', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Undo' })).toContainText('“Who may read this?” is deleted.');
  expect((await everything(reader, url)).map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page).toHaveURL(/\/c\/[0-9a-f-]{36}$/);
  expect((await everything(reader, url)).map(({ status, body }) => ({ status, body }))).toEqual(open);

  await page.goto(`${app.url}/settings#shares`);
  const links = page.getByRole('list', { name: 'Links you have made' });
  await expect(links).toContainText('Opened 4 times'); // twice in a browser, twice by what asks as an old one does
  await links.getByRole('button', { name: 'Revoke' }).click();
  await dialog(page).getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('A chat or a comparison is shared from its own page')).toBeVisible();

  const gone = await everything(reader, url);
  const never = await everything(reader, `${app.url}/s/AAAAAAAAAAAAAAAAAAAAAA`);
  expect(gone.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  for (const { body } of gone) expect(body).toBe(never[0]?.body);
  expect(gone).toEqual(never);
  await reader.goto(url);
  await expect(reader.getByRole('heading', { level: 1 })).toHaveText('There is nothing here.');
  await reader.context().close();
});

test('a comparison is shared with the columns that are chosen, and stands side by side or one below the other', async ({
  page,
  browser,
  app,
  faults,
}) => {
  await page.goto(`${app.url}/compare?models=custom:fast-r1,custom:plain&prompt=Which%20column%3F`);
  await expect(page.getByLabel('Your question')).toHaveValue('Which column?');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('You asked: Which column?')).toHaveCount(2);
  await expect(badge(page)).toBeVisible();
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await dialog(page).getByLabel('plain').uncheck();
  await expect(preview(page).locator('[data-columns]')).toHaveAttribute('data-columns', '1');
  await dialog(page).getByLabel('plain').check();
  await expect(preview(page).locator('[data-columns]')).toHaveAttribute('data-columns', '2');
  const url = await share(page);

  const reader = await openReader(browser, faults);
  await reader.setViewportSize({ width: 1280, height: 800 });
  await reader.goto(url);
  const columns = reader.locator('main section');
  const boxes = async () => Promise.all([columns.nth(0).boundingBox(), columns.nth(1).boundingBox()]);
  const [left, right] = await boxes();
  expect(left && right && right.x >= left.x + left.width).toBe(true);
  await reader.setViewportSize({ width: 390, height: 800 });
  const [upper, lower] = await boxes();
  expect(upper && lower && lower.y >= upper.y + upper.height).toBe(true);
  expect(await reader.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await reader.context().close();
});
