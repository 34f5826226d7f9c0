import type { Page } from '@playwright/test';
import {
  answerText,
  ask,
  badge,
  chooseModel,
  expect,
  openChat,
  test,
  thinkingPane,
  thinkingText,
} from '../browser/support.ts';

const prompt = (page: Page) => page.getByRole('textbox', { name: 'The prompt' });
const sent = (page: Page) => page.locator('details pre');

test('a prompt written by hand is previewed as it is sent, streams into thinking and answer, and is kept', async ({
  page,
  app,
  provider,
}) => {
  await page.goto(app.url);
  await page.getByRole('link', { name: 'Raw prompt' }).click();
  await expect(page).toHaveURL(/\/raw$/);
  await chooseModel(page, 'base');
  await page.getByRole('button', { name: 'Question/Answer' }).click();
  await expect(prompt(page)).toHaveValue('Question: {{question}}\nAnswer:');
  await page.getByRole('textbox', { name: '{{question}}' }).fill('Six times "seven"?');
  await page.getByLabel('Max tokens').fill('50');
  await page.getByLabel('Temperature').fill('0.6');
  const body =
    '{"model":"base","prompt":"Question: Six times \\"seven\\"?\\nAnswer:","temperature":0.6,"max_tokens":50,"stop":["\\nQuestion:"],"stream":true,"stream_options":{"include_usage":true}}';
  await expect(sent(page)).toHaveText(body);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(answerText(page)).toContainText('42');
  await expect(thinkingPane(page)).toContainText(/Thought/);
  expect(provider.requests.at(-1)?.body).toBe(body);

  await page.getByRole('link', { name: 'Open as a conversation' }).click();
  await expect(page).toHaveURL(/\/c\//);
  await expect(page.getByRole('article', { name: 'You asked' })).toHaveText('Six times "seven"?');
  await expect(answerText(page)).toContainText('42');
  await expect(page.getByRole('button', { name: 'Prompt: By hand. Choose another.' })).toBeVisible();
  await page.goto(`${app.url}/raw`);
  await expect(prompt(page)).toHaveValue('Question: {{question}}\nAnswer:');
});

test('a prompt without variables is sent to the last character, and unknown names are pointed out', async ({
  page,
  app,
  provider,
}) => {
  await page.goto(`${app.url}/raw`);
  await chooseModel(page, 'base');
  await prompt(page).fill('Once upon {{a time}} {{when}}\n ');
  await page.getByLabel(/Stops at/).fill('');
  await expect(page.getByRole('textbox', { name: '{{question}}' })).toHaveCount(0);
  await expect(sent(page)).toContainText('"prompt":"Once upon {{a time}} {{when}}\\n "');
  await prompt(page).press('Control+Enter');
  await expect(badge(page)).toBeVisible();
  expect(JSON.parse(provider.requests.at(-1)?.body ?? '{}')).toMatchObject({
    prompt: 'Once upon {{a time}} {{when}}\n ',
  });
  await prompt(page).fill('{{question}} {{nonsense}}');
  await page.getByText('Exactly what is sent').click();
  await expect(page.getByText('Not a variable, sent as it stands: {{nonsense}}')).toBeVisible();
});

test('an invented turn is cut in sight, and a chat model without completions says so', async ({ page, app }) => {
  await page.goto(`${app.url}/raw`);
  await chooseModel(page, 'base-invents');
  await page.getByRole('button', { name: 'R1-Zero', exact: true }).click();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('The model began to invent a user’s turn; it was cut there.')).toBeVisible();
  await expect(answerText(page)).toHaveText('42');
  await expect(page.getByText('Discarded text')).toBeVisible();
  await chooseModel(page, 'plain');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.locator('.ending')).toContainText('does not take raw completions with the model "plain"');
});

test('in a chat the prompt is chosen beside the model: R1-Zero as it was trained, with its thinking opened', async ({
  page,
  app,
  provider,
}) => {
  await openChat(page, app, 'base-opened');
  await page.getByRole('button', { name: 'Prompt: Chat. Choose another.' }).click();
  await page.getByRole('radio', { name: /R1-Zero \(raw completion\)/ }).check();
  await page.getByRole('checkbox', { name: /End in/ }).check();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Prompt: R1-Zero raw. Choose another.' })).toBeVisible();
  await ask(page, 'What is six times seven?');
  await expect(answerText(page)).toHaveText('42');
  await thinkingPane(page).getByRole('button').first().click();
  await expect(thinkingText(page)).toContainText('Six times seven is forty-two.');
  const { prompt: asked } = JSON.parse(provider.requests.at(-1)?.body ?? '{}') as { prompt: string };
  expect(asked.endsWith('User: What is six times seven?. Assistant: <think>')).toBe(true);
});

test('a prompt written in the chat itself is kept when its panel closes, and used', async ({ page, app, provider }) => {
  await openChat(page, app, 'base');
  await page.getByRole('button', { name: 'Prompt: Chat. Choose another.' }).click();
  await page.getByRole('radio', { name: /Written by hand/ }).check();
  await prompt(page).fill('No place for it.');
  await prompt(page).blur();
  await expect(page.getByText('what you ask would not be in it')).toBeVisible();
  await prompt(page).fill('Human: {{question}}\nAssistant:');
  await page.keyboard.press('Escape');
  await ask(page, 'Why?');
  await expect(answerText(page)).toHaveText('42');
  expect(JSON.parse(provider.requests.at(-1)?.body ?? '{}')).toMatchObject({ prompt: 'Human: Why?\nAssistant:' });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('the editor fits, and a recording can be tried without a key', async ({ page, bare }) => {
    await page.goto(`${bare.url}/raw`);
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await expect(sent(page)).toContainText('"model":"r1-zero"');
    expect(await sideways()).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Send' }).click();
    await expect(badge(page)).toBeVisible({ timeout: 60_000 });
    expect(await sideways()).toBeLessThanOrEqual(0);
    await expect(thinkingPane(page)).toBeInViewport();
    // Only the page's own part scrolls, never the window.
    const isHigh = () => page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
    expect(await isHigh()).toBeLessThanOrEqual(0);
  });
});
