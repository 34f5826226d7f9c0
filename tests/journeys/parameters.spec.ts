import type { Page } from '@playwright/test';
import { answerText, ask, badge, expect, openChat, pickOfAnswer, test } from '../browser/support.ts';

const button = (page: Page) => page.getByRole('button', { name: /^Parameters/ });
const form = (page: Page) => page.getByRole('dialog', { name: 'Parameters' });

/** The body that is shown as sent for the last answer, and the dialog around it, still open. */
async function openSent(page: Page) {
  await pickOfAnswer(page, 'What was sent');
  const dialog = page.getByRole('dialog', { name: 'What was sent' });
  const shown = dialog.getByRole('region', { name: 'The body of the request' }).locator('pre');
  await expect(shown).toContainText('"messages"');
  return { dialog, body: JSON.parse(await shown.innerText()) as Record<string, unknown> };
}

test('what is set is sent, shown as sent, kept over a reload, and reset', async ({ page, app, provider }) => {
  await openChat(page, app, 'field-r1');
  await button(page).click();
  await form(page).getByLabel('System prompt').fill('Answer in one word.');
  await form(page).getByLabel('Temperature').fill('0,7');
  await form(page).getByLabel('Stop at').fill('END\n\\nUser:');
  await form(page).getByLabel('Max tokens').fill('none');
  await expect(form(page).getByText('A whole number from 1 on.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(button(page)).toHaveAccessibleName('Parameters: changed');

  await ask(page, 'The first');
  await expect(badge(page)).toBeVisible();
  const first = await openSent(page);
  expect(first.body).toEqual({
    model: 'field-r1',
    // Its makers advise against a system prompt.
    messages: [{ role: 'user', content: 'Answer in one word.\n\nThe first' }],
    temperature: 0.7,
    top_p: 0.95,
    stop: ['END', '\nUser:'],
    stream: true,
    stream_options: { include_usage: true },
  });
  const received = provider.requests.findLast((request) => request.body.includes('The first'));
  expect(first.body).toEqual(JSON.parse(received?.body ?? ''));
  await expect(first.dialog).toContainText(`POST ${provider.baseURL}/chat/completions`);
  await expect(first.dialog).toContainText('There was none.');
  await expect(first.dialog).not.toContainText('canary');
  await page.keyboard.press('Escape');
  await expect(first.dialog).toBeHidden();

  await page.reload();
  await expect(button(page)).toHaveAccessibleName('Parameters: changed');
  await button(page).click();
  await expect(form(page).getByLabel('Temperature')).toHaveValue('0.7');
  await expect(form(page).getByLabel('System prompt')).toHaveValue('Answer in one word.');
  await form(page).getByRole('button', { name: 'Reset to advice' }).click();
  await expect(form(page).getByLabel('Temperature')).toHaveValue('');
  await page.keyboard.press('Escape');
  await expect(button(page)).toHaveAccessibleName('Parameters');

  await ask(page, 'The second');
  await expect(answerText(page)).toContainText('You asked: The second');
  await expect(page.getByRole('button', { name: 'More about this answer' })).toHaveCount(2);
  const second = await openSent(page);
  expect(second.body).toMatchObject({ temperature: 0.6, top_p: 0.95 });
  expect(second.body).not.toHaveProperty('stop');
  expect((second.body.messages as { content: string }[]).map(({ content }) => content)).toEqual([
    'The first',
    expect.stringContaining('You asked: '),
    'The second',
  ]);
  await expect(second.dialog).toContainText('60 tokens of 1 earlier answer left out.');
});

test('parameters belong to their model, in this browser', async ({ page, app }) => {
  await openChat(page, app, 'plain');
  await button(page).click();
  await form(page).getByLabel('Seed').fill('42');
  await form(page).getByLabel('System prompt').fill('Be plain.');
  await page.keyboard.press('Escape');
  await openChat(page, app, 'fast-r1');
  await expect(button(page)).toHaveAccessibleName('Parameters');
  await openChat(page, app, 'plain');
  await expect(button(page)).toHaveAccessibleName('Parameters: changed');
  await button(page).click();
  await expect(form(page).getByLabel('Seed')).toHaveValue('42');
  await expect(form(page).getByLabel('System prompt')).toHaveValue('Be plain.');
});

test('what changes nothing is shown as such, with the advice in its place', async ({ page, bare }) => {
  await page.goto(bare.url);
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('option', { name: /^DeepSeek-R1 style Recording/ }).click();
  await button(page).click();
  const temperature = form(page).getByLabel('Temperature');
  await expect(temperature).toBeDisabled();
  await expect(temperature).toHaveAttribute('placeholder', '0.6');
  await expect(temperature).toHaveAccessibleDescription('A recording ignores it.');
  await expect(form(page).getByLabel('Max tokens')).toBeEnabled();
  await expect(form(page).getByLabel('System prompt')).toHaveAccessibleDescription(/put before your first question/);
});
