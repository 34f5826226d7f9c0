import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test, { after } from 'node:test';
import type { SearchPage } from '../../../lib/search/search.ts';
import { getRuntime } from '../../../lib/server/runtime.ts';
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

test('what is imported goes into the index by itself, before anybody searches', async () => {
  const client = newClient();
  const asked = await client.askNew(model, 'Solve √(x + 7) = x − 5.');
  await client.follow(asked.conversationId, asked.cursor);
  const store = new DatabaseSync((await getRuntime()).store.describe().place, { readOnly: true });
  const left = () => Number(store.prepare('select sum(search_stale) as n from messages').get()?.n);
  const untilIndexed = async () => {
    const giveUpAt = Date.now() + 60_000;
    while (left() > 0 && Date.now() < giveUpAt) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(left(), 0);
  };
  await untilIndexed(); // the end of an answer is no import
  const file = await client.json<object>('GET', `/api/conversations/${asked.conversationId}/export?format=json`);
  const reader = newClient();
  await reader.json('POST', '/api/import', file);
  await untilIndexed();
  const { hits } = await reader.json<SearchPage>('GET', '/api/search?q=solve');
  assert.ok(hits.length > 0);
  store.close();
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
