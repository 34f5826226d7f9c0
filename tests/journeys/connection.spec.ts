import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startApp } from '../fakes/server.ts';
import { answerText, ask, test as base, expect, openChat, thinkingPane, thinkingText } from '../browser/support.ts';

// The browser reports each request that fails; here that is what is provoked.
const test = base.extend<{ faults: string[] }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from it
  faults: async ({}, use) => use([]),
});
test.describe.configure({ timeout: 180_000 });
const soon = { timeout: 40_000 };

test('a server that stops answering is told, what is asked meanwhile waits, and all goes on', async ({
  page,
  app,
  provider,
}) => {
  await openChat(page, app, 'gated');
  await ask(page, 'Will it be kept?');
  await provider.releaseNext();
  await expect(thinkingText(page)).toContainText('step 5');
  const bar = page.getByRole('alert').filter({ hasText: 'Thinkglass cannot be reached.' });
  process.kill(app.pid, 'SIGSTOP');
  try {
    await expect(thinkingPane(page)).toContainText(
      /Connection to Thinkglass lost · trying again · \d+ tokens are safe/,
      soon,
    );
    await expect(bar).toBeVisible();
    await expect(page.getByRole('button', { name: 'Stop' })).toHaveAttribute('title', /as soon as Thinkglass is back/);
    const field = page.getByLabel('Your question');
    await field.fill('And the next one?');
    await page.getByRole('button', { name: 'Send' }).click();
    await expect(page.getByText('It is sent by itself as soon as Thinkglass is back.')).toBeVisible();
    await page.getByRole('button', { name: 'Take back' }).click();
    await expect(field).toHaveValue('And the next one?');
    await field.press('Enter');
    await expect(field).toHaveValue('');
  } finally {
    process.kill(app.pid, 'SIGCONT');
  }
  await expect(bar).toHaveCount(0, soon);
  await expect(page.getByText('It is sent by itself when the answer above has ended.')).toBeVisible();
  for (let gate = 0; gate < 3; gate++) await provider.releaseNext();
  await expect(answerText(page)).toContainText('You asked: Will it be kept?', soon);
  for (let gate = 0; gate < 4; gate++) await provider.releaseNext();
  await expect(answerText(page)).toContainText('You asked: And the next one?', soon);
});

test('a server that was killed comes back: the answer says what happened, and the question that waited is sent', async ({
  page,
  provider,
}) => {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'thinkglass-connection-'));
  const env = { CUSTOM_BASE_URL: provider.baseURL, CUSTOM_NAME: 'Fake server' };
  const first = await startApp({ env, dataFolder });
  const port = Number(new URL(first.url).port);
  await openChat(page, first, 'gated');
  await ask(page, 'Will it be kept?');
  await provider.releaseNext();
  await expect(thinkingText(page)).toContainText('step 5');
  // What is seen is written down twice a second; the last moment before a `kill -9` may be lost.
  await expect.poll(() => checkpointedIn(dataFolder)).toContain('step 5');
  await first.kill();
  await expect(thinkingPane(page)).toContainText('Connection to Thinkglass lost', soon);
  await page.getByLabel('Your question').fill('And the next one?');
  await page.getByLabel('Your question').press('Enter');
  await expect(page.getByText('It is sent by itself as soon as Thinkglass is back.')).toBeVisible(soon);

  const second = await startApp({ env, dataFolder, port });
  await expect(page.getByText('The server stopped while this answer was being written.')).toBeVisible(soon);
  await expect(thinkingText(page).first()).toContainText('step 5');
  for (let gate = 0; gate < 4; gate++) await provider.releaseNext();
  await expect(answerText(page)).toContainText('You asked: And the next one?', soon);
  await second.stop();
  rmSync(dataFolder, { recursive: true, force: true });
});

test('a page that is opened without a network stays where it is, and opens when there is one', async ({
  page,
  context,
  app,
}) => {
  await openChat(page, app, 'gated'); // the page has woken up
  await context.setOffline(true);
  await page.getByRole('link', { name: 'Compute' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Thinkglass cannot be reached.' })).toBeVisible(soon);
  await expect(page.getByLabel('Your question')).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole('heading', { name: 'Compute' })).toBeVisible(soon);
  await expect(page.getByRole('alert').filter({ hasText: 'Thinkglass cannot be reached.' })).toHaveCount(0, soon);
});

/** All that checkpoints hold, in a data folder, of what is being written. */
function checkpointedIn(dataFolder: string): string {
  const database = new DatabaseSync(path.join(dataFolder, 'thinkglass.db'), { readOnly: true, timeout: 10_000 });
  const rows = database.prepare('select * from checkpoints order by seq').all();
  database.close();
  return JSON.stringify(rows);
}
