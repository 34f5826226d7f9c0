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

test('where the system chooses the colours, marks keep theirs, what is chosen is told, and words can be read', async ({
  page,
  app,
}) => {
  await page.goto(app.url);
  await askAll(page, [
    { providerId: 'custom', modelKey: 'fast-r1', text: 'Five' },
    { providerId: 'custom', modelKey: 'length-in-thinking', text: 'Six' },
  ]);
  await page.getByRole('radio', { name: /light/i }).check({ force: true });
  for (const [path, drawn] of [
    ['/compute', '.plot svg a'],
    ['/lab', 'figure svg'],
    ['/zero', '.plot svg'],
  ] as const) {
    await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'none' });
    await page.goto(`${app.url}${path}`);
    await expect(page.locator(drawn).first()).toBeAttached({ timeout: 30_000 });
    const before = await page.evaluate(marksOf);
    expect(before.colors.length, path).toBeGreaterThan(3);
    await page.emulateMedia({ colorScheme: 'dark', forcedColors: 'active' });
    const forced = await page.evaluate(marksOf);
    expect(forced.unseen, `marks and words of ${path} that are not seen on their ground`).toEqual([]);
    expect(forced.colors.length, path).toBe(before.colors.length);
  }
  // What is chosen is told by a line, since its ground is not seen.
  await page.goto(`${app.url}/compute`);
  const outlineOf = (words: string) =>
    page
      .locator('label')
      .filter({ hasText: words })
      .evaluate((label) => getComputedStyle(label).outlineStyle);
  expect(await outlineOf('30 days')).toBe('solid');
  expect(await outlineOf('24 hours')).toBe('none');
  const compute = page.getByRole('navigation', { name: 'Conversations' }).getByRole('link', { name: 'Compute' });
  expect(await compute.evaluate((link) => getComputedStyle(link).outlineStyle)).toBe('solid');
});

/** The colours of all marks as they are painted, and what cannot be told from the page's ground. Runs in the page. */
function marksOf(): { colors: string[]; unseen: string[] } {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgbOf = (color: string): number[] => {
    if (!canvas) return [];
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = 'transparent';
    canvas.fillStyle = color; // what is no color changes nothing
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const lightOf = (color: string) =>
    rgbOf(color)
      .slice(0, 3)
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, i) => sum + part * ([0.2126, 0.7152, 0.0722][i] ?? 0), 0);
  const ground = lightOf(getComputedStyle(document.body).backgroundColor);
  const contrast = (color: string) => {
    const light = lightOf(color);
    return (Math.max(light, ground) + 0.05) / (Math.min(light, ground) + 0.05);
  };
  const main = document.querySelector('main') ?? document.body;
  const colors: string[] = [];
  const unseen: string[] = [];
  const add = (color: string, least: number, what: Element) => {
    if ((rgbOf(color)[3] ?? 0) < 200) return; // a tint
    colors.push(color);
    if (contrast(color) < least) unseen.push(`${color} ${what.outerHTML.slice(0, 120)}`);
  };
  for (const swatch of main.querySelectorAll('.forced-color-adjust-none:not(svg)')) {
    for (const part of swatch.children.length > 0 ? swatch.children : [swatch]) {
      add(getComputedStyle(part).backgroundColor, 1.5, part);
    }
  }
  for (const mark of main.querySelectorAll('.plot svg :is(rect, circle)')) add(getComputedStyle(mark).fill, 1.5, mark);
  for (const words of main.querySelectorAll('.plot svg text')) add(getComputedStyle(words).fill, 4.5, words);
  return { colors, unseen };
}
