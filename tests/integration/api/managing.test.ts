import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Conversation } from '../../../lib/conversation.ts';
import { createId } from '../../../lib/ids.ts';
import { createFakeProvider, json } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

/** What the model says when it is asked for a title. */
let saysTitle: { content: string; finish?: string; reasoning_content?: string; status?: number };
const provider = await createFakeProvider({
  respond: ({ json: body }) => {
    if (!JSON.stringify(body).includes('Name this conversation')) return undefined;
    const { content, finish = 'stop', status = 200, ...message } = saysTitle;
    const choice = { index: 0, message: { role: 'assistant', content, ...message }, finish_reason: finish };
    return json(status, { id: 'x', object: 'chat.completion', created: 1, model: 'plain', choices: [choice] });
  },
});
const { newClient } = useRoutes({ CUSTOM_BASE_URL: provider.baseURL });
after(() => provider.close());

const model = (modelKey: string) => ({ providerId: 'custom', modelKey });
type List = { conversations: Conversation[] };

test('a conversation is pinned, archived and brought back by one kind of request', async () => {
  const client = newClient();
  const first = await client.askNew(model('plain'), 'first');
  await client.askNew(model('plain'), 'second');
  const list = async (query = '') =>
    (await client.json<List>('GET', `/api/conversations${query}`)).conversations.map(({ title }) => title);
  const change = (body: unknown) => client.request('PATCH', `/api/conversations/${first.conversationId}`, body);
  const pinned = (await (await change({ pinned: true })).json()) as Conversation;
  assert.equal(typeof pinned.pinnedAt, 'number');
  assert.deepEqual(await list(), ['first', 'second']);
  await change({ archived: true, title: 'Put away' });
  assert.deepEqual(await list(), ['second']);
  assert.deepEqual(await list('?archived=true'), ['Put away']);
  await change({ archived: false });
  assert.deepEqual(await list(), ['second', 'Put away']);
  for (const body of [{}, { pinned: 'yes' }, { pinned: true, archived: true }, { title: ' ' }, { title: '\u200b' }]) {
    assert.equal((await change(body)).status, 400, JSON.stringify(body));
  }
});

test('a deletion that is taken back brings the conversation with what had arrived of a running answer', async () => {
  const client = newClient();
  const asked = await client.askNew(model('never-ends'), 'A zebra to keep');
  const answer = async () => (await client.conversation(asked.conversationId)).messages[1];
  const read = () => client.request('GET', `/api/conversations/${asked.conversationId}`);
  for await (const event of client.events(asked.conversationId, asked.cursor)) if (event.event === 'delta') break;
  await client.request('DELETE', `/api/conversations/${asked.conversationId}`);
  assert.equal((await read()).status, 404);
  assert.deepEqual(await client.json('GET', '/api/search?q=zebra'), { hits: [] });
  const stranger = newClient();
  assert.equal((await stranger.request('POST', `/api/conversations/${asked.conversationId}/restore`)).status, 404);
  const restored = await client.json<Conversation>('POST', `/api/conversations/${asked.conversationId}/restore`);
  assert.equal(restored.title, 'A zebra to keep');
  assert.equal((await answer())?.generation?.state, 'stopped');
  assert.ok((await answer())?.parts.some(({ text }) => text !== ''));
  assert.equal((await client.json<{ hits: unknown[] }>('GET', '/api/search?q=zebra')).hits.length, 2);
});

test("all conversations are deleted only when that is said, and only one's own", async () => {
  const client = newClient();
  const other = newClient();
  const running = await client.askNew(model('never-ends'), 'one');
  await client.askNew(model('plain'), 'two');
  const foreign = await other.askNew(model('plain'), 'of somebody else');
  for (const body of [undefined, '', {}, [], { all: false }, { all: 'true' }, { all: true, except: createId() }]) {
    const response = await client.request('DELETE', '/api/conversations', body, { 'content-type': 'application/json' });
    assert.equal(response.status, 400, JSON.stringify(body));
  }
  const list = async (who: typeof client) => (await who.json<List>('GET', '/api/conversations')).conversations.length;
  assert.equal(await list(client), 2);
  assert.deepEqual(await client.json('DELETE', '/api/conversations', { all: true }), { deleted: 2 });
  assert.equal(await list(client), 0);
  const request = provider.requests.find(({ body }) => body.includes('never-ends') && body.includes('one'));
  assert.ok(request);
  assert.equal(await provider.ended(request), 'client');
  assert.equal((await client.request('GET', `/api/conversations/${running.conversationId}`)).status, 404);
  assert.equal(await list(other), 1);
  assert.equal((await other.request('GET', `/api/conversations/${foreign.conversationId}`)).status, 200);
});

test('a model names a conversation in a few words, without thinking and tags, and never over a name by hand', async () => {
  const client = newClient();
  const ask = async () => {
    const asked = await client.askNew(model('plain'), 'How far is the moon?');
    await client.follow(asked.conversationId, asked.cursor);
    return asked.conversationId;
  };
  const name = async (id: string, says: typeof saysTitle) => {
    saysTitle = says;
    return (await client.json<{ title: string }>('POST', `/api/conversations/${id}/title`)).title;
  };
  const id = await ask();
  const isKept: (typeof saysTitle)[] = [
    { content: '<think>\nOkay, the user asks', finish: 'length' },
    { content: 'Okay, the user asks how far', finish: 'length' },
    { content: '<think>\nA name for it' },
    { content: '', reasoning_content: 'Moon and its distance' },
    { content: ' <b></b> "" ' },
    { content: 'Refused', status: 500 },
  ];
  for (const says of isKept) assert.equal(await name(id, says), 'How far is the moon?', JSON.stringify(says));
  assert.equal(
    await name(id, { content: '<think>\nShort.\n</think>\n\n**"Distance <i>to</i> the Moon."**\nIt is…' }),
    'Distance to the Moon',
  );
  assert.equal((await client.conversation(id)).title, 'Distance to the Moon');
  const sent = provider.requests.filter(({ body }) => body.includes('Name this conversation'));
  assert.equal(JSON.parse(sent.at(-1)?.body ?? '{}').max_tokens, 32);
  assert.equal(await name(id, { content: 'Another' }), 'Distance to the Moon', 'only once');
  const named = await ask();
  await client.request('PATCH', `/api/conversations/${named}`, { title: 'By hand' });
  const before = provider.requests.length;
  assert.equal(await name(named, { content: 'By a model' }), 'By hand');
  assert.equal(provider.requests.length, before, 'nothing is asked in vain');
});
