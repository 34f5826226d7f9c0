import { expect, test } from '../browser/support.ts';
import { longConversation } from '../fakes/long-conversation.ts';

/** A shape without places to break or with too many; each was once seconds of layout. */
const texts = {
  'a word of 100,000 letters': 'W'.repeat(100_000),
  'a table of 60 columns and 1,000 rows': `|${'a|'.repeat(60)}\n|${'-|'.repeat(60)}\n${`|${'a|'.repeat(60)}\n`.repeat(1000)}`,
  'a line of 200 kB of code': `\`\`\`\n${'x=1;'.repeat(50_000)}\n\`\`\``,
};

test('hostile texts are drawn, on the page and on a shared one, and the page stays alive', async ({ page, app }) => {
  test.setTimeout(180_000);
  await page.addInitScript(() => localStorage.setItem('thinkglass:thinking', 'open'));
  await page.goto(app.url);
  for (const [name, text] of Object.entries(texts)) {
    await test.step(name, async () => {
      const { file } = longConversation(1);
      const [conversation] = file.conversations;
      const [question, answer] = conversation?.messages ?? [];
      if (!conversation || !question || !answer) throw new Error('unreachable: it has one turn');
      question.parts = [{ kind: 'answer', text: text.slice(0, 150_000) }];
      answer.parts = [
        { kind: 'reasoning', text },
        { kind: 'answer', text: `${text}\n\nThat is the end.` },
      ];
      const headers = { origin: app.url };
      const brought = await page.request.post(`${app.url}/api/import`, { data: file, headers });
      const id = ((await brought.json()) as { ids: string[] }).ids[0];
      // A page whose layout takes seconds is not there in time: 17 s for the word, before kerning was left out.
      await page.goto(`${app.url}/c/${id}`, { timeout: 15_000 });
      await expect(page.locator('.think-head')).toBeInViewport({ timeout: 4000 });
      await page.getByRole('button', { name: 'Jump to latest' }).last().click();
      await expect(page.getByText('That is the end.')).toBeInViewport();

      const detail = await (await page.request.get(`${app.url}/api/conversations/${id}`)).json();
      const threads = [{ threadId: detail.threads[0].id, leafId: detail.messages.at(-1).id }];
      const choice = { conversationId: id, threads, thinking: 'shown', numbers: true, expires: 'day' };
      const shared = await page.request.post(`${app.url}/api/shares`, { data: choice, headers });
      const share = (await shared.json()) as { id: string };
      await page.goto(`${app.url}/s/${share.id}`, { timeout: 40_000 }); // its table is drawn on the server, in slices
      await expect(page.getByText('That is the end.')).toBeAttached({ timeout: 4000 });
    });
  }
});
