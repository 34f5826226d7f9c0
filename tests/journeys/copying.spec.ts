import type { Page } from '@playwright/test';
import fc from 'fast-check';
import { renderMarkdown } from '../../components/markdown/static-html.ts';
import { answerText, ask, badge, test as base, expect, openChat, thinkingPane, watch } from '../browser/support.ts';
import { createFakeProvider } from '../fakes/provider.ts';
import { createSpeech } from '../fakes/speech.ts';
import { fragments } from '../unit/markdown/samples.ts';

// What a reader selects and copies is what the model wrote: formulas as their TeX, once; tables, lists and code as such.

const thought = 'Let me see: $x^2 = 4$.\n\nSo $x = 2$ or so.';
const answer = [
  '## Result\n\nIt is **bold** and \\boxed{42}.\nA second line with `code`.',
  '- first $a_1$\n- second\n  1. inner\n  2. more\n\n3. three\n4. four',
  '| event | p |\n|---|---|\n| rain | $P(A|B)$ |\n| sun | 5 % |',
  '```py\nfor i in range(3):\n    print(i)\n\nprint("end")\n```',
  '> quoted\n> $$\n> y = 1\n> $$',
  'The end, [a page](https://example.com/a).',
].join('\n\n');

const test = base.extend<object, object>({
  provider: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from it
    async ({}, use) => {
      const provider = await createFakeProvider({
        respond: ({ json }) => {
          const asked = json.messages?.at(-1)?.content ?? json.prompt ?? '';
          const speech = createSpeech();
          speech.think(/long/.test(asked) ? longThought : thought);
          speech.answer(answer);
          speech.end();
          return speech.response;
        },
      });
      await use(provider);
      await provider.close();
    },
    { scope: 'worker' },
  ],
});

const longThought = Array.from({ length: 300 }, (_, i) => `Paragraph ${i} has $z_{${i}}$ and some words more.`).join(
  '\n\n',
);

interface Copied {
  text: string;
  html: string;
}

/** Selects from one element's beginning to another one's end, presses the keys for copying, and reads what they copied. */
async function copy(page: Page, from: string, to: string): Promise<Copied> {
  const copied = page.evaluate(
    ([from, to]) =>
      new Promise<Copied>((resolve) => {
        const starts = [...document.querySelectorAll(from)];
        const ends = [...document.querySelectorAll(to)];
        const [start, end] = [starts[0], ends.at(-1)];
        if (!start || !end) throw new Error(`There is no ${from} or ${to}.`);
        document.getSelection()?.setBaseAndExtent(start, 0, end, end.childNodes.length);
        const hear = ({ clipboardData }: ClipboardEvent) =>
          resolve({
            text: clipboardData?.getData('text/plain') ?? '',
            html: clipboardData?.getData('text/html') ?? '',
          });
        window.addEventListener('copy', hear, { once: true });
      }),
    [from, to] as const,
  );
  await expect.poll(() => page.evaluate(() => document.getSelection()?.isCollapsed)).toBe(false);
  await page.keyboard.press('ControlOrMeta+c');
  return copied;
}

const answerAsText = [
  'Result\n\nIt is bold and \\boxed{42}.\nA second line with code.',
  '- first $a_1$\n- second\n  1. inner\n  2. more\n\n3. three\n4. four',
  'event\tp\nrain\t$P(A|B)$\nsun\t5 %',
  'for i in range(3):\n    print(i)\n\nprint("end")',
  'quoted\n$$\ny = 1\n$$',
  'The end, a page.',
].join('\n\n');

test('an answer is copied with its formulas as TeX, once, and its tables, lists and code as such', async ({
  page,
  app,
}) => {
  await openChat(page, app, 'plain');
  await ask(page, 'Show me');
  await expect(badge(page)).toBeVisible();
  await expect(answerText(page).locator('.katex')).toHaveCount(4);

  const { text, html } = await copy(page, '.answer-text .md', '.answer-text .md');
  expect(text).toBe(answerAsText);
  expect(html).toContain('\\boxed{42}');
  expect(html.split('a_1')).toHaveLength(2);
  expect(html).toContain('<tr><td>rain</td><td>$P(A|B)$</td></tr>');
  expect(html).toContain('<ol start="3"><li>three</li><li>four</li></ol>');
  expect(html).toContain('<pre><code>for i in range(3):\n    print(i)\n\nprint(&#34;end&#34;)</code></pre>');
  expect(html).toContain('<a href="https://example.com/a">a page</a>');
  expect(html).not.toMatch(/class=|katex|<math/);

  // A part of a formula is the formula; rows are of a table; code alone is code.
  const part = '.answer-text strong ~ .md-formula .katex-base';
  expect(await copy(page, part, part)).toEqual({ text: '\\boxed{42}', html: '\\boxed{42}' });
  expect((await copy(page, '.answer-text tbody tr:first-child', '.answer-text tbody tr:first-child')).html).toBe(
    '<table><tbody><tr><td>rain</td><td>$P(A|B)$</td></tr></tbody></table>',
  );
  expect((await copy(page, '.answer-text pre code', '.answer-text pre code')).text).toBe(
    'for i in range(3):\n    print(i)\n\nprint("end")',
  );

  // Thinking and answer in one, without what the page puts around them.
  await thinkingPane(page).getByRole('button').first().click();
  await expect(page.locator('.think-text .katex')).toHaveCount(2);
  const both = await copy(page, '.think-text .md', '.answer-text .md');
  expect(both.text).toBe(`${thought}\n\n${answerAsText}`);
  const all = await copy(page, 'body', 'body');
  expect(all.text).toBe(`Show me\n\n${thought}\n\n${answerAsText}`);

  // Folded, it is not copied; what is no model's text is left to the browser.
  await thinkingPane(page).getByRole('button').first().click();
  await expect(page.locator('.think-text')).toBeHidden();
  expect((await copy(page, 'body', 'body')).text).toBe(`Show me\n\n${answerAsText}`);
  expect((await copy(page, '.question-text', '.question-text')).html).toBe('');
});

test('what is not drawn of a long thought is copied as it was written', async ({ page, app }) => {
  await openChat(page, app, 'plain');
  await ask(page, 'Think long');
  await expect(badge(page)).toBeVisible();
  await thinkingPane(page).getByRole('button').first().click();
  await expect(page.locator('.think-text .md-group[data-drawn="false"]').first()).toBeAttached();
  const { text } = await copy(page, '.think-text .md', '.think-text .md');
  expect(text).toBe(longThought);
});

test('columns of a comparison are copied one after the other', async ({ page, app }) => {
  await page.goto(`${app.url}/compare`);
  await expect(page.getByRole('button', { name: /^Model: / })).toHaveCount(2);
  await page.getByLabel('Your question').fill('Show me');
  await page.getByLabel('Your question').press('Enter');
  await expect(page.getByRole('button', { name: /tokens (reported|split|counted|estimated)/ })).toHaveCount(2, {
    timeout: 40_000,
  });
  await expect(page.locator('.answer-text .katex')).toHaveCount(8);
  const column = `Show me\n\n${answerAsText}`;
  expect((await copy(page, 'main', 'main')).text).toBe(`${column}\n\n${column}`);
});

test('a shared page copies the same, and its program is small', async ({ page, browser, app, faults }) => {
  await openChat(page, app, 'plain');
  await ask(page, 'Show me');
  await expect(badge(page)).toBeVisible();
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('button', { name: 'Create the link' }).click();
  const url = await page.getByLabel('The link', { exact: true }).inputValue();
  const reader = await (await browser.newContext()).newPage();
  watch(reader, faults);
  const program = reader.waitForResponse((response) => response.url().includes('/s/files/copy.js'));
  await reader.goto(url);
  expect((await program).ok()).toBe(true);
  await expect(async () => {
    expect((await copy(reader, 'article .md-answer .md', 'article .md-answer .md')).text).toBe(answerAsText);
  }).toPass();
  await reader.locator('details.think').evaluate((details) => details.setAttribute('open', ''));
  // the question is the page's title
  expect((await copy(reader, 'article', 'article')).text).toBe(`${thought}\n\n${answerAsText}`);
  await reader.context().close();
});

test('whatever Markdown is drawn, copying it loses no word and tells each formula once', async ({ page, app }) => {
  await page.goto(`${app.url}/about-thinking`);
  const texts = fc.sample(
    fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 14 }).map((pieces) => pieces.join('')),
    200,
  );
  const drawn = texts.map((text) => ({ text, html: [...renderMarkdown(text, 'answer')].join('') }));
  const wrong = await page.evaluate(
    async ([drawn, program]) => {
      const { contentsOf, htmlOf, textOf } = await import(program);
      const bare = (text: string) => text.replace(/\s+/g, '');
      /** What is left of `text` when `part`, whose characters are in it in their order, is taken out. */
      const without = (text: string, part: string) => {
        const characters = Array.from(part);
        let at = 0;
        let rest = '';
        for (const character of text) {
          if (character === characters[at]) at++;
          else rest += character;
        }
        return at === characters.length ? rest : undefined;
      };
      return drawn.flatMap(({ text, html }) => {
        const box = document.createElement('div');
        box.innerHTML = html;
        document.body.append(box);
        const range = document.createRange();
        range.selectNodeContents(box);
        const contents = contentsOf(range);
        const [copied, copiedHtml] = [bare(textOf(contents)), document.createElement('div')];
        copiedHtml.innerHTML = htmlOf(contents);
        const formulas = [...box.querySelectorAll('.md-formula')].map(
          (f) => f.getAttribute('data-tex') ?? f.textContent,
        );
        for (const formula of box.querySelectorAll('.md-formula')) {
          formula.textContent = formula.getAttribute('data-tex') ?? formula.textContent;
        }
        for (const head of box.querySelectorAll('.md-code-head')) head.remove();
        const words = bare(box.textContent ?? '');
        box.remove();
        const rest = without(copied, words);
        const isOnce = formulas.every(
          (tex) => copied.split(bare(tex ?? '')).length === words.split(bare(tex ?? '')).length,
        );
        const isHtml = without(bare(copiedHtml.textContent ?? ''), words) !== undefined;
        const isText = rest !== undefined && /^[-.\d[\]x]*$/.test(rest);
        return isText && isHtml && isOnce ? [] : [{ text, copied, words, rest }];
      });
    },
    [drawn, `${app.url}/s/files/copy.js`] as const,
  );
  expect(wrong).toEqual([]);
});
