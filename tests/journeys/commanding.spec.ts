import type { Page } from '@playwright/test';
import { chunk, doneStep, type FakeStep } from '../fakes/provider.ts';
import { answerText, ask, badge, expect, openChat, test, thinkingPane, thinkingText } from '../browser/support.ts';

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
    models: [
      ...['fast-r1', 'plain', 'never-ends', 'looping'].map((id) => ({ id })),
      ...Array.from({ length: 400 }, (_, i) => ({ id: `vendor-${i % 40}/model-${i}` })),
    ],
    respond: ({ json }) => (json.model === 'looping' ? { steps: loopingThought() } : undefined),
  },
});

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const palette = (page: Page) => page.getByRole('dialog', { name: 'Search and commands' });

test('everything has a way by keys: the palette does, the sheet tells, a toolbar is one stop, the thought has a key', async ({
  page,
  app,
}) => {
  await openChat(page, app, 'fast-r1');
  await ask(page, 'How many zebras?');
  await expect(badge(page)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('heading', { name: 'fast-r1 answered' })).toBeVisible();

  // Into the thought, and back to its head, folded.
  await page.keyboard.press('Alt+t');
  await expect(thinkingText(page)).toBeFocused();
  await page.keyboard.press('Alt+t');
  await expect(thinkingText(page)).toBeHidden();
  await expect(thinkingPane(page).getByRole('button').first()).toBeFocused();

  // The answer's tools: one stop, the arrow keys inside, and where one was is where one comes back to.
  const toolbar = page.getByRole('toolbar', { name: 'This answer' });
  await toolbar.getByRole('button').first().focus();
  await page.keyboard.press('End');
  await expect(toolbar.getByRole('button', { name: 'More about this answer' })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(toolbar.getByRole('button', { name: 'Ask again with another model' })).toBeFocused();
  await page.keyboard.press('Tab');
  expect(await toolbar.evaluate((element) => element.contains(document.activeElement))).toBe(false);
  await page.keyboard.press('Shift+Tab');
  await expect(toolbar.getByRole('button', { name: 'Ask again with another model' })).toBeFocused();

  // The palette presses what is on the page, and goes elsewhere.
  await page.keyboard.press('Control+k');
  await palette(page).getByRole('combobox').fill('export');
  await expect(palette(page).getByRole('option').first()).toHaveText(/Export/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('heading')).toHaveText(/Export|Save/);
  await page.keyboard.press('Escape');

  // A question is found once, its title not beside it, and hits are narrowed.
  await page.keyboard.press('Control+k');
  await palette(page).getByRole('combobox').fill('zebras');
  await expect(palette(page).getByRole('group', { name: 'How many zebras?' }).getByRole('option')).not.toHaveCount(0);
  const kinds = palette(page).getByRole('option').locator('> span:first-child');
  await expect(kinds.filter({ hasText: 'title' })).toHaveCount(0);
  await expect(kinds.filter({ hasText: 'question' })).toHaveCount(1);
  await button(page, 'Answers').click();
  await expect(kinds.filter({ hasText: 'question' })).toHaveCount(0);
  await page.keyboard.press('Escape');

  await page.keyboard.press('Control+/');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('Into the thinking');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await palette(page).getByRole('combobox').fill('compute');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/compute$/);
});

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

test('of 400 models the favourites and the last ones stand on top; prompts and line-ups are kept', async ({
  page,
  app,
}) => {
  await openChat(page, app, 'vendor-7/model-7');
  await button(page, /^Model: /).click();
  await page.getByLabel('Search models').fill('model-399');
  await button(page, /^Favourite: /).click();
  await page.getByRole('option').click();
  await button(page, /^Model: /).click();
  const list = page.getByRole('listbox', { name: 'Models' });
  await expect(list.getByRole('group').first()).toContainText('Favourites');
  await expect(list.getByRole('group', { name: 'Favourites' }).getByRole('option')).toHaveText(/model-399/);
  await expect(list.getByRole('group', { name: 'Recent' }).getByRole('option')).toHaveText(/model-7/);
  await page.keyboard.press('Escape');

  // A prompt with its system prompt.
  await page.getByLabel('Your question').fill('Explain it to a child.');
  await button(page, /^Parameters/).click();
  await page.getByLabel('System prompt').fill('Use short words.');
  await page.keyboard.press('Escape');
  await button(page, /^Prompt: /).click();
  await page.getByLabel(/Keep what is written/).fill('Child');
  await button(page, 'Keep').click();
  await page.keyboard.press('Escape');
  await page.goto(app.url);
  await page.getByLabel('Your question').fill('');
  await button(page, /^Prompt: /).click();
  await button(page, /^Child/).click();
  await expect(page.getByLabel('Your question')).toHaveValue('Explain it to a child.');
  await button(page, /^Parameters/).click();
  await expect(page.getByLabel('System prompt')).toHaveValue('Use short words.');

  // A line-up is one press.
  await page.goto(`${app.url}/compare?models=custom:fast-r1,custom:plain,custom:vendor-1/model-1`);
  await button(page, 'Your line-ups').click();
  await page.getByLabel('Keep these columns as').fill('My usual three');
  await button(page, 'Keep').click();
  await page.goto(`${app.url}/compare?models=custom:plain,custom:fast-r1`);
  await button(page, 'My usual three').click();
  await expect(page.getByRole('button', { name: /^Model: / })).toHaveText([/fast-r1/, /plain/, /model-1/]);
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
