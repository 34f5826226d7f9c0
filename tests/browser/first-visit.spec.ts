import assert from 'node:assert/strict';
import { ask, answerText, badge, expect, test, thinkingPane, thinkingText } from './support.ts';

test('someone without a key watches a recording think, and gets an answer with its mathematics set', async ({
  page,
  bare,
}) => {
  await page.goto(bare.url);
  await expect(page.getByText('Only recordings are here so far.')).toBeVisible();
  await page.getByRole('button', { name: /codebase/ }).click();
  await expect(page).toHaveURL(/\/c\/[0-9a-f-]{36}$/);

  const pane = thinkingPane(page);
  await expect(pane.getByText(/^Thinking… \d+ s · [\d,]+ tokens/)).toBeVisible();
  await expect(thinkingText(page)).toContainText('codebase');
  await expect(pane.getByText(/^Thought for [\d.]+ s · [\d,]+ tokens$/)).toBeVisible({ timeout: 30_000 });
  await expect(thinkingText(page)).toBeHidden();

  await expect(badge(page)).toBeVisible({ timeout: 30_000 });
  await expect(answerText(page)).toContainText('3.79');
  await expect(answerText(page).locator('.katex').first()).toBeVisible();
  await expect(page.locator('article').getByText('Recording', { exact: true })).toBeVisible();
  await expect(page.locator('.answer-text, .think')).not.toContainText(['<think>']);

  await badge(page).hover();
  await expect(page.getByText(/^(Reported|Counted by events|Split|Estimated)\./)).toBeVisible();

  await expect(page.getByRole('navigation').getByRole('link', { name: /codebase/ })).toBeVisible();
  const before = await pane.textContent();
  await page.reload();
  await expect(pane).toHaveText(before ?? '');
  await expect(answerText(page).locator('.katex').first()).toBeVisible();
});

test('a question that no recording knows gets a note by the app, with its questions and ways to a live model', async ({
  page,
  bare,
}) => {
  await page.goto(bare.url);
  await ask(page, 'What did I have for breakfast?');
  const note = page.getByRole('region', { name: 'A note by Thinkglass' });
  await expect(note).toContainText(/is a recording, not a live model/);
  await expect(note).toContainText(/Ollama/);
  await expect(note.getByRole('link', { name: 'Open settings' })).toBeVisible();
  await expect(answerText(page)).toHaveCount(0);
  await expect(badge(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Tokens over time' })).toHaveCount(0); // there are none
  await note.getByRole('button', { name: 'Look again' }).click();
  await expect(note).toContainText('No live model was found.');
  await note.getByRole('button', { name: 'What is the capital of France?' }).click();
  await expect(answerText(page)).toContainText('Paris', { timeout: 30_000 });
});

test('a recording that runs out of its budget while thinking says that no answer came', async ({ page, bare }) => {
  await page.goto(bare.url);
  await page.getByRole('button', { name: /7\^2026/ }).click();
  await expect(
    page.getByRole('article').getByText('Ran out of tokens while still thinking: no answer came.'),
  ).toBeVisible({
    timeout: 40_000,
  });
  await expect(thinkingText(page)).toBeVisible();
});

test('a page that is not there says so, and leads back', async ({ page, bare }) => {
  const response = await page.goto(`${bare.url}/c/0190a000-0000-7000-8000-000000000000`);
  expect(response?.status()).toBe(404);
  await page
    .getByRole('link', { name: /new chat/i })
    .first()
    .click();
  await expect(page.getByLabel('Your question')).toBeVisible();
  // An address that stands for no text is none either.
  for (const path of ['/api/conversations/%E0%A4%A', '/c/%E0%A4%A', '/s/%E0%A4%A']) {
    expect((await page.request.get(bare.url + path)).status(), path).toBe(404);
  }
});

test('the page names its icons and its manifest, and who fetches them is nobody yet', async ({ page, bare }) => {
  await page.goto(bare.url);
  const named = await page.locator('link[rel="manifest"], link[rel="icon"], link[rel="apple-touch-icon"]').all();
  const addresses = await Promise.all(named.map((link) => link.getAttribute('href')));
  assert.equal(addresses.length, 3);
  for (const address of [...addresses, '/robots.txt']) {
    const response = await fetch(new URL(address ?? '', bare.url));
    assert.equal(response.status, 200, address ?? '');
    assert.equal(response.headers.get('set-cookie'), null, address ?? '');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff', address ?? '');
  }
});
