import { ask, expect, openChat, test } from '../browser/support.ts';

/** As llama.cpp lists a model (Oct 2026), and ends where its window is full. */
test.use({
  fake: {
    models: [
      { id: 'tiny', object: 'model', owned_by: 'llamacpp', meta: { n_ctx: 288 } },
      { id: 'unknown', object: 'model', owned_by: 'llamacpp' },
    ],
    respond: ({ json }) => {
      if (!Array.isArray(json.messages) || json.stream !== true) return undefined;
      const usage = { prompt_tokens: 250, completion_tokens: 38 };
      return {
        steps: [
          { event: { choices: [{ index: 0, delta: { reasoning_content: 'So many numbers.' }, finish_reason: null }] } },
          { event: { choices: [{ index: 0, delta: { content: 'It goes on' }, finish_reason: null }] } },
          { event: { choices: [{ index: 0, delta: {}, finish_reason: 'length' }], usage } },
          { write: 'data: [DONE]\n\n' },
        ],
      };
    },
  },
});

test('the meter tells what is used, what is asked and what is left, and says it when that is little', async ({
  page,
  app,
}) => {
  await openChat(page, app, 'tiny');
  const meter = page.getByRole('meter', { name: 'Window' });
  await expect(meter).toHaveAttribute('aria-valuetext', /window of 288 tokens \(as its server runs it\), 0 are used/);
  const box = await page.locator('#composer').boundingBox();
  await page.getByLabel('Your question').fill('word '.repeat(240).trim());
  await expect(page.getByRole('status').filter({ hasText: /Room for about \d+ tokens/ })).toBeVisible();
  await page.getByLabel('Your question').fill('word '.repeat(400).trim());
  await expect(page.getByText('Longer than the window')).toBeVisible();
  await page.getByLabel('Your question').fill('');
  expect((await page.locator('#composer').boundingBox())?.height).toBe(box?.height);
});

test('a window that was full is called that, and is not gone on in', async ({ page, app }) => {
  await openChat(page, app, 'tiny');
  await ask(page, 'Count.');
  await expect(page.getByRole('article').getByText('Cut off: the window was full.')).toBeVisible();
  await expect(page.getByText(/The window of 288 tokens was full: 250 of them/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Continue' })).toHaveCount(0);
  await expect(page.getByRole('meter', { name: 'Window' })).toHaveAttribute(
    'aria-valuetext',
    /none is left|\d+ are left/,
  );
});

test('where no window is known there is no meter', async ({ page, app }) => {
  await openChat(page, app, 'unknown');
  await expect(page.getByLabel('Your question')).toBeVisible();
  await expect(page.getByRole('meter')).toHaveCount(0);
});

test('a conversation that is too long becomes a new one with a summary, if somebody asks for it', async ({
  page,
  app,
}) => {
  await openChat(page, app, 'tiny');
  await ask(page, 'Count to nine.');
  await expect(page.getByRole('article').getByText('Cut off: the window was full.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'New chat with a summary' })).toHaveCount(0); // there is nothing before it
  await ask(page, 'And on?');
  await page.getByRole('button', { name: 'New chat with a summary' }).click();
  await expect(page).toHaveURL(/\/$/);
  const question = page.getByLabel('Your question');
  await expect(question).toHaveValue(/^Summarise the conversation.*Question: Count to nine\.\s+Answer: It goes on$/s);
  await expect(page.getByRole('button', { name: /^Model: tiny\b/ })).toBeVisible();
});
