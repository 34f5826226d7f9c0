import type { Page } from '@playwright/test';
import { chunk, doneStep, eventStream, type FakeStep } from '../fakes/provider.ts';
import { ask, badge, expect, openChat, test, thinkingText } from '../browser/support.ts';

/** A thought of 30 kB in two languages; what is looked for stands once, past its middle. */
function* think(): Generator<FakeStep> {
  for (let i = 0; i < 40; i++) {
    const needle = i === 27 ? '等等，让我再检查一下这个结果。' : '';
    yield chunk({ reasoning_content: `${'The queen goes to another row, and on it goes. '.repeat(15)}${needle}\n\n` });
  }
  yield chunk({ content: 'There are **92** ways.' });
  yield chunk({}, 'stop');
  yield doneStep;
}

test.use({
  fake: {
    models: [{ id: 'long-thought', object: 'model', created: 1_795_000_000, owned_by: 'fake' }],
    respond: () => ({ headers: eventStream, steps: think() }),
  },
});

const side = (page: Page) => page.getByRole('navigation', { name: 'Conversations' });
const item = (page: Page, title: string) => side(page).getByRole('listitem').filter({ hasText: title });
const pick = async (page: Page, title: string, action: string) => {
  await item(page, title).hover();
  await item(page, title)
    .getByRole('button', { name: `More about “${title}”` })
    .click();
  await page.getByRole('menuitem', { name: action, exact: true }).click();
};
/** The words of the hit the reader is at, if it is in sight. */
const hitInSight = (page: Page) =>
  page.evaluate(() => {
    const [range] = [...(CSS.highlights.get('thinking-hit-current') ?? [])] as Range[];
    const { top, bottom } = range?.getBoundingClientRect() ?? { top: -1, bottom: -1 };
    const box = range?.startContainer.parentElement?.closest('.think-scroll, .chat-scroll')?.getBoundingClientRect();
    return box && top >= box.top && bottom <= Math.min(box.bottom, innerHeight) ? String(range) : undefined;
  });

test('conversations are found by what was thought in them, pinned, put away, and deleted with a way back', async ({
  page,
  app,
}) => {
  await openChat(page, app, 'long-thought');
  await ask(page, 'Eight queens');
  await expect(badge(page)).toBeVisible();
  for (const question of ['Second thoughts', 'Third of them']) {
    await page.keyboard.press('Control+Shift+O');
    await expect(page).toHaveURL(`${app.url}/`);
    await ask(page, question);
    await expect(badge(page)).toBeVisible();
  }

  await test.step('a search in Chinese opens the thought at the hit', async () => {
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: 'Search all conversations' });
    await field.fill('再检查');
    const hit = page.getByRole('option').filter({ hasText: 'thinking' });
    await expect(hit).toHaveCount(3);
    await expect(hit.locator('mark').first()).toHaveText('再检查');
    await field.press('ArrowDown');
    await field.press('ArrowDown');
    await expect(hit.nth(2)).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByRole('group', { name: 'Eight queens' })).toContainText('thinking');
    await expect(thinkingText(page)).toBeHidden();
    await field.press('Enter');
    await expect(page.getByRole('heading', { name: 'Eight queens', level: 1 })).toBeAttached();
    await expect(thinkingText(page)).toBeVisible();
    await expect.poll(() => hitInSight(page)).toBe('再检查');
  });

  await test.step('words are found in all messages of a conversation, folded thinking too', async () => {
    await page.getByRole('button', { name: /Thought for/ }).click();
    await expect(thinkingText(page)).toBeHidden();
    await page.keyboard.press('Control+Shift+F');
    const field = page.getByLabel('Find in this conversation');
    await field.fill('queens');
    await expect(page.locator('.find-count')).toHaveText('1 of 1');
    await expect.poll(() => hitInSight(page)).toBe('queens');
    await field.fill('goes to another');
    await expect(page.locator('.find-count')).toHaveText('1 of 600');
    await expect(thinkingText(page)).toBeVisible();
    await expect.poll(() => hitInSight(page)).toBe('goes to another');
    await field.press('Shift+Enter');
    await expect(page.locator('.find-count')).toHaveText('600 of 600');
    await expect.poll(() => hitInSight(page)).toBe('goes to another');
    await field.press('Escape');
    await expect(field).toHaveCount(0);
  });

  await test.step('pinned is on top, archived is elsewhere, and both last', async () => {
    const titles = () => side(page).getByRole('listitem').getByRole('link').allInnerTexts();
    await expect.poll(titles).toEqual(['Third of them', 'Second thoughts', 'Eight queens']);
    await pick(page, 'Eight queens', 'Pin');
    await expect.poll(titles).toEqual(['Eight queens', 'Third of them', 'Second thoughts']);
    await pick(page, 'Third of them', 'Archive');
    await expect(page.getByRole('status').filter({ hasText: 'Undo' })).toContainText('“Third of them” is archived.');
    await expect.poll(titles).toEqual(['Eight queens', 'Second thoughts']);
    await page.reload();
    await expect.poll(titles).toEqual(['Eight queens', 'Second thoughts']);
    await expect(side(page).getByRole('heading')).toHaveText(['Pinned', 'Today']);
    await side(page).getByRole('button', { name: 'Archived conversations' }).click();
    await expect.poll(titles).toEqual(['Third of them']);
    await pick(page, 'Third of them', 'Bring back');
    await expect(side(page)).toContainText('Nothing is archived');
    await side(page).getByRole('button', { name: 'All conversations', exact: true }).click();
    await expect.poll(titles).toEqual(['Eight queens', 'Third of them', 'Second thoughts']);
  });

  await test.step('a title is changed in place', async () => {
    await item(page, 'Second thoughts').getByRole('link').focus();
    await page.keyboard.press('F2');
    const saved = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await page.getByLabel('Title').fill('Renamed');
    await page.getByLabel('Title').press('Enter');
    await expect(item(page, 'Renamed')).toBeVisible();
    await saved;
  });

  await test.step('on a phone the way back is seen over the drawer in which it was put away', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByRole('button', { name: 'Show the sidebar' }).click();
    await pick(page, 'Renamed', 'Archive');
    await expect(item(page, 'Renamed')).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(item(page, 'Renamed')).toBeVisible();
    await page.setViewportSize({ width: 1280, height: 720 });
  });

  await test.step('a deletion is taken back, then made for good', async () => {
    const address = page.url();
    await pick(page, 'Eight queens', 'Delete');
    await expect(page).toHaveURL(`${app.url}/`);
    await expect(item(page, 'Eight queens')).toHaveCount(0);
    expect((await page.request.get(address.replace('/c/', '/api/conversations/'))).status()).toBe(404);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page).toHaveURL(address);
    await expect(item(page, 'Eight queens')).toBeVisible();
    await expect(thinkingText(page)).toBeVisible();
    await pick(page, 'Eight queens', 'Delete');
    await page.getByRole('status').filter({ hasText: 'Undo' }).getByRole('button', { name: 'Dismiss' }).click();
    await page.goto(address);
    await expect(page.getByRole('heading', { name: 'There is nothing here.' })).toBeVisible();
    await page.goto(app.url);
    await expect(item(page, 'Renamed')).toBeVisible();
    await expect(item(page, 'Eight queens')).toHaveCount(0);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('再检查');
    await expect(page.getByRole('option')).toHaveCount(2);
  });
});
