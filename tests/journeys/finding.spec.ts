import type { Locator, Page } from '@playwright/test';
import { chunk, doneStep, eventStream, type FakeStep } from '../fakes/provider.ts';
import { ask, badge, expect, openChat, test, thinkingPane, thinkingText } from '../browser/support.ts';

/** A thought of 90 kB: chapters under headings, a needle in each fourth, a doubt in each, a formula in each fifth. */
const chapters = Array.from({ length: 60 }, (_, i) =>
  [
    `## Chapter ${i + 1}`,
    `Wait, let me check number ${i + 1} again before going on with the rest of it.`,
    `${'The queen of this row stands where no other queen can reach her, and so the search goes on below. '.repeat(12)}`,
    i % 4 === 3
      ? `Here lies **needle**\nnumber ${i + 1}, and the line goes on.`
      : 'Nothing lies here, and the line goes on.',
    i % 5 === 0 ? `So $x_{${i + 1}} = ${i * i}$ holds.` : 'So it holds.',
  ].join('\n\n'),
);
const ending = 'So the answer is \\boxed{92}.';

function* think(): Generator<FakeStep> {
  for (const chapter of chapters.slice(0, 32)) yield chunk({ reasoning_content: `${chapter}\n\n` });
  yield { gate: true };
  for (const chapter of chapters.slice(32)) yield chunk({ reasoning_content: `${chapter}\n\n` });
  yield chunk({ reasoning_content: ending });
  yield { gate: true };
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

/** The paragraph of the hit the reader is at, if the hit is where the pane shows it. */
const hitInSight = (page: Page) =>
  thinkingText(page).evaluate((box) => {
    const [range] = [...(CSS.highlights.get('thinking-hit-current') ?? [])] as Range[];
    if (!range) return undefined;
    const { top, bottom } = range.getBoundingClientRect();
    const pane = box.getBoundingClientRect();
    return top >= pane.top && bottom <= pane.bottom
      ? range.startContainer.parentElement?.closest('p')?.innerText
      : undefined;
  });
/** Where the reader is, from 0 to 1, as the strip says it. */
const shareAt = async (strip: Locator) =>
  Number(await strip.getAttribute('aria-valuenow')) / Number(await strip.getAttribute('aria-valuemax'));
const button = (page: Page, name: string | RegExp) => thinkingPane(page).getByRole('button', { name });
const inSight = (page: Page, words: string) =>
  expect(thinkingText(page).getByRole('heading', { name: words, exact: true })).toBeInViewport();
const groups = (page: Page) =>
  thinkingText(page).evaluate((box) => [
    box.querySelectorAll('.md-group').length,
    box.querySelectorAll('[data-drawn="false"]').length,
  ]);

test('in a long thought one finds words, turning points and places, while it grows and after', async ({
  page,
  app,
  provider,
}) => {
  await openChat(page, app, 'long-thought');
  await ask(page, 'How many ways?');
  await expect(thinkingText(page)).toContainText('Chapter 32', { timeout: 20_000 });
  await page.reload(); // the page of the new conversation takes over, which could be in the middle of what follows

  // the search: Ctrl+F in the pane, hits in what is not drawn, going round
  await thinkingText(page).click();
  await page.keyboard.press('ControlOrMeta+f');
  const field = page.getByLabel('Find in the thinking');
  await field.fill('NEEDLE number');
  const count = thinkingPane(page).locator('.find-count');
  await expect(count).toHaveText(/ of 8$/);
  await field.press('Shift+Enter');
  await expect.poll(() => hitInSight(page)).toMatch(/^Here lies needle\nnumber/);
  while ((await count.textContent()) !== '2 of 8') await field.press('Shift+Enter');
  await expect.poll(() => hitInSight(page)).toContain('number 8,');

  // it goes on; the reader stays
  await provider.releaseNext();
  await expect(count).toHaveText('2 of 15');
  expect(await hitInSight(page)).toContain('number 8,');
  await field.press('Shift+Enter');
  await field.press('Shift+Enter');
  await expect(count).toHaveText('15 of 15');
  await expect.poll(() => hitInSight(page)).toContain('number 60,');
  await page.keyboard.press('Escape');
  await expect(field).toBeHidden();
  await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible(); // Esc closed the search, and nothing else

  // the outline
  await button(page, 'Outline').click();
  const outline = page.getByRole('navigation', { name: 'Outline of the thinking' });
  await outline.getByRole('button', { name: 'Heading: Chapter 20' }).click();
  await inSight(page, 'Chapter 20');
  await expect(outline.locator('[aria-current]')).toContainText(/Chapter 20|number 20/);
  await outline.getByRole('button', { name: 'Answer: 92' }).click();
  await expect(thinkingText(page).getByText('So the answer is')).toBeInViewport();
  await provider.releaseNext();
  await expect(badge(page)).toBeVisible();
  await button(page, 'Close the outline').click();

  // the strip
  const strip = page.getByRole('slider', { name: 'Place in the thinking' });
  const { height = 0 } = (await strip.boundingBox()) ?? {};
  await strip.click({ position: { x: 6, y: height * 0.5 } });
  await expect.poll(() => shareAt(strip)).toBeCloseTo(0.5, 1);
  await strip.press('Home');
  await inSight(page, 'Chapter 1');
  await expect.poll(() => shareAt(strip)).toBeLessThan(0.05);
  await expect(strip).toHaveAttribute('aria-valuetext', /^[\d,]+ of [\d,]+ tokens$/);

  // full height, and the outline once more: there the page scrolls
  await button(page, 'Full height').click();
  await button(page, 'Outline').click();
  await outline.getByRole('button', { name: 'Heading: Chapter 45' }).click();
  await inSight(page, 'Chapter 45');
});

test('a re-think that a badge counts is shown where it stands, in a thought that was folded', async ({
  page,
  app,
  provider,
}) => {
  await openChat(page, app, 'long-thought');
  await ask(page, 'Where did you doubt?');
  await provider.releaseNext();
  await provider.releaseNext();
  await expect(badge(page)).toBeVisible();
  await expect(thinkingText(page)).toBeHidden();
  await page.getByRole('button', { name: /^Re-thinks \d/ }).click();
  await page.locator('.health-place:visible').nth(44).click();
  await inSight(page, 'Chapter 45');
});

test('all of a thought can be shown, copied and printed', async ({ page, app, provider, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openChat(page, app, 'long-thought');
  await ask(page, 'Once more');
  await provider.releaseNext();
  await provider.releaseNext();
  await expect(badge(page)).toBeVisible();
  await button(page, /^Thought for/).click();
  await expect.poll(async () => (await groups(page))[1]).toBeGreaterThan(3);

  await button(page, 'More about the thinking').click();
  await page.getByRole('button', { name: 'Copy all, with tags' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^<think>\n## Chapter 1\n[\s\S]*\\boxed\{92\}\.\n<\/think>\n\nThere are \*\*92\*\* ways\.\n$/);

  await page.emulateMedia({ media: 'print' });
  await expect.poll(async () => (await groups(page))[1]).toBe(0);
  await expect(thinkingText(page).locator('.katex')).toHaveCount(13);
  await expect(page.getByLabel('Your question')).toBeHidden();
  await expect(button(page, 'Outline')).toBeHidden();
  const { shown, all } = await thinkingText(page).evaluate((box) => ({
    shown: box.clientHeight,
    all: box.scrollHeight,
  }));
  expect(shown).toBeGreaterThan(10_000);
  expect(all - shown).toBeLessThan(8); // what stands out of the last line by some pixels; on paper it is not cut
  const pages = (await page.pdf()).toString('latin1').match(/\/Type \/Page\b/g) ?? [];
  expect(pages.length).toBeGreaterThan(8);
  await page.emulateMedia({ media: 'screen' });
  await expect.poll(async () => (await groups(page))[1]).toBeGreaterThan(3);

  await button(page, 'More about the thinking').click();
  await page.getByRole('button', { name: 'Show all of it' }).click();
  await expect.poll(async () => (await groups(page))[1]).toBe(0);
});
