import type { Page } from '@playwright/test';
import { ask, badge, expect, openChat, test } from '../browser/support.ts';

test.describe.configure({ timeout: 120_000 });
const soon = { timeout: 30_000 };

test('a thought that runs elsewhere is seen in its row, in the title and in the icon, and its end until it is looked at', async ({
  page,
  context,
  app,
  provider,
}) => {
  await openChat(page, app, 'gated');
  await ask(page, 'How many are there?');
  await provider.releaseNext();
  const row = page.getByRole('navigation').getByRole('listitem').filter({ hasText: 'How many are there?' });
  const chat = page.url();
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await expect(row).toContainText(/Thinking · \d+/, soon);
  await expect(page).toHaveTitle(/^◐ \d+ · Settings/);
  const icon = () => page.locator('link[rel="icon"]').getAttribute('href');
  await expect.poll(icon).toMatch(/^blob:/);

  const other = await context.newPage();
  await other.goto(`${app.url}/settings`);
  const rowThere = other.getByRole('navigation').getByRole('listitem').filter({ hasText: 'How many are there?' });
  await expect(rowThere).toContainText(/Thinking · \d+/, soon);

  for (let gate = 0; gate < 3; gate++) await provider.releaseNext();
  await expect(row).toContainText('Not seen yet', soon);
  await expect(rowThere).toContainText('Not seen yet', soon);
  await expect(row).toContainText(/Thought for .+: the answer is there\./);
  await expect(page).toHaveTitle(/^● Settings/);

  await other.goto(chat);
  await expect(rowThere).not.toContainText('Not seen yet', soon);
  await expect(row).not.toContainText('Not seen yet', soon);
  await expect(page).toHaveTitle(/^Settings/);
  await expect.poll(icon).not.toMatch(/^blob:/);
});

/** Until this browser knows that the answer the page shows was seen to its end: the page asks the server when that was. */
async function hasSeen(page: Page): Promise<void> {
  await page.waitForURL(/\/c\/[\w-]+$/);
  const id = new URL(page.url()).pathname.slice('/c/'.length);
  const isSettled = () =>
    page.evaluate((seen) => {
      const [told, unseen] = ['seen', 'unseen'].map((name) => localStorage.getItem(`thinkglass:${name}`) ?? '');
      return told?.includes(seen) && !unseen?.includes(seen);
    }, id);
  await expect.poll(isSettled, soon).toBe(true);
}

test('what is begun, renamed, pinned, archived and deleted in one tab is so in the other', async ({
  page,
  context,
  app,
}) => {
  const other = await context.newPage();
  await other.goto(`${app.url}/settings`);
  await openChat(page, app, 'fast-r1');
  const row = (on: Page, title: string) =>
    on.getByRole('navigation').getByRole('listitem').filter({ hasText: title }).first();
  await ask(page, 'First of two');
  await expect(badge(page)).toBeVisible(soon);
  await hasSeen(page);
  await page.goto(app.url);
  await ask(page, 'Second of two');
  await expect(badge(page)).toBeVisible(soon);
  await hasSeen(page);
  const pick = async (title: string, action: string) => {
    await row(page, title).hover();
    await row(page, title)
      .getByRole('button', { name: `More about “${title}”` })
      .click();
    await page.getByRole('menuitem', { name: action, exact: true }).click();
  };
  const archiveOf = (on: Page) => on.getByRole('button', { name: 'Archived conversations' });
  await expect(row(other, 'First of two')).toContainText('fast-r1', soon);
  await expect(row(other, 'Second of two')).toContainText('fast-r1', soon);

  await page.bringToFront();
  await pick('First of two', 'Rename');
  await page.getByRole('textbox', { name: 'Title' }).fill('Renamed');
  await page.keyboard.press('Enter');
  await expect(row(other, 'Renamed')).toBeVisible(soon);
  await expect(row(other, 'First of two')).toHaveCount(0);
  await pick('Renamed', 'Pin');
  await expect(other.getByRole('region', { name: 'Pinned' }).getByRole('listitem')).toContainText('Renamed', soon);

  await other.bringToFront(); // a page behind another draws a frame a second
  await archiveOf(other).click();
  await expect(other.getByText('Nothing is archived.')).toBeVisible(soon);
  await page.bringToFront();
  await pick('Second of two', 'Archive');
  await expect(row(other, 'Second of two')).toBeVisible(soon);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(other.getByText('Nothing is archived.')).toBeVisible(soon);
  await pick('Renamed', 'Archive');
  await expect(row(other, 'Renamed')).toBeVisible(soon);
  await archiveOf(page).click();
  await pick('Renamed', 'Delete');
  await expect(other.getByText('Nothing is archived.')).toBeVisible(soon);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(row(other, 'Renamed')).toBeVisible(soon);
  await other.bringToFront();
  await archiveOf(other).click();
  await expect(row(other, 'Second of two')).toBeVisible(soon);
  await expect(row(other, 'Renamed')).toHaveCount(0);
});

test('an answer that was seen to its end is seen on every page that is loaded after it', async ({ page, app }) => {
  await openChat(page, app, 'fast-r1');
  const told = page.waitForResponse(
    async (response) => response.url().includes('/api/running') && (await response.json()).ended.length > 0,
    soon,
  );
  await ask(page, 'Did you see it?');
  await expect(badge(page)).toBeVisible(soon);
  await told;
  await page.goto(`${app.url}/settings`);
  const row = page.getByRole('navigation').getByRole('listitem').filter({ hasText: 'Did you see it?' });
  await expect(row).toContainText('fast-r1', soon);
  // Nothing runs any more, as far as this page has looked.
  await expect.poll(() => page.evaluate(() => localStorage.getItem('thinkglass:running')), soon).toBeNull();
  await expect(row).toContainText('fast-r1');
  await expect(row).not.toContainText('Not seen yet');
});

test('who asks for it is notified of an end that nobody saw', async ({ page, context, app, provider }) => {
  await context.grantPermissions(['notifications']);
  await page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(window, {
      told,
      Notification: class {
        static permission = 'granted';
        static requestPermission: () => Promise<string> = async () => 'granted';
        constructor(title: string, { body }: { body: string }) {
          told.push(`${title}: ${body}`);
        }
      },
    });
  });
  await page.goto(`${app.url}/settings`);
  await page.getByLabel('When an answer ends unseen').selectOption('yes');
  await openChat(page, app, 'gated');
  await ask(page, 'Is anybody there?');
  await provider.releaseNext();
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible(soon);
  await expect(page.getByRole('navigation').getByText(/Thinking · \d+/)).toBeVisible(soon);
  for (let gate = 0; gate < 3; gate++) await provider.releaseNext();
  const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
  await expect.poll(told, soon).toHaveLength(1);
  expect((await told())[0]).toMatch(/^Is anybody there\?: Thought for .+: the answer is there\.$/);
});
