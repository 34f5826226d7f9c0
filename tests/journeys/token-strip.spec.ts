import type { Page } from '@playwright/test';
import { chunk, doneStep, eventStream, type FakeStep } from '../fakes/provider.ts';
import { ask, badge, expect, openChat, test } from '../browser/support.ts';

const model = { providerId: 'custom', modelKey: 'counter' };
const lines = Array.from({ length: 40 }, (_, i) => `Way ${i + 1} of placing them.`).join('\n\n');

function* reply(turn: number): Generator<FakeStep> {
  yield chunk({ reasoning_content: 'One queen in each column. '.repeat(8) });
  yield turn === 1 ? { waitMs: 2300 } : { gate: true };
  yield chunk({ reasoning_content: 'So it holds. '.repeat(12) });
  yield { waitMs: 250 };
  yield chunk({ content: lines });
  yield { waitMs: 250 };
  yield chunk({ content: '\n\nIn all **92**.' });
  yield chunk({}, 'stop');
  const usage = {
    prompt_tokens: 1000,
    completion_tokens: 400 * turn,
    prompt_cache_hit_tokens: 400,
    completion_tokens_details: { reasoning_tokens: 100 * turn },
  };
  yield { event: { choices: [], usage } };
  yield doneStep;
}

test.use({
  fake: {
    models: [{ id: 'counter', object: 'model', created: 1_795_000_000, owned_by: 'fake' }],
    respond: ({ json }) => ({
      headers: eventStream,
      steps: reply(json.messages?.filter(({ role }) => role === 'user').length ?? 1),
    }),
  },
});

const strip = (page: Page) => page.getByRole('region', { name: 'Tokens of each turn' });
const bars = (page: Page) => strip(page).getByRole('button', { name: /^Go to turn/ });
const timeline = (page: Page) => page.getByRole('region', { name: 'Tokens over time' });
const questionOf = (page: Page, text: string) =>
  page.getByRole('article', { name: 'You asked' }).filter({ hasText: text });

test('what the thinking cost: the account of an answer, its tokens over time, and a bar for each turn', async ({
  page,
  app,
  provider,
}) => {
  await page.goto(app.url);
  const price = { input: 0.5, output: 2, cachedInput: 0.1, asOf: '2026-09' };
  const saved = await page.request.put(`${app.url}/api/models/overrides`, {
    headers: { origin: app.url },
    data: { overrides: [{ ...model, override: { price } }] },
  });
  expect(saved.status()).toBe(200);
  await openChat(page, app, 'counter');
  await ask(page, 'How many ways?');
  await expect(badge(page)).toHaveText('400 tokens reported by the provider', { timeout: 15_000 });
  await expect(strip(page)).toHaveCount(0); // one turn is no comparison

  // the account
  await badge(page).hover();
  const card = page.locator('.usage-card');
  await expect(card).toContainText('1,000 tokens, 400 from cache');
  await expect(card).toContainText(/Thinking100 tokens · \d+(\.\d)? tok\/s/);
  await expect(card).toContainText('$0.0011, prices of 2026-09');
  await page.mouse.move(0, 0);
  await expect(card).toHaveCount(0);
  await badge(page).press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'What the conversation cost' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(card).toHaveCount(0);
  await expect(badge(page)).toBeFocused();

  // the timeline, the same after a reload
  const openTimeline = () => page.getByRole('button', { name: 'Tokens over time' }).last().click();
  await openTimeline();
  const stall = timeline(page).getByText(/^One stall \(more than 2 s without a token\): \d\.\d s at/);
  await expect(stall).toBeVisible();
  await expect(timeline(page)).toBeInViewport({ ratio: 1 }); // also under the last answer
  const words = await stall.textContent();
  const plot = timeline(page).getByRole('slider');
  await plot.press('End');
  await expect(plot).toHaveAttribute('aria-valuetext', /100 thinking · 300 answer/);
  await expect(timeline(page).locator('.timeline-plot path')).toHaveCount(2);
  await page.reload();
  await openTimeline();
  await expect(stall).toHaveText(words ?? '');
  await timeline(page).getByRole('button', { name: 'Close the timeline' }).click();
  await expect(timeline(page)).toHaveCount(0);

  // the strip, live: an estimate while it runs, then what the provider counted
  await ask(page, 'And on a smaller board?');
  await expect(bars(page)).toHaveCount(2);
  await expect(strip(page)).toContainText(/≈ 4[3-9]\d tokens · \$0\.0011 for 1 of 2/);
  await provider.releaseNext();
  await expect(strip(page)).toContainText('2 turns1,200 tokens · $0.0031');

  // by keyboard to the first turn
  await bars(page).last().focus();
  await page.keyboard.press('ArrowLeft');
  await expect(bars(page).first()).toBeFocused();
  await expect(page.locator('.token-strip-card')).toContainText('How many ways?');
  await expect(questionOf(page, 'How many ways?')).not.toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(questionOf(page, 'How many ways?')).toBeInViewport();

  // put away, and back
  await page.getByRole('button', { name: 'Hide the tokens of each turn' }).click();
  await expect(bars(page)).toHaveCount(0);
  await page.reload();
  await page.getByRole('button', { name: 'Show the tokens of each turn' }).click();
  await expect(bars(page)).toHaveCount(2);

  // what all of it cost: from the totals, from the account of an answer, from the menu in the sidebar
  const conversation = page.getByRole('main').getByRole('link', { name: 'How many ways?' });
  const generations = page.locator('dl > div', { hasText: 'Generations' }).locator('dd').first();
  const ways = [
    () => page.getByRole('link', { name: /^2 turns/ }).click(),
    async () => {
      await badge(page).last().hover();
      await page.getByRole('link', { name: 'What the conversation cost' }).click();
    },
    async () => {
      await page.getByRole('button', { name: 'More about “How many ways?”' }).click();
      await page.getByRole('menuitem', { name: 'What it cost' }).click();
    },
  ];
  for (const go of ways) {
    await go();
    await expect(page).toHaveURL(/\/compute\?period=all&conversation=[0-9a-f-]{36}$/);
    await expect(generations).toHaveText('2');
    await conversation.click();
    await expect(bars(page)).toHaveCount(2);
  }
  await ways[0]?.();
  await page.getByRole('button', { name: 'All conversations' }).click();
  await expect(page).toHaveURL(/\/compute\?period=all$/);
  await expect(conversation).toHaveCount(0);
});
