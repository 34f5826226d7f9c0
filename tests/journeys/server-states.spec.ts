import { answerText, ask, expect, test as base } from '../browser/support.ts';
import { liteLLM, llamacpp, listOf, refusalOf } from '../fakes/manners.ts';
import { chunk, createFakeProvider, doneStep, type FakeProvider, type FakeResponse } from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

/** A llama.cpp that is what its test says. */
interface Box {
  fake: FakeProvider;
  /** Undefined: it answers as a server that is ready. */
  state: (() => FakeResponse) | undefined;
  key: string | undefined;
}

const test = base.extend<object, { box: Box; home: AppServer }>({
  box: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from it
    async ({}, use) => {
      const box: Partial<Box> & Pick<Box, 'state' | 'key'> = { state: undefined, key: undefined };
      const refusal = (authorization: unknown) => {
        if (box.state) return box.state();
        const isOpen = box.key === undefined || authorization === `Bearer ${box.key}`;
        return isOpen ? undefined : refusalOf(llamacpp, 'locked');
      };
      box.fake = await createFakeProvider({
        models: ({ headers }) => refusal(headers.authorization) ?? listOf(llamacpp),
        respond: ({ headers, json }) =>
          refusal(headers.authorization) ?? {
            steps: [chunk({ content: `You asked: ${json.messages?.at(-1)?.content}` }), chunk({}, 'stop'), doneStep],
          },
      });
      await use(box as Box);
      await box.fake.close();
    },
    { scope: 'worker' },
  ],
  home: [
    async ({ box }, use) => {
      const home = await startApp({ env: { THINKGLASS_LOCAL_SERVERS: `llamacpp=${box.fake.baseURL}` } });
      await use(home);
      await home.stop();
    },
    { scope: 'worker' },
  ],
});
test.describe.configure({ mode: 'serial', timeout: 90_000 });
const soon = { timeout: 30_000 };

test('a server that loads its model is told as such, and is there by itself when it is ready', async ({
  page,
  box,
  home,
}) => {
  box.state = () => refusalOf(llamacpp, 'loading');
  await page.goto(home.url);
  await page.getByRole('button', { name: /^Model: / }).click();
  const group = page.getByRole('group', { name: /llama\.cpp/ });
  await page.getByRole('button', { name: 'Look again' }).click();
  await expect(group).toContainText('is loading its model', soon);
  box.state = undefined;
  await expect(group.getByRole('option', { name: /tiny-r1/ })).toBeVisible(soon);
  await expect(group).toContainText('607K · Q8_0');
  await group.getByRole('option', { name: /tiny-r1/ }).click();
  await expect(page.getByRole('button', { name: /^Model: tiny-r1\b/ })).toBeVisible();
});

test('a question to a server that loads waits for it', async ({ page, box, home }) => {
  await page.goto(home.url);
  await page.getByRole('button', { name: /^Model: / }).click();
  await page
    .getByRole('group', { name: /llama\.cpp/ })
    .getByRole('option', { name: /tiny-r1/ })
    .click(soon);
  box.state = () => refusalOf(llamacpp, 'loading');
  await ask(page, 'Are you awake?');
  await expect(page.getByText(/llama\.cpp is loading the model…/)).toBeVisible(soon);
  box.state = undefined;
  await expect(answerText(page)).toContainText('You asked: Are you awake?', soon);
});

test('a chosen model stays while its server is away, and is back with it', async ({ page, box, home }) => {
  await page.goto(home.url);
  await page.getByRole('button', { name: /^Model: / }).click();
  await page
    .getByRole('group', { name: /llama\.cpp/ })
    .getByRole('option', { name: /tiny-r1/ })
    .click(soon);
  box.state = () => refusalOf(liteLLM, 'upstreamDown');
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('button', { name: 'Look again' }).click();
  const group = page.getByRole('group', { name: /llama\.cpp/ });
  await expect(group).toContainText('not reachable', soon);
  await expect(group.getByRole('option', { name: /tiny-r1/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: /^Model: tiny-r1\b/ })).toContainText('not reachable');
  box.state = undefined;
  await expect(page.getByRole('button', { name: /^Model: tiny-r1\b/ })).not.toContainText('not reachable', soon);
});

test('a found server that wants a key is unlocked in Settings', async ({ page, box, home }) => {
  box.key = 'sk-planted-canary-of-a-box-4Gh2';
  await page.goto(`${home.url}/settings`);
  const found = page.getByRole('listitem', { name: 'llama.cpp', exact: true });
  await expect(found).toContainText('it wants a key', { ...soon, ignoreCase: true });
  await page.getByRole('button', { name: 'Enter a key for llama.cpp' }).click();
  const dialog = page.getByRole('dialog', { name: /^Add / });
  await expect(dialog.getByLabel('Base URL')).toHaveValue(box.fake.baseURL);
  await dialog.getByLabel('Key', { exact: true }).fill(box.key);
  await dialog.getByLabel('Name').fill('My box');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const mine = page.getByRole('listitem', { name: 'My box', exact: true });
  await expect(mine).toContainText('Reachable, the key is good', soon);
  await expect(mine).toContainText('1 model');
});
