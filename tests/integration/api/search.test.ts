import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { SearchPage } from '../../../lib/search/search.ts';
import { createFakeProvider } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const provider = await createFakeProvider();
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL, THINKGLASS_REPLAY_SPEED: '100000' });
after(() => provider.close());

const model = { providerId: 'replay', modelKey: 'r1' };

test('what was asked, thought and answered is found by its owner, and by nobody else', async () => {
  const client = newClient();
  const asked = await client.askNew(model, 'Solve √(x + 7) = x − 5.');
  await client.follow(asked.conversationId, asked.cursor);
  const find = (who: typeof client, q: string) =>
    who.json<SearchPage>('GET', `/api/search?${new URLSearchParams({ q })}`).then(({ hits }) => hits);
  const answer = (await client.conversation(asked.conversationId)).messages.find(({ id }) => id === asked.answerId);
  const word = /[a-z]{7,}/.exec(answer?.parts.find(({ kind }) => kind === 'reasoning')?.text ?? '')?.[0] ?? '';
  assert.ok(word);
  assert.ok((await find(client, word)).some((hit) => hit.kind === 'reasoning' && hit.messageId === asked.answerId));
  assert.ok((await find(client, 'solve')).some((hit) => hit.kind === 'question'));
  assert.deepEqual(await find(newClient(), word), []);
  await client.request('DELETE', `/api/conversations/${asked.conversationId}`);
  assert.deepEqual(await find(client, word), []);
});

test('a search that is none is refused in words', async () => {
  const client = newClient();
  for (const query of [`q=${'x'.repeat(401)}`, 'q=a&limit=0', 'q=a&limit=many', 'q=a&before=-1']) {
    const response = await client.request('GET', `/api/search?${query}`);
    assert.equal(response.status, 400, query);
    assert.match(((await response.json()) as { error: { message: string } }).error.message, /^[^<>{}]{5,200}$/);
  }
  assert.deepEqual(await client.json('GET', '/api/search'), { hits: [] });
});
