import assert from 'node:assert/strict';
import test, { beforeEach, mock } from 'node:test';
import type { ConversationDetail, Generation, Message } from '../../../lib/conversation.ts';
import type { StreamPart } from '../../../lib/stream-part.ts';
import { FakeEventSource, network, resetBrowser, settle, stream, until, windowOfTest } from './fake-browser.ts';

const { conversationStoreOf, forgetConversationStore } = await import(
  '../../../components/conversation/conversation-store.ts'
);
const { connection, doubtServer } = await import('../../../components/client/connection.ts');

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

const answer = (id: string, text: string, state: Generation['state'] = 'running'): Message => ({
  id,
  threadId: 't',
  parentId: 'q',
  role: 'assistant',
  parts: text === '' ? [] : [{ kind: 'answer', text }],
  createdAt: 0,
  generation: generation(id, state),
});

const question: Message = {
  id: 'q',
  threadId: 't',
  parentId: null,
  role: 'user',
  parts: [{ kind: 'answer', text: 'Why?' }],
  createdAt: 0,
};

const detailOf = (answers: Message[], cursor?: string): ConversationDetail => ({
  id: 'c',
  title: 'Why?',
  createdAt: 0,
  updatedAt: 0,
  threadCount: 1,
  threads: [{ id: 't', conversationId: 'c', position: 0, settings }],
  messages: [question, ...answers],
  ...(cursor !== undefined && { cursor }),
});

const delta = (generationId: string, text: string): StreamPart & { generationId: string } => ({
  generationId,
  type: 'delta',
  seg: 0,
  kind: 'answer',
  text,
});

beforeEach(() => {
  forgetConversationStore('c');
  resetBrowser();
});

test('a stream that is refused is taken up with all that came meanwhile, and nothing twice', async () => {
  const store = conversationStoreOf(detailOf([answer('a', '')], 'e.0'));
  const detach = store.attach();
  assert.match(stream().url, /after=e\.0$/);
  stream().say('delta', delta('a', 'One '), 'e.1');
  await settle();
  network.respond = () => detailOf([answer('a', 'One two ')], 'e.2');
  stream().refuse();
  await until(() => FakeEventSource.opened.length === 2);
  // What is on the screen is behind the conversation's cursor: only a snapshot sets it right.
  assert.doesNotMatch(stream().url, /after=/);
  detach();
});

test('a tab that comes back while the stream is refused does not hear the beginning again', async () => {
  const store = conversationStoreOf(detailOf([answer('a', '')], 'e.0'));
  const detach = store.attach();
  stream().say('delta', delta('a', 'One '), 'e.1');
  await settle();
  stream().refuse();
  windowOfTest.dispatchEvent(new Event('focus'));
  assert.equal(FakeEventSource.opened.length, 2);
  assert.doesNotMatch(stream().url, /after=/);
  detach();
});

test('of four answers that grow at once two are drawn in a frame, in turn, and all to their end', async (t) => {
  const ids = ['a', 'b', 'c', 'd'];
  const store = conversationStoreOf(detailOf(ids.map((id) => answer(id, ''))));
  t.after(store.attach());
  const texts = () => ids.map((id) => store.generation(id)?.getView().state.segments[0]?.text ?? '');
  const frame = () => new Promise(requestAnimationFrame);
  for (const id of ids) stream().say('delta', delta(id, 'One '));
  await frame();
  assert.deepEqual(texts(), ['One ', 'One ', '', '']);
  for (const id of ids) stream().say('delta', delta(id, 'two '));
  await frame();
  assert.deepEqual(texts(), ['One ', 'One ', 'One two ', 'One two ']);
  await frame();
  assert.deepEqual(
    texts(),
    ids.map(() => 'One two '),
  );
  for (const id of ids) stream().say('delta', delta(id, 'three'));
  stream().say('finish', { generationId: 'd', type: 'finish', outcome: 'complete', at: 9 });
  assert.deepEqual(
    texts(),
    ids.map(() => 'One two three'),
  );
});

test('an answer that is asked for again stays on the screen when the conversation is read meanwhile', async () => {
  const store = conversationStoreOf(detailOf([answer('a', 'Because.', 'complete')]));
  const detach = store.attach();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  network.respond = (method) => (method === 'POST' ? promise : detailOf([answer('a', 'Because.', 'complete')]));
  const retrying = store.retry('q', []);
  await store.reread();
  assert.equal(store.getView().messages.length, 3);
  resolve({ generations: [], cursor: 'e.0' });
  await retrying;
  assert.equal(store.getView().messages.length, 3);
  detach();
});

test('a question of which only the acknowledgement was lost is not offered to be sent again', async () => {
  const store = conversationStoreOf(detailOf([answer('a', 'Because.', 'complete')]));
  const detach = store.attach();
  network.respond = () => Promise.reject(new TypeError('network'));
  const asked = store.ask('And then?', []);
  const sent = store.getView().unsent;
  assert.equal(await asked, false);
  assert.ok(sent && store.getView().unsent?.failure);
  const [ask] = sent.asks;
  assert.ok(ask);
  const taken = { ...question, id: ask.questionId, parentId: 'a' };
  const done = { ...answer(ask.answerId, 'Then this.', 'complete'), parentId: ask.questionId };
  network.respond = () => detailOf([answer('a', 'Because.', 'complete'), taken, done]);
  await store.reread();
  assert.equal(store.getView().unsent, undefined);
  assert.equal(store.getView().messages.length, 4);
  detach();
});

test('a question that had been answered all the time is read when it is sent again', async () => {
  const store = conversationStoreOf(detailOf([]));
  const detach = store.attach();
  let id = '';
  network.respond = (method) => {
    if (method === 'POST') return { generations: [] }; // no cursor: it is over
    return detailOf([{ ...answer(id, 'Then this.', 'complete') }]);
  };
  const asking = store.ask('And then?', []);
  id = store.getView().unsent?.asks[0]?.answerId ?? '';
  await asking;
  await until(() => store.getView().running.length === 0);
  assert.equal(store.getView().messages.find((m) => m.id === id)?.generation?.state, 'complete');
  detach();
});

test('an answer that the server does not tell of is looked for less and less often', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let detach = () => {};
  try {
    let reads = 0;
    const store = conversationStoreOf(detailOf([answer('a', '')]));
    detach = store.attach();
    network.respond = () => {
      reads++;
      return detailOf([answer('a', '')]);
    };
    for (const [i, wait] of [500, 1000, 2000, 4000].entries()) {
      stream().say('end', {});
      mock.timers.tick(wait - 1);
      assert.equal(reads, i);
      mock.timers.tick(1);
      while (FakeEventSource.opened.length < i + 2) await settle();
      assert.equal(reads, i + 1);
    }
  } finally {
    detach();
    mock.timers.reset();
  }
});

test('an answer that no stream tells grows by what is read of it, and never shrinks', async (t) => {
  const store = conversationStoreOf(detailOf([answer('a', '')], 'a.0'));
  t.after(store.attach());
  const text = () => store.generation('a')?.getView().state.segments[0]?.text;
  stream().say('delta', delta('a', 'One '), 'a.4');
  for (const [read, shown] of [
    ['One two ', 'One two '],
    ['One ', 'One two '], // another server knows less yet
  ]) {
    const opened = FakeEventSource.opened.length;
    network.respond = () => detailOf([answer('a', read ?? '')]);
    stream().say('end', {});
    await until(() => FakeEventSource.opened.length > opened);
    assert.equal(text(), shown);
  }
});

test('a question asked while the server is away waits, and what runs is made up for when it is back', async (t) => {
  const store = conversationStoreOf(detailOf([answer('a', '')], 'e.0'));
  t.after(store.attach());
  stream().say('delta', delta('a', 'One '), 'e.1');
  await settle();
  network.isAway = true;
  stream().dispatchEvent(new Event('error')); // the browser goes on trying
  await until(() => connection.get().server === 'away');
  assert.equal(await store.ask('And then?', []), false);
  assert.equal(store.getView().unsent?.waits, true);
  const stopped = store.stop();
  assert.match(store.getView().problem ?? '', /stopped as soon as it is back/);
  assert.deepEqual(network.sent, [], 'nothing is asked of a server that is away');

  network.isAway = false;
  await doubtServer();
  assert.equal(FakeEventSource.opened.length, 2);
  assert.match(stream().url, /after=e\.1$/);
  await stopped;
  assert.deepEqual(
    network.sent.map(({ path }) => path),
    ['/api/generations/a/stop'],
  );
  network.respond = () => ({ generations: [], cursor: 'e.2' });
  assert.equal(await store.sendAgain([]), true);
  assert.equal(store.getView().unsent, undefined);
});

test('a question that only failed on its way is not sent by itself', async (t) => {
  const store = conversationStoreOf(detailOf([answer('a', 'Because.', 'complete')]));
  t.after(store.attach());
  network.respond = () => Promise.reject(new TypeError('network'));
  assert.equal(await store.ask('And then?', []), false);
  assert.equal(store.getView().unsent?.waits, undefined);
  assert.match(store.getView().unsent?.failure ?? '', /cannot be reached/);
});
