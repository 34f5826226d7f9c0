import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Locator, Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';
import type { AppServer } from '../fakes/server.ts';
import { expect, test } from '../browser/support.ts';

/** What is there to be looked at, asked before the first look. */
interface Prepared {
  page: Page;
  app: AppServer;
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
  compared: ['fast-r1', 'field-r1', 'plain'],
} as const;

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });

/** The tool of the answer that is looked at. */
const tool = (page: Page, name: string) => page.getByRole('article').getByRole('button', { name, exact: true }).last();

async function openChat({ page, app, ids }: Prepared, which: keyof typeof asked = 'answered'): Promise<void> {
  await page.goto(`${app.url}/c/${ids[which]}`);
  await expect(page.getByRole('toolbar', { name: 'This answer' })).toBeVisible();
}

const press = (name: string) => async (prepared: Prepared) => {
  await openChat(prepared);
  await tool(prepared.page, name).click();
};

/** A dialog, a panel or a part that has to be there before it is looked at. */
const seen = (locator: Locator) => expect(locator.first()).toBeVisible();

/** Pages and what can be open on them. Each is looked at wide and narrow, by day and by night: 4 × 29 = 116 states. */
const states: Record<string, (prepared: Prepared) => Promise<void>> = {
  'a new chat': async ({ page, app }) => {
    await page.goto(app.url);
    await seen(page.getByRole('heading', { name: 'Watch a model think.' }));
  },
  'the list of models': async ({ page, app }) => {
    await page.goto(app.url);
    await button(page, /^Model: /).click();
    await seen(page.getByRole('listbox', { name: 'Models' }));
  },
  parameters: async ({ page, app }) => {
    await page.goto(app.url);
    await button(page, /^Parameters/).click();
    await seen(page.getByRole('dialog'));
  },
  'the sidebar, with a menu of a conversation': async ({ page, app, wide }) => {
    await page.goto(app.url);
    if (!wide) await button(page, 'Show the sidebar').click();
    const item = page.getByRole('navigation', { name: 'Conversations' }).getByRole('listitem').first();
    await item.hover();
    await item.getByRole('button', { name: /^More about/ }).click();
    await seen(page.getByRole('menu'));
  },
  'search, with hits': async ({ page, app }) => {
    await page.goto(app.url);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('question');
    await seen(page.getByRole('option'));
  },
  'a chat': (prepared) => openChat(prepared),
  'a chat without thinking': (prepared) => openChat(prepared, 'plain'),
  'a thought that ran out': (prepared) => openChat(prepared, 'ranOut'),
  'a connection that broke': (prepared) => openChat(prepared, 'cut'),
  'an error in the middle': (prepared) => openChat(prepared, 'failed'),
  'an open thought': async (prepared) => {
    await openChat(prepared);
    await prepared.page.keyboard.press('Alt+t');
    await seen(prepared.page.getByRole('group', { name: 'The text of the thinking' }));
  },
  'the account of tokens': async (prepared) => {
    await openChat(prepared);
    await prepared.page.getByRole('button', { name: /tokens (reported|split|counted|estimated)/ }).click();
    await seen(prepared.page.locator('.hover-card'));
  },
  'tokens over time': async (prepared) => {
    await press('Tokens over time')(prepared);
    await seen(prepared.page.getByRole('region', { name: /Tokens over time/ }));
  },
  'the raw text': async (prepared) => {
    await press('Raw text')(prepared);
    await seen(prepared.page.getByRole('dialog'));
  },
  'thinking or answer?': async (prepared) => {
    await press('Thinking or answer?')(prepared);
    await seen(prepared.page.getByRole('dialog'));
  },
  'what was sent': async (prepared) => {
    await press('What was sent')(prepared);
    await seen(prepared.page.getByRole('dialog'));
  },
  'copy as': async (prepared) => {
    await press('Copy as…')(prepared);
    await seen(prepared.page.getByRole('dialog', { name: 'Copy as' }));
  },
  sharing: async (prepared) => {
    await openChat(prepared);
    await button(prepared.page, 'Share').click();
    await seen(prepared.page.getByRole('region', { name: 'What will be public' }));
  },
  exporting: async (prepared) => {
    await openChat(prepared);
    await button(prepared.page, 'Export').click();
    await seen(prepared.page.getByRole('dialog'));
  },
  'a new comparison': async ({ page, app }) => {
    await page.goto(`${app.url}/compare`);
    await seen(page.getByLabel('Your question'));
  },
  'a comparison': async ({ page, app, ids }) => {
    await page.goto(`${app.url}/c/${ids.compared}`);
    await seen(page.getByText('Done', { exact: true }));
  },
  compute: async ({ page, app }) => {
    await page.goto(`${app.url}/compute`);
    await expect(page.locator('.plot svg a').first()).toBeAttached();
  },
  'compute, as tables': async ({ page, app }) => {
    await page.goto(`${app.url}/compute`);
    await expect(page.locator('.plot svg a').first()).toBeAttached();
    for (const table of await page.getByRole('button', { name: 'Table' }).all()) await table.click();
  },
  'a raw completion': async ({ page, app }) => {
    await page.goto(`${app.url}/raw`);
    await seen(page.getByRole('heading', { level: 1 }));
  },
  'the lab': async ({ page, app }) => {
    await page.goto(`${app.url}/lab`);
    await seen(page.getByRole('heading', { level: 1 }));
  },
  'how it learnt': async ({ page, app }) => {
    await page.goto(`${app.url}/zero`);
    await seen(page.locator('.plot svg'));
  },
  settings: async ({ page, app }) => {
    await page.goto(`${app.url}/settings`);
    await seen(page.getByRole('heading', { name: 'Settings' }));
  },
  'an address that leads nowhere': async ({ page, app }) => {
    await page.goto(`${app.url}/c/00000000-0000-4000-8000-000000000000`);
    await seen(page.getByRole('heading', { name: 'There is nothing here.' }));
  },
  'a shared chat': async ({ page, shares }) => void (await page.goto(shares.chat)),
  'a shared comparison': async ({ page, shares }) => void (await page.goto(shares.comparison)),
};

/** Asks what the states show, and shares two of them. */
async function prepare(page: Page, app: AppServer): Promise<Pick<Prepared, 'ids' | 'shares'>> {
  await page.goto(app.url);
  const { ids, shared } = await page.evaluate(async (models) => {
    const makeId = () => crypto.randomUUID();
    const post = async (path: string, body: unknown) => {
      const answer = await fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return answer.json();
    };
    const ids: Record<string, string> = {};
    const branches: Record<string, { threadId: string; leafId: string }[]> = {};
    for (const [name, modelKeys] of Object.entries(models)) {
      const id = makeId();
      ids[name] = id;
      const asks = modelKeys.map(() => ({
        threadId: makeId(),
        parentId: null,
        questionId: makeId(),
        answerId: makeId(),
      }));
      branches[name] = asks.map(({ threadId, answerId }) => ({ threadId, leafId: answerId }));
      await post('/api/conversations', {
        id,
        threads: asks.map(({ threadId }, i) => ({
          id: threadId,
          settings: { model: { providerId: 'custom', modelKey: modelKeys[i] }, sampling: {} },
        })),
        ask: { text: `A question that was ${name}`, threads: asks },
      });
    }
    // The stream of a conversation ends when nothing runs in it any more.
    await Promise.all(Object.values(ids).map(async (id) => (await fetch(`/api/conversations/${id}/events`)).text()));
    const share = (name: string) =>
      post('/api/shares', {
        conversationId: ids[name],
        threads: branches[name],
        thinking: 'shown',
        numbers: true,
        expires: 'week',
      });
    return { ids, shared: [await share('answered'), await share('compared')] };
  }, asked);
  const [chat, comparison] = shared.map(({ url, id }: { url?: string; id?: string }) => url ?? `${app.url}/s/${id}`);
  return { ids: ids as Prepared['ids'], shares: { chat: String(chat), comparison: String(comparison) } };
}

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe has to say, at any level: a line for each rule, with the first places. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(source);
  const { violations } = await page.evaluate(
    (options) =>
      (globalThis as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }).axe.run(options),
    { resultTypes: ['violations'] } satisfies RunOptions,
  );
  return violations.map(
    ({ id, impact, nodes }) =>
      `${id} (${impact}) ×${nodes.length}: ${nodes
        .slice(0, 3)
        .map(({ html }) => html.slice(0, 160))
        .join(' | ')}`,
  );
}

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing in any state (${width} px, ${colorScheme})`, async ({ page, app }) => {
      test.setTimeout(240_000);
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const prepared = { page, app, wide: width > 1000, ...(await prepare(page, app)) };
      const found: string[] = [];
      for (const [name, arrive] of Object.entries(states)) {
        await arrive(prepared);
        for (const finding of await findings(page)) found.push(`${name}: ${finding}`);
      }
      expect(found).toEqual([]);
    });
  }
}
