import { answerText, ask, badge, expect, openChat, test, thinkingPane, thinkingText } from './support.ts';

test('Shift+Enter breaks the line, Enter sends, and a draft outlives a reload', async ({ page, app }) => {
  await openChat(page, app, 'plain');
  const field = page.getByLabel('Your question');
  await field.fill('First line');
  await field.press('Shift+Enter');
  await field.pressSequentially('second line');
  await page.reload();
  await expect(field).toHaveValue('First line\nsecond line');
  await field.press('Enter');
  await expect(answerText(page)).toContainText('You asked: First line');
  await expect(field).toHaveValue('');
  await page.goto(app.url);
  await expect(field).toHaveValue('');
});

test('a follow-up is asked in the same conversation', async ({ page, app }) => {
  await openChat(page, app, 'fast-r1');
  await ask(page, 'The first');
  await expect(badge(page)).toBeVisible();
  await ask(page, 'The second');
  await expect(answerText(page)).toContainText('You asked: The second');
  await expect(page.getByRole('article', { name: 'You asked' })).toHaveCount(2);
});

test('a new chat becomes a conversation in place: what is typed and what is open stay, its address is its own', async ({
  page,
  app,
}) => {
  await openChat(page, app, 'plain');
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (/\/c\/.*_rsc=/.test(request.url())) fetched.push(request.url());
  });
  await ask(page, 'The first of two');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  const field = page.getByLabel('Your question');
  await field.fill('half a follow-up');
  await expect(badge(page)).toBeVisible();
  expect(fetched).toEqual([]);
  await page.reload();
  await expect(answerText(page)).toContainText('You asked: The first of two');
  await expect(field).toHaveValue('half a follow-up');
  await page.goto(app.url);
  await expect(field).toHaveValue('');
});

test('a new chat right after the first answer is another one, and the history leads back and forth', async ({
  page,
  app,
}) => {
  const asked = page.getByRole('article', { name: 'You asked' });
  await openChat(page, app, 'plain');
  await ask(page, 'In the first chat');
  await expect(badge(page)).toBeVisible();
  const first = page.url();
  await page.keyboard.press('Control+Shift+O');
  await expect(asked).toHaveCount(0);
  await ask(page, 'In the second chat');
  await expect(badge(page)).toBeVisible();
  const second = page.url();
  expect(second).not.toBe(first);
  await expect(asked).toHaveText(/In the second chat/);

  await page.goBack();
  await expect(page).toHaveURL(`${app.url}/`);
  await expect(asked).toHaveCount(0);
  await page.goBack();
  await expect(page).toHaveURL(first);
  await expect(asked).toHaveText(/In the first chat/);
  await page.goForward();
  await page.goForward();
  await expect(page).toHaveURL(second);
  await expect(asked).toHaveText(/In the second chat/);
  await page.getByRole('link', { name: 'In the first chat' }).click();
  await expect(asked).toHaveText(/In the first chat/);
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(asked).toHaveCount(0);
  await page.goBack();
  await expect(asked).toHaveText(/In the first chat/);
});

test('a question that is taken after its reader has left changes no address', async ({ page, app }) => {
  await openChat(page, app, 'plain');
  const held = Promise.withResolvers<void>();
  await page.route('**/api/conversations', async (route) => {
    await held.promise;
    await route.continue();
  });
  const field = page.getByLabel('Your question');
  await field.fill('Then I went away');
  await field.press('Enter');
  await page.getByRole('link', { name: 'Settings' }).click();
  await expect(page).toHaveURL(`${app.url}/settings`);
  const taken = page.waitForResponse('**/api/conversations');
  held.resolve();
  await taken;
  await page.getByRole('link', { name: 'Then I went away' }).click();
  await expect(answerText(page)).toContainText('You asked: Then I went away');
});

test('an answer that has ended stands in view with all that belongs to it, however fast it came', async ({
  page,
  app,
}) => {
  await openChat(page, app, 'fast-r1');
  for (const question of ['One?', 'Two?', 'Three?']) {
    await ask(page, question);
    await expect(answerText(page)).toContainText(`You asked: ${question}`);
    await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
    await expect(page.locator('.answer').last().getByRole('button', { name: 'Re-thinks 0' })).toBeInViewport();
    await expect(badge(page)).toBeInViewport();
  }
  // A question too short to tell its language is told by its script, which is not taken for the language of Rome.
  await expect(page.getByRole('button', { name: 'Language 100 % Latin script' }).last()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeHidden();
});

test("the reader's own opening and folding of the thinking wins, also after a reload", async ({
  page,
  app,
  provider,
}) => {
  await openChat(page, app, 'gated');
  await ask(page, 'Mine to fold');
  await provider.releaseNext();
  await expect(thinkingText(page)).toBeVisible();
  const toggle = thinkingPane(page).getByRole('button', { name: /Thinking…|Thought for/ });
  await toggle.click();
  await expect(thinkingText(page)).toBeHidden();
  await provider.releaseNext();
  await expect(toggle).toContainText(/[\d,]+ tokens/);
  await expect(thinkingText(page)).toBeHidden();
  await toggle.click();
  await expect(thinkingText(page)).toBeVisible();
  await provider.releaseNext();
  await provider.releaseNext();
  await expect(badge(page)).toBeVisible();
  await expect(thinkingText(page)).toBeVisible(); // it would have folded by itself
  await page.reload();
  await expect(thinkingText(page)).toBeVisible();
});

test('scrolling up in the thinking stops following, and a button leads back to the end', async ({ page, app }) => {
  await openChat(page, app, 'never-ends');
  await ask(page, 'Scroll');
  const box = thinkingText(page);
  await expect
    .poll(() => box.evaluate((e) => e.scrollHeight - e.clientHeight), { timeout: 40_000 })
    .toBeGreaterThan(60);
  await box.hover();
  await page.mouse.wheel(0, -2000);
  await expect.poll(() => box.evaluate((e) => e.scrollTop)).toBe(0);
  const grown = await box.evaluate((e) => e.scrollHeight);
  await expect.poll(() => box.evaluate((e) => e.scrollHeight), { timeout: 20_000 }).toBeGreaterThan(grown);
  expect(await box.evaluate((e) => e.scrollTop)).toBe(0);
  await thinkingPane(page).getByRole('button', { name: 'Jump to latest' }).click();
  await expect.poll(() => box.evaluate((e) => e.scrollHeight - e.clientHeight - e.scrollTop)).toBeLessThan(8);
  await page.keyboard.press('Escape');
});

test('a refusal is told in the message, and asking again makes a second answer', async ({ page, app }) => {
  await openChat(page, app, 'base-loops'); // no chat model: refused
  await ask(page, 'Too often');
  await expect(page.getByRole('button', { name: 'Retry' })).toBeVisible();
  await expect(page.locator('.ending')).toContainText(/Fake server/);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByText('2 / 2')).toBeVisible();
  await page.getByRole('button', { name: 'Earlier answer' }).click();
  await expect(page.getByText('1 / 2')).toBeVisible();
});

test('an error in the middle keeps what had arrived, and says so', async ({ page, app }) => {
  await openChat(page, app, 'fail-mid');
  await ask(page, 'Break');
  await expect(page.locator('.ending')).toContainText('What had arrived is kept');
  await expect(answerText(page)).toContainText('You asked: Break');
  await expect(page.locator('body')).not.toContainText('canary');
});

test('a question that the server did not get is kept, and sent once when it is sent again', async ({
  page,
  app,
  provider,
}) => {
  await openChat(page, app, 'plain');
  await page.route('**/api/conversations', (route) => route.abort());
  await page.getByLabel('Your question').fill('Keep me');
  await page.getByLabel('Your question').press('Enter');
  await expect(page.getByRole('button', { name: /send again/i })).toBeVisible();
  await page.unroute('**/api/conversations');
  await page.getByRole('button', { name: /send again/i }).click();
  await expect(answerText(page)).toContainText('You asked: Keep me');
  expect(provider.requests.filter((r) => r.body.includes('Keep me'))).toHaveLength(1);
});
