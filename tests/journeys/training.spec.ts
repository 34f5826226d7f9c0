import { stat } from 'node:fs/promises';
import { chooseModel, expect, test } from '../browser/support.ts';

/** A step takes some seconds of a core, more beside other tests. */
const soon = { timeout: 90_000 };

test('a training is begun, seen to go on, joined again, stopped, kept, asked and removed; another is thrown away', async ({
  page,
  bare,
}) => {
  test.setTimeout(300_000);
  await page.goto(`${bare.url}/zero`);
  const here = page.getByRole('region', { name: 'Train it here' });
  await here.getByRole('button', { name: 'Train it here' }).click();
  await expect(here.getByRole('status')).toHaveText('It trains.', soon);
  await expect(here.getByText(/^Step \d+ · [\d.]+ s a step · \d+ texts a second · /)).toBeVisible(soon);
  await expect(here.getByRole('img', { name: 'This training: right and well-formed by step' })).toBeVisible();

  await page.reload();
  await expect(here.getByText(/^Step \d+ · /)).toBeVisible(soon);
  await here.getByRole('button', { name: 'Stop' }).click();
  await expect(here.getByRole('status')).toHaveText(/^Stopped after \d+ steps?\.$/, soon);

  await here.getByLabel(/^Name/).fill('tiny-zero'); // taken
  await here.getByRole('button', { name: 'Keep it' }).click();
  await expect(here.getByRole('alert')).toHaveText('There is a tiny-zero already.');
  await here.getByLabel(/^Name/).fill('tiny-mine');
  await here.getByRole('button', { name: 'Keep it' }).click();
  const kept = here.getByRole('list', { name: 'Kept models' }).getByRole('listitem');
  await expect(kept).toContainText('tiny-mine');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    kept.getByRole('link', { name: 'tiny-mine.gguf' }).click(),
  ]);
  expect((await stat(await file.path())).size).toBeGreaterThan(600_000);

  await page.goto(bare.url);
  await chooseModel(page, 'tiny-mine');
  await page.getByLabel('Your question').fill('Use 3, 5 and 7 to make 26');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article', { name: 'tiny-mine answered' }).locator('.answer-foot')).toBeVisible(soon);

  await page.goto(`${bare.url}/zero`);
  await here.getByRole('button', { name: 'Remove tiny-mine' }).click();
  await expect(kept).toHaveCount(0);
  await here.getByRole('button', { name: 'Train it here' }).click();
  await here.getByRole('button', { name: 'Throw away' }).click();
  await expect(here.getByRole('button', { name: 'Train it here' })).toBeVisible();
  await expect(here.getByRole('status')).toHaveText('');
});
