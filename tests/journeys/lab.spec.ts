import { readFile } from 'node:fs/promises';
import { expect, test } from '../browser/support.ts';

const questions = [
  { id: 'a', question: 'What is 2 + 2?', answer: '4' },
  { id: 'b', question: 'What is 3 + 3?', answer: '6' },
  { id: 'c', question: 'No key?' },
];

test('own questions are read, a model is asked, and each point leads to its samples', async ({ page, app }) => {
  await page.goto(`${app.url}/lab`);
  await page.getByText('Pasted', { exact: true }).click();
  await page
    .getByLabel('Questions, as JSON lines, JSON or CSV')
    .fill(questions.map((question) => JSON.stringify(question)).join('\n'));
  await page.getByRole('button', { name: 'Read them' }).click();
  await expect(page.getByText('1 row left out')).toBeVisible();
  await expect(page.getByRole('list', { name: 'The first questions' }).getByText('What is 3 + 3?')).toBeVisible();

  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('option', { name: /^fast-r1/ }).click();
  await page.getByLabel('Samples of a question').fill('4');
  await page.getByRole('button', { name: 'Plan 8 samples' }).click();
  await expect(page).toHaveURL(/\/lab\?run=/);
  await page.getByRole('button', { name: 'Ask all' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toContainText('8 of 8 samples');

  // The plot, by keys: a point is a link with its figures, and opens its questions.
  const plot = page.getByRole('region', { name: 'Accuracy against thinking', exact: true });
  await expect(plot.getByRole('link', { name: /thinking tokens/ })).toHaveCount(1);
  await plot.getByRole('link', { name: /thinking tokens/ }).focus();
  await page.keyboard.press('Enter');
  const table = page.getByRole('region', { name: 'Questions of this point' });
  await table.getByRole('button', { name: 'What is 2 + 2?' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Why this one would be pushed up')).toBeVisible();
  await expect(dialog.getByRole('region', { name: 'Rewards by sample' }).getByRole('row')).toHaveCount(5);

  // A verdict by hand counts.
  await dialog.getByRole('button', { name: 'Sample 1', exact: true }).click();
  await dialog.getByRole('button', { name: /^Mark as right$/ }).click();
  await expect(dialog.getByRole('button', { name: 'Marked right by hand' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();

  // All samples as they are kept come to what the page shows.
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'All samples as JSONL' }).click(),
  ]);
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(9);
});
