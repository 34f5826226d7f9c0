import { answerText, ask, badge, expect, openChat, test, thinkingPane } from '../browser/support.ts';

const patient = { timeout: 30_000 };

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('everything fits: no sideways scrolling, a drawer for the conversations, an answer to read', async ({
    page,
    bare,
  }) => {
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await page.goto(bare.url);
    expect(await sideways()).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: /JavaScript function/ }).click();
    await expect(badge(page)).toBeVisible({ timeout: 40_000 });
    expect(await sideways()).toBeLessThanOrEqual(0);
    await expect(answerText(page).locator('pre').first()).toBeVisible();
    // Beside all the tools of a conversation a model can still be told by its name.
    const name = page.getByRole('button', { name: /^Model: / }).locator('.truncate');
    expect(await name.evaluate((element) => element.clientWidth)).toBeGreaterThanOrEqual(56);
    await thinkingPane(page).getByRole('button').first().click();
    expect(await sideways()).toBeLessThanOrEqual(0);
    await expect(page.getByRole('navigation').getByRole('link').first()).not.toBeInViewport();
    await page
      .getByRole('button', { name: /conversations|menu|sidebar/i })
      .first()
      .click();
    await expect(page.getByRole('link', { name: /JavaScript function/ })).toBeInViewport();
  });

  test('what is done most with an answer is one line and one stop of Tab; the rest is in a menu, by name', async ({
    page,
    app,
  }) => {
    await openChat(page, app, 'fast-r1');
    await page.getByLabel('Your question').fill('What can be done with it?');
    await page.getByRole('button', { name: 'Send' }).click(); // Enter makes a new line here
    await expect(badge(page)).toBeVisible(patient);
    const tools = page.getByRole('toolbar', { name: 'This answer' }).getByRole('button');
    const more = tools.filter({ visible: true }).last();
    await expect(more).toHaveAccessibleName('More about this answer');
    const middles = await tools.evaluateAll((all) =>
      all
        .map((one) => one.getBoundingClientRect())
        .filter(({ width }) => width > 0)
        .map(({ top, height }) => top + height / 2),
    );
    expect(middles.length).toBeGreaterThan(2);
    expect(Math.max(...middles) - Math.min(...middles)).toBeLessThan(10);
    const stops = () =>
      tools.evaluateAll((all) => all.filter((one) => one.checkVisibility() && one.tabIndex === 0).length);
    await expect.poll(stops).toBe(1);
    await badge(page).focus();
    await page.keyboard.press('ArrowRight');
    await expect(tools.and(page.getByRole('button', { name: 'Copy the answer' }))).toBeFocused();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const menu = page.getByRole('dialog', { name: 'This answer' });
    for (const name of ['Tokens over time', 'Raw text', 'What was sent', 'Copy as Markdown', 'Delete this answer']) {
      await expect(menu.getByRole('button', { name, exact: true })).toBeVisible(patient);
    }
    await menu.getByRole('button', { name: 'Raw text' }).click();
    await expect(page.getByRole('dialog', { name: 'Raw text' })).toBeVisible(patient);
    await page.keyboard.press('Escape');

    // Where there is room, two of them stand there with their names.
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect(tools.and(page.getByRole('button', { name: 'Raw text' }))).toHaveText('Raw');
    await expect.poll(stops).toBe(1);
  });
});

test('dark and light are chosen, kept, and there from the first paint', async ({ page, app }) => {
  await page.goto(app.url);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.getByRole('radio', { name: /light/i }).check({ force: true });
  const light = await background();
  await page.getByRole('radio', { name: /dark/i }).check({ force: true });
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.reload();
  expect(await background()).toBe(dark);
});

test('money stays money, beside formulas', async ({ page, bare }) => {
  await page.goto(bare.url);
  await ask(page, 'I have 14 bills, only $5 and $10, worth $95 together. How many of each?');
  await expect(badge(page)).toBeVisible({ timeout: 40_000 });
  await expect(page.getByRole('article', { name: 'You asked' })).toContainText('only $5 and $10, worth $95');
  const answer = answerText(page);
  await expect(answer).toContainText(/\$5\b/);
  await expect(answer).toContainText(/\$95\b/);
  for (const formula of await answer.locator('.katex-mathml').allTextContents()) {
    expect(formula).not.toMatch(/ and | bills/);
  }
});

test('an answer that needs no thinking shows no pane for it', async ({ page, bare }) => {
  await page.goto(bare.url);
  await ask(page, 'What is the capital of France?');
  await expect(badge(page)).toBeVisible({ timeout: 30_000 });
  await expect(answerText(page)).toContainText('Paris');
  await expect(thinkingPane(page)).toHaveCount(0);
});

test('a typeface for Chinese comes with the first Chinese, and not before', async ({ page, bare }) => {
  const isThere = () => page.evaluate(() => [...document.fonts].some((face) => face.family.includes('Noto Sans SC')));
  await page.goto(bare.url);
  await ask(page, 'What is the capital of France?');
  await expect(badge(page)).toBeVisible({ timeout: 30_000 });
  expect(await isThere()).toBe(false);
  await page.goto(bare.url);
  await ask(page, '鸡和兔关在同一个笼子里，共有 35 个头、94 只脚。鸡和兔各有几只？');
  await expect.poll(isThere).toBe(true);
});

for (const at of ['/', '/lab']) {
  test(`the first load of ${at} is at most 200 kB of JavaScript, gzipped`, async ({ page, app }) => {
    const sizes: number[] = [];
    const { gzipSync } = await import('node:zlib');
    const pending: Promise<unknown>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script') {
        pending.push(response.body().then((body) => sizes.push(gzipSync(body, { level: 9 }).length)));
      }
    });
    await page.goto(`${app.url}${at}`, { waitUntil: 'networkidle' });
    await Promise.all(pending);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(200_000);
  });
}

for (const address of ['/zero', '/lab']) {
  test(`${address} comes with at most 200 kB of JavaScript, gzipped; its charts follow`, async ({ app }) => {
    const { gzipSync } = await import('node:zlib');
    const read = async (path: string) => Buffer.from(await (await fetch(new URL(path, app.url))).arrayBuffer());
    const page = (await read(address)).toString();
    const tags = [...page.matchAll(/<script [^>]*src="([^"]+\.js)"[^>]*>/g)];
    // what only browsers without modules load is loaded by none of ours
    const scripts = new Set(tags.flatMap(([tag, path = '']) => (/\snomodule\b/i.test(tag) ? [] : [path])));
    const bodies = await Promise.all([...scripts].map(read));
    const total = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(200_000);
  });
}

test('a chat with the fake server shows its name and no key anywhere', async ({ page, app }) => {
  await openChat(page, app, 'field-r1');
  await ask(page, 'Who are you?');
  await expect(badge(page)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('Fake server').first()).toBeVisible();
  expect(await page.content()).not.toContain('canary');
});
