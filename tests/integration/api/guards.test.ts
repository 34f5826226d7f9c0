import assert from 'node:assert/strict';
import test from 'node:test';
import { createId } from '../../../lib/ids.ts';
import { ApiClient } from '../../fakes/api-client.ts';
import { callRoute, useRoutes } from '../../fakes/routes.ts';

const { newClient } = useRoutes({ THINKGLASS_REPLAY_SPEED: '1000' });
const model = { providerId: 'replay', modelKey: 'r1' };
const newConversation = () => ({ id: createId(), threads: [{ id: createId(), settings: { model, sampling: {} } }] });

async function refusal(response: Response): Promise<{ status: number; code: string; message: string }> {
  const text = await response.text();
  assert.ok(text.length <= 4096, 'a refusal is short');
  const { error } = JSON.parse(text) as { error: { code: string; message: string } };
  assert.ok(error.message.length > 0);
  assert.doesNotMatch(text, /\bat .*:\d+:\d+|node_modules|select |insert /i);
  return { status: response.status, ...error };
}

test('a change from another site is refused before any work', async () => {
  const client = newClient();
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.invalid' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    const response = await client.request('POST', '/api/conversations', newConversation(), headers);
    assert.deepEqual((await refusal(response)).status, 403, JSON.stringify(headers));
  }
  const list = await client.json<{ conversations: unknown[] }>('GET', '/api/conversations');
  assert.deepEqual(list.conversations, []);
});

test('a body that is not JSON by its type is refused', async () => {
  const client = newClient();
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const response = await client.request('POST', '/api/conversations', '{}', { 'content-type': type });
    assert.equal((await refusal(response)).status, 415, type);
  }
});

test('a request for another host is not ours to answer', async () => {
  const response = await newClient().request('GET', '/api/conversations', undefined, { host: 'evil.invalid' });
  assert.equal((await refusal(response)).status, 421);
});

test('bad bodies get a sentence about what is wrong, and change nothing', async () => {
  const client = newClient();
  const good = newConversation();
  const nested = `${'['.repeat(100)}${']'.repeat(100)}`;
  const bodies: [unknown, number, RegExp][] = [
    ['', 400, /JSON/],
    ['{', 400, /JSON/],
    [nested, 400, /nested/],
    ['[]', 400, /body/i],
    [{ ...good, id: 'x' }, 400, /"id"/],
    [{ ...good, id: good.id.toUpperCase() }, 400, /"id"/],
    [{ ...good, threads: [] }, 400, /"threads"/],
    [{ ...good, threads: Array.from({ length: 7 }, () => good.threads[0]) }, 400, /"threads"/],
    [{ ...good, threads: [{ id: createId(), settings: { model: { providerId: 'replay' } } }] }, 400, /modelKey/],
    [
      { ...good, threads: [{ id: createId(), settings: { model, sampling: { temperature: 'hot' } } }] },
      400,
      /temperature/,
    ],
    [
      { ...good, threads: [{ id: createId(), settings: { model, sampling: { temperature: 9e99 } } }] },
      400,
      /temperature/,
    ],
    [`{"id":"${'x'.repeat(11_000_000)}"}`, 413, /10 MB/],
  ];
  for (const [body, status, words] of bodies) {
    const answer = await refusal(await client.request('POST', '/api/conversations', body));
    assert.equal(answer.status, status, JSON.stringify(body).slice(0, 80));
    assert.match(answer.message, words);
  }
  const packed = await client.request('POST', '/api/conversations', '{}', { 'content-encoding': 'gzip' });
  assert.equal((await refusal(packed)).status, 415);
  const list = await client.json<{ conversations: unknown[] }>('GET', '/api/conversations');
  assert.deepEqual(list.conversations, []);
});

test('names of object machinery are unknown models, not a way in', async () => {
  const client = newClient();
  for (const name of ['__proto__', 'constructor', 'toString']) {
    for (const ref of [
      { providerId: name, modelKey: 'r1' },
      { providerId: 'replay', modelKey: name },
    ]) {
      const ids = newConversation();
      const threads = [{ ...ids.threads[0], settings: { model: ref, sampling: {} } }];
      const ask = { text: 'hi', threads: [{ threadId: threads[0]?.id, questionId: createId(), answerId: createId() }] };
      const answer = await refusal(await client.request('POST', '/api/conversations', { ...ids, threads, ask }));
      assert.equal(answer.status, 404);
    }
  }
});

test("another viewer's things answer exactly like things that do not exist", async () => {
  const owner = newClient();
  const stranger = newClient();
  const asked = await owner.askNew(model, 'Hello');
  await owner.follow(asked.conversationId, asked.cursor);
  await stranger.json('GET', '/api/conversations');
  const nothing = createId();
  const settings = { model, sampling: {} };
  const calls = (ids: { conversation: string; thread: string; generation: string }): [string, string, unknown?][] => [
    ['GET', `/api/conversations/${ids.conversation}`],
    ['PATCH', `/api/conversations/${ids.conversation}`, { title: 'mine' }],
    ['DELETE', `/api/conversations/${ids.conversation}`],
    ['POST', `/api/conversations/${ids.conversation}/restore`],
    ['POST', `/api/conversations/${ids.conversation}/title`],
    ['GET', `/api/conversations/${ids.conversation}/events`],
    [
      'POST',
      `/api/conversations/${ids.conversation}/messages`,
      { text: 'x', threads: [{ threadId: ids.thread, questionId: createId(), answerId: createId() }] },
    ],
    ['POST', `/api/conversations/${ids.conversation}/threads`, { id: createId(), settings }],
    ['PATCH', `/api/threads/${ids.thread}`, { settings }],
    ['DELETE', `/api/threads/${ids.thread}`],
    ['PATCH', `/api/threads/${ids.thread}`, { leafId: ids.generation }],
    ['GET', `/api/generations/${ids.generation}`],
    ['GET', `/api/generations/${ids.generation}/raw`],
    ['POST', `/api/generations/${ids.generation}/reclassify`, { index: 0, kind: 'answer' }],
    ['POST', `/api/generations/${ids.generation}/reclassify`, { undo: true }],
    ['POST', `/api/generations/${ids.generation}/stop`],
    ['DELETE', `/api/messages/${ids.generation}`],
    ['GET', `/api/conversations/${ids.conversation}/export?format=md`],
    ['GET', `/api/attachments/${ids.generation}.0`],
    [
      'POST',
      `/api/conversations/${ids.conversation}/retry`,
      { threads: [{ threadId: ids.thread, questionId: ids.generation, answerId: createId() }] },
    ],
    [
      'POST',
      `/api/conversations/${ids.conversation}/continue`,
      { threadId: ids.thread, fromId: ids.generation, questionId: createId(), answerId: createId() },
    ],
    [
      'POST',
      '/api/conversations',
      {
        id: createId(),
        threads: [{ id: createId(), settings, copy: { threadId: ids.thread, leafId: ids.generation } }],
      },
    ],
    [
      'POST',
      '/api/shares/preview',
      {
        conversationId: ids.conversation,
        threads: [{ threadId: ids.thread, leafId: ids.generation }],
        thinking: 'shown',
        numbers: true,
      },
    ],
  ];
  const real = calls({ conversation: asked.conversationId, thread: asked.threadId, generation: asked.answerId });
  const unreal = calls({ conversation: nothing, thread: nothing, generation: nothing });
  for (const [i, [method, path, body]] of real.entries()) {
    const foreign = await stranger.request(method, path, body);
    const missing = await stranger.request(method, unreal[i]?.[1] ?? '', unreal[i]?.[2]);
    assert.equal(foreign.status, 404, `${method} ${path}`);
    assert.deepEqual(await foreign.json(), await missing.json());
  }
  assert.equal((await owner.conversation(asked.conversationId)).title, 'Hello');
});

test('a cookie that we did not make is nobody, and gets a new viewer', async () => {
  const client = newClient();
  client.cookie = 'thinkglass_viewer=forged';
  const response = await client.request('GET', '/api/conversations');
  assert.equal(response.status, 200);
  assert.match(response.headers.get('set-cookie') ?? '', /^thinkglass_viewer_[0-9a-f]{8}=.*HttpOnly; SameSite=Lax/);
  client.cookie = client.cookie.replace(/=.*/, '=forged');
  assert.ok((await client.request('GET', '/api/conversations')).headers.get('set-cookie'));
});

test('the cookie of another server at this address stands beside ours, and ours of before names differed still counts', async () => {
  const client = newClient();
  const { conversationId } = await client.askNew(model, 'Whose is this?');
  const [, sealed] = client.cookie.split(/=(.*)/s);
  for (const cookie of [
    `thinkglass_viewer_00000000=theirs; ${client.cookie}`,
    `${client.cookie}; thinkglass_viewer=theirs`,
    `thinkglass_viewer=${sealed}`,
  ]) {
    client.cookie = cookie;
    const response = await client.request('GET', `/api/conversations/${conversationId}`);
    assert.equal(response.status, 200, cookie);
    assert.equal(response.headers.get('set-cookie'), null, cookie);
  }
});

test('over https the cookie is one that no other host can set, and who had another keeps their conversations', async () => {
  const before = newClient();
  const { conversationId } = await before.askNew(model, 'Whose is this over https?');
  const [, sealed = ''] = before.cookie.split(/=(.*)/s);
  const open = (cookie: string) => {
    const client = new ApiClient('https://127.0.0.1:3000', callRoute);
    client.cookie = cookie;
    return client.request('GET', `/api/conversations/${conversationId}`);
  };
  for (const cookie of [before.cookie, `thinkglass_viewer=${sealed}`]) {
    const moved = await open(cookie);
    assert.equal(moved.status, 200);
    const [made = '', taken = ''] = moved.headers.getSetCookie();
    assert.match(
      made,
      /^__Host-thinkglass_viewer_[0-9a-f]{8}=.+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/,
    );
    assert.ok(taken.startsWith(`${cookie.split('=')[0]}=; Path=/; Max-Age=0`), taken);
    const again = await open(made.split(';')[0] ?? '');
    assert.equal(again.status, 200);
    assert.deepEqual(again.headers.getSetCookie(), []);
  }
  const stranger = await open('');
  assert.equal(stranger.status, 404);
});

test('health says what runs', async () => {
  const health = await newClient().json<{ status: string; store: { kind: string } }>('GET', '/api/health');
  assert.equal(health.status, 'ok');
  assert.equal(health.store.kind, 'sqlite');
});

test('a refusal is one line in the log, without what was sent', async (t) => {
  const lines: string[] = [];
  t.mock.method(console, 'warn', (line: string) => lines.push(line));
  const secret = 'sk-planted-in-a-body';
  const path = `/api/conversations/${encodeURIComponent('a\nb\u001b[31m')}`;
  await newClient().request('PATCH', path, { title: secret });
  assert.equal(lines.length, 1);
  assert.deepEqual(JSON.parse(lines[0] ?? ''), { refused: 'not_found', method: 'PATCH', path });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the point
  assert.doesNotMatch(lines.join(), /[\u0000-\u001f]|planted/);
});
