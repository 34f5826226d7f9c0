import { badge, expect, test, thinkingPane } from '../browser/support.ts';

/** One writes at a pace to be read along, beside what else this machine does. */
const soon = { timeout: 60_000 };

for (const width of [1440, 390]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`a first visit without key or server: a real model thinks, beside another, and how it learnt (${width}, ${colorScheme})`, async ({
      page,
      bare,
    }) => {
      test.setTimeout(300_000);
      const height = width === 390 ? 844 : 900;
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      const fits = async () =>
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);

      await page.goto(bare.url);
      const example = page.getByRole('button', { name: /A real one, thinking now: 0\.6 million parameters/ });
      const box = await example.boundingBox();
      expect((box?.y ?? height) + (box?.height ?? 0)).toBeLessThanOrEqual(height); // seen without scrolling
      await example.click();
      await expect(page.getByRole('article', { name: 'tiny-zero answered' })).toBeVisible(soon);
      await expect(thinkingPane(page)).toBeVisible(soon);
      await expect(badge(page)).toBeVisible(soon);
      await expect(page.getByRole('article').getByText('Recording', { exact: true })).toHaveCount(0);
      await fits();

      await test.step('what is no puzzle gets a note, also after a reload, and a puzzle of it is asked', async () => {
        await page.getByLabel('Your question').fill('Who are you?');
        await page.getByLabel('Your question').press('Enter');
        const note = page.getByRole('region', { name: 'A note by Thinkglass' });
        await expect(note).toContainText('These small models know one thing', soon);
        await expect(page.getByRole('button', { name: 'Retry' })).toHaveCount(0);
        await expect(page.getByRole('status').filter({ hasText: 'These small models' })).toHaveCount(1);
        await page.reload();
        // While the page comes awake it moves to where its reader was, away from under the mouse.
        await expect(page.getByLabel('Your question')).toBeFocused(soon);
        await note.getByRole('button', { name: 'Use 3, 6, 10 and 12 to make 69' }).click();
        await expect(page.getByRole('article', { name: 'tiny-zero answered' })).toHaveCount(3, soon);
        await expect(page.getByRole('article', { name: 'You asked' }).last()).toContainText('to make 69');
        await expect(badge(page)).toBeVisible(soon);
      });

      await test.step('tiny-zero beside tiny-r1', async () => {
        await page.goto(`${bare.url}/compare`);
        await page.getByRole('button', { name: 'tiny-zero and tiny-r1' }).click();
        await expect(page.getByText(/0\.6 million parameters against R1-Zero’s 671 billion/).first()).toBeVisible();
        await page.getByRole('button', { name: 'Use 3, 5 and 7 to make 26' }).click();
        for (const name of ['tiny-zero', 'tiny-r1']) {
          const column = page.locator('section[data-column]', {
            has: page.getByRole('article', { name: `${name} answered`, includeHidden: true }),
          });
          await expect(column.locator('.answer-foot')).toHaveCount(1, soon);
        }
        await fits();
      });

      await test.step('how it learnt: the slider, and six and more checkpoints at once', async () => {
        await page.goto(`${bare.url}/zero`);
        // As a hand does it: what a script writes, the page does not keep until its program has come.
        await page.getByRole('slider', { name: /^After step/ }).press('Home');
        await expect(page.getByText('After step 0', { exact: true })).toBeVisible();
        await page.getByRole('button', { name: 'Ask every checkpoint' }).click();
        const columns = page.getByRole('list', { name: 'Their texts' }).getByRole('listitem');
        await expect(columns.nth(5)).toBeVisible(soon); // six and more, drawn together
        await expect(columns.getByText('of thinking')).toHaveCount(await columns.count(), soon);
        await fits();
      });
    });
  }
}
