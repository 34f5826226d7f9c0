import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { answerText, ask, badge, expect, openChat, test, thinkingText } from '../browser/support.ts';

test('while nothing can be saved the page says so, and when it is over', async ({ page, app, provider, faults }) => {
  test.setTimeout(120_000);
  const notices = page.getByRole('alert').filter({ hasText: 'This cannot be saved at the moment: ' });
  await openChat(page, app, 'gated');
  await ask(page, 'Will it be kept?');
  await provider.releaseNext();
  await expect(thinkingText(page)).toContainText('step 5');

  const other = new DatabaseSync(path.join(app.dataFolder, 'thinkglass.db'), { timeout: 10_000 });
  other.exec('begin immediate');
  await provider.releaseNext();
  await expect(thinkingText(page)).toContainText('step 20');
  // In the answer, and over the page.
  await expect(notices).toHaveCount(2, { timeout: 30_000 });
  await expect(notices.first()).toContainText('the database is busy or locked. What you see is kept in memory');
  await provider.releaseNext();
  await expect(answerText(page)).toContainText('You asked: Will it be kept?');
  await provider.releaseNext();
  await expect(page.getByText('Over; saved as soon as that can be done')).toBeVisible({ timeout: 20_000 });

  other.exec('rollback');
  other.close();
  await expect(badge(page)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Everything is saved again.')).toBeVisible({ timeout: 30_000 });
  await expect(notices).toHaveCount(0);
  await page.reload();
  await expect(answerText(page)).toContainText('You asked: Will it be kept?');
  // The page asked whether it was over, and was told so.
  const others = faults.filter((fault) => !/status of 503/.test(fault));
  faults.splice(0, faults.length, ...others);
});
