import type { Page } from '@playwright/test';
import { expect, test } from '../browser/support.ts';
import { longConversation } from '../fakes/long-conversation.ts';

const turns = 500;

/** Brings a chat in, as the viewer of the page. */
async function bringIn(page: Page, url: string, file: unknown): Promise<string> {
  await page.goto(url);
  const response = await page.request.post(`${url}/api/import`, { data: file, headers: { origin: url } });
  const { ids } = (await response.json()) as { ids: string[] };
  return ids[0] ?? '';
}

const strip = (page: Page) => page.getByRole('toolbar', { name: 'Turns' }).getByRole('button');

test('a chat of 500 turns opens as a short one, and all of it can be reached', async ({ page, app }) => {
  const { file } = longConversation(turns);
  const id = await bringIn(page, app.url, file);
  const html = await (await page.request.get(`${app.url}/c/${id}`)).text();
  expect(html.length).toBeLessThan(400_000);

  await page.goto(`${app.url}/c/${id}`);
  await expect(page.getByText(`needle-${turns} lies here`)).toBeInViewport();
  await expect(strip(page)).toHaveCount(turns);
  await expect(page.getByText(`needle-${turns} lies here`)).toBeInViewport(); // the rest came above it
  expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(4000);

  await test.step('what is far away tells its question', async () => {
    await expect(page.locator('.turn[data-undrawn]').first()).toContainText('Question 1: what comes after');
  });

  await test.step('the strip leads to any turn', async () => {
    await strip(page).last().focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect(page.getByText('needle-1 lies here')).toBeInViewport();
    await expect(page.getByText(`needle-${turns} lies here`)).toHaveCount(0);
  });

  await test.step('words are found wherever they are', async () => {
    await page.keyboard.press('Control+Shift+F');
    await page.getByLabel('Find in this conversation').fill('needle-250 lies');
    await expect(page.locator('.find-count')).toHaveText('1 of 1');
    await expect(page.getByText('needle-250 lies here')).toBeInViewport();
    await page.keyboard.press('Escape');
  });

  await test.step('all of it is printed', async () => {
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.messages article')).toHaveCount(2 * turns);
    await page.emulateMedia({ media: null });
  });

  await test.step('an address leads to a message', async () => {
    const message = await page.evaluate(
      async (id) =>
        ((await (await fetch(`/api/conversations/${id}`)).json()) as { messages: { id: string }[] }).messages[200]?.id,
      id,
    );
    await page.goto('about:blank');
    await page.goto(`${app.url}/c/${id}#${message}`);
    await expect(page.getByText('Question 101: what comes after')).toBeInViewport();
  });
});

test('a chat that is shown from its end goes on, and keeps its branch', async ({ page, app }) => {
  const { file } = longConversation(40);
  const [conversation] = file.conversations;
  const forked = conversation?.messages[1];
  if (!conversation || !forked) throw new Error('unreachable: it has forty turns');
  // Another answer to the first question is the newest there; the long branch was looked at last.
  const other = { ...forked, id: crypto.randomUUID(), createdAt: forked.createdAt + 9_000_000 };
  const leafId = conversation.messages.at(-1)?.id;
  conversation.messages.push(other);
  conversation.threads = conversation.threads.map((thread) => ({ ...thread, ...(leafId && { leafId }) }));
  const id = await bringIn(page, app.url, file);
  await page.goto(`${app.url}/c/${id}`);
  await expect(page.getByText('needle-40 lies here')).toBeInViewport();
  await expect(strip(page)).toHaveCount(40);
  await expect(page.getByText('needle-40 lies here')).toBeInViewport();
  await strip(page).first().click();
  await expect(page.getByText('1 / 2')).toBeVisible();
});
