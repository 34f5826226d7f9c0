import { ask, expect, openChat, pickOfAnswer, test, thinkingPane } from '../browser/support.ts';

test('a rate limit counts down in its place, and asking again waits for it', async ({ page, app, provider }) => {
  await page.clock.install();
  await openChat(page, app, 'rate-limited');
  await ask(page, 'Too often');
  const ending = page.locator('.ending');
  await expect(ending).toContainText('too many requests');
  const retry = ending.getByRole('button', { name: /^Retry/ });
  await expect(retry).toHaveText(/^Retry in (\d\d s|1 min)$/);
  await expect(retry).toBeDisabled();
  const asked = provider.requests.filter((request) => request.body.includes('Too often')).length;
  await page.clock.fastForward(61_000);
  await expect(retry).toHaveText('Retry');
  await expect(retry).toBeEnabled();
  // Its end alone asks nobody again.
  expect(provider.requests.filter((request) => request.body.includes('Too often'))).toHaveLength(asked);
  await pickOfAnswer(page, 'What was sent');
  const dialog = page.getByRole('dialog', { name: 'What was sent' });
  await expect(dialog.locator('pre')).toContainText('"content": "Too often"');
  await page.keyboard.press('Escape');
  await retry.click();
  await expect(page.getByText('2 / 2')).toBeVisible();
});

test('a model that is not there leads to Settings', async ({ page, app }) => {
  await openChat(page, app, 'base-loops'); // no chat model: refused
  await ask(page, 'Anybody?');
  const ending = page.locator('.ending');
  await expect(ending).toContainText('Fake server does not offer the model "base-loops".');
  await expect(ending.getByRole('link', { name: 'Open settings' })).toHaveAttribute('href', '/settings');
});

test('an attempt that is made again by itself leaves nothing behind when it succeeds', async ({ page, app }) => {
  await openChat(page, app, 'rate-limited-once');
  await ask(page, `Once more ${test.info().workerIndex}`);
  await expect(page.locator('.answer-text')).toContainText('You asked: Once more');
  await expect(page.getByText(/Trying again/)).toHaveCount(0);
});

test('silence is told from ten seconds on', async ({ page, app, provider }) => {
  await page.clock.install();
  await openChat(page, app, 'gated');
  await ask(page, 'Quiet');
  await provider.releaseNext();
  const thinking = thinkingPane(page);
  await expect(thinking).toContainText(/tokens/);
  await expect(thinking).not.toContainText('nothing new');
  await page.clock.fastForward(12_000);
  await expect(thinking).toContainText(/nothing new for 1\d s/);
  await provider.releaseNext();
  await provider.releaseNext();
  const line = page.locator('.running-line');
  await expect(line).toContainText('Answering…');
  await expect(line).not.toContainText('nothing new');
  await page.clock.fastForward(15_000);
  await expect(line).toContainText(/nothing new for 1\d s/);
  await provider.releaseNext();
  await expect(page.getByRole('button', { name: 'More about this answer' })).toBeVisible();
});
