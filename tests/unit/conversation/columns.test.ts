import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import type { ConversationDetail, Generation, Message, Thread } from '../../../lib/conversation.ts';
import { textOfKind } from '../../../lib/stream-part.ts';
import { FakeEventSource, network, resetBrowser, settle, stream, until } from './fake-browser.ts';

const { conversationStoreOf, forgetConversationStore, newConversationStore } = await import(
  '../../../components/conversation/conversation-store.ts'
);
const { runningIn } = await import('../../../components/conversation/conversation-view.ts');
const { pathOf } = await import('../../../lib/thread-path.ts');

const settings = { model: { providerId: 'p', modelKey: 'm' }, sampling: {} };

const generation = (id: string, state: Generation['state']): Generation => ({
  id,
  state,
  providerId: 'p',
  modelKey: 'm',
  modelId: 'm',
  providerLabel: 'P',
  modelLabel: 'M',
  recording: false,
  sampling: {},
  queuedAt: 0,
  times: {},
  notices: [],
});

/** A question and its answer in a thread; the ids are `q-<thread>` and `a-<thread>`. */
const exchange = (threadId: string, state: Generation['state'] = 'complete'): Message[] => [
  {
    id: `q-${threadId}`,
    threadId,
    parentId: null,
    role: 'user',
    parts: [{ kind: 'answer', text: 'Why?' }],
    createdAt: 0,
  },
  {
    id: `a-${threadId}`,
    threadId,
    parentId: `q-${threadId}`,
    role: 'assistant',
    parts: [],
    createdAt: 0,
    generation: generation(`a-${threadId}`, state),
  },
];

const threadOf = (id: string, position: number): Thread => ({ id, conversationId: 'c', position, settings });

const detailOf = (ids: string[], messages: Message[], cursor?: string): ConversationDetail => ({
  id: 'c',
  title: 'Why?',
  createdAt: 0,
  updatedAt: 0,
  threadCount: ids.length,
  threads: ids.map(threadOf),
  messages,
  ...(cursor !== undefined && { cursor }),
});

/** Two columns, each with one finished exchange. */
const two = () => detailOf(['t', 'u'], [...exchange('t'), ...exchange('u')]);

const refusal = (code: string, message: string) => Response.json({ error: { code, message } }, { status: 400 });
const posts = (end: string) => network.sent.filter((r) => r.method === 'POST' && r.path.endsWith(end));

type Ask = {
  text: string;
  threads: { threadId: string; parentId: string | null; questionId: string; answerId: string }[];
};

/** What was asked in the first request to this address. */
function askOf(end: string): Ask {
  const [request] = posts(end);
  assert.ok(request);
  return request.body as Ask; // the store's own words
}

beforeEach(() => {
  forgetConversationStore('c');
  resetBrowser();
});

test('a question goes to all columns at once, each after what it shows, and one stream follows them', async () => {
  const store = conversationStoreOf(two());
  const detach = store.attach();
  network.respond = () => ({ generations: [], cursor: 'e.0' });
  const asked = store.ask('And then?', []);
  const { unsent, running, messages } = store.getView();
  // Drawn before any answer came.
  assert.deepEqual(
    unsent?.asks.map((ask) => [ask.threadId, ask.parentId]),
    [
      ['t', 'a-t'],
      ['u', 'a-u'],
    ],
  );
  assert.equal(running.length, 2);
  assert.equal(messages.length, 8);
  assert.equal(await asked, true);
  const [sent] = posts('/messages');
  assert.deepEqual(sent?.body, { text: 'And then?', threads: unsent?.asks });
  assert.equal(posts('/messages').length, 1);
  assert.equal(FakeEventSource.opened.length, 1);
  assert.equal(store.getView().unsent, undefined);
  detach();
});

test('a column asked, asked again or stopped alone leaves the others alone', async () => {
  const store = conversationStoreOf(two());
  const detach = store.attach();
  network.respond = () => ({ generations: [], cursor: 'e.0' });
  await store.ask('And then?', [], ['u']);
  const asks = askOf('/messages').threads;
  assert.deepEqual(
    asks.map((a) => [a.threadId, a.parentId]),
    [['u', 'a-u']],
  );
  await store.retry('q-t', []);
  const [again] = askOf('/retry').threads;
  assert.deepEqual([again?.threadId, again?.questionId], ['t', 'q-t']);
  const view = store.getView();
  assert.deepEqual(runningIn(view, 't'), [again?.answerId]);
  assert.deepEqual(runningIn(view, 'u'), [asks[0]?.answerId]);
  await store.stop('u');
  assert.deepEqual(
    posts('/stop').map((r) => r.path),
    [`/api/generations/${asks[0]?.answerId}/stop`],
  );
  await store.stop();
  assert.equal(posts('/stop').length, 3);
  detach();
});

test('a question that could not be sent to several columns is one question, sent again under its old ids', async () => {
  const store = conversationStoreOf(two());
  const detach = store.attach();
  network.respond = () => refusal('unavailable', 'Not now.');
  assert.equal(await store.ask('And then?', []), false);
  const { unsent, running } = store.getView();
  assert.equal(unsent?.failure, 'Not now.');
  assert.deepEqual(running, []);
  // Another one would take its place.
  assert.equal(await store.ask('Something else', []), false);
  assert.match(store.getView().problem ?? '', /earlier question/);
  network.respond = () => ({ generations: [], cursor: 'e.0' });
  assert.equal(await store.sendAgain([]), true);
  const [first, second] = posts('/messages');
  assert.deepEqual(first?.body, second?.body);
  assert.equal(store.getView().messages.length, 8);
  detach();
});

test('a question taken back is gone from all columns', async () => {
  const store = conversationStoreOf(two());
  network.respond = () => refusal('unavailable', 'Not now.');
  await store.ask('And then?', []);
  assert.equal(store.takeBack(), 'And then?');
  assert.equal(store.getView().messages.length, 4);
  assert.equal(store.getView().unsent, undefined);
});

test('a second column’s question waits for the first one’s, and both are sent', async () => {
  const store = conversationStoreOf(two());
  const detach = store.attach();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  network.respond = () => promise;
  const asked = [store.ask('First', [], ['t']), store.ask('Second', [], ['u'])];
  await settle();
  assert.equal(store.getView().unsent?.text, 'First');
  resolve({ generations: [], cursor: 'e.0' });
  assert.deepEqual(await Promise.all(asked), [true, true]);
  assert.deepEqual(
    posts('/messages').map((r) => (r.body as Ask).text),
    ['First', 'Second'],
  );
  detach();
});

test('what is shown of several first questions is chosen in each column by itself, and remembered', async () => {
  const other = (threadId: string): Message[] =>
    exchange(threadId).map((m) => ({ ...m, id: `${m.id}2`, parentId: m.parentId && `${m.parentId}2` }));
  const messages = ['t', 'u'].flatMap((id) => [...exchange(id), ...other(id)]);
  const store = conversationStoreOf(detailOf(['t', 'u'], messages));
  const first = messages[0];
  assert.ok(first);
  store.choose(first);
  const shown = (threadId: string) => pathOf(messages, threadId, store.getView().choice)[0]?.message.id;
  assert.deepEqual([shown('t'), shown('u')], ['q-t', 'q-u2']);
  await until(() => network.sent.length > 0);
  assert.deepEqual(
    network.sent.map(({ method, path, body }) => [method, path, body]),
    [['PATCH', '/api/threads/t', { leafId: 'a-t' }]],
  );
});

test('a question asked in other words is asked in its column, or wherever the same was asked', async () => {
  const store = conversationStoreOf(two());
  const detach = store.attach();
  network.respond = (method) => (method === 'POST' ? { generations: [], cursor: 'e.0' } : undefined);
  const [first] = store.getView().messages;
  assert.ok(first);
  assert.equal(await store.edit(first, 'Otherwise', [], true), true);
  const everywhere = network.sent.find(({ method }) => method === 'POST')?.body as Ask;
  assert.deepEqual(
    everywhere.threads.map(({ threadId, parentId }) => [threadId, parentId]),
    [
      ['t', null],
      ['u', null],
    ],
  );
  network.sent = [];
  assert.equal(await store.edit(first, 'Once more', [], false), true);
  const here = network.sent.find(({ method }) => method === 'POST')?.body as Ask;
  assert.deepEqual(
    here.threads.map(({ threadId }) => threadId),
    ['t'],
  );
  detach();
});

test('settings of several columns are all saved, and a reading in between does not bring the old ones back', async () => {
  const store = conversationStoreOf(two());
  const detach = store.attach();
  network.respond = (method) => (method === 'GET' ? two() : undefined);
  const change = (text: string) => ({ systemPrompt: text });
  const saving = [store.setSettings('t', change('one')), store.setSettings('u', change('two'))];
  await store.reread();
  const prompts = () => store.getView().threads.map((t) => t.settings.systemPrompt);
  assert.deepEqual(prompts(), ['one', 'two']);
  await Promise.all(saving);
  assert.deepEqual(
    network.sent.filter((r) => r.method === 'PATCH').map((r) => [r.path, r.body]),
    [
      ['/api/threads/t', { settings: { ...settings, systemPrompt: 'one' } }],
      ['/api/threads/u', { settings: { ...settings, systemPrompt: 'two' } }],
    ],
  );
  detach();
});

test('columns of a new comparison are added, moved and taken away before there is anything to save', async () => {
  const store = newConversationStore([settings, { ...settings, systemPrompt: 'two' }]);
  const third = await store.addThread({ ...settings, systemPrompt: 'three' });
  const [first] = store.getView().threads;
  assert.ok(third);
  await store.moveThread(third, 0);
  await store.removeThread(first.id);
  const prompts = store.getView().threads.map((t) => [t.position, t.settings.systemPrompt]);
  assert.deepEqual(prompts, [
    [0, 'three'],
    [1, 'two'],
  ]);
  for (let i = 0; i < 6; i++) await store.addThread(settings);
  assert.equal(store.getView().threads.length, 6);
  assert.match(store.getView().problem ?? '', /at most 6/);
  assert.deepEqual(network.sent, []);
  network.respond = (_, __, body) => ({ ...two(), ...(body as object), messages: [] });
  await store.ask('Why?', []);
  const created = posts('/api/conversations')[0]?.body as { threads: { id: string }[]; ask: Ask };
  const ids = store.getView().threads.map((t) => t.id);
  assert.deepEqual(
    created.threads.map((t) => t.id),
    ids,
  );
  assert.deepEqual(
    created.ask.threads.map((t) => t.threadId),
    ids,
  );
});

test('the last column is never taken away', async () => {
  const store = conversationStoreOf(detailOf(['t'], exchange('t')));
  await store.removeThread('t');
  assert.equal(store.getView().threads.length, 1);
  assert.deepEqual(network.sent, []);
});

test('a column is added with what another one shows, and stays when a reading began before it was there', async () => {
  const store = conversationStoreOf(detailOf(['t'], exchange('t')));
  const detach = store.attach();
  const old = Promise.withResolvers<unknown>();
  let reads = 0;
  const copies = exchange('x');
  network.respond = (method, _, body) => {
    if (method === 'GET') return reads++ === 0 ? old.promise : detailOf(['t', 'x'], [...exchange('t'), ...copies]);
    return { ...threadOf((body as { id: string }).id, 1), messages: [] };
  };
  const reading = store.reread();
  const id = await store.addThread(settings, { threadId: 't' });
  const { body } = posts('/threads')[0] ?? {};
  assert.deepEqual(body, { id, settings, copy: { threadId: 't', leafId: 'a-t' } });
  assert.equal(store.getView().threads[1]?.id, id);
  old.resolve(detailOf(['t'], exchange('t')));
  await reading;
  assert.equal(reads, 2);
  assert.equal(store.getView().threads.length, 2);
  assert.equal(store.getView().messages.length, 4);
  detach();
});

test('a column that was taken away is not heard any more, and comes back when the server keeps it', async () => {
  const running = () => detailOf(['t', 'u'], [...exchange('t', 'running'), ...exchange('u', 'running')], 'e.0');
  const store = conversationStoreOf(running());
  const detach = store.attach();
  const deletion = Promise.withResolvers<unknown>();
  network.respond = (method) => (method === 'DELETE' ? deletion.promise : running());
  const removing = store.removeThread('t');
  await settle();
  assert.deepEqual(store.getView().running, ['a-u']);
  assert.equal(store.getView().messages.length, 2);
  stream().say('delta', { generationId: 'a-t', seg: 0, kind: 'answer', text: 'late' }, 'e.1');
  stream().say('delta', { generationId: 'a-u', seg: 0, kind: 'answer', text: 'heard' }, 'e.2');
  await settle();
  assert.ok(!network.sent.some((r) => r.method === 'GET'), 'what is late is taken for something new');
  // A reading that still has it does not bring it back either.
  await store.reread();
  assert.deepEqual(
    store.getView().threads.map((t) => t.id),
    ['u'],
  );
  assert.equal(textOfKind(store.generation('a-u')?.getView().state.segments ?? [], 'answer'), 'heard');
  deletion.resolve(refusal('unavailable', 'Not now.'));
  await removing;
  assert.equal(store.getView().problem, 'Not now.');
  await until(() => store.getView().threads.length === 2);
  detach();
});

test('a column that another tab took away stops counting as running', async () => {
  const store = conversationStoreOf(detailOf(['t', 'u'], [...exchange('t', 'running'), ...exchange('u')], 'e.0'));
  const detach = store.attach();
  network.respond = () => detailOf(['u'], exchange('u'));
  await store.reread();
  assert.deepEqual(store.getView().running, []);
  assert.deepEqual(
    store.getView().threads.map((t) => t.id),
    ['u'],
  );
  detach();
});

test('columns keep the order they were put in while the server is told of it', async () => {
  const store = conversationStoreOf(two());
  const detach = store.attach();
  const move = Promise.withResolvers<unknown>();
  network.respond = (method) => (method === 'GET' ? two() : move.promise);
  const moving = store.moveThread('u', 0);
  const order = () => store.getView().threads.map((t) => t.id);
  assert.deepEqual(order(), ['u', 't']);
  await store.reread();
  assert.deepEqual(order(), ['u', 't']);
  assert.deepEqual(
    network.sent.find((r) => r.method === 'PATCH'),
    { method: 'PATCH', path: '/api/threads/u', body: { position: 0 } },
  );
  move.resolve(refusal('unavailable', 'Not now.'));
  await moving;
  await until(() => order()[0] === 't');
  assert.equal(store.getView().problem, 'Not now.');
  detach();
});

test('one column is continued alone, in a conversation of its own', async () => {
  const store = conversationStoreOf(two());
  network.respond = (_, __, body) => ({ ...two(), id: (body as { id: string }).id });
  const id = await store.continueAlone('u');
  const body = posts('/api/conversations')[0]?.body as { id: string; threads: object[] };
  assert.equal(id, body.id);
  assert.deepEqual(
    body.threads.map((t) => ({ ...t, id: '' })),
    [{ id: '', settings, copy: { threadId: 'u', leafId: 'a-u' } }],
  );
  assert.equal(store.getView().threads.length, 2);
});
