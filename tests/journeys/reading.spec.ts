import type { Page } from '@playwright/test';
import type { AppServer } from '../fakes/server.ts';
import type { Speech } from '../fakes/speech.ts';
import { speechFor, test } from '../browser/speeches.ts';
import { answerText, ask, badge, expect, openChat, thinkingPane, thinkingText, watch } from '../browser/support.ts';

/** Asks a question, and hands over what its answer is said with. */
async function askFor(page: Page, question: string): Promise<Speech> {
  const speech = speechFor(question);
  await ask(page, question);
  return speech;
}

/** A conversation that is at its own address already: a new one changes to it in the middle of its first answer. */
async function openConversation(page: Page, app: AppServer): Promise<void> {
  await openChat(page, app, 'plain');
  const first = await askFor(page, 'Stays as it is');
  first.think('A thought.');
  first.answer('An answer with $x^2$.');
  first.end();
  await expect(badge(page)).toBeVisible();
  await page.reload();
  await expect(answerText(page).locator('.katex')).toBeVisible();
}

const toggle = (page: Page) =>
  thinkingPane(page)
    .last()
    .getByRole('button', { name: /Thinking…|Thought/ });

/** Numbered paragraphs, each some lines long. */
function paragraphs(from: number, to: number): string {
  let text = '';
  for (let i = from; i <= to; i++) text += `Paragraph ${i} goes on with ${'some more words '.repeat(12)}.\n\n`;
  return text;
}

const topOf = (page: Page, selector: string) =>
  page
    .locator(selector)
    .last()
    .evaluate((element) => element.getBoundingClientRect().top);

test('a pane opened or folded by hand stays so in a later session, whatever the default', async ({
  page,
  app,
  browser,
  faults,
}) => {
  await openChat(page, app, 'plain');
  const folded = await askFor(page, 'Folded by hand');
  folded.think('All of it thought.');
  await expect(thinkingText(page)).toBeVisible();
  await toggle(page).click();
  await expect(thinkingText(page)).toBeHidden();
  folded.answer('Done.');
  folded.end();
  await expect(badge(page)).toBeVisible();
  const opened = await askFor(page, 'Opened by hand');
  opened.think('The second thought.');
  opened.answer('Done too.');
  opened.end();
  await expect(page.getByText('Done too.')).toBeVisible();
  await expect(thinkingText(page)).toHaveCount(0);
  await toggle(page).click();
  const address = page.url();
  await page.evaluate(() => localStorage.setItem('thinkglass:thinking', 'open'));

  const later = await browser.newContext({ storageState: await page.context().storageState() });
  const again = await later.newPage();
  watch(again, faults);
  await again.goto(address);
  await expect(thinkingText(again)).toHaveText('The second thought.');
  const choices = [
    { words: 'Always folded', before: 'open', shown: 1 },
    { words: 'Always open', before: 'folded', shown: 3 },
  ];
  for (const { words, before, shown } of choices) {
    await again.goto(`${app.url}/settings`);
    const choice = again.getByLabel('Thinking', { exact: true });
    await expect(choice).toHaveValue(before);
    await choice.selectOption(words);
    await again.goto(address);
    await expect(thinkingText(again).first()).toHaveText('The second thought.'); // and the first stays folded
    const speech = await askFor(again, `With ${words}`);
    speech.think(`A thought with ${words}.`);
    await expect(toggle(again)).toContainText('Thinking…');
    await expect(thinkingText(again)).toHaveCount(shown);
    speech.answer(`So with ${words}.`);
    speech.end();
    await expect(again.getByText(`So with ${words}.`)).toBeVisible();
    await expect(thinkingText(again)).toHaveCount(shown);
  }
  await later.close();
});

test('what a reader selects or scrolls to stays while the thinking grows, and the pane does not fold under it', async ({
  page,
  app,
}) => {
  await openConversation(page, app);
  const speech = await askFor(page, 'Select and scroll');
  speech.think(`${paragraphs(1, 12)}The growing paragraph with *words* to select`);
  await expect(thinkingText(page).locator('.md-block').last()).toHaveText('The growing paragraph with words to select');

  // from a finished paragraph into the growing one
  await thinkingText(page).evaluate((box) => {
    const blocks = [...box.querySelectorAll('p')];
    const [first, last] = [blocks.at(-2)?.firstChild, blocks.at(-1)?.lastChild];
    if (!first || !last) throw new Error('no paragraphs');
    document.getSelection()?.setBaseAndExtent(first, 0, last, ' to sel'.length);
  });
  const selected = () => page.evaluate(() => String(document.getSelection()));
  const before = await selected();
  expect(before).toMatch(/^Paragraph 12 [\s\S]* with words to sel$/);
  for (let i = 0; i < 30; i++) speech.think(` and ${i} *more*`);
  await expect(thinkingText(page)).toContainText('29 more');
  expect(await selected()).toBe(before);
  speech.think('.\n\nA paragraph after it.');
  await expect(thinkingText(page)).toContainText('A paragraph after it');
  expect(await selected()).toBe(before);

  // away from the end: nothing moves, and a button leads back
  await page.evaluate(() => document.getSelection()?.removeAllRanges());
  const jump = thinkingPane(page).getByRole('button', { name: 'Jump to latest' });
  await expect(jump).toBeHidden();
  const box = thinkingText(page);
  await box.hover();
  await page.mouse.wheel(0, -300);
  await expect(jump).toBeVisible();
  const place = await box.evaluate((element) => element.scrollTop);
  const head = await topOf(page, '.think-head');
  speech.think(paragraphs(13, 20));
  await expect(box).toContainText('Paragraph 20');
  expect(await box.evaluate((element) => element.scrollTop)).toBe(place);
  speech.answer('The answer begins.');
  await expect(answerText(page)).toHaveText('The answer begins.');
  await expect(box).toBeVisible();
  expect(await box.evaluate((element) => element.scrollTop)).toBe(place);
  speech.answer(`\n\n${paragraphs(1, 4)}`);
  await expect(answerText(page)).toContainText('Paragraph 4');
  expect(await topOf(page, '.think-head')).toBeCloseTo(head, 0);
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeVisible(); // of the page

  // folded by hand and opened again: the same lines
  await toggle(page).click();
  await expect(box).toBeHidden();
  speech.answer(' And goes on.');
  await toggle(page).click();
  await expect(box).toBeVisible();
  expect(await box.evaluate((element) => element.scrollTop)).toBe(place);
  speech.end();
  await expect(badge(page)).toBeVisible();
});

test('neither folding, opening nor folding by itself moves what is on the screen', async ({ page, app }) => {
  await openChat(page, app, 'plain');
  const first = await askFor(page, 'A long answer before');
  first.answer(paragraphs(1, 14));
  first.end();
  await expect(badge(page)).toBeVisible();
  const speech = await askFor(page, 'Fold at the end');
  speech.think(paragraphs(1, 20));
  await expect(thinkingText(page)).toContainText('Paragraph 20');
  // what came is followed to its end before anything is measured
  await expect
    .poll(() => page.locator('.chat-scroll').evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop))
    .toBeLessThan(1);
  const head = await topOf(page, '.think-head');

  speech.answer('So it is.'); // folds by itself
  await expect(answerText(page)).toHaveText('So it is.');
  await expect(thinkingText(page)).toBeHidden();
  expect(await topOf(page, '.think-head')).toBeCloseTo(head, 0);
  speech.answer(`\n\n${paragraphs(1, 12)}The end.`);
  speech.end();
  await expect(answerText(page)).toContainText('The end.');
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeHidden(); // the end was followed
  await expect(answerText(page).getByText('The end.')).toBeInViewport();

  await page.locator('.think-head').last().scrollIntoViewIfNeeded();
  for (const open of [true, false, true, false]) {
    const before = await topOf(page, '.think-head');
    await toggle(page).click();
    await expect(thinkingText(page)).toHaveCount(open ? 1 : 0);
    expect(await topOf(page, '.think-head')).toBeCloseTo(before, 0);
  }
});

test('only what changed is drawn: nothing outside the growing paragraph but clock and count', async ({ page, app }) => {
  await openConversation(page, app);
  const speech = await askFor(page, 'Grows');
  speech.think(`${paragraphs(1, 3)}- an item\n- with $y$\n\n`);
  speech.think('The growing one');
  await expect(thinkingText(page)).toContainText('The growing one');
  await expect(thinkingText(page).locator('.katex')).toHaveCount(1);
  await expect(page.locator('main > [role=status]')).toHaveText(/./); // it is loaded late, and says then what goes on
  await page.evaluate(() => {
    const blocks = [...document.querySelectorAll('.think-text .md-block')].slice(0, -1);
    const elsewhere = new Set<string>();
    let touched = 0;
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        if (!element || blocks.some((block) => block.contains(element))) touched += 1;
        else if (!element.closest('.think-body, [class^="token-strip"], nav li'))
          // the strip counts by itself, and so does the row of the sidebar
          elsewhere.add(element.closest('[class]')?.className ?? element.tagName);
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    Object.assign(window, {
      readChanges: () => ({
        same: blocks.length > 0 && blocks.every((block) => block.isConnected),
        touched,
        elsewhere: [...elsewhere].sort(),
      }),
    });
  });
  for (let i = 0; i < 200; i++) {
    speech.think(` word ${i}`);
    if (i % 10 === 9) await expect(thinkingText(page)).toContainText(`word ${i}`);
  }
  const changes = await page.evaluate(() => (window as unknown as { readChanges(): object }).readChanges());
  expect(changes).toEqual({ same: true, touched: 0, elsewhere: ['tabular-nums'] });
  speech.end();
});

test('each way to end is told in words, with the budget where it was the budget', async ({ page, app }) => {
  await openChat(page, app, 'plain');
  const ending = page.locator('.ending').last();
  const ended = page.getByRole('button', { name: /^(Ask again|Retry)$/ }).last();

  const empty = await askFor(page, 'Thinks nothing');
  empty.step({ event: { choices: [{ index: 0, delta: { content: '<think>\n\n</think>\n\nAt once.' } }] } });
  empty.end();
  await expect(answerText(page)).toHaveText('At once.');
  await expect(badge(page)).toBeVisible();
  await expect(thinkingPane(page)).toHaveCount(0);
  await expect(ending).toHaveCount(0);

  const silent = await askFor(page, 'Thinks and is silent');
  silent.think('Let me see.');
  silent.end();
  await expect(ending).toContainText('The model ended after its thinking: no answer came.');
  await expect(thinkingText(page)).toHaveText('Let me see.');

  const filtered = await askFor(page, 'Withheld');
  filtered.think('Let me see.');
  filtered.answer('It is');
  filtered.end('content_filter');
  await expect(ending).toContainText('content filter');
  await expect(answerText(page)).toHaveText('It is');

  const cut = await askFor(page, 'Breaks off');
  cut.think('Let me');
  await expect(thinkingText(page).last()).toHaveText('Let me');
  cut.step({ end: 'truncate' });
  await expect(ending).toContainText('broke before the model was done. What had arrived is kept.');

  const stopped = await askFor(page, 'Stopped by hand');
  stopped.think('Let me see');
  await expect(toggle(page)).toContainText('Thinking…');
  await expect(page.getByRole('button', { name: /^Stop/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(ending).toContainText('Stopped while thinking: no answer came.');
  await expect(ended).toBeVisible();

  await page.getByRole('button', { name: /^Parameters/ }).click();
  await page.getByRole('dialog', { name: 'Parameters' }).getByLabel('Max tokens').fill('40');
  await page.keyboard.press('Escape');
  const short = await askFor(page, 'Too few tokens');
  short.think('Let me see, and see');
  short.end('length', { reasoning: 40, answer: 0 });
  await expect(ending).toContainText(
    'Ran out of tokens while still thinking: no answer came. It was allowed 40 tokens and spent all of them on thinking.',
  );
  await page.reload();
  await expect(ending).toContainText('It was allowed 40 tokens and spent all of them on thinking.');
});

test('what is written from right to left is laid out so: while it is typed, asked, and listed', async ({
  page,
  app,
}) => {
  const question = 'ما هو عدد الحروف في هذه الكلمة؟ (R1)';
  await openChat(page, app, 'plain');
  await page.getByLabel('Your question').fill(question);
  await expect(page.getByLabel('Your question')).toHaveCSS('direction', 'rtl');
  await page.getByLabel('Your question').press('Enter');
  await expect(page.locator('.question-text')).toHaveCSS('direction', 'rtl');
  await expect(page.getByRole('link', { name: question })).toHaveCSS('direction', 'rtl');
});

test('what is printed has nothing to press but its own text', async ({ page, app }) => {
  await openChat(page, app, 'fail-mid');
  await ask(page, 'On paper?');
  const buttons = page.getByRole('button', { name: /Retry|Continue|Ask again|Copy|More about/ });
  await expect(page.getByRole('button', { name: 'Retry' })).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await expect(answerText(page)).toBeVisible();
  await expect(page.getByRole('article').getByText('reported an error while answering')).toBeVisible();
  await expect(buttons).toHaveCount(0);
});
