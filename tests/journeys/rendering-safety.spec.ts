import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { createFakeProvider, json } from '../fakes/provider.ts';
import { createSpeech, type Speech } from '../fakes/speech.ts';
import type { AppServer } from '../fakes/server.ts';
import { answerText, ask, badge, test as base, expect } from '../browser/support.ts';

type Gen = string | { repeat: string; times: number };

interface Payload {
  id: string;
  surface: string;
  payload?: string;
  chunks?: string[];
  gen?: Gen[];
  must?: string[];
}

const { items } = JSON.parse(readFileSync(new URL('../fixtures/reliability/xss.json', import.meta.url), 'utf8')) as {
  items: Payload[];
};

/** Those that stand in an answer, a question or a title; there are no shares and no system prompt to look at yet. */
const shown = items.filter(({ surface }) => surface !== 'upstream-error' && surface !== 'system+share');

/** What a provider may call a model. */
const wickedModel = `</title><img src=x onerror="window.__xss_fired='model'">`;

const speeches = new Map<string, Speech>();
const wickedError = items.find(({ surface }) => surface === 'upstream-error')?.payload ?? '';

const test = base.extend<object, object>({
  provider: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from it
    async ({}, use) => {
      const provider = await createFakeProvider({
        models: [{ id: wickedModel, object: 'model' }],
        respond({ json: body }) {
          const question = body.messages?.findLast(({ role }) => role === 'user')?.content ?? '';
          if (question.startsWith('Be refused')) return json(400, JSON.parse(wickedError));
          return speeches.get(question.slice(0, question.indexOf(' ')))?.response;
        },
      });
      await use(provider);
      await provider.close();
    },
    { scope: 'worker' },
  ],
});

function textOf({ payload, chunks, gen }: Payload): string {
  if (chunks) return chunks.join('');
  return (
    payload ??
    (gen ?? []).map((piece) => (typeof piece === 'string' ? piece : piece.repeat.repeat(piece.times))).join('')
  );
}

function inGroups<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

/** As small as it can be without a stream of ten thousand events. */
function chunksOf(item: Payload): string[] {
  if (item.chunks) return item.chunks;
  const text = textOf(item);
  return text.match(text.length > 500 ? /.{1,400}/gsu : /.{1,3}/gsu) ?? [];
}

/** Answers without the policy, so that only what the app makes of the text protects it. */
async function withoutPolicy(page: Page): Promise<void> {
  const isPage = ({ pathname }: URL) => pathname === '/' || pathname.startsWith('/c/');
  await page.route(isPage, async (route) => {
    const response = await route.fetch();
    const { 'content-security-policy': _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
}

/** What no text may do to the page. */
function findHarm(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const harm: string[] = [];
    const fired = (window as { __xss_fired?: string }).__xss_fired;
    if (fired) harm.push(`ran: ${fired}`);
    for (const name of ['querySelector', 'forms', 'getElementById'] as const) {
      if (document[name] instanceof Element) harm.push(`clobbered: ${name}`);
    }
    const texts = '.md, .question-text, .answer-head, .ending, nav a, .picker-button, .chat h1';
    const made =
      'script, iframe, object, embed, form, input:not([type=checkbox]), style, link, base, img, svg, xmp, marquee, video, audio';
    for (const box of document.querySelectorAll<HTMLElement>(texts)) {
      for (const element of box.querySelectorAll<HTMLElement>('*')) {
        // our icons, and what KaTeX draws
        const ours =
          element.closest('button, .md-code-head, .katex') !== null ||
          (element.closest('svg[aria-hidden]') !== null && element.closest('.md, .question-text') === null);
        if (!ours && element.matches(made)) harm.push(`element: ${element.outerHTML.slice(0, 80)}`);
        for (const { name, value } of element.attributes) {
          if (/^on/i.test(name)) harm.push(`attribute: ${name}`);
          if (/^(src|srcset|action|formaction|xlink:href|data)$/i.test(name)) harm.push(`attribute: ${name}=${value}`);
          if (name === 'href' && !/^(https?:|mailto:|\/)/.test(value)) harm.push(`link: ${value}`);
        }
        if (/fixed|absolute|sticky/.test(element.style.position))
          harm.push(`position: ${element.outerHTML.slice(0, 80)}`);
        if (element.matches('.md a') && element.getAttribute('rel') !== 'noopener noreferrer')
          harm.push('a link without rel');
      }
      if (box.matches('.md')) {
        const { contain, overflowWrap } = getComputedStyle(box);
        if (!contain.includes('paint') || overflowWrap !== 'anywhere') harm.push('a text that can leave its box');
        let depth = 0;
        for (const element of box.querySelectorAll('*')) {
          let own = 0;
          for (let up: Element | null = element; up && up !== box && !up.closest('.katex'); up = up.parentElement)
            own += 1;
          depth = Math.max(depth, own);
        }
        if (depth > 60) harm.push(`depth: ${depth}`);
      }
    }
    if (document.documentElement.scrollWidth > innerWidth) harm.push('the page scrolls sideways');
    const field = document.querySelector('textarea');
    const { left, top, width, height } = field?.getBoundingClientRect() ?? new DOMRect();
    if (!field || document.elementFromPoint(left + width / 2, top + height / 2) !== field)
      harm.push('the composer is covered');
    return [...new Set(harm)];
  });
}

for (const policy of ['with its policy', 'without its policy']) {
  test(`no text of a model, a person or a provider does anything but be read: ${policy}`, async ({
    page,
    app,
    faults,
  }) => {
    test.setTimeout(120_000);
    page.on('dialog', (dialog) => {
      faults.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('popup', (popup) => faults.push(`a window: ${popup.url()}`));
    await page.addInitScript(() => localStorage.setItem('thinkglass:thinking', 'open'));
    if (policy.startsWith('without')) await withoutPolicy(page);
    await openWicked(page, app);
    if (policy.startsWith('without')) {
      const ran = await page.evaluate(() => {
        document.head.append(
          Object.assign(document.createElement('script'), { textContent: 'window.noPolicy = true' }),
        );
        return 'noPolicy' in window;
      });
      expect(ran).toBe(true);
    }

    const answers = page.getByRole('article', { name: /answered$/ });
    // Few share an answer where nothing else guards the page.
    const short = shown.filter(({ gen }) => !gen);
    const asked = [
      ...inGroups(short, policy.startsWith('without') ? 3 : 12),
      ...inGroups(
        shown.filter(({ gen }) => gen),
        1,
      ),
    ];
    const field = page.getByLabel('Your question');
    for (const [i, group] of asked.entries()) {
      const name = group[0]?.id ?? '';
      const speech = createSpeech();
      speeches.set(name, speech);
      await field.fill(`${name} ${group.map((item) => textOf(item).slice(0, 2000)).join('\n\n')}`);
      await field.press('Enter');
      const pieces = group.flatMap((item) => [...chunksOf(item), '\n\n']);
      for (const piece of pieces) speech.think(piece);
      for (const piece of pieces) speech.answer(piece);
      speech.end();
      await expect(answers).toHaveCount(i + 1);
      await expect(answers.last()).toHaveAttribute('aria-busy', 'false');
      expect(await findHarm(page), name).toEqual([]);
    }
    const mathState = createSpeech();
    speeches.set('After', mathState);
    await field.fill('After all that');
    await field.press('Enter');
    mathState.answer('$\\pi r^2$');
    mathState.end();
    await expect(answerText(page).locator('.katex-html')).toHaveText('πr2');
    await field.fill('Be refused');
    await field.press('Enter');
    await expect(page.locator('.ending').last()).toContainText('limit');
    expect(await page.content()).not.toContain('ECHOCANARY');
    expect(await findHarm(page)).toEqual([]);

    const id = page.url().split('/').at(-1);
    const title = items.find(({ surface }) => surface === 'title')?.payload ?? '';
    const renamed = await page.request.patch(`${app.url}/api/conversations/${id}`, {
      data: { title },
      headers: { origin: app.url },
    });
    expect(renamed.ok()).toBe(true);
    const html = await (await page.request.get(page.url())).text();
    for (const tag of ['<img src=x', '<svg onload', '<script src="https', '</title><img', '<style>*']) {
      expect(html.includes(tag), tag).toBe(false);
    }
    await page.reload();
    await expect(page.locator('.md-block').last()).toBeVisible({ timeout: 40_000 }); // what draws it has to be fetched
    await expect(answers).toHaveCount(asked.length + 2);
    await expect(answerText(page).locator('.katex-html')).toHaveText('πr2');
    await expect(page).toHaveTitle(`${title} · Thinkglass`);
    expect(await findHarm(page)).toEqual([]);
    for (const [i, group] of asked.entries()) {
      const answer = answers.nth(i);
      await answer.locator('.answer-foot').scrollIntoViewIfNeeded(); // far from the screen nothing is drawn
      for (const { id, must = [] } of group) {
        for (const [, words = ''] of must.map((rule) => /^text:(.*)$/s.exec(rule) ?? [])) {
          if (words) await expect(answer, id).toContainText(words);
        }
      }
      for (const sensitive of await answer.locator('.answer-text .md a, .answer-text .md-formula').all()) {
        await sensitive.dispatchEvent('mouseover');
        if (await sensitive.evaluate((element) => !element.matches('a'))) await sensitive.dispatchEvent('click');
      }
    }
    const phish = answers.nth(asked.findIndex((group) => group.some(({ id }) => id === 'px-014')));
    await expect(phish.locator('.answer-text')).toContainText('https://bank.example (evil.canary.invalid)');
    expect(await findHarm(page)).toEqual([]);
  });
}

/** A new chat with the model of the wicked name, which is all the provider has. */
async function openWicked(page: Page, app: AppServer): Promise<void> {
  await page.goto(app.url);
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByLabel('Search models').fill('</title>');
  await page.getByRole('option').first().click();
  await expect(page.getByRole('button', { name: /^Model: .*onerror/ })).toBeVisible();
}

/** A text as an answer, and the box it is drawn in. */
async function answerWith(page: Page, name: string, text: string) {
  const speech = createSpeech();
  speeches.set(name, speech);
  await ask(page, `${name} please`);
  for (const piece of text.match(text.length > 2000 ? /.{1,900}/gsu : /.{1,7}/gsu) ?? []) speech.answer(piece);
  speech.end();
  await expect(badge(page)).toBeVisible();
  await expect(page.getByRole('article', { name: /answered$/ }).last()).toHaveAttribute('aria-busy', 'false');
  return answerText(page);
}

const mathematics: [text: string, formulas: string[], words: string][] = [
  ['It costs $5 and $10.', [], 'It costs $5 and $10.'],
  ['So $x$ it is, at $5.', ['x'], 'at $5.'],
  ['Alone:\n\n$$\na^2\n$$\n\nand on.', ['a^2'], 'and on.'],
  ['Here \\(b_1\\) and \\[c_1 * d_1 * e_1\\]', ['b_1', 'c_1 * d_1 * e_1'], 'Here'],
  ['It is \\boxed{\\frac{1}{2}}.', ['\\boxed{\\frac{1}{2}}'], 'It is'],
  ['\\begin{align}u &= v \\\\ w &= z\\end{align}', ['\\begin{align}u &= v \\\\ w &= z\\end{align}'], ''],
  ['- item $f_1$ and $g_1$\n- \\(h\\) for $3\n\n1. one\n   $$i_1$$', ['f_1', 'g_1', 'h', 'i_1'], 'for $3'],
  ['| a | b |\n|---|---|\n| $|j|$ | $5 |\n| \\(k|l\\) | $6 |', ['|j|', 'k|l'], '$6'],
  ['Escaped \\$m\\$ and \\\\(n\\\\).', [], 'Escaped $m$ and \\(n\\).'],
  ['Code `$o$` and\n\n```\n$p$ \\[q\\]\n```', [], '$p$ \\[q\\]'],
  ['- in a list:\n  ```tex\n  $$r$$\n  ```', [], '$$r$$'],
  ['Never closed \\(s^2 and\n\nafter it.', [], 'Never closed \\(s^2 and'],
  ['Refused: $\\notacommand{t}$ here.', [], 'Refused: $\\notacommand{t}$ here.'],
  ['Refused: \\[\\frac{u\\] here.', [], '\\[\\frac{u\\]'],
];

test('mathematics is set, money is money, code is code, and what cannot be set is shown as written', async ({
  page,
  app,
}) => {
  await openWicked(page, app);
  const box = await answerWith(page, 'Mathematics', mathematics.map(([text]) => text).join('\n\n---\n\n'));
  const expected = mathematics.flatMap(([, formulas]) => formulas);
  const drawn = box.locator('.katex annotation');
  await expect(drawn).toHaveText(expected);
  for (const [, , words] of mathematics) await expect(box).toContainText(words);
  await page.reload();
  await expect(drawn).toHaveText(expected);
  expect(await box.innerText()).not.toMatch(/[\ufdd0\ufdd1]/);
});

test('what would take too long to draw is shown as it is written', async ({ page, app }) => {
  await openWicked(page, app);
  const many = await answerWith(page, 'Formulas', '$x$ '.repeat(90).concat('\n\n').repeat(4));
  await expect(many.locator('.katex')).toHaveCount(300);
  await expect(many.locator('.md-formula')).toHaveCount(360);

  const long = `$$${'x+'.repeat(1010)}x$$`;
  const wide = `$$\\begin{matrix}${'a&'.repeat(900)}b\\end{matrix}$$`;
  const deep = `$${'{'.repeat(60)}x${'}'.repeat(60)}$`;
  const refused = await answerWith(page, 'Large', [long, wide, deep, '$y$'].join('\n\n'));
  await expect(refused.locator('.katex')).toHaveCount(1);
  await expect(refused.locator('[data-source=refused]')).toHaveCount(3);

  const short = `\`\`\`js\n${'const a = 1;\n'.repeat(40)}\`\`\``;
  const coloured = await answerWith(page, 'Code', `${short}\n\n- item\n\n  \`\`\`js\n  const b = 2;\n  \`\`\``);
  await expect(coloured.locator('pre').first().locator('.hljs-keyword')).toHaveCount(40);
});
