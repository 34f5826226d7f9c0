import type { Page } from '@playwright/test';
import { chunk, doneStep, type FakeStep } from '../fakes/provider.ts';
import { answerText, ask, expect, openChat, test } from '../browser/support.ts';

/** Thinks something, then one sentence again and again, for as long as it is listened to. */
function* loopingThought(): Generator<FakeStep> {
  yield chunk({ content: '<think>Six times seven, I think. ' });
  for (let i = 0; i < 20_000; i++) {
    yield chunk({ content: 'Wait, is it so? I had better look at it again. ' });
    if (i > 60) yield { waitMs: 50 };
  }
  yield doneStep;
}

test.use({
  fake: {
    models: [...['fast-r1', 'plain', 'never-ends', 'looping'].map((id) => ({ id }))],
    respond: ({ json }) => (json.model === 'looping' ? { steps: loopingThought() } : undefined),
  },
});

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

test('a link fills a question and sends nothing; what was being written stays', async ({ page, app }) => {
  await page.goto(app.url);
  const field = page.getByLabel('Your question');
  await field.fill('Half a thought');
  await page.goto(`${app.url}/?q=How+many+lions%3F&model=custom:plain&url=https%3A%2F%2Fzoo.example`);
  await expect(field).toHaveValue('How many lions?\nhttps://zoo.example\n\nHalf a thought');
  await expect(page.getByRole('button', { name: /^Model: plain\b/ })).toBeVisible();
  await expect(page.getByText('nothing is sent until you send it')).toBeVisible();
  await expect(page).toHaveURL(`${app.url}/`);
  await page.reload();
  await expect(field).toHaveValue('How many lions?\nhttps://zoo.example\n\nHalf a thought');
  const { conversations } = await page.evaluate(async () => (await fetch('/api/conversations')).json());
  expect(conversations).toEqual([]);
});

test('a chat has its guard, and a loop its brake', async ({ page, app }) => {
  await openChat(page, app, 'never-ends');
  await button(page, /^Parameters/).click();
  await page.getByLabel('Tokens of thinking').fill('20');
  await page.keyboard.press('Escape');
  await ask(page, 'Think on.');
  const words = 'Stopped by this chat’s guard: 20 tokens of thinking were reached.';
  await expect(page.getByRole('article').getByText(words)).toBeVisible({ timeout: 30_000 });
  await page.reload();
  await expect(page.getByRole('article').getByText(words)).toBeVisible();

  await openChat(page, app, 'looping');
  await ask(page, 'How many?');
  const brake = page.getByRole('group', { name: 'The loop' });
  await expect(brake).toContainText('tokens so far', { timeout: 30_000 });
  await expect(brake.getByRole('button', { name: 'Ask again' })).toBeVisible();
  await brake.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('article').getByText('Stopped while thinking: no answer came.')).toBeVisible();
  await expect(brake.getByRole('button', { name: 'Stop' })).toHaveCount(0);
  await expect(answerText(page)).toHaveCount(0);
});
