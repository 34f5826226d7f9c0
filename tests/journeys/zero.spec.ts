import { stat } from 'node:fs/promises';
import { expect, test } from '../browser/support.ts';

for (const width of [1440, 390]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`how it learnt: plots, every checkpoint, a group, a file (${width}, ${colorScheme})`, async ({
      page,
      app,
    }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.goto(`${app.url}/zero`);
      await expect(page.getByRole('heading', { name: 'How it learnt to think' })).toBeVisible();
      for (const name of [/accuracy, form and mixed/, /thinking tokens by step/, /by forced length of thought/]) {
        await expect(page.getByRole('img', { name })).toBeVisible();
      }
      await page.getByRole('slider', { name: /^After step/ }).fill('0');
      await expect(page.getByText('After step 0', { exact: true })).toBeVisible();

      await page.getByRole('button', { name: 'Ask every checkpoint' }).click();
      const columns = page.getByRole('list', { name: 'Their texts' }).getByRole('listitem');
      await expect(columns.first().getByRole('heading', { name: 'Base' })).toBeVisible();
      await expect(columns.getByText('of thinking')).toHaveCount(await columns.count(), { timeout: 30_000 });

      const step = page.getByRole('region', { name: 'What a step is' });
      await step.getByRole('button', { name: 'Draw 16 samples' }).click();
      await expect(step.getByRole('status')).toHaveText(/pushed up|teaches nothing/, { timeout: 30_000 });
      await expect(step.getByRole('region', { name: 'Rewards by sample' }).getByRole('row')).toHaveCount(17);
      await step.getByRole('button', { name: 'Sample 1', exact: true }).click();
      await expect(step.getByText('Sample 1', { exact: true })).toHaveCount(2);

      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'tiny-zero.gguf', exact: true }).click(),
      ]);
      expect((await stat(await file.path())).size).toBeGreaterThan(100_000);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    });
  }
}
