import type { Page } from '@playwright/test';
import { answerText, ask, badge, expect, openChat, pickOfAnswer, test, thinkingPane } from '../browser/support.ts';

const rawText = (page: Page) => page.getByRole('region', { name: 'The raw text' });
const filed = (page: Page) => page.getByRole('region', { name: 'How this answer is filed' });

test('the raw text of an answer is what the model wrote, with its tags and whitespace, also while it writes', async ({
  page,
  app,
  provider,
}) => {
  await openChat(page, app, 'gated');
  await ask(page, 'Raw, please');
  await provider.releaseNext();
  await expect(thinkingPane(page)).toContainText('step 9');
  await page.getByRole('button', { name: 'More about the thinking' }).click();
  await page.getByRole('button', { name: 'Raw text' }).click();
  await expect(rawText(page).locator('mark')).toHaveText(['<think>']);
  await expect(page.getByRole('dialog')).toContainText('still being written');
  await provider.releaseNext();
  await provider.releaseNext();
  await provider.releaseNext();
  await expect(badge(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.reload();
  await page.getByRole('button', { name: 'Raw text' }).click();
  await expect(rawText(page).locator('mark')).toHaveText(['<think>', '</think>']);
  const exact = await rawText(page).locator('pre').allTextContents();
  expect(exact.join('')).toMatch(
    /^<think>\n step 1 step 2 .* step 20\n<\/think>\n\nYou asked: Raw, please\n\n point 1,/,
  );
  await page.getByLabel('Show whitespace').check();
  await expect(rawText(page).locator('pre').first()).toContainText('<think>↵');
  await expect(rawText(page).locator('pre').first()).toContainText(/·\u200bstep·\u200b2/);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy the exact text' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(exact.join(''));
});

test('a part that was filed wrongly is put right, remembered for the model, and taken back', async ({ page, app }) => {
  const whole = 'A thought ends with </think>, never without.';
  await openChat(page, app, 'mentions-tag');
  await ask(page, 'Where does a thought end?');
  await expect(badge(page)).toBeVisible();
  await expect(answerText(page)).toHaveText(', never without.'); // the tag was taken for one
  const [other] = await Promise.all([page.context().newPage(), page.waitForLoadState()]);
  await other.goto(page.url());
  await expect(answerText(other)).toHaveText(', never without.');

  await pickOfAnswer(page, 'Thinking or answer?');
  await page.getByRole('listitem').filter({ hasText: 'A thought ends with' }).getByRole('button').click();
  await expect(filed(page)).toContainText('Filed as the answer. Its text was split again');
  await expect(answerText(page)).toHaveText(whole);
  await expect(thinkingPane(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Remember for mentions-tag' }).click();
  await expect(filed(page)).toContainText('Remembered: what mentions-tag writes begins with its answer');

  await ask(page, 'And now?');
  await expect(page.getByRole('article', { name: /answered/ })).toHaveCount(2);
  await expect(answerText(page)).toHaveText(whole); // filed rightly by itself
  await expect(thinkingPane(page)).toHaveCount(0);

  await other.evaluate(() => window.dispatchEvent(new Event('focus')));
  await expect(other.locator('.answer-text').first()).toHaveText(whole);
  await other.close();

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(filed(page)).toContainText('Filed back as it was.');
  await expect(page.locator('.answer-text').first()).toHaveText(', never without.');
  await page.getByRole('button', { name: 'Forget it for mentions-tag' }).click();
  await expect(filed(page)).toHaveCount(0);
  await page.reload();
  await expect(page.locator('.answer-text').first()).toHaveText(', never without.');
  await ask(page, 'Forgotten?');
  await expect(page.getByRole('article', { name: /answered/ })).toHaveCount(3);
  await expect(answerText(page)).toHaveText(', never without.');
  await thinkingPane(page)
    .last()
    .getByRole('button', { name: /^Thought/ })
    .click();
  await page.getByRole('button', { name: 'More about the thinking' }).last().click();
  await page.getByRole('button', { name: 'This was the answer' }).click();
  await expect(answerText(page)).toHaveText(whole);
});
