import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { zipSync } from 'fflate';
import { answerText, ask, badge, expect, openChat, pickOfAnswer, test, watch } from '../browser/support.ts';

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Export' });

async function download(page: Page, format: 'Markdown' | 'JSON' | 'Figures'): Promise<{ name: string; text: string }> {
  await dialog(page)
    .getByRole('radio', { name: new RegExp(`^${format}`) })
    .check();
  const started = page.waitForEvent('download');
  await dialog(page).getByRole('link', { name: 'Download' }).click();
  const file = await started;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

test('a chat is taken away as Markdown and JSON, copied with its thinking, and brought in by somebody else', async ({
  page,
  browser,
  context,
  app,
  faults,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openChat(page, app, 'fast-r1');
  await ask(page, 'What is mine?');
  await expect(badge(page)).toBeVisible();
  const answer = (await answerText(page).textContent()) ?? '';

  await pickOfAnswer(page, 'Copy with thinking, as Markdown');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^> \*\*Thinking\*\*\n>\n> \S/);
  await pickOfAnswer(page, 'Copy as formatted text');
  const readHtml = async () => {
    const [item] = await navigator.clipboard.read();
    return item?.types.includes('text/html') ? (await item.getType('text/html')).text() : '';
  };
  await expect.poll(() => page.evaluate(readHtml)).toContain('<p');

  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const markdown = await download(page, 'Markdown');
  expect(markdown.name).toBe('What is mine.md');
  expect(markdown.text).toContain('# What is mine?\n\n## You\n\nWhat is mine?');
  expect(markdown.text).toContain('> **Thinking**');
  await dialog(page).getByLabel('With thinking').uncheck();
  expect((await download(page, 'Markdown')).text).not.toContain('> **Thinking**');
  const json = await download(page, 'JSON');
  expect(json.text).not.toContain('sk-planted-canary');
  await page.keyboard.press('Escape');

  const other = await (await browser.newContext()).newPage();
  watch(other, faults);
  await other.goto(`${app.url}/settings#data`);
  const chooser = other.getByLabel('Choose files, or drop them here');
  const archive = zipSync({
    'old/conversations.json': new TextEncoder().encode(JSON.stringify(chatGpt)),
    'x.txt': new Uint8Array(3),
  });
  await chooser.setInputFiles([
    { name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(json.text) },
    {
      name: 'bad.json',
      mimeType: 'application/json',
      buffer: Buffer.from(json.text.replace('"createdAt":', '"createdAt":-')),
    },
    { name: 'chatgpt.zip', mimeType: 'application/zip', buffer: Buffer.from(archive) },
  ]);
  const outcomes = other.getByRole('list', { name: 'What became of the files' }).getByRole('listitem');
  await expect(outcomes).toHaveCount(3);
  await expect(outcomes.nth(0)).toHaveText('mine.json 1 conversation from Thinkglass imported.');
  await expect(outcomes.nth(1)).toContainText('Nothing was imported.');
  await expect(outcomes.nth(2)).toContainText('1 conversation from ChatGPT imported.');

  await other.getByRole('link', { name: 'What is mine?' }).click();
  await expect(answerText(other)).toHaveText(answer);
  await other.getByRole('link', { name: '<b>Old</b> chat' }).click();
  await expect(answerText(other)).toHaveText('Long ago.');
  await other.getByRole('button', { name: 'More about “<b>Old</b> chat”' }).click({ force: true });
  await other.getByRole('menuitem', { name: 'Export' }).click();
  expect(JSON.parse((await download(other, 'Figures')).text)).toMatchObject({ origin: 'chatgpt', endMs: null });
  await other.keyboard.press('Escape');

  const drafts = () => other.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(':draft:')));
  await other.getByLabel('Your question').fill('Not sent.');
  expect(await drafts()).toHaveLength(1);
  await other.goto(`${app.url}/settings#data`);
  await other.getByRole('button', { name: 'Delete all…' }).click();
  await other.getByRole('button', { name: 'Delete all', exact: true }).click();
  await expect(other.getByText('2 conversations are deleted.')).toBeVisible();
  expect(await drafts()).toEqual([]);
  await expect(other.getByText('What you ask will be listed here.')).toBeVisible();
  await other.context().close();
});

const said = (role: string, content: Record<string, unknown>) => ({
  author: { role },
  create_time: 1_736_209_400,
  content,
});

const chatGpt = [
  {
    title: '<b>Old</b> chat',
    create_time: 1_736_209_400,
    conversation_id: 'old',
    current_node: 'a',
    mapping: {
      q: { parent: null, message: said('user', { content_type: 'text', parts: ['When?'] }) },
      t: { parent: 'q', message: said('assistant', { content_type: 'thoughts', thoughts: [{ content: 'Hm.' }] }) },
      a: { parent: 't', message: said('assistant', { content_type: 'text', parts: ['Long ago.'] }) },
    },
  },
];
