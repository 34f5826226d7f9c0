import type { Page, Route } from '@playwright/test';
import { answerText, expect, test } from '../browser/support.ts';

/** For what a machine with other work needs. */
const patient = { timeout: 60_000 };

/** Holds the page's program back, as a slow line does. @returns lets it come */
async function holdProgram(page: Page): Promise<() => Promise<void>> {
  const held: Route[] = [];
  let isHeld = true;
  await page.route('**/_next/static/**/*.js*', async (route) => {
    if (isHeld) held.push(route);
    else await route.continue();
  });
  return async () => {
    isHeld = false;
    await Promise.all(held.map((route) => route.continue()));
  };
}

test('what is typed and sent before the program has come is asked when it has', async ({ page, app }) => {
  const comeIn = await holdProgram(page);
  await page.goto(app.url, { waitUntil: 'commit' });
  const field = page.getByLabel('Your question');
  await field.click();
  await page.keyboard.type('How far is it');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('to the moon?');
  await page.keyboard.press('Enter');
  await comeIn();
  await expect(answerText(page)).toContainText('to the moon?', patient);
  await expect(field).toHaveValue('');
});

test('what is only typed stays, with its caret, and can be sent', async ({ page, app }) => {
  const comeIn = await holdProgram(page);
  await page.goto(app.url, { waitUntil: 'commit' });
  const field = page.getByLabel('Your question');
  await field.click();
  await page.keyboard.type('prime?');
  await page.keyboard.press('Home');
  await page.keyboard.type('Is ');
  await comeIn();
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled(patient);
  await page.keyboard.type('91 ');
  await expect(field).toHaveValue('Is 91 prime?');
});

test('a key of the frame that is pressed before the program has come opens what it opens', async ({ page, app }) => {
  const comeIn = await holdProgram(page);
  await page.goto(app.url, { waitUntil: 'commit' });
  await expect(page.getByLabel('Your question')).toBeVisible();
  await page.keyboard.press('Control+k');
  await comeIn();
  await expect(page.getByRole('dialog')).toBeVisible(patient);
});

test('buttons, choices and sliders do what they were told before the program had come', async ({ page, app }) => {
  let comeIn = await holdProgram(page);
  await page.goto(`${app.url}/lab`, { waitUntil: 'commit' });
  await page.getByText('Pasted', { exact: true }).click();
  await comeIn();
  await expect(page.getByLabel('Questions, as JSON lines, JSON or CSV')).toBeVisible(patient);

  await page.unrouteAll();
  comeIn = await holdProgram(page);
  await page.goto(`${app.url}/zero`, { waitUntil: 'commit' });
  await page.getByRole('slider', { name: /^After step/ }).press('Home');
  await page.getByRole('button', { name: 'Ask every checkpoint' }).click();
  await comeIn();
  await expect(page.getByRole('slider', { name: 'After step 0' })).toBeVisible(patient);
  await expect(page.getByRole('list', { name: 'Their texts' }).getByText(/of thinking/)).toHaveCount(9, patient);
});
