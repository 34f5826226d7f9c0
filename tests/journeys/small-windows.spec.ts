import type { Page } from '@playwright/test';
import { expect, test } from '../browser/support.ts';
import { longConversation } from '../fakes/long-conversation.ts';

/** A comparison of four columns with a long answer each, as a file to bring in. */
function fourColumns() {
  const { file } = longConversation(1);
  const [conversation] = file.conversations;
  const [question, answer] = conversation?.messages ?? [];
  const [thread] = conversation?.threads ?? [];
  if (!conversation || !question || !answer || !thread) throw new Error('unreachable: it has a turn');
  const text = Array.from({ length: 60 }, (_, i) => `Line ${i + 1} of what a column has to say.`).join('\n\n');
  const columns = [1, 2, 3, 4].map((number) => {
    const [threadId, questionId] = [crypto.randomUUID(), crypto.randomUUID()];
    return {
      thread: { ...thread, id: threadId },
      messages: [
        { ...question, id: questionId, threadId },
        {
          ...answer,
          id: crypto.randomUUID(),
          threadId,
          parentId: questionId,
          parts: [...answer.parts.filter(({ kind }) => kind === 'reasoning'), { kind: 'answer' as const, text }],
          ...(answer.generation && {
            generation: { ...answer.generation, modelLabel: `a-model-of-long-name-${number}` },
          }),
        },
      ],
    };
  });
  conversation.threads = columns.map(({ thread: own }) => own);
  conversation.messages = columns.flatMap(({ messages }) => messages);
  return file;
}

async function bringIn(page: Page, url: string): Promise<string> {
  await page.goto(url);
  const response = await page.request.post(`${url}/api/import`, { data: fourColumns(), headers: { origin: url } });
  const { ids } = (await response.json()) as { ids: string[] };
  return ids[0] ?? '';
}

const sideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** Of the column in view, how many lines of an answer can be seen at once, when the page is scrolled to them. */
const linesInView = (page: Page) =>
  page.evaluate(() => {
    const column = [...document.querySelectorAll<HTMLElement>('[data-column]')].find((box) => box.offsetHeight > 0);
    const answer = column?.querySelector<HTMLElement>('.answer-text');
    const [main, dock] = ['main', '.comparison-dock'].map((name) => document.querySelector(name));
    const scroller = column?.querySelector('[data-scrolls]');
    if (!answer || !main || !dock || !scroller) throw new Error('no column');
    answer.children[0]?.querySelector('p:nth-of-type(9), .md-block:nth-child(9)')?.scrollIntoView({ block: 'start' });
    const tabs = document.querySelector<HTMLElement>('[role=tablist]');
    const top = Math.max(
      scroller.getBoundingClientRect().top,
      main.getBoundingClientRect().top,
      tabs && tabs.offsetHeight > 0 ? tabs.getBoundingClientRect().bottom : 0,
    );
    const bottom = Math.min(scroller.getBoundingClientRect().bottom, dock.getBoundingClientRect().top);
    return (bottom - top) / Number.parseFloat(getComputedStyle(answer).lineHeight);
  });

test('in a low or narrow window a comparison still shows twelve lines of text', async ({ page, app }) => {
  const id = await bringIn(page, app.url);
  for (const [width, height] of [
    [844, 390],
    [720, 450],
    [910, 512],
    [320, 568],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.goto(`${app.url}/c/${id}`);
    await expect(page.locator('[data-column] .answer-text p').last()).toBeAttached();
    await expect.poll(() => linesInView(page), { message: `${width}×${height}` }).toBeGreaterThanOrEqual(12);
    expect(await sideways(page), `${width}×${height}`).toBeLessThanOrEqual(0);
    await expect(page.getByLabel('Your question')).toBeInViewport();
  }
  // the figures are one line, and unfold
  const head = page.locator('[data-column]:visible header').first();
  await expect(head.getByText('100 + 20')).toBeVisible();
  await expect(head.getByText('tok/s')).toBeHidden();
  await head.getByRole('button', { name: /^All figures of / }).click();
  await expect(head.getByText('tok/s')).toBeVisible();
});

test('nothing scrolls sideways at 320 px, on any page', async ({ page, app }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const id = await bringIn(page, app.url);
  const { messages, threads } = (await (await page.request.get(`${app.url}/api/conversations/${id}`)).json()) as {
    messages: { id: string; threadId: string; role: string }[];
    threads: { id: string }[];
  };
  const choice = {
    conversationId: id,
    threads: threads.map((thread) => ({
      threadId: thread.id,
      leafId: messages.find(({ threadId, role }) => threadId === thread.id && role === 'assistant')?.id,
    })),
    thinking: 'shown',
    numbers: true,
    systemPrompts: false,
    expires: 'day',
  };
  const made = await page.request.post(`${app.url}/api/shares`, { data: choice, headers: { origin: app.url } });
  const { url } = (await made.json()) as { url: string };
  const paths = ['/', `/c/${id}`, '/compare', '/compute', '/settings', '/raw', '/lab', '/zero', '/nothing'];
  for (const address of [...paths.map((path) => app.url + path), url]) {
    await page.goto(address);
    await expect(page.locator('main')).toBeVisible();
    expect(await sideways(page), address).toBeLessThanOrEqual(0);
  }
});
