import { chooseModel, expect, openChat, test, thinkingPane } from '../browser/support.ts';

test.describe.configure({ timeout: 120_000 });

test('a long thought is not ended by one Esc, nor by an input method’s, but by two', async ({ page, app }) => {
  await openChat(page, app, 'never-ends');
  const field = page.getByLabel('Your question');
  await field.fill('Think on.');
  await field.press('Enter');
  await expect(thinkingPane(page)).toContainText(/Thinking… 2\d s/, { timeout: 60_000 });
  await field.fill('What I write meanwhile');
  const stop = page.getByRole('button', { name: 'Stop' });
  const hint = page.getByText(/^Esc again to stop, [\d,]+ tokens so far$/);

  await field.evaluate((area) => {
    const ofInputMethod = { key: 'Escape', keyCode: 229, bubbles: true, cancelable: true };
    area.dispatchEvent(new KeyboardEvent('keydown', ofInputMethod));
    area.dispatchEvent(new KeyboardEvent('keydown', ofInputMethod));
  });
  await expect(hint).toHaveCount(0);
  await field.press('Escape');
  await expect(hint).toBeVisible();
  await expect(stop).toBeVisible();
  // The second is waited for only so long: on a slow machine both are pressed again.
  await expect(async () => {
    await field.press('Escape');
    await field.press('Escape');
    await expect(stop).toHaveCount(0, { timeout: 3_000 });
  }).toPass();
  await expect(page.getByRole('article').getByText('Stopped', { exact: false }).first()).toBeVisible();
  await expect(field).toHaveValue('What I write meanwhile');
});

test('an example asks the model one chose', async ({ page, app, provider }) => {
  await page.goto(app.url);
  await chooseModel(page, 'fast-r1');
  const example = page.getByRole('list', { name: 'Questions to begin with' }).getByRole('button').nth(1);
  await expect(example).toContainText('Asks fast-r1');
  await example.click();
  await expect(page.getByRole('article', { name: /fast-r1/ })).toBeVisible();
  expect(JSON.parse(provider.requests.at(-1)?.body ?? '{}')).toMatchObject({ model: 'fast-r1' });
});
