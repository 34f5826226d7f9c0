import type { Page } from '@playwright/test';
import { createFakeProvider, type FakeProvider } from '../fakes/provider.ts';
import { type AppServer, startApp } from '../fakes/server.ts';
import { answerText, ask, badge, expect, openChat, test } from '../browser/support.ts';

let provider: FakeProvider;
let server: AppServer;

test.beforeAll(async () => {
  const both = { input_modalities: ['text', 'image'] };
  provider = await createFakeProvider({ models: [{ id: 'plain', architecture: both }, { id: 'fast-r1' }] });
  server = await startApp({ env: { CUSTOM_BASE_URL: provider.baseURL, CUSTOM_NAME: 'Fake server' } });
});
test.afterAll(async () => {
  await server.stop();
  await provider.close();
});

/** A picture of two colours, drawn by the page itself. */
const drawPicture = (page: Page) =>
  page.evaluate(async () => {
    const canvas = new OffscreenCanvas(320, 200);
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.fillStyle = '#17656f';
    pen.fillRect(0, 0, 320, 200);
    pen.fillStyle = '#e9b44c';
    pen.fillRect(90, 40, 140, 120);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  });

/** What a person drags or copies: a picture, as the browser hands it to the page. */
const hand = (page: Page, how: 'paste' | 'drop', base64: string, name: string) =>
  page.getByLabel('Your question').evaluate(
    (field, file) => {
      const bytes = Uint8Array.from(atob(file.base64), (unit) => unit.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], file.name));
      const event =
        file.how === 'paste'
          ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
          : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
      field.dispatchEvent(event);
    },
    { how, base64, name },
  );

const chips = (page: Page) => page.getByRole('list', { name: 'Attached' }).getByRole('listitem');
const question = (page: Page) => page.getByRole('article', { name: 'You asked' });
/** The names of the files that the browser keeps, draft by draft. */
const keptNames = (page: Page) =>
  page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open('thinkglass-drafts', 1));
    const drafts: { files: { name: string }[] }[] = await settled(
      database.transaction('drafts').objectStore('drafts').getAll(),
    );
    database.close();
    return drafts.map(({ files }) => files.map(({ name }) => name));
  });
const text = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });

test('files are chosen, pasted and dropped, refused in words, sent with their question and seen in it', async ({
  page,
}, info) => {
  await openChat(page, server, 'plain');
  const picture = await drawPicture(page);
  await page
    .getByLabel('Files to attach')
    .setInputFiles([
      text('notes.md', '# Notes\n```\nfenced\n```\n'),
      { name: 'photo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') },
    ]);
  await expect(page.getByText('"photo.svg" is not a picture in PNG, JPEG, WebP or GIF.')).toBeVisible();
  await hand(page, 'paste', picture, 'pasted.png');
  await expect(chips(page)).toContainText(['notes.md', 'pasted.png']);
  await hand(page, 'drop', picture, 'dropped.png');
  await expect(chips(page)).toContainText(['notes.md', 'pasted.png', 'dropped.png']);
  await page.getByRole('button', { name: 'Remove dropped.png' }).click();
  await expect(chips(page)).toHaveCount(2);
  if (process.env.THINKGLASS_SHOTS) await page.screenshot({ path: info.outputPath('composer.png') });

  await ask(page, 'What colours are these?');
  await expect(badge(page)).toBeVisible();
  const body = JSON.parse(provider.requests.find((r) => r.body.includes('What colours are these?'))?.body ?? '{}');
  expect(body.messages[0].content).toEqual([
    { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
    {
      type: 'text',
      text: 'Attached file "notes.md":\n````\n# Notes\n```\nfenced\n```\n````\n\nWhat colours are these?',
    },
  ]);
  await expect(chips(page)).toHaveCount(0);

  // From the server too, and as a file.
  await page.reload();
  const shown = question(page).getByRole('img', { name: 'pasted.png' });
  await expect(shown).toBeVisible();
  expect(await shown.evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth))).toBe(320);
  const download = page.waitForEvent('download');
  await question(page).getByRole('link', { name: 'notes.md' }).click();
  expect((await download).suggestedFilename()).toBe('notes.md');
  if (process.env.THINKGLASS_SHOTS) await page.screenshot({ path: info.outputPath('question.png') });

  // In other words, with the same files.
  await question(page).hover();
  await page.getByRole('button', { name: 'Edit the question' }).click();
  await page.getByLabel('The question in other words').fill('And the shapes?');
  await page.keyboard.press('Enter');
  await expect(answerText(page)).toContainText('And the shapes?');
  await expect(badge(page)).toBeVisible();
  await expect(question(page).getByRole('img', { name: 'pasted.png' })).toBeVisible();
  expect(provider.requests.findLast((r) => r.body.includes('And the shapes?'))?.body).toContain(picture);
});

test('a picture is refused before it is sent where a model takes none, in a chat and in a comparison', async ({
  page,
}, info) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await openChat(page, server, 'fast-r1');
  await hand(page, 'drop', await drawPicture(page), 'a-picture-with-quite-a-long-name-from-a-camera.png');
  const words = page.getByText('fast-r1 takes no pictures. Take them out, or ask a model that does.');
  await expect(words).toBeVisible();
  await page.getByLabel('Files to attach').setInputFiles(text(`notes-${'on-and-'.repeat(12)}on.md`, 'Words.'));
  await expect(chips(page)).toHaveCount(2);
  const composer = await page.locator('#composer').boundingBox();
  for (const chip of await chips(page).all()) {
    const box = await chip.boundingBox();
    expect(box && composer && box.x + box.width <= composer.x + composer.width).toBe(true);
  }
  await page.getByRole('button', { name: /^Remove notes-/ }).click();
  const send = page.getByRole('button', { name: 'Send', exact: true });
  await page.getByLabel('Your question').fill('What is it?');
  await expect(send).toBeDisabled();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  if (process.env.THINKGLASS_SHOTS) await page.screenshot({ path: info.outputPath('refused.png') });
  await page.getByRole('button', { name: /^Remove a-picture/ }).press('Enter');
  await expect(words).toBeHidden();
  await expect(send).toBeEnabled();

  await page.goto(`${server.url}/compare?models=custom:plain,custom:fast-r1`);
  await hand(page, 'drop', await drawPicture(page), 'picture.png');
  await expect(words).toBeVisible();
});

test('files wait with their words through a reload and another page, until they are sent or taken away', async ({
  page,
}, info) => {
  await openChat(page, server, 'plain');
  const picture = await drawPicture(page);
  const field = page.getByLabel('Your question');
  await field.fill('What do they say?');
  await page.getByLabel('Files to attach').setInputFiles([text('notes.md', 'Keep me.'), text('other.md', 'Not me.')]);
  await expect(chips(page)).toContainText(['notes.md', 'other.md']);
  await hand(page, 'paste', picture, 'pasted.png');
  await expect(chips(page)).toContainText(['notes.md', 'other.md', 'pasted.png']);
  await page.getByRole('button', { name: 'Remove other.md' }).click();
  await expect(chips(page)).toHaveCount(2);
  await expect.poll(() => keptNames(page)).toEqual([['notes.md', 'pasted.png']]);

  await page.reload();
  await expect(chips(page)).toContainText(['notes.md', 'pasted.png']);
  await expect(field).toHaveValue('What do they say?');
  const thumb = chips(page).locator('img');
  expect(await thumb.evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalWidth))).toBe(320);
  if (process.env.THINKGLASS_SHOTS) await page.screenshot({ path: info.outputPath('kept.png') });
  await page.getByRole('link', { name: 'Compare' }).click();
  await expect(page).toHaveURL(/compare/);
  await expect(chips(page)).toHaveCount(0);
  await page.goto(server.url);
  await expect(chips(page)).toHaveCount(2);

  // The server has them only when it says so.
  const lost = '**/api/conversations';
  await page.route(lost, (route) => route.abort());
  await field.press('Enter');
  await expect(page.getByText(/Thinkglass cannot be reached/)).toBeVisible();
  await page.reload();
  await expect(chips(page)).toHaveCount(2);
  await field.press('Enter');
  const again = page.getByRole('button', { name: 'Send again' });
  await expect(again).toBeVisible();
  await page.unroute(lost);
  await again.click();
  await expect(badge(page)).toBeVisible();
  const body = provider.requests.findLast((r) => r.body.includes('What do they say?'))?.body ?? '';
  expect(body).toContain('Keep me.');
  expect(body).toContain(picture);
  await expect.poll(() => keptNames(page)).toEqual([]);
  await page.goto(server.url);
  await expect(field).toHaveValue('');
  await expect(chips(page)).toHaveCount(0);
});

test('words in an attached file are found by the search, under its name, and lead to its question', async ({
  page,
}, info) => {
  await openChat(page, server, 'plain');
  await page
    .getByLabel('Files to attach')
    .setInputFiles([text('okapi.csv', 'animal,legs\nokapi,4\n霍加狓,四'), text('other.md', 'Nothing of it.')]);
  await expect(chips(page)).toHaveCount(2);
  await ask(page, 'How many legs has an okapi?');
  await expect(badge(page)).toBeVisible();
  await page.getByLabel('Files to attach').setInputFiles([text('second.md', 'More of it.')]);
  await expect(chips(page)).toHaveCount(1);
  await ask(page, 'And then?');
  await expect(badge(page)).toBeVisible();

  for (const [query, words, width] of [
    ['okapi legs', 'animal,legs okapi,4', 1440],
    ['霍加', '霍加狓,四', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(`${server.url}/compare`);
    await expect(page.getByLabel('Your question')).toBeFocused();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search all conversations' }).fill(query);
    const hitIn = (name: string) => page.getByRole('option').filter({ has: page.locator('cite', { hasText: name }) });
    const hit = hitIn('okapi.csv');
    await expect(hit).toHaveCount(1);
    await expect(hit).toContainText(words);
    await expect(hitIn('other.md')).toHaveCount(0);
    if (process.env.THINKGLASS_SHOTS) await page.screenshot({ path: info.outputPath(`search-${width}.png`) });
    await hit.click();
    const chip = page.getByRole('link', { name: 'okapi.csv' });
    await expect(chip).toBeFocused();
    await expect(chip).toBeInViewport();
    if (process.env.THINKGLASS_SHOTS) await page.screenshot({ path: info.outputPath(`found-${width}.png`) });
  }

  // What is drawn late, before one has scrolled at all, does not bring the last question back.
  await page.goto(`${server.url}/compare`);
  await expect(page.getByLabel('Your question')).toBeFocused();
  const style = (text: string) =>
    page.evaluate((rules) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(rules);
      document.adoptedStyleSheets = [sheet];
    }, text);
  await style('.answer { display: none }');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search all conversations' }).fill('okapi legs');
  await page.getByRole('option', { name: 'file okapi.csv' }).click();
  const file = page.getByRole('link', { name: 'okapi.csv' });
  await expect(file).toBeFocused();
  await style('');
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await expect(file).toBeInViewport();

  // The name of a file is none of its question's words.
  await page.keyboard.press('Control+Shift+F');
  await page.getByLabel('Find in this conversation').fill('okapi');
  await expect(page.locator('.find-count')).toHaveText(/^1 of /);
  const current = () =>
    page.evaluate(() => {
      const [range] = [...(CSS.highlights.get('thinking-hit-current') ?? [])] as Range[];
      return range?.startContainer.parentElement?.classList[0];
    });
  await expect.poll(current).toBe('question-text');
  await page.keyboard.press('Escape');

  // What is written anew in another chat has its files.
  await question(page).last().hover();
  await page.getByRole('button', { name: 'More about this question' }).last().click();
  await page.getByRole('button', { name: 'New chat from before this' }).click();
  await expect(page.getByLabel('Your question')).toHaveValue('And then?');
  await expect(chips(page)).toContainText(['second.md']);
});
