import type { Page } from '@playwright/test';
import type { Message } from '../../lib/conversation.ts';
import { textOfKind } from '../../lib/stream-part.ts';
import { answerText, ask, badge, expect, openChat, test, thinkingText } from '../browser/support.ts';

const question = (page: Page) => page.getByRole('article', { name: 'You asked' });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('a question is asked in other words and of another model, branches are switched, deleted, forked and found again', async ({
  page,
  app,
}) => {
  await openChat(page, app, 'plain');
  await ask(page, 'The first words');
  await expect(badge(page)).toBeVisible();

  // Esc leaves a question as it was; Enter asks it anew, beside itself.
  await question(page).hover();
  await button(page, 'Edit the question').click();
  const editor = page.getByLabel('The question in other words');
  await expect(editor).toBeFocused();
  await editor.fill('Never asked');
  await editor.press('Escape');
  await expect(question(page)).toContainText('The first words');
  await button(page, 'Edit the question').click();
  await editor.fill('Other words');
  await editor.press('Enter');
  await expect(answerText(page)).toContainText('You asked: Other words');
  await expect(question(page)).toContainText('2 / 2');

  // The same question, of another model, this once.
  await expect(badge(page)).toBeVisible();
  await button(page, 'Ask again with another model').click();
  await page.getByRole('dialog', { name: 'Ask again with' }).getByLabel('Search models').fill('fast-r1');
  await page
    .getByRole('option', { name: /^fast-r1\b/ })
    .first()
    .click();
  await expect(badge(page)).toBeVisible({ timeout: 20_000 }); // its tokens are counted here
  await expect(page.getByRole('article', { name: 'fast-r1 answered' })).toContainText('2 / 2');
  await expect(button(page, 'Model: plain. Choose another.')).toBeVisible();
  await ask(page, 'A follow-up');
  await expect(answerText(page)).toContainText('You asked: A follow-up');

  // The branch that is looked at is there again after a reload.
  const remembered = page.waitForResponse((r) => r.request().method() === 'PATCH' && r.url().includes('/api/threads/'));
  await button(page, 'Earlier question').click();
  await expect(question(page)).toHaveCount(1);
  await expect(answerText(page)).toContainText('You asked: The first words');
  await remembered;
  await page.reload();
  await expect(answerText(page)).toContainText('You asked: The first words');
  await button(page, 'Later question').click();
  await expect(question(page)).toHaveCount(2);

  // A chat of its own from the first answer on.
  const origin = page.url();
  await button(page, 'More about this answer').first().click();
  await button(page, 'New chat from here').click();
  await expect(page).not.toHaveURL(origin);
  await expect(question(page)).toHaveCount(1);
  await expect(page.getByRole('article', { name: 'fast-r1 answered' })).toBeVisible();
  await page.goto(origin);

  // Away with it, and all that follows.
  await expect(question(page)).toHaveCount(2);
  await question(page).first().hover();
  await button(page, 'More about this question').first().click();
  await button(page, 'Delete this question').click();
  const dialog = page.getByRole('dialog', { name: 'Delete this question?' });
  await expect(dialog).toContainText('4 messages that follow it go with it');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(question(page)).toHaveCount(1);
  await expect(answerText(page)).toContainText('You asked: The first words');
  await page.reload();
  await expect(question(page)).toHaveCount(1);
  await expect(question(page)).not.toContainText('/ 2');
});

test('a thought that was stopped goes on where it stopped, and is made to answer', async ({ page, bare }) => {
  test.setTimeout(120_000);
  await page.goto(bare.url);
  await page.getByRole('button', { name: 'A search of over 20,000 tokens' }).click();
  await expect(thinkingText(page)).toContainText(/\w{3,} \w{3,} \w{3,}/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('article').getByText('Stopped while thinking: no answer came.')).toBeVisible();
  const [stopped = ''] = await thoughtsOf(page);

  await button(page, 'Continue').click();
  await expect(page.getByText('Continued', { exact: true })).toBeVisible();
  await button(page, 'Answer now').click();
  await expect(answerText(page)).toBeVisible();
  await expect(badge(page)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('The thinking was ended here, and the answer asked for.')).toBeVisible();
  await expect(page.locator('.siblings')).toContainText('3 / 3');
  await page.reload();
  await expect(page.locator('.siblings')).toContainText('3 / 3');
  // What is drawn of a long thought is what is near the screen; the whole is asked for.
  const [first, continued = '', answered = ''] = await thoughtsOf(page);
  expect(stopped.length).toBeGreaterThan(20);
  expect(first).toBe(stopped);
  expect(continued.startsWith(stopped)).toBe(true);
  expect(answered.startsWith(continued)).toBe(true);
});

/** What is kept of the thinking of each answer of the conversation on the page, in the order in which they were begun. */
async function thoughtsOf(page: Page): Promise<string[]> {
  const response = await page.request.get(page.url().replace('/c/', '/api/conversations/'));
  const { messages } = (await response.json()) as { messages: Message[] };
  return messages.filter(({ role }) => role === 'assistant').map(({ parts }) => textOfKind(parts, 'reasoning'));
}
