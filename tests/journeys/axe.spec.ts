import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Locator, Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';
import type { AppServer } from '../fakes/server.ts';
import { builtInModels, chunk, doneStep, type FakeRequest, type FakeStep } from '../fakes/provider.ts';
import { test as base, expect, pickOfAnswer } from '../browser/support.ts';

/** A thought that does not fit its pane, with all that an outline is made of. */
function* longThought(): Generator<FakeStep> {
  yield chunk({ reasoning_content: '## The plan\n\n' });
  for (let i = 0; i < 30; i++) {
    yield chunk({ reasoning_content: `First, row ${i} is tried. `.repeat(6) });
    yield chunk({ reasoning_content: `Wait, let me check row ${i} again.\n\nSo the answer is ${i}.\n\n` });
  }
  yield chunk({ content: '## Rows\n\nThere are **92** ways, $x^2$ of them.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n' });
  yield chunk({ content: '```js\nconst ways = 92; // counted\n```\n' });
  yield chunk({}, 'stop');
  yield doneStep;
}

/** One sentence again and again, for as long as it is listened to. */
function* loopingThought(): Generator<FakeStep> {
  for (let i = 0; i < 20_000; i++) {
    yield chunk({ content: `${i === 0 ? '<think>' : ''}Wait, is it so? I had better look at it again. ` });
    if (i > 60) yield { waitMs: 50 };
  }
}

/** What holds the samples of a run back: whoever looks at a paused one opens it once it is to pause. */
let samplesMayEnd = Promise.withResolvers<void>();

/** One sample of a run. */
function* heldSample(): Generator<FakeStep> {
  yield { gate: samplesMayEnd.promise };
  yield chunk({ content: '<think>Two and two, three and three. </think>It is \\boxed{4}.' });
  yield chunk({}, 'stop');
  yield doneStep;
}

const test = base.extend({
  // The browser reports each request that is refused or cut off; here that is what is looked at.
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from it
  faults: async ({}, use) => use([]),
});
test.use({
  fake: {
    models: [...Object.keys(builtInModels), 'long-thought', 'looping', 'held-sample'].map((id) => ({ id })),
    respond: ({ json }: FakeRequest) => {
      if (json.model === 'held-sample') return { steps: heldSample() };
      if (json.model === 'long-thought') return { steps: longThought() };
      return json.model === 'looping' ? { steps: loopingThought() } : undefined;
    },
  },
});
test.describe.configure({ mode: 'parallel', timeout: 600_000 });

/** What there is to be looked at, asked before the first look. */
interface Prepared {
  page: Page;
  app: AppServer;
  /** The sidebar is there without being asked for. */
  wide: boolean;
  /** Conversations by what is special about them. */
  ids: Record<keyof typeof asked, string>;
  /** Addresses of a shared chat and a shared comparison. */
  shares: { chat: string; comparison: string };
}

const asked = {
  answered: ['fast-r1'],
  plain: ['plain'],
  ranOut: ['length-in-thinking'],
  cut: ['cut-mid'],
  failed: ['fail-mid'],
  long: ['long-thought'],
  compared: ['fast-r1', 'field-r1', 'plain', 'fail-mid'],
} as const;

/** What goes on for as long as it is looked at. */
const running = {
  thinking: ['never-ends'],
  waiting: ['gated'],
  refused: ['rate-limited'],
  looping: ['looping'],
} as const;

const soon = { timeout: 60_000 };
const seen = (locator: Locator) => expect(locator.filter({ visible: true }).first()).toBeVisible(soon);
const button = (of: Page | Locator, name: string | RegExp) =>
  of.getByRole('button', { name, exact: typeof name === 'string' }).first();
const dialog = (page: Page) => page.getByRole('dialog');
const closed = async (page: Page) => {
  const search = page.getByLabel('Search models');
  if (await search.isVisible()) await search.fill(''); // what is searched for goes first
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0, soon);
};

type State = readonly [name: string, arrive: (prepared: Prepared) => Promise<unknown>];

/** Opens a page, and waits for what it is about. */
function at(name: string, path: (prepared: Prepared) => string, sign: (page: Page) => Locator): State {
  return [
    name,
    async (prepared) => {
      await prepared.page.goto(new URL(path(prepared), prepared.app.url).href);
      await seen(sign(prepared.page));
    },
  ];
}

/** Presses a button of the page that is open; what was open before is closed first, what opens is waited for. */
function press(name: string, label: string | RegExp, sign: (page: Page) => Locator = dialog): State {
  return [
    name,
    async ({ page }) => {
      if ((await dialog(page).count()) > 0) await closed(page);
      const found = page.getByRole('button', { name: label, exact: typeof label === 'string' }).last();
      await found.scrollIntoViewIfNeeded();
      await found.click();
      await seen(sign(page));
    },
  ];
}

/** Picks something out of the menu of the last answer. */
function pick(name: string, label: string, sign: (page: Page) => Locator = dialog): State {
  return [
    name,
    async ({ page }) => {
      if ((await dialog(page).count()) > 0) await closed(page);
      await pickOfAnswer(page, label);
      await seen(sign(page));
    },
  ];
}

const tools = (page: Page) => page.getByRole('toolbar', { name: 'This answer' });
const heading = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { name });
const alert = (page: Page) => page.getByRole('alert');
const question = (page: Page) => page.getByLabel('Your question');
const conversation = (which: keyof typeof asked) => (prepared: Prepared) => `/c/${prepared.ids[which]}`;
const list = (page: Page) => page.getByRole('navigation', { name: 'Conversations' });

async function withSidebar({ page, wide }: Prepared): Promise<void> {
  if (!wide) await button(page, 'Show the sidebar').click();
  await seen(list(page).getByRole('listitem'));
}

const asking: readonly State[] = [
  at('a new chat', () => '/', heading('Watch a model think.')),
  press('the list of models', /^Model: /, (page) => page.getByRole('listbox', { name: 'Models' })),
  [
    'the list of models, narrowed',
    async ({ page }) => {
      await page.getByLabel('Search models').fill('r1');
      await button(page, /^Favourite: /).click();
    },
  ],
  ['the list of models, with none', ({ page }) => page.getByLabel('Search models').fill('no such model')],
  press('parameters', /^Parameters/),
  press('prompts', /^Prompt: /, (page) => page.getByText('Your prompts')),
  [
    'a question that is being written, with a file',
    async ({ page }) => {
      await closed(page);
      await question(page).fill('Half a thought');
      await page.getByLabel('Files to attach').setInputFiles({
        name: 'notes.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('Some notes.'),
      });
      await seen(page.getByText('notes.txt'));
    },
  ],
  [
    'commands',
    async ({ page }) => {
      await page.keyboard.press('Control+k');
      await seen(page.getByRole('option'));
    },
  ],
  [
    'what was found',
    async ({ page }) => {
      await page.getByRole('combobox').fill('question');
      await seen(page.getByRole('option').locator('mark'));
    },
  ],
  ['what was found, narrowed', ({ page }) => button(page, 'Thinking').click()],
  ['nothing found', ({ page }) => page.getByRole('combobox').fill('zzzz no such words')],
  [
    'the sheet of keys',
    async ({ page }) => {
      await closed(page);
      await page.keyboard.press('Control+/');
      await seen(dialog(page));
    },
  ],
  [
    'a link that fills in a question',
    async ({ page, app }) => {
      await page.goto(`${app.url}/?q=How+many%3F&model=custom:plain`);
      await seen(page.getByText('nothing is sent until you send it'));
    },
  ],
  [
    'a menu of a conversation',
    async (prepared) => {
      const { page } = prepared;
      await withSidebar(prepared);
      await list(page).getByRole('listitem').first().hover();
      await button(list(page), /^More about/).click();
      await seen(page.getByRole('menuitem'));
    },
  ],
  [
    'a title that is being changed',
    async ({ page }) => {
      await page.getByRole('menuitem', { name: 'Rename' }).click();
      await seen(page.getByLabel('Title'));
    },
  ],
  [
    'something put away, with the way back',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await list(page).getByRole('listitem').first().hover();
      await button(list(page), /^More about/).click();
      await page.getByRole('menuitem', { name: 'Archive' }).click();
      await seen(button(page, 'Undo'));
    },
  ],
  [
    'what is put away',
    async ({ page }) => {
      await button(list(page), 'Archived conversations').click();
      await seen(button(list(page), 'All conversations'));
    },
  ],
  [
    'nothing put away',
    async ({ page }) => {
      await button(page, 'Undo').click();
      await seen(list(page).getByText('Nothing is archived'));
    },
  ],
  at(
    'an address that leads nowhere',
    () => '/c/00000000-0000-4000-8000-000000000000',
    heading('There is nothing here.'),
  ),
  at('a page that is not there', () => '/nowhere', heading('There is nothing here.')),
  at('a link that was taken back', () => '/s/AAAAAAAAAAAAAAAAAAAAAA', heading('There is nothing here.')),
  [
    'a part that could not be loaded',
    async ({ page, app }) => {
      const chunks = '**/_next/static/chunks/**';
      await page.goto(app.url);
      await seen(question(page));
      await page.route(chunks, (route) => route.fulfill({ status: 404 }));
      await page.keyboard.press('Control+k');
      await seen(alert(page).filter({ hasText: 'could not be loaded' }));
      await page.unroute(chunks);
    },
  ],
  [
    'a server that is away',
    async ({ page, app }) => {
      await page.goto(app.url);
      await seen(question(page));
      for (const path of ['**/_next/static/chunks/**', '**/api/build'])
        await page.route(path, (route) => route.abort());
      await page.keyboard.press('Control+k');
      await seen(alert(page).filter({ hasText: 'cannot be reached' }));
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    },
  ],
];

const chatting: readonly State[] = [
  at('a chat', conversation('long'), tools),
  [
    'an open thought',
    async ({ page }) => {
      await page.keyboard.press('Alt+t');
      await seen(page.getByRole('group', { name: 'The text of the thinking' }));
    },
  ],
  [
    'its outline',
    async ({ page }) => {
      await button(page, 'Outline').click();
      await seen(
        page.getByRole('group', { name: 'Outline of the thinking' }).or(page.getByLabel('Outline of the thinking')),
      );
    },
  ],
  [
    'words found in it',
    async ({ page }) => {
      await button(page, 'Find in thinking').click();
      await page.getByLabel('Find in the thinking').fill('row');
      await seen(page.getByText(/^\d+ of \d+$/));
    },
  ],
  [
    'its menu',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await button(page, 'More about the thinking').click();
      await seen(dialog(page).or(page.getByRole('menu')));
    },
  ],
  [
    'words found in the conversation',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Shift+f');
      await page.getByLabel('Find in this conversation').fill('ways');
      await seen(page.getByText(/^\d+ of \d+$/));
      await page.keyboard.press('Escape');
    },
  ],
  press('the account of tokens', /tokens (reported|split|counted|estimated)/, (page) =>
    page.locator('[popover]:popover-open'),
  ),
  [
    'a judgement of its health',
    async ({ page }) => {
      await page.keyboard.press('Escape');
      await page
        .getByRole('group', { name: 'Health of the thinking' })
        .or(page.getByLabel('Health of the thinking'))
        .getByRole('button')
        .first()
        .click();
      await seen(page.locator('[popover]:popover-open'));
      await page.keyboard.press('Escape');
    },
  ],
  pick('tokens over time', 'Tokens over time', (page) => page.getByRole('region', { name: /Tokens over time/ })),
  pick('the raw text', 'Raw text'),
  pick('thinking or answer?', 'Thinking or answer?'),
  pick('what was sent', 'What was sent'),
  press('more about an answer', 'More about this answer'),
  press('asking again with another model', 'Ask again with another model'),
  press('exporting', 'Export'),
  press('sharing', 'Share', (page) => page.getByRole('region', { name: 'What will be public' })),
  [
    'a link that is made',
    async ({ page }) => {
      await button(page, 'Create the link').click();
      await seen(page.getByLabel('The link', { exact: true }));
    },
  ],
  [
    'a question in other words',
    async ({ page }) => {
      await closed(page);
      await page.getByRole('article', { name: 'You asked' }).first().hover();
      await button(page, 'Edit the question').click();
      await seen(page.getByLabel('The question in other words'));
    },
  ],
  at('a chat without thinking', conversation('plain'), tools),
  at('a thought that ran out', conversation('ranOut'), tools),
  at('a connection that broke', conversation('cut'), tools),
  at('an error in the middle', conversation('failed'), tools),
  ...Object.entries(running).map(
    ([name, models]): State => [
      `a chat that is ${name}`,
      async ({ page, app }) => {
        await page.goto(app.url);
        await page.goto(`${app.url}/c/${await ask(page, models, name)}`);
        await seen(name === 'refused' ? alert(page) : button(page, 'Stop'));
        if (name === 'looping') await seen(page.getByRole('group', { name: 'The loop' }));
      },
    ],
  ),
  [
    'a thought that was stopped',
    async ({ page }) => {
      await button(page, 'Stop').click();
      await seen(tools(page));
    },
  ],
  at('a shared chat', ({ shares }) => shares.chat, heading(/./)),
  at('a shared comparison', ({ shares }) => shares.comparison, heading(/./)),
];

const measuring: readonly State[] = [
  at('a new comparison', () => '/compare', question),
  press('your line-ups', 'Your line-ups', (page) => page.getByText('Keep these columns as')),
  at(
    'a new comparison of four',
    () => `/compare?models=${['fast-r1', 'plain', 'gone', 'field-r1'].map((model) => `custom:${model}`)}`,
    question,
  ),
  press('a menu of a column', 'More about plain'),
  at('a comparison that is done', conversation('compared'), (page) => page.getByText('Done', { exact: true })),
  [
    'a comparison that runs',
    async ({ page, app }) => {
      await page.goto(`${app.url}/c/${await ask(page, ['never-ends', 'plain', 'gated', 'never-ends'], 'compared')}`);
      await seen(page.getByText('Done', { exact: true }).or(page.getByRole('button', { name: /^Stop / })));
    },
  ],
  at(
    'compute',
    () => '/compute',
    (page) => page.locator('.plot svg a'),
  ),
  [
    'compute, as tables',
    async ({ page }) => {
      const tables = page.getByRole('button', { name: 'Table', exact: true });
      while ((await tables.count()) > 0) await tables.first().click();
      await seen(page.getByRole('table'));
    },
  ],
  at('compute, of some days', () => '/compute?from=2026-01-01&to=2026-01-02', heading('Compute')),
  at('a raw completion', () => '/raw', heading(/./)),
  at('settings', () => '/settings', heading('Settings')),
  press('a server to add', 'Any OpenAI-compatible server'),
  [
    'an address that must not be called',
    async ({ page }) => {
      await dialog(page).getByLabel('Base URL').fill('http://169.254.169.254/v1');
      await button(dialog(page), 'Add').click();
      await seen(alert(page));
    },
  ],
  press('a provider to add', 'DeepSeek'),
  [
    'what is assumed about a model',
    async ({ page }) => {
      await closed(page);
      await page.getByLabel('Find').fill('plain');
      await button(page, 'Change what is assumed about plain').click();
      await seen(dialog(page));
    },
  ],
  [
    'what cannot be assumed about a model',
    async ({ page }) => {
      await dialog(page).getByLabel('Temperature').fill('9');
      await button(dialog(page), 'Save').click();
      await seen(alert(page));
    },
  ],
  press('a link to take back', 'Revoke'),
  press('deleting all', 'Delete all…'),
  [
    'a provider that was tested, a file that was refused',
    async ({ page }) => {
      await closed(page);
      await button(page, 'Test Fake server').click();
      await page
        .locator('#data input[type=file]')
        .first()
        .setInputFiles({ name: 'no.json', mimeType: 'application/json', buffer: Buffer.from('no') });
      await seen(page.getByLabel('What became of the files').getByRole('listitem'));
      await seen(page.getByRole('listitem', { name: 'Fake server' }).getByText(/began|did not|Asking/));
    },
  ],
  [
    'the lab',
    async ({ page, app }) => {
      await stopAll(page);
      await page.goto(`${app.url}/lab`);
      await seen(page.getByRole('figure', { name: /points of a recorded run/ }));
    },
  ],
  [
    'own questions',
    async ({ page }) => {
      await page.getByText('Pasted', { exact: true }).click();
      await page.getByLabel('Questions, as JSON lines, JSON or CSV').fill(labQuestions);
      await button(page, 'Read them').click();
      await seen(page.getByText('1 row left out'));
    },
  ],
  [
    'a run that is planned',
    async ({ page }) => {
      samplesMayEnd = Promise.withResolvers();
      await button(page, /^Model: /).click();
      await page.getByRole('option', { name: /^held-sample/ }).click();
      await page.getByLabel('Samples of a question').fill('8');
      await button(page, /^Plan \d+ samples/).click();
      await seen(button(page, 'Ask all'));
    },
  ],
  [
    'a run that is paused',
    async ({ page }) => {
      await button(page, 'Ask all').click();
      await button(page, 'Pause').click(soon);
      await seen(page.getByRole('status').filter({ hasText: /^Pausing/ }));
      samplesMayEnd.resolve();
      await seen(page.getByRole('status').filter({ hasText: /^Paused/ }));
    },
  ],
  [
    'a run that is finished',
    async ({ page }) => {
      await button(page, 'Go on').click();
      await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible({ timeout: 120_000 });
    },
  ],
  [
    'a question with its samples',
    async ({ page }) => {
      await page
        .getByRole('region', { name: 'Questions of this point' })
        .getByRole('button', { name: /2 \+ 2/ })
        .click();
      await seen(dialog(page).getByRole('row'));
    },
  ],
  [
    'a sample',
    async ({ page }) => {
      await button(dialog(page), 'Sample 1').click();
      await seen(button(page, 'Mark as right'));
    },
  ],
  [
    'a run that is shared',
    async ({ page }) => {
      await closed(page);
      await button(page, 'Make a link').click();
      const link = page.getByRole('link', { name: /\/lab\/shared\// });
      await seen(link);
      await page.goto((await link.getAttribute('href')) ?? '');
      await seen(heading('By point')(page));
    },
  ],
  at(
    'how it learnt',
    () => '/zero',
    (page) => page.locator('.plot svg'),
  ),
  [
    'how it learnt, asked',
    async ({ page }) => {
      await button(page, 'Draw 16 samples').click();
      await seen(page.getByRole('region', { name: 'Rewards by sample' }));
      await button(page, 'Ask every checkpoint').click();
      await seen(page.getByRole('list', { name: 'Their texts' }).getByText('of thinking'));
    },
  ],
];

const labQuestions = [
  { id: 'a', question: 'What is 2 + 2?', answer: '4' },
  { id: 'b', question: 'What is 3 + 3?', answer: '6' },
  { id: 'c', question: 'No key?' },
]
  .map((each) => JSON.stringify(each))
  .join('\n');

/** Asks these models one question, with requests of the page itself. */
async function ask(page: Page, modelKeys: readonly string[], about: string): Promise<string> {
  return page.evaluate(
    async ({ models, text }) => {
      const makeId = () => crypto.randomUUID();
      const threads = models.map(() => ({
        threadId: makeId(),
        parentId: null,
        questionId: makeId(),
        answerId: makeId(),
      }));
      const id = makeId();
      const answer = await fetch('/api/conversations', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          id,
          threads: threads.map(({ threadId }, i) => ({
            id: threadId,
            settings: { model: { providerId: 'custom', modelKey: models[i] }, sampling: {} },
          })),
          ask: { text, threads },
        }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return id;
    },
    { models: modelKeys, text: `A question that is ${about}` },
  );
}

/** Shares all columns of a conversation that is answered. */
async function share(page: Page, id: string): Promise<string> {
  return page.evaluate(async (conversationId) => {
    await (await fetch(`/api/conversations/${conversationId}/events`)).text(); // it ends when nothing runs any more
    const { threads, messages } = await (await fetch(`/api/conversations/${conversationId}`)).json();
    const leafOf = (threadId: string) =>
      messages.find(
        (message: { threadId: string; role: string }) => message.threadId === threadId && message.role === 'assistant',
      ).id;
    const answer = await fetch('/api/shares', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        conversationId,
        threads: threads.map(({ id: threadId }: { id: string }) => ({ threadId, leafId: leafOf(threadId) })),
        thinking: 'shown',
        numbers: true,
        expires: 'week',
      }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    const { id: shareId } = await answer.json();
    return `/s/${shareId}`;
  }, id);
}

async function prepare(page: Page, app: AppServer): Promise<Pick<Prepared, 'ids' | 'shares'>> {
  await page.goto(app.url);
  const ids: Record<string, string> = {};
  for (const [name, models] of Object.entries(asked)) ids[name] = await ask(page, models, name);
  const all = ids as Prepared['ids'];
  const [chat, comparison] = await Promise.all([share(page, all.long), share(page, all.compared)]);
  return { ids: all, shares: { chat, comparison } };
}

/**
 * What would go on for ever would have its way before the lab's questions, which let chats go first: those of other tests
 * too, which are other people at the same server.
 */
async function stopAll(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { running } = await (await fetch('/api/running?since=0')).json();
    await Promise.all(
      running.map(({ generationId }: { generationId: string }) =>
        fetch(`/api/generations/${generationId}/stop`, { method: 'POST' }),
      ),
    );
  });
}

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe has to say, at any level: a line for each rule, with the first places. */
async function findings(page: Page, options: RunOptions = {}): Promise<string[]> {
  // What moves is judged when it stands.
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  const { violations } = await page.evaluate(
    (wanted) =>
      (globalThis as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }).axe.run(wanted),
    { ...options, resultTypes: ['violations'] } satisfies RunOptions,
  );
  return violations.map(
    ({ id, impact, nodes }) =>
      `${id} (${impact}) ×${nodes.length}: ${nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary?.slice(0, 160)}`)
        .join(' | ')}`,
  );
}

test.afterEach(async ({ page, app }) => {
  await page.goto(app.url);
  await stopAll(page);
});

/** The rules that other colours can break. */
const ofColours: RunOptions = { runOnly: ['color-contrast', 'link-in-text-block'] };

/** Whatever the colours, a page is the same; so it is looked at in both where it is wide, and at night where it is narrow. */
const looks = [
  { width: 1440, height: 900, schemes: ['light', 'dark'] },
  { width: 390, height: 844, schemes: ['dark'] },
] as const;

/** What has another way to it where it is narrow. */
const wideOnly = new Set(['exporting', 'a menu of a column']);

for (const { width, height, schemes } of looks) {
  for (const [about, all] of Object.entries({ asking, chatting, measuring })) {
    const states = all.filter(([name]) => width > 1000 || !wideOnly.has(name));
    test(`axe finds nothing in ${states.length} states of ${about} (${width} px, ${schemes.join(' and ')})`, async ({
      page,
      app,
    }) => {
      await page.setViewportSize({ width, height });
      const prepared = { page, app, wide: width > 1000, ...(await prepare(page, app)) };
      const found: string[] = [];
      for (const [name, arrive] of states) {
        await test.step(name, async () => {
          for (const [i, colorScheme] of schemes.entries()) {
            await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
            if (i === 0) await arrive(prepared);
            const told = await findings(page, i === 0 ? {} : ofColours);
            for (const finding of told) found.push(`${name}, ${colorScheme}: ${finding}`);
          }
        });
      }
      expect(found).toEqual([]);
    });
  }
}
