import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { ConversationDetail, ThreadDetail } from '../../../lib/conversation.ts';
import { errorSentence } from '../../../lib/sentences.ts';
import { createId } from '../../../lib/ids.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import type { ApiClient } from '../../fakes/api-client.ts';
import { createFakeProvider } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

const provider = await createFakeProvider();
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => provider.close());

const settingsOf = (modelKey: string) => ({ model: { providerId: 'custom', modelKey }, sampling: {} });

/** A comparison of these models, with its first question asked of all. */
async function compare(client: ApiClient, ...models: string[]) {
  const id = createId();
  const threads = models.map((model) => ({ id: createId(), settings: settingsOf(model) }));
  const asks = threads.map((t) => ({ threadId: t.id, parentId: null, questionId: createId(), answerId: createId() }));
  const ask = { text: 'What is 17 * 23?', threads: asks };
  const { cursor } = await client.json<ConversationDetail>('POST', '/api/conversations', { id, threads, ask });
  return { id, threads: threads.map((t) => t.id), asks, answers: asks.map((a) => a.answerId), cursor };
}

const add = (client: ApiClient, conversationId: string, body: object) =>
  client.request('POST', `/api/conversations/${conversationId}/threads`, body);

const statesOf = ({ messages }: ConversationDetail) =>
  messages.flatMap(({ generation }) => (generation ? [generation.state] : []));

test('columns that fail, break off or are refused leave the others as they are, in one stream', async () => {
  const client = newClient();
  const one = await compare(client, 'fast-r1', 'fail-mid', 'cut-mid', 'rate-limited', 'gated', 'gone');
  const [fast, failed, cut, refused, gated, gone] = one.answers as [string, string, string, string, string, string];
  const ended = new Map<string, string>();
  const events = client.events(one.id, one.cursor);
  for await (const { event, data } of events) {
    const { generationId, finish } = data as { generationId: string; finish: { outcome: string } };
    if (event === 'finish') ended.set(generationId, finish.outcome);
    // The slow one has not said a word by then.
    if (ended.size === 5) break;
  }
  assert.deepEqual(
    [fast, failed, cut, refused, gone].map((id) => ended.get(id)),
    ['complete', 'failed', 'interrupted', 'failed', 'failed'],
  );
  const middle = await client.conversation(one.id);
  assert.deepEqual(
    middle.messages.filter((m) => m.generation?.state === 'running').map((m) => m.id),
    [gated],
  );
  const { error } = middle.messages.find((m) => m.id === gone)?.generation ?? {};
  assert.match(error ? errorSentence(error) : '', /"gone" of "custom" is not available now/);
  const following = client.follow(one.id);
  for (let i = 0; i < 4; i++) await provider.releaseNext();
  assert.equal((await following).get(gated)?.finish?.outcome, 'complete');
  const { title, threadCount } = await client.conversation(one.id);
  assert.deepEqual([title, threadCount], ['What is 17 * 23?', 6]);
});

test('when none of the models is there nothing is asked', async () => {
  const client = newClient();
  const { id, threads } = await compare(client, 'fast-r1', 'plain').then(async (made) => {
    await client.follow(made.id, made.cursor);
    return made;
  });
  for (const thread of threads) {
    const settings = { model: { providerId: 'nobody', modelKey: 'gone' }, sampling: {} };
    await client.json('PATCH', `/api/threads/${thread}`, { settings });
  }
  const asks = threads.map((threadId) => ({ threadId, parentId: null, questionId: createId(), answerId: createId() }));
  const response = await client.request('POST', `/api/conversations/${id}/messages`, { text: 'And?', threads: asks });
  assert.equal(response.status, 404);
  assert.equal((await client.conversation(id)).messages.length, 4);
});

test('two readers of four columns hear all of each to the end, from one stream each', async () => {
  const client = newClient();
  const one = await compare(client, 'fast-r1', 'field-r1', 'plain', 'field-r1');
  const [first, second] = await Promise.all([client.follow(one.id, one.cursor), client.follow(one.id, one.cursor)]);
  const { messages } = await client.conversation(one.id);
  for (const id of one.answers) {
    assert.equal(first.get(id)?.finish?.outcome, 'complete');
    assert.deepEqual(second.get(id), first.get(id));
    assert.deepEqual(messages.find((m) => m.id === id)?.parts, first.get(id)?.segments);
  }
});

test('a column is asked, asked again and stopped alone', async () => {
  const client = newClient();
  const one = await compare(client, 'fast-r1', 'plain');
  await client.follow(one.id, one.cursor);
  const [threadId] = one.threads as [string, string];
  const alone = { threadId, parentId: one.answers[0], questionId: createId(), answerId: createId() };
  const path = `/api/conversations/${one.id}`;
  const asked = await client.json<{ cursor: string }>('POST', `${path}/messages`, { text: 'And?', threads: [alone] });
  await client.follow(one.id, asked.cursor);
  await client.json('PATCH', `/api/threads/${threadId}`, { settings: settingsOf('never-ends') });
  const retry = [{ threadId, questionId: alone.questionId, answerId: createId() }];
  await client.json('POST', `${path}/retry`, { threads: retry });
  await client.json('POST', `/api/generations/${retry[0]?.answerId}/stop`);
  const detail = await client.conversation(one.id);
  assert.deepEqual(statesOf(detail), ['complete', 'complete', 'complete', 'stopped']);
  assert.equal(detail.messages.filter((m) => m.threadId === one.threads[1]).length, 2);
});

test('a running chat gains a column with its history, which is asked under its own settings', async () => {
  const client = newClient();
  const chat = await client.askNew(settingsOf('fast-r1').model, 'What is 17 * 23?');
  await client.follow(chat.conversationId, chat.cursor);
  const body = {
    id: createId(),
    settings: { ...settingsOf('plain'), history: 'keep' },
    copy: { threadId: chat.threadId, leafId: chat.answerId },
  };
  const response = await add(client, chat.conversationId, body);
  assert.equal(response.status, 201);
  const thread = (await response.json()) as ThreadDetail;
  assert.deepEqual([thread.position, thread.settings], [1, body.settings]);
  const again = await add(client, chat.conversationId, body);
  assert.equal(again.status, 200);
  assert.deepEqual(await again.json(), thread);

  const [, answer] = thread.messages;
  assert.equal(answer?.generation?.copiedFrom, chat.answerId);
  assert.equal((await client.generation(answer.id)).copiedFrom, chat.answerId);
  const place = { parentId: answer.id, questionId: createId(), answerId: createId() };
  const asked = await client.json<{ cursor: string }>('POST', `/api/conversations/${chat.conversationId}/messages`, {
    text: 'And 17 * 24?',
    threads: [{ threadId: thread.id, ...place }],
  });
  await client.follow(chat.conversationId, asked.cursor);
  const sent = (await client.generation(place.answerId)).request?.body ?? '';
  // Its own policy, though the model's is to leave thinking out.
  assert.ok(sent.includes(JSON.stringify(textOfKind(answer.parts, 'reasoning')).slice(1, -1)));
  const { conversations } = await client.json<{ conversations: object[] }>('GET', '/api/conversations');
  assert.deepEqual(
    conversations.map((c) => 'threadCount' in c && c.threadCount),
    [2],
  );
});

test('past thinking goes back to a column whose model leaves it out, and not to one that is told to leave it', async () => {
  const client = newClient();
  const chat = await client.askNew(settingsOf('fast-r1').model, 'Think.');
  await client.follow(chat.conversationId, chat.cursor);
  const reasoning = textOfKind(
    (await client.conversation(chat.conversationId)).messages.find((m) => m.id === chat.answerId)?.parts ?? [],
    'reasoning',
  );
  const carries: boolean[] = [];
  let parentId = chat.answerId;
  for (const history of [undefined, 'keep', 'strip'] as const) {
    const settings = { ...settingsOf('plain'), ...(history && { history }) };
    await client.json('PATCH', `/api/threads/${chat.threadId}`, { settings });
    const place = { threadId: chat.threadId, parentId, questionId: createId(), answerId: createId() };
    const body = { text: 'And?', threads: [place] };
    const path = `/api/conversations/${chat.conversationId}/messages`;
    await client.follow(chat.conversationId, (await client.json<{ cursor: string }>('POST', path, body)).cursor);
    const sent = (await client.generation(place.answerId)).request?.body ?? '';
    carries.push(sent.includes(JSON.stringify(reasoning).slice(1, -1)));
    parentId = place.answerId;
  }
  assert.deepEqual(carries, [false, true, false]);
});

test('a column that runs is taken away: it stops, the others go on, and the last one stays', async () => {
  const client = newClient();
  const one = await compare(client, 'never-ends', 'gated');
  const [first, second] = one.threads as [string, string];
  const following = client.follow(one.id, one.cursor);
  while (!provider.requests.some((r) => r.body.includes('never-ends'))) await new Promise(setImmediate);
  const request = provider.requests.findLast((r) => r.body.includes('never-ends'));
  assert.ok(request);
  assert.equal((await client.request('DELETE', `/api/threads/${first}`)).status, 204);
  assert.equal(await provider.ended(request), 'client');
  assert.equal((await client.request('DELETE', `/api/threads/${first}`)).status, 404);
  assert.equal((await client.request('GET', `/api/generations/${one.answers[0]}`)).status, 404);
  for (let i = 0; i < 4; i++) await provider.releaseNext();
  assert.equal((await following).get(one.answers[1] ?? '')?.finish?.outcome, 'complete');
  const detail = await client.conversation(one.id);
  assert.deepEqual(
    detail.threads.map((t) => [t.id, t.position]),
    [[second, 0]],
  );
  assert.deepEqual(statesOf(detail), ['complete']);
  const last = await client.request('DELETE', `/api/threads/${second}`);
  assert.equal(last.status, 409);
  assert.match(await last.text(), /last column/);
});

test('one column is continued alone: a chat of its own, and the comparison stays as it was', async () => {
  const client = newClient();
  const one = await compare(client, 'fast-r1', 'plain');
  await client.follow(one.id, one.cursor);
  const was = await client.conversation(one.id);
  const id = createId();
  const copy = { threadId: one.threads[1], leafId: one.answers[1] };
  const threads = [{ id: createId(), settings: settingsOf('plain'), copy }];
  const chat = await client.json<ConversationDetail>('POST', '/api/conversations', { id, threads });
  assert.deepEqual([chat.title, chat.threadCount, chat.messages.length], [was.title, 1, 2]);
  assert.deepEqual(
    chat.messages.map((m) => m.parts),
    was.messages.filter((m) => m.threadId === one.threads[1]).map((m) => m.parts),
  );
  assert.deepEqual(await client.conversation(one.id), was);
  const again = await client.request('POST', '/api/conversations', { id, threads });
  assert.equal(again.status, 200);
});

test('columns change places; more than six, nonsense and strangers are refused', async () => {
  const client = newClient();
  const one = await compare(client, 'fast-r1', 'plain');
  await client.follow(one.id, one.cursor);
  const [first, second] = one.threads as [string, string];
  const moved = await client.json<{ position: number }>('PATCH', `/api/threads/${first}`, { position: 5 });
  assert.equal(moved.position, 1);
  assert.deepEqual(
    (await client.conversation(one.id)).threads.map((t) => t.id),
    [second, first],
  );
  const settings = settingsOf('plain');
  const stranger = newClient();
  await stranger.json('GET', '/api/conversations');
  const copy = { threadId: first, leafId: one.answers[0] };
  const nowhere = [
    await add(stranger, one.id, { id: createId(), settings }),
    await add(client, createId(), { id: createId(), settings }),
    await stranger.request('PATCH', `/api/threads/${first}`, { position: 0 }),
    await stranger.request('DELETE', `/api/threads/${first}`),
    await stranger.request('POST', '/api/conversations', {
      id: createId(),
      threads: [{ id: createId(), settings, copy }],
    }),
    await add(client, one.id, { id: createId(), settings, copy: { ...copy, leafId: createId() } }),
  ];
  assert.deepEqual(
    nowhere.map((r) => r.status),
    nowhere.map(() => 404),
  );
  const nonsense = [
    await add(client, one.id, { settings }),
    await add(client, one.id, { id: createId(), settings, position: 6 }),
    await add(client, one.id, { id: createId(), settings: { ...settings, history: 'required' } }),
    await client.request('PATCH', `/api/threads/${first}`, {}),
  ];
  assert.deepEqual(
    nonsense.map((r) => r.status),
    nonsense.map(() => 400),
  );
  for (let i = 0; i < 4; i++) assert.equal((await add(client, one.id, { id: createId(), settings })).status, 201);
  assert.equal((await add(client, one.id, { id: createId(), settings })).status, 409);
});

test('copies are made sixty times a minute at most, and nothing else is counted', async () => {
  const client = newClient();
  const chat = await client.askNew(settingsOf('plain').model, 'Hello');
  await client.follow(chat.conversationId, chat.cursor);
  const copy = { threadId: chat.threadId, leafId: chat.answerId };
  const make = (columns: object[]) => {
    const threads = columns.map((column) => ({ id: createId(), settings: settingsOf('plain'), ...column }));
    return client.request('POST', '/api/conversations', { id: createId(), threads });
  };
  const six = Array.from({ length: 6 }, () => ({ copy }));
  for (let i = 0; i < 10; i++) assert.equal((await make(six)).status, 201);
  const refused = await make([{ copy }]);
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.equal((await make([{}])).status, 201);
});
