import { test as base, expect, type Page } from '@playwright/test';
import { createFakeProvider, type FakeProvider, type FakeProviderOptions } from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

interface Servers {
  /** What the fake provider is; to be set by a file with `test.use`. */
  fake: FakeProviderOptions;
  /** The app with recordings only, played four times as fast. */
  bare: AppServer;
  /** The app with the fake provider as its custom server. */
  app: AppServer;
  provider: FakeProvider;
}

interface Watched {
  /** What went wrong in the page: errors, refusals by its policy, requests to anywhere else. Asserted empty at the end. */
  faults: string[];
}

/** Playwright's test with the servers of a worker, and a page that is watched for faults. */
export const test = base.extend<Watched, Servers>({
  fake: [{}, { option: true, scope: 'worker' }],
  provider: [
    async ({ fake }, use) => {
      const provider = await createFakeProvider(fake);
      await use(provider);
      await provider.close();
    },
    { scope: 'worker' },
  ],
  bare: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from it
    async ({}, use) => {
      const app = await startApp({ env: { THINKGLASS_REPLAY_SPEED: '4' } });
      await use(app);
      await app.stop();
    },
    { scope: 'worker' },
  ],
  app: [
    async ({ provider }, use) => {
      const app = await startApp({
        env: { CUSTOM_BASE_URL: provider.baseURL, CUSTOM_NAME: 'Fake server', CUSTOM_API_KEY: 'sk-planted-canary' },
      });
      await use(app);
      await app.stop();
    },
    { scope: 'worker' },
  ],
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      watch(page, faults);
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Collects what a good page never does. */
export function watch(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isRefusedByUs(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') faults.push(`request to ${request.url()}`);
  });
}

/** The browser reports every 4xx and cut connection as an error; those a journey provokes are looked at where they are. */
function isRefusedByUs(text: string): boolean {
  return /status of 4\d\d|net::ERR_FAILED/.test(text);
}

/** Opens a new chat with this model of the fake provider. */
export async function openChat(page: Page, app: AppServer, model: string): Promise<void> {
  await page.goto(app.url);
  await chooseModel(page, model);
  // with its server where another lists the same name
  const name = new RegExp(`^Model: ${model}(?:, .+)?\\. Choose another\\.$`);
  await expect(page.getByRole('button', { name })).toBeVisible();
}

/** Chooses a model in the picker of the page that is open. */
export async function chooseModel(page: Page, model: string): Promise<void> {
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByLabel('Search models').fill(model);
  await page
    .getByRole('option', { name: new RegExp(`^${model}\\b`) })
    .first()
    .click();
}

/** Writes a question and sends it with Enter. */
export async function ask(page: Page, question: string): Promise<void> {
  const field = page.getByLabel('Your question');
  await field.fill(question);
  await field.press('Enter');
  await expect(page.getByText(question, { exact: true }).last()).toBeVisible();
  await expect(page).toHaveURL(/\/c\/[0-9a-f-]{36}$/);
}

/** Does something with the last answer that stands in its menu. */
export async function pickOfAnswer(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'More about this answer' }).last().click();
  await page.getByRole('dialog', { name: 'This answer' }).getByRole('button', { name, exact: true }).click();
}

export const thinkingPane = (page: Page) => page.getByRole('group', { name: 'Thinking', exact: true });
export const thinkingToggle = (page: Page) => thinkingPane(page).getByRole('button', { expanded: undefined }).first();
export const thinkingText = (page: Page) => page.getByRole('group', { name: 'The text of the thinking' });
export const answerText = (page: Page) => page.locator('.answer-text').last();
export const badge = (page: Page) =>
  page.getByRole('button', { name: /tokens (reported|split|counted|estimated)/ }).last();
