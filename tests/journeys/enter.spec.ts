import type { Locator } from '@playwright/test';
import { answerText, ask, badge, expect, openChat, test } from '../browser/support.ts';

/** The keys of an input method: Enter ends a composition, and Safari tells it once more behind the end, by its code only. */
async function compose(field: Locator, words: string): Promise<void> {
  await field.evaluate((element, words) => {
    const key = (init: KeyboardEventInit & { keyCode?: number }) =>
      element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init }));
    element.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    element.dispatchEvent(new CompositionEvent('compositionupdate', { bubbles: true, data: words }));
    key({ isComposing: true, keyCode: 229 });
    element.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true, data: words }));
    key({ keyCode: 229 });
  }, words);
}

test('the Enter of an input method sends, asks and finds nothing', async ({ page, app }) => {
  await openChat(page, app, 'plain');
  const field = page.getByLabel('Your question');
  await field.fill('にほん');
  await compose(field, 'にほん');
  await expect(field).toHaveValue('にほん');
  await field.press('Shift+Enter');
  await field.pressSequentially('ご');
  await expect(field).toHaveValue('にほん\nご');
  await expect(page.getByRole('article')).toHaveCount(0);
  await field.press('Enter');
  await expect(badge(page)).toBeVisible();

  await page.getByRole('article', { name: 'You asked' }).hover();
  await page.getByRole('button', { name: 'Edit the question' }).click();
  const editor = page.getByLabel('The question in other words');
  await editor.fill('日本語');
  await compose(editor, '日本語');
  await expect(editor).toHaveValue('日本語');
  await editor.press('Escape');

  await page.keyboard.press('ControlOrMeta+k');
  const search = page.getByRole('dialog').getByRole('combobox');
  await search.fill('にほん');
  await compose(search, 'にほん');
  await expect(search).toBeVisible();
  await page.keyboard.press('Escape');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('Enter makes a new line, the button sends, and a setting says otherwise', async ({ page, app }) => {
    await openChat(page, app, 'plain');
    const field = page.getByLabel('Your question');
    await expect(field).toHaveAttribute('enterkeyhint', 'enter');
    await field.tap();
    await field.pressSequentially('line one');
    await field.press('Enter');
    await field.pressSequentially('line two');
    await expect(field).toHaveValue('line one\nline two');
    await expect(page.getByRole('article')).toHaveCount(0);
    await page.getByRole('button', { name: 'Send' }).tap();
    await expect(answerText(page)).toContainText('line two');
    await expect(badge(page)).toBeVisible();

    // The question in other words, too; a keyboard that has Ctrl sends with it.
    await page.getByRole('button', { name: 'Edit the question' }).tap();
    const editor = page.getByLabel('The question in other words');
    await editor.fill('again');
    await editor.press('Enter');
    await expect(editor).toHaveValue('again\n');
    await editor.press('Control+Enter');
    await expect(answerText(page)).toContainText('You asked: again');

    await page.goto(`${app.url}/settings`);
    await page.getByLabel('Enter in a question').selectOption('Sends');
    await openChat(page, app, 'plain');
    await expect(field).toHaveAttribute('enterkeyhint', 'send');
    await ask(page, 'Sent by Enter');
    await expect(answerText(page)).toContainText('You asked: Sent by Enter');
  });
});
