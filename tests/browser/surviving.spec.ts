import { answerText, ask, badge, expect, openChat, test, thinkingPane, thinkingText, watch } from './support.ts';

test('a reload in the middle of the thinking shows the same text, and the answer finishes', async ({
  page,
  app,
  provider,
}) => {
  await openChat(page, app, 'gated');
  await ask(page, 'Reload me');
  await provider.releaseNext();
  await provider.releaseNext();
  await expect(thinkingText(page)).toContainText('step 9');
  const before = await thinkingText(page).innerText();
  await page.reload();
  await expect(thinkingText(page)).toContainText('step 9');
  expect(await thinkingText(page).innerText()).toContain(before);
  await provider.releaseNext();
  await provider.releaseNext();
  await expect(answerText(page)).toContainText('You asked: Reload me');
  await expect(badge(page)).toHaveText(/30 tokens\s*reported/);
  await expect(thinkingPane(page).getByText(/^Thought for [\d.]+ s · 20 tokens$/)).toBeVisible();
});

test('a second tab joins and both end with the same words', async ({ page, app, provider, context, faults }) => {
  await openChat(page, app, 'gated');
  await ask(page, 'Two tabs');
  await provider.releaseNext();
  await expect(thinkingText(page)).toContainText('step 5');
  const second = await context.newPage();
  watch(second, faults);
  await second.goto(page.url());
  await expect(thinkingText(second)).toContainText('step 5');
  await provider.releaseNext();
  await expect(thinkingText(second)).toContainText('step 20');
  await expect(thinkingText(page)).toContainText('step 20');
  await provider.releaseNext();
  await provider.releaseNext();
  for (const tab of [page, second]) await expect(badge(tab)).toBeVisible();
  expect(await answerText(second).innerText()).toBe(await answerText(page).innerText());
  expect(await thinkingPane(second).innerText()).toBe(await thinkingPane(page).innerText());
});

test('an answer goes on when its tab is closed, and is there when someone comes back', async ({
  page,
  app,
  provider,
  context,
  faults,
}) => {
  await openChat(page, app, 'gated');
  await ask(page, 'Close the tab');
  await provider.releaseNext();
  await expect(thinkingText(page)).toContainText('step 5');
  const address = page.url();
  await page.close();
  await provider.releaseNext();
  await provider.releaseNext();
  await provider.releaseNext();
  const later = await context.newPage();
  watch(later, faults);
  await later.goto(address);
  await expect(answerText(later)).toContainText('point 10');
  await expect(badge(later)).toBeVisible();
});

test('Esc stops: the provider is let go and the partial text stays', async ({ page, app, provider }) => {
  await openChat(page, app, 'never-ends');
  await ask(page, 'Never mind');
  await expect(thinkingText(page)).toContainText('step 3');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('article').getByText('Stopped while thinking: no answer came.')).toBeVisible();
  const request = provider.requests.find((r) => r.body.includes('Never mind'));
  expect(request && (await provider.ended(request))).toBe('client');
  const kept = await thinkingText(page).innerText();
  await page.reload();
  await expect(page.getByRole('article').getByText('Stopped while thinking: no answer came.')).toBeVisible();
  expect(await thinkingText(page).innerText()).toBe(kept);
});

test('the stop button works from another tab', async ({ page, app, context, faults }) => {
  await openChat(page, app, 'never-ends');
  await ask(page, 'Stop me elsewhere');
  await expect(thinkingText(page)).toContainText('step 2');
  const second = await context.newPage();
  watch(second, faults);
  await second.goto(page.url());
  await second.getByRole('button', { name: 'Stop', exact: true }).click();
  for (const tab of [page, second])
    await expect(tab.getByRole('article').getByText('Stopped while thinking: no answer came.')).toBeVisible();
});
