import { answerText, ask, badge, test as base, expect, thinkingPane } from '../browser/support.ts';
import { createFakeOllama, embedder, type FakeOllama, plainModel, thinker } from '../fakes/ollama.ts';
import { type AppServer, startApp } from '../fakes/server.ts';

const test = base.extend<object, { ollama: FakeOllama; home: AppServer }>({
  ollama: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from it
    async ({}, use) => {
      const ollama = await createFakeOllama({
        models: {
          'deepseek-r1:8b': thinker,
          'llama3.2:3b': plainModel,
          'nomic-embed-text:v1': embedder,
          'qwen3:8b': { ...thinker, vanished: true },
        },
        library: { 'qwen3:8b': 5_200_000_000 },
        gated: true,
      });
      await use(ollama);
      await ollama.close();
    },
    { scope: 'worker' },
  ],
  home: [
    async ({ ollama }, use) => {
      const home = await startApp({ env: { THINKGLASS_LOCAL_SERVERS: `ollama=${ollama.origin}/v1` } });
      await use(home);
      await home.stop();
    },
    { scope: 'worker' },
  ],
});

test('an Ollama on this machine is offered with its models, as it describes them', async ({ page, home }) => {
  await page.goto(home.url);
  await page.getByRole('button', { name: /^Model: / }).click();
  const group = page.getByRole('group', { name: /Ollama/ });
  await expect(group.getByRole('option')).toHaveCount(3);
  await expect(group.getByRole('option', { name: /deepseek-r1:8b/ })).toContainText('8.2B · Q4_K_M');
  await expect(group.getByRole('option', { name: /deepseek-r1:8b/ })).toContainText('thinks');
  await expect(group.getByRole('option', { name: /llama3\.2:3b/ })).not.toContainText('thinks');
});

test('loading the model is told while it loads', async ({ page, home, ollama }) => {
  await page.goto(home.url);
  await choose(page, 'deepseek-r1:8b');
  await ask(page, 'Are you awake?');
  await expect(page.getByText(/Ollama is loading the model…/)).toBeVisible();
  await ollama.releaseNext();
  await expect(answerText(page)).toContainText('You asked: Are you awake?');
  await expect(thinkingPane(page)).toBeVisible();
});

test('a missing model is pulled from the failed message, and asked again it answers', async ({
  page,
  home,
  ollama,
}) => {
  await page.goto(home.url);
  await choose(page, 'qwen3:8b');
  await ask(page, 'Where are you?');
  const answer = page.getByRole('article', { name: 'qwen3:8b answered' });
  await expect(answer).toContainText('Ollama does not have the model');
  await expect(answer.getByText('ollama pull qwen3:8b', { exact: true })).toBeVisible();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await answer.getByRole('button', { name: 'Copy the command' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('ollama pull qwen3:8b');

  await answer.getByRole('button', { name: 'Pull it now' }).click();
  await ollama.releaseNext();
  await expect(answer).toContainText('25 % · 1.3 GB of 5.2 GB');
  await answer.getByRole('button', { name: 'Cancel' }).click();
  await expect(answer.getByRole('button', { name: 'Pull it now' })).toBeVisible();
  expect(await ollama.requests.findLast(({ path }) => path === '/api/pull')?.ended).toBe('client');

  await answer.getByRole('button', { name: 'Pull it now' }).click();
  for (const share of ['25 %', '50 %', '75 %']) {
    await ollama.releaseNext();
    await expect(answer).toContainText(share);
  }
  await expect(answer.getByRole('progressbar', { name: 'Downloading' })).toHaveAttribute('value', '3900000000');
  await ollama.releaseNext();
  await expect(answer).toContainText('qwen3:8b is here now.');
  await answer.getByRole('button', { name: 'Retry' }).click();
  await ollama.releaseNext(); // it loads
  await expect(answerText(page)).toContainText('You asked: Where are you?');
  await expect(badge(page)).toBeVisible();
  await expect(page.getByText('2 / 2')).toBeVisible();
});

async function choose(page: Parameters<typeof ask>[0], model: string): Promise<void> {
  await page.getByRole('button', { name: /^Model: / }).click();
  await page.getByRole('option', { name: new RegExp(model) }).click();
}
