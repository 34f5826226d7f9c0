import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { TokenLog } from '../../lib/token-log.ts';
import { expect, test, thinkingPane } from '../browser/support.ts';

/** Asks with requests of the page itself, and waits until all is answered. */
async function askAll(
  page: Page,
  asks: readonly { providerId: string; modelKey: string; text: string }[],
): Promise<void> {
  await page.evaluate(async (list) => {
    const post = (path: string, body: unknown) =>
      fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const makeId = () => crypto.randomUUID();
    const ids = await Promise.all(
      list.map(async ({ text, ...model }) => {
        const [id, threadId] = [makeId(), makeId()];
        const threads = [{ threadId, parentId: null, questionId: makeId(), answerId: makeId() }];
        await post('/api/conversations', {
          id,
          threads: [{ id: threadId, settings: { model, sampling: {} } }],
          ask: { text, threads },
        });
        return id;
      }),
    );
    // The stream of a conversation ends when nothing runs in it any more.
    await Promise.all(ids.map(async (id) => (await fetch(`/api/conversations/${id}/events`)).text()));
  }, asks);
}

const figure = (page: Page, name: string) => page.locator('dl > div', { hasText: name }).locator('dd').first();
const chart = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const read = (page: Page, query = '') =>
  page.evaluate(async (q) => (await fetch(`/api/usage${q}`)).json() as Promise<TokenLog>, query);

test('compute shows what the thinking cost, narrowed by its address, each point with its message', async ({
  page,
  app,
}) => {
  await page.goto(`${app.url}/compute`);
  await expect(page.getByRole('heading', { name: 'Nothing has been asked yet' })).toBeVisible();
  await askAll(page, [
    { providerId: 'custom', modelKey: 'fast-r1', text: 'One' },
    { providerId: 'custom', modelKey: 'fast-r1', text: 'Two' },
    { providerId: 'custom', modelKey: 'length-in-thinking', text: 'Three' },
    { providerId: 'custom', modelKey: 'plain', text: 'Four' },
  ]);
  await page.getByRole('link', { name: 'New chat' }).first().click();
  await expect(page.getByLabel('Your question')).toBeVisible();
  await page.getByRole('link', { name: 'Compute' }).click();

  const all = await read(page);
  expect(all.totals.generations).toBe(4);
  await expect(figure(page, 'Generations')).toHaveText('4');
  await expect(figure(page, 'Thinking tokens')).toHaveAttribute(
    'title',
    all.totals.reasoningTokens.toLocaleString('en-US'),
  );
  await expect(page.locator('.plot svg[role]')).toHaveCount(4);

  // Filters are in the address; the way back is the browser's own.
  await page.getByLabel('Model', { exact: true }).selectOption({ label: 'fast-r1' });
  await expect(page).toHaveURL(/provider=custom&model=fast-r1$/);
  await expect(figure(page, 'Generations')).toHaveText('2');
  await page.getByText('24 hours').click();
  await expect(page).toHaveURL(/period=day/);
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(/\/compute$/);
  await expect(figure(page, 'Generations')).toHaveText('4');
  await page.getByRole('button', { name: 'length-in-thinking' }).click();
  await expect(figure(page, 'Ran out while thinking')).toHaveText('100 %');
  await page.reload();
  await expect(figure(page, 'Generations')).toHaveText('1');
  await page.goBack();
  await expect(figure(page, 'Generations')).toHaveText('4');

  // The files hold what is shown.
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /^Every generation .* as CSV$/ }).click(),
  ]);
  const [head = '', ...rows] = (await readFile(await file.path(), 'utf8')).trim().split('\r\n');
  const column = head.split(',').indexOf('reasoningTokens');
  const sum = rows.reduce((total, row) => total + Number(row.split(',')[column]), 0);
  expect([rows.length, sum]).toEqual([4, all.totals.reasoningTokens]);

  // A chart can be read as a table, and a point of either leads to its message.
  const against = chart(page, 'Thinking against answer');
  await against.getByRole('button', { name: 'Table' }).click();
  await expect(against.getByRole('row')).toHaveCount(4);
  await against.getByRole('button', { name: 'Chart' }).click();
  await against.locator('svg a').last().dispatchEvent('click');
  await expect(page).toHaveURL(/\/c\/[0-9a-f-]{36}#[0-9a-f-]{36}$/);
  await expect(thinkingPane(page)).toBeVisible(); // all that are drawn have thought
  const answerId = new URL(page.url()).hash.slice(1);
  await expect(page.locator(`[data-message="${answerId}"]`)).toBeInViewport();
});
