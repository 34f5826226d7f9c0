import type { Page } from '@playwright/test';
import { answerText, ask, badge, expect, openChat, test } from '../browser/support.ts';
import { createFakeProvider, json } from '../fakes/provider.ts';

const key = 'sk-planted-canary-of-a-person-7Qx9';

/** A server that answers to one key only. */
function createLockedProvider() {
  const refused = json(401, { error: { message: 'Incorrect API key provided' } });
  const isOpen = (headers: Record<string, unknown>) => headers.authorization === `Bearer ${key}`;
  return createFakeProvider({
    models: ({ headers }) => (isOpen(headers) ? json(200, { data: [{ id: 'fast-r1' }, { id: 'plain' }] }) : refused),
    respond: ({ headers }) => (isOpen(headers) ? undefined : refused),
  });
}

const card = (page: Page, name: string) => page.getByRole('listitem', { name, exact: true });

async function addServer(page: Page, fields: { baseURL: string; key: string; name: string }): Promise<void> {
  await page.getByRole('button', { name: 'Any OpenAI-compatible server' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a server' });
  await dialog.getByLabel('Base URL').fill(fields.baseURL);
  await dialog.getByLabel('Key', { exact: true }).fill(fields.key);
  await dialog.getByLabel('Name').fill(fields.name);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
}

test('a server is added with a key, tested, asked in a chat, and removed', async ({ page, bare }) => {
  const provider = await createLockedProvider();
  await page.goto(bare.url);
  await page.getByRole('navigation', { name: 'Conversations' }).getByRole('link', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();

  await addServer(page, { baseURL: provider.baseURL, key: 'sk-not-the-right-one', name: 'My box' });
  await expect(card(page, 'My box')).toContainText('Reachable, but it refuses the key');
  await page.getByRole('button', { name: 'Edit My box' }).click();
  const dialog = page.getByRole('dialog', { name: 'Edit My box' });
  await dialog.getByLabel('Key', { exact: true }).fill(key);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(card(page, 'My box')).toContainText('Reachable, the key is good');
  await expect(card(page, 'My box')).toContainText('···· 7Qx9');
  await expect(card(page, 'My box')).toContainText('2 models');

  await page.getByRole('button', { name: 'Test My box' }).click();
  await expect(card(page, 'My box')).toContainText(/fast-r1 began to (think|answer) after/);
  await page.getByLabel('Model of My box that is tested').selectOption('plain');
  await page.getByRole('button', { name: 'Test My box' }).click();
  await expect(card(page, 'My box')).toContainText(/plain began to (think|answer) after/);
  expect(await page.content()).not.toContain('canary');

  await openChat(page, bare, 'fast-r1');
  await ask(page, 'Who are you?');
  await expect(badge(page)).toBeVisible({ timeout: 30_000 });
  await expect(answerText(page)).toContainText('You asked: Who are you?');
  await expect(page.locator('article').getByText('My box').first()).toBeVisible();

  await page.getByRole('navigation', { name: 'Conversations' }).getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Remove My box' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(card(page, 'My box')).toHaveCount(0);
  await page.reload();
  await expect(card(page, 'Recordings')).toBeVisible();
  await expect(card(page, 'My box')).toHaveCount(0);
  await provider.close();
});

test('an address that must not be called is refused in the form, and the form keeps what was written', async ({
  page,
  bare,
}) => {
  await page.goto(`${bare.url}/settings`);
  await addServer(page, { baseURL: 'http://169.254.169.254/v1', key: '', name: 'Cloud' });
  const dialog = page.getByRole('dialog', { name: 'Add a server' });
  await expect(dialog.getByRole('alert')).toContainText('This base URL cannot be used');
  const field = dialog.getByLabel('Base URL');
  await expect(field).toHaveValue('http://169.254.169.254/v1');
  await expect(field).toBeFocused();
  await expect(field).toHaveAccessibleDescription(/^This base URL cannot be used/);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Any OpenAI-compatible server' })).toBeFocused();
});

test('what is assumed about a model is changed, counts, and is taken back', async ({ page, app }) => {
  await page.goto(`${app.url}/settings`);
  await page.getByLabel('Find').fill('plain');
  await page.getByRole('button', { name: 'Change what is assumed about plain' }).click();
  const dialog = page.getByRole('dialog', { name: 'plain' });
  await dialog.getByLabel('Where it arrives').selectOption('In a field of its own');
  await dialog.getByLabel('Temperature').fill('9');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('alert')).toContainText('from 0 to 2');
  await expect(dialog.getByLabel('Temperature')).toBeFocused();
  await expect(dialog.getByLabel('Temperature')).toHaveAccessibleDescription(/from 0 to 2/);
  await dialog.getByLabel('Temperature').fill('0.6');
  await dialog.getByLabel('Input, USD a million', { exact: true }).fill('0.5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const row = page.getByRole('list', { name: 'Models of Fake server' }).getByRole('listitem');
  await expect(row).toContainText('Changed');
  await expect(row).toContainText('thinking in a field of its own');
  await expect(row).toContainText('$0.5 in');
  await page.getByRole('button', { name: 'Change what is assumed about plain' }).click();
  await expect(dialog.getByLabel('Temperature')).toHaveValue('0.6');
  await dialog.getByRole('button', { name: 'Back to what is assumed' }).click();
  await expect(row).not.toContainText('Changed');

  await page.getByLabel('Find').fill('');
  await page.getByLabel('Add a model by its id').fill('pace:0ms:tokens:30');
  await page.getByRole('button', { name: 'Add model' }).click();
  await expect(page.getByRole('button', { name: /about pace:0ms:tokens:30/ })).toBeVisible();
  await openChat(page, app, 'pace:0ms:tokens:30');
  await ask(page, 'Who?');
  await expect(badge(page)).toBeVisible({ timeout: 30_000 });
});

test('a model whose name tells its family says what is assumed of its marks', async ({ page, app }) => {
  await page.goto(`${app.url}/settings`);
  await page.getByLabel('Add a model by its id').fill('magistral-small-x');
  await page.getByRole('button', { name: 'Add model' }).click();
  await page.getByLabel('Find').fill('magistral');
  const row = page.getByRole('list', { name: 'Models of Fake server' }).getByRole('listitem');
  await expect(row).toContainText('assumed to write like Magistral');
  await page.getByRole('button', { name: 'Change what is assumed about magistral-small-x' }).click();
  const dialog = page.getByRole('dialog', { name: 'magistral-small-x' });
  const tags = dialog.getByLabel('Tags of its own');
  await expect(tags).toHaveAttribute('placeholder', 'assumed: Magistral, Ministral');
  await expect(dialog).toContainText('Assumed from the model’s name: Magistral, Ministral, [THINK] … [/THINK].');
  await tags.fill('<mine> </mine>');
  await expect(dialog).not.toContainText('Assumed from the model’s name');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(row).not.toContainText('assumed to write like');
});

test('every control has a name, nothing has an id twice, and the keyboard reaches the sections', async ({
  page,
  app,
}) => {
  await page.goto(`${app.url}/settings`);
  await expect(card(page, 'Fake server')).toContainText('Reachable');
  const faults = await page.evaluate(() => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
    const nameless = [...document.querySelectorAll<HTMLInputElement>('main input, main select, main textarea')]
      .filter((field) => field.labels?.length === 0 && !field.ariaLabel)
      .map((field) => field.outerHTML);
    const silent = [...document.querySelectorAll('main button, main a')]
      .filter((control) => !(control.textContent?.trim() || control.getAttribute('aria-label')))
      .map((control) => control.outerHTML);
    return [...twice, ...nameless, ...silent];
  });
  expect(faults).toEqual([]);
  const models = page
    .getByRole('navigation', { name: 'Sections of the settings' })
    .getByRole('link', { name: 'Models' });
  await models.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Models' })).toBeInViewport();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('nothing is wider than the screen, the forms included', async ({ page, app }) => {
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await page.goto(`${app.url}/settings`);
    await expect(card(page, 'Fake server')).toContainText('Reachable');
    expect(await sideways()).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'DeepSeek', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Add DeepSeek' });
    await expect(dialog.getByText('DEEPSEEK_API_KEY')).toBeVisible();
    const box = await dialog.boundingBox();
    expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 390).toBe(true);
  });
});
