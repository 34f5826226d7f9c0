import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { createFakeOllama, plainModel, thinker } from '../fakes/ollama.ts';
import { createFakeProvider, type FakeProvider } from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';
import { ask, test as base, expect, openChat, watch } from '../browser/support.ts';

interface TwoProviders {
  /** The app with two fake servers: `custom`, with a key, and `vllm`, beside it. */
  pair: { app: AppServer; custom: FakeProvider; vllm: FakeProvider };
}

const test = base.extend<object, TwoProviders>({
  pair: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from it
    async ({}, use) => {
      const [custom, vllm] = [await createFakeProvider(), await createFakeProvider()];
      const app = await startApp({
        env: {
          CUSTOM_BASE_URL: custom.baseURL,
          CUSTOM_NAME: 'Fake server',
          CUSTOM_API_KEY: 'sk-planted-canary',
          THINKGLASS_LOCAL_SERVERS: `vllm=${vllm.baseURL}`,
        },
      });
      await use({ app, custom, vllm });
      await app.stop();
      await Promise.all([custom.close(), vllm.close()]);
    },
    { scope: 'worker' },
  ],
});

const column = (page: Page, label: string) => page.getByRole('region', { name: label, exact: true });
const columns = (page: Page) => page.locator('[data-column]');
const row = (page: Page, label: string) =>
  page.getByRole('region', { name: 'Summary' }).getByRole('row').filter({ hasText: label });
const question = (page: Page) => page.getByLabel('Your question');
const send = (page: Page) => page.getByRole('button', { name: 'Send' }).click();
const sentTo = (provider: FakeProvider, text: string) =>
  provider.requests
    .filter(({ body }) => body.includes(text))
    .map(({ path, body }) => ({ path, body: JSON.parse(body) }));

async function menu(page: Page, label: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: `More about ${label}`, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: entry, exact: true }).click();
}

test('of two servers one breaks in the middle of its answer, and the other goes on to its end, also over a reload', async ({
  page,
  pair: { app, custom, vllm },
}) => {
  await page.goto(`${app.url}/compare?models=custom:gated,vllm:fail-mid&prompt=Which%20one%20lasts%3F`);
  await expect(question(page)).toHaveValue('Which one lasts?');
  expect(sentTo(vllm, 'Which one lasts?')).toHaveLength(0);
  await send(page);
  await expect(page).toHaveURL(/\/c\/[0-9a-f-]{36}$/);
  const failed = column(page, 'fail-mid');
  await expect(failed.locator('.ending')).toContainText('What had arrived is kept');
  await expect(row(page, 'fail-mid')).toContainText('Failed');
  await expect(page.getByText('1 of 2 are done')).toBeVisible();

  await custom.releaseNext();
  const lasting = column(page, 'gated');
  await expect(lasting.getByLabel('The text of the thinking')).toContainText('step 9');
  await page.reload();
  await expect(lasting.getByLabel('The text of the thinking')).toContainText('step 9');
  await expect(lasting.getByRole('button', { name: 'Stop gated' })).toBeVisible();

  // The broken one is asked again, alone, while the other still thinks.
  await failed.getByRole('button', { name: 'Retry' }).click();
  await expect(failed.getByText('2 / 2')).toBeVisible();
  for (let gate = 0; gate < 3; gate++) await custom.releaseNext();
  await expect(row(page, 'gated')).toContainText(/20 \+ 10.*Done/);
  await expect(lasting.locator('.answer-text')).toContainText('You asked: Which one lasts?');
  expect(sentTo(custom, 'Which one lasts?')).toHaveLength(1);
  expect(sentTo(vllm, 'Which one lasts?')).toHaveLength(2);
  await page.reload();
  await expect(row(page, 'gated')).toContainText(/20 \+ 10.*Done/);
});

test('an R1-Zero column is asked with the raw template of its training, its neighbour with a chat', async ({
  page,
  pair: { app, custom },
}) => {
  await page.goto(`${app.url}/compare?models=custom:base,custom:plain&template=r1-zero-raw,`);
  await expect(column(page, 'base').locator('header').first()).toContainText('R1-Zero raw');
  await question(page).fill('What is six times seven?');
  await send(page);
  await expect(row(page, 'base')).toContainText('Done');
  await expect(row(page, 'plain')).toContainText('Done');
  await expect(column(page, 'base').locator('.answer-text')).toHaveText('42');
  const template = readFileSync(new URL('../fixtures/r1-zero-template.txt', import.meta.url), 'utf8');
  const [raw, chat] = ['base', 'plain'].map((model) =>
    sentTo(custom, 'What is six times seven?').find(({ body }) => body.model === model),
  );
  expect(raw?.path).toBe('/v1/completions');
  expect(raw?.body.prompt).toBe(template.trimEnd().replace('{prompt}', 'What is six times seven?'));
  expect(raw?.body.messages).toBeUndefined();
  expect(chat?.path).toBe('/v1/chat/completions');
  expect(chat?.body.messages).toEqual([{ role: 'user', content: 'What is six times seven?' }]);
});

test('two tabs of four columns all finish', async ({ page, context, faults, pair: { app } }) => {
  const second = await context.newPage();
  watch(second, faults);
  const models = ['custom:slow-r1', 'custom:field-r1', 'vllm:slow-r1', 'vllm:field-r1'].join(',');
  const tabs = [page, second];
  for (const tab of tabs) await tab.goto(`${app.url}/compare?models=${models}&prompt=All%20at%20once`);
  await Promise.all(tabs.map(send));
  for (const tab of tabs) {
    await expect(tab.getByRole('region', { name: 'Summary' }).getByText('Done', { exact: true })).toHaveCount(4, {
      timeout: 30_000,
    });
    await expect(columns(tab).getByText('You asked: All at once')).toHaveCount(4);
  }
});

test('the address follows the columns until the question is sent, and makes the same comparison again', async ({
  page,
  pair: { app, vllm },
}) => {
  await page.goto(`${app.url}/compare?models=vllm:plain,gone-model`);
  await question(page).fill('Where am I?');
  await expect(page.getByText('gone-model is not available here: choose another.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();
  await column(page, 'gone-model')
    .getByRole('button', { name: /^Model: / })
    .click();
  await page.getByLabel('Search models').fill('field-r1');
  await page
    .getByRole('option', { name: /field-r1/ })
    .last()
    .click();
  await expect(page).toHaveURL(/models=vllm:plain,vllm:field-r1&prompt=Where/);
  await menu(page, 'field-r1', 'Move left');
  await page.getByRole('button', { name: 'Column', exact: true }).click();
  await expect(page).toHaveURL(/models=vllm:field-r1,vllm:plain,vllm:plain&prompt=Where/);
  await page.reload();
  await expect(columns(page)).toHaveCount(3);
  await expect(question(page)).toHaveValue('Where am I?');
  await menu(page, 'plain, 2', 'Remove this column');
  await page.getByRole('button', { name: 'Same model, three temperatures' }).click();
  await expect(page).toHaveURL(/temperature=0\.2,0\.6,1/);
  await expect(question(page)).toHaveValue('Where am I?');
  await menu(page, 'field-r1, temperature 0.6', 'Ask this one alone');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/c\//);
  await expect(column(page, 'field-r1, temperature 0.6').locator('.answer-text')).toBeVisible();
  expect(sentTo(vllm, 'Where am I?').map(({ body }) => body.temperature)).toEqual([0.6]);
});

test('a chat gains a column with all that was said, and goes on with one alone', async ({
  page,
  pair: { app, vllm },
}) => {
  await openChat(page, app, 'fast-r1');
  await ask(page, 'First of two');
  await expect(page.locator('.answer-foot')).toBeVisible();
  await page.getByRole('button', { name: 'Compare with another model' }).click();
  await expect(columns(page)).toHaveCount(2);
  await expect(columns(page).getByText('You asked: First of two')).toHaveCount(2);
  await expect(page.getByRole('navigation').getByRole('link', { name: /Comparison: First of two/ })).toBeVisible();
  await columns(page)
    .nth(1)
    .getByRole('button', { name: /^Model: / })
    .click();
  await page.getByLabel('Search models').fill('plain');
  await page
    .getByRole('option', { name: /^plain/ })
    .last()
    .click();
  await question(page).fill('Second of two');
  await send(page);
  await expect(column(page, 'plain').getByText('You asked: Second of two')).toBeVisible();
  await expect(row(page, 'fast-r1')).toContainText('Done');
  expect(sentTo(vllm, 'Second of two').find(({ body }) => body.model === 'plain')?.body.messages).toHaveLength(3);
  const comparison = page.url();
  await menu(page, 'plain', 'Continue with this one alone');
  await expect(page).not.toHaveURL(comparison);
  await expect(page.locator('.answer')).toHaveCount(2);
  await expect(columns(page)).toHaveCount(0);
  await page.goto(comparison);
  await menu(page, 'fast-r1', 'Remove this column');
  await expect(columns(page)).toHaveCount(0);
  // With its server, once another is known that lists the same name.
  await expect(page.getByRole('button', { name: /^Model: plain\b.*\. Choose another\.$/ })).toBeVisible();
});

test('a new chat that became a comparison leaves a new chat behind it in the history', async ({
  page,
  pair: { app },
}) => {
  await openChat(page, app, 'fast-r1');
  await ask(page, 'Forth and back');
  await expect(page.locator('.answer-foot')).toBeVisible();
  await page.getByRole('button', { name: 'Compare with another model' }).click();
  await expect(columns(page)).toHaveCount(2);
  await expect(columns(page).getByText('You asked: Forth and back')).toHaveCount(2);
  await page.goBack();
  await expect(page).toHaveURL(`${app.url}/`);
  await expect(page.getByRole('heading', { name: 'Watch a model think.' })).toBeVisible();
  await expect(columns(page)).toHaveCount(0);
  await page.goForward();
  await expect(columns(page)).toHaveCount(2);
});

test('a new comparison that became a chat leaves a new comparison behind it in the history', async ({
  page,
  pair: { app },
}) => {
  await page.goto(`${app.url}/compare?models=custom:fast-r1,custom:plain&prompt=Two%20become%20one`);
  await send(page);
  await expect(row(page, 'plain')).toContainText('Done');
  await menu(page, 'plain', 'Remove this column');
  await expect(columns(page)).toHaveCount(0);
  await expect(page.getByText('You asked: Two become one')).toHaveCount(1);
  await page.goBack();
  await expect(page).toHaveURL(/\/compare/);
  await expect(columns(page)).toHaveCount(2);
  await expect(page.getByText('You asked: Two become one')).toHaveCount(0);
  await page.goForward();
  await expect(columns(page)).toHaveCount(0);
  await expect(page.getByText('You asked: Two become one')).toHaveCount(1);
});

test('a column is dragged to another place, and stays there', async ({ page, pair: { app } }) => {
  await page.goto(`${app.url}/compare?models=custom:fast-r1,custom:plain,vllm:field-r1&prompt=In%20which%20order%3F`);
  await send(page);
  await expect(row(page, 'field-r1')).toContainText('Done');
  const order = () => columns(page).evaluateAll((all) => all.map((section) => section.getAttribute('aria-label')));
  const width = (await column(page, 'field-r1').boundingBox())?.width ?? 0;
  const drag = (label: string, to: string, x: number) =>
    column(page, label)
      .locator('[draggable=true]')
      .dragTo(column(page, to), { targetPosition: { x, y: 200 } });
  await drag('fast-r1', 'field-r1', width - 20);
  await expect.poll(order).toEqual(['plain', 'field-r1', 'fast-r1']);
  await drag('field-r1', 'plain', 20);
  await expect.poll(order).toEqual(['field-r1', 'plain', 'fast-r1']);
  await expect(page.getByRole('region', { name: 'Summary' }).getByRole('rowheader')).toContainText([
    'field-r1',
    'plain',
    'fast-r1',
  ]);
  await expect
    .poll(async () => {
      await page.reload();
      return order();
    })
    .toEqual(['field-r1', 'plain', 'fast-r1']);
});

test('columns scroll together when they are asked to, each by its own length; all thinking folds at once', async ({
  page,
  pair: { app },
}) => {
  await page.setViewportSize({ width: 1280, height: 640 });
  await page.goto(`${app.url}/compare?models=custom:fast-r1,vllm:field-r1&prompt=Who%20is%20longer%3F`);
  await send(page);
  for (const label of ['fast-r1', 'field-r1']) {
    await expect(row(page, label)).toContainText('Done');
    await column(page, label)
      .getByRole('button', { name: /^Thought/ })
      .click();
  }
  const shareOf = (label: string) =>
    column(page, label)
      .locator('[data-scrolls]')
      .evaluate((box) => box.scrollTop / (box.scrollHeight - box.clientHeight));
  const wheel = async (by: number) => {
    await column(page, 'fast-r1')
      .locator('[data-scrolls]')
      .hover({ position: { x: 8, y: 60 } });
    await page.mouse.wheel(0, by);
  };
  await wheel(-5000);
  await expect.poll(() => shareOf('fast-r1')).toBe(0);
  const alone = await shareOf('field-r1');
  expect(alone).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Scroll together' }).click();
  await wheel(120);
  await expect.poll(() => shareOf('fast-r1')).toBeGreaterThan(0);
  await expect.poll(async () => Math.abs((await shareOf('fast-r1')) - (await shareOf('field-r1')))).toBeLessThan(0.02);

  const thoughts = page.getByRole('button', { name: /^Thought/ });
  await expect(thoughts.and(page.locator('[aria-expanded="true"]'))).toHaveCount(2);
  await page.getByRole('button', { name: 'Fold thinking' }).click();
  await expect(thoughts.and(page.locator('[aria-expanded="false"]'))).toHaveCount(2);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Scroll together' })).toHaveAttribute('aria-pressed', 'true');
  await expect(thoughts.and(page.locator('[aria-expanded="false"]'))).toHaveCount(2);
});

test('a comparison that takes a server says so where there are only recordings, and works where there is one', async ({
  page,
  bare,
}) => {
  await page.goto(`${bare.url}/compare`);
  await page.getByRole('button', { name: 'Thinking on and off' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'A recording thinks as it was recorded' })).toBeVisible();
  await page.getByRole('button', { name: 'Same model, three temperatures' }).click();
  await expect(page.getByText('A recording says the same at every temperature')).toBeVisible();
  await expect(columns(page)).toHaveCount(2);

  const ollama = await createFakeOllama({ models: { 'llama3.2:3b': plainModel, 'deepseek-r1:8b': thinker } });
  const home = await startApp({ env: { THINKGLASS_LOCAL_SERVERS: `ollama=${ollama.origin}/v1` } });
  await page.goto(`${home.url}/compare`);
  await page.getByRole('button', { name: 'Thinking on and off' }).click();
  await expect(column(page, 'deepseek-r1:8b, thinking off')).toBeVisible();
  await question(page).fill('With and without?');
  await send(page);
  await expect(page.getByRole('region', { name: 'Summary' }).getByText('Done', { exact: true })).toHaveCount(2);
  const [on, off] = [columns(page).nth(0), columns(page).nth(1)];
  await expect(on.getByRole('button', { name: /^Thought/ })).toBeVisible();
  await expect(off.getByRole('button', { name: /^Thought/ })).toHaveCount(0);
  await expect(off.locator('.answer-text')).toContainText('You asked: With and without?');
  await home.stop();
  await ollama.close();
});

test('with no key the recordings of R1 and R1-Zero are compared at once; on a phone each has a tab', async ({
  page,
  bare,
}) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(bare.url);
  await page.getByRole('button', { name: 'Show the sidebar' }).click();
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  const tab = (name: RegExp) => page.getByRole('tab', { name });
  await expect(tab(/DeepSeek-R1 style/)).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: /^I can understand a codebase/ }).click();
  await expect(column(page, 'DeepSeek-R1 style')).toBeVisible();
  await expect(column(page, 'R1-Zero style')).toBeHidden();
  await tab(/R1-Zero style/).click();
  await expect(column(page, 'R1-Zero style').locator('.answer-text')).toBeVisible({ timeout: 30_000 });
  await expect(tab(/DeepSeek-R1 style/)).toContainText('Done', { timeout: 30_000 });
  await expect(tab(/R1-Zero style/)).toContainText('Done', { timeout: 30_000 });
  await tab(/Summary/).click();
  await expect(page.getByText('2 of 2 agree:')).toBeVisible();
  await expect(row(page, 'R1-Zero style')).toContainText('Done');
  await expect(column(page, 'R1-Zero style')).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
