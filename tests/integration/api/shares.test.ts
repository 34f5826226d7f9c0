import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import type { ConversationDetail } from '../../../lib/conversation.ts';
import { createId } from '../../../lib/ids.ts';
import { getRuntime } from '../../../lib/server/runtime.ts';
import type { ShareSnapshot, ShareSummary } from '../../../lib/share.ts';
import type { ApiClient } from '../../fakes/api-client.ts';
import { chunk, createFakeProvider, doneStep } from '../../fakes/provider.ts';
import { useRoutes } from '../../fakes/routes.ts';

/** In every private field stands one of these; none may be in anything that is served for a share. */
const canary = (place: string) => `canary-${place}-5e4ce7`;
const canaries = [
  'system',
  'key',
  'otherbranch',
  'otherthread',
  'othertitle',
  'title',
  'error',
  'provider',
  'later',
  'prompt',
  'answered',
  'finishword',
  'usage',
  'unshown',
].map(canary);

const provider = await createFakeProvider({
  respond({ json }) {
    // The last line: what the model is told of the system prompt stands before it.
    const last = json.messages?.at(-1)?.content.split('\n').at(-1) ?? '';
    if (last.includes('fail')) {
      return {
        status: 400,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ error: { message: canary('error') } }),
      };
    }
    const text = last.includes('Show') ? last.replace('Show: ', '') : `The answer to ${last}`;
    return {
      steps: [
        {
          event: {
            model: canary('answered'),
            choices: [{ index: 0, delta: { reasoning_content: 'I *think* $x^2$ hard.\n\nTwice.' } }],
          },
        },
        chunk({ content: text }),
        {
          event: {
            choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
            usage: { prompt_tokens: 51_234, completion_tokens: 20, note: canary('usage') },
          },
        },
        doneStep,
      ],
    };
  },
});
const { newClient } = useRoutes({});
after(() => provider.close());

interface Shared {
  conversation: ConversationDetail;
  threadId: string;
  leafId: string;
  /** An answer after it that failed. */
  failedId?: string;
}

const shareOf = ({ conversation, threadId, leafId }: Shared, change: object = {}) => ({
  conversationId: conversation.id,
  threads: [{ threadId, leafId }],
  thinking: 'shown',
  numbers: true,
  expires: 'never',
  ...change,
});

/** A conversation with a canary in every private field; what is shared of it is its first question and answer. */
async function chat(client: ApiClient, question = 'What is 2 + 2?'): Promise<Shared> {
  const own = { id: createId(), label: canary('provider'), baseURL: provider.baseURL, apiKey: `sk-${canary('key')}` };
  await client.json('POST', '/api/providers', own);
  await client.json('PUT', '/api/models/overrides', {
    overrides: [{ providerId: own.id, modelKey: 'r1', override: { label: 'R1', added: true } }],
  });
  const model = { providerId: own.id, modelKey: 'r1' };
  const other = await client.askNew(model, canary('othertitle'));
  await client.follow(other.conversationId, other.cursor);
  const settings = { systemPrompt: canary('system'), rawPrompt: canary('prompt') };
  const asked = await client.askNew(model, question, settings);
  await client.follow(asked.conversationId, asked.cursor);
  const { conversationId, threadId } = asked;
  const ask = async (text: string, parentId: string | null, thread = threadId) => {
    const answerId = createId();
    const body = { text, threads: [{ threadId: thread, parentId, questionId: createId(), answerId }] };
    const { cursor } = await client.json<{ cursor: string }>(
      'POST',
      `/api/conversations/${conversationId}/messages`,
      body,
    );
    await client.follow(conversationId, cursor);
    return answerId;
  };
  await ask(canary('otherbranch'), null);
  await ask(canary('later'), asked.answerId);
  const failedId = await ask('Please fail.', asked.answerId);
  const columnId = createId();
  await client.json('POST', `/api/conversations/${conversationId}/threads`, {
    id: columnId,
    settings: { model, sampling: {} },
  });
  await ask(canary('otherthread'), null, columnId);
  await client.json('PATCH', `/api/conversations/${conversationId}`, { title: canary('title') });
  return { conversation: await client.conversation(conversationId), threadId, leafId: asked.answerId, failedId };
}

const create = (client: ApiClient, shared: Shared, change: object = {}) =>
  client.json<ShareSummary & { url: string }>('POST', '/api/shares', shareOf(shared, change));

const places = ['', '/data', '/markdown', '/image'];

async function bytesOf(client: ApiClient, path: string) {
  const response = await client.request('GET', path);
  return {
    status: response.status,
    headers: [...response.headers].sort(),
    body: Buffer.from(await response.arrayBuffer()),
  };
}

const person = { 'user-agent': 'Mozilla/5.0', 'sec-fetch-dest': 'document' };

describe('a share', () => {
  test('serves exactly what the preview showed, and no byte of anything private', async () => {
    const [client, reader] = [newClient(), newClient()];
    const shared = await chat(client);
    const failed = { threads: [{ threadId: shared.threadId, leafId: shared.failedId }] };
    for (const change of [{}, { thinking: 'folded', numbers: false }, { thinking: 'left-out' }, failed]) {
      const { expires: _, ...choice } = shareOf(shared, change) as Record<string, unknown>;
      const { snapshot } = await client.json<{ snapshot: ShareSnapshot }>('POST', '/api/shares/preview', choice);
      const share = await create(client, shared, change);
      for (const place of places) {
        const { status, headers, body } = await bytesOf(reader, `/s/${share.id}${place}`);
        assert.equal(status, 200, place);
        const all = `${JSON.stringify(headers)}\n${body.toString('utf8')}\n${body.toString('latin1')}`;
        const secrets = [
          ...canaries,
          client.cookie.slice(20),
          provider.baseURL,
          new URL(provider.baseURL).host,
          '51234',
        ];
        const ids = [
          shared.conversation.id,
          shared.threadId,
          shared.leafId,
          ...shared.conversation.messages.map((m) => m.id),
        ];
        for (const secret of [...secrets, ...ids])
          assert.ok(!all.includes(secret), `${secret} in ${place || 'the page'}`);
        const values = Object.fromEntries(headers);
        assert.equal(values['cache-control'], 'no-store');
        assert.equal(values['x-robots-tag'], 'noindex, nofollow, noarchive');
        assert.equal(values['referrer-policy'], 'no-referrer');
        assert.ok(!('set-cookie' in values));
      }
      assert.deepEqual(await reader.json('GET', `/s/${share.id}/data`), snapshot);
    }
    const summary = JSON.stringify(await client.json('GET', '/api/shares'));
    assert.ok(!summary.includes(canary('title')));
  });

  test('says what it was asked to say: thinking, numbers and system prompt only where they were chosen', async () => {
    const client = newClient();
    const shared = await chat(client);
    const pageOf = async (change: object) => {
      const { id } = await create(client, shared, change);
      return (await bytesOf(client, `/s/${id}`)).body.toString();
    };
    const open = await pageOf({});
    assert.match(open, /<details class="think [^"]*" open>.*<em>think<\/em>.*class="katex"/s);
    assert.match(open, /The answer to What is 2 \+ 2\?/);
    assert.match(open, /tokens of thinking/);
    assert.match(open, /<meta name="robots" content="noindex, nofollow, noarchive">/);
    const folded = await pageOf({ thinking: 'folded', numbers: false });
    assert.match(folded, /<details class="think [^"]*"><summary[^>]*>Thinking</);
    assert.doesNotMatch(folded, /tokens? of/);
    const without = await pageOf({ thinking: 'left-out', systemPrompts: true });
    assert.doesNotMatch(without, /class="think |Twice/);
    assert.ok(without.includes(canary('system')));
    assert.ok(!without.includes(canary('prompt')));
  });

  test('whoever has the link reads it with nothing but HTML, and hostile words stay words', async () => {
    const client = newClient();
    const hostile =
      'Show: <script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) ![i](https://evil.example/i.png) </title>';
    const shared = await chat(client, hostile);
    const { id, url } = await create(client, shared);
    assert.equal(url, `http://127.0.0.1:3000/s/${id}`);
    const page = (await bytesOf(newClient(), `/s/${id}`)).body.toString();
    assert.deepEqual(page.match(/<script[^>]*>/g)?.length, 1);
    assert.match(page, /<script src="\/s\/files\/page\.js\?v=[\w-]+" defer>/);
    assert.doesNotMatch(page, /<img|<iframe|onerror=(?!alert)|href="javascript/);
    assert.match(page, /&#60;script&#62;alert\(1\)/);
    assert.match(page, new RegExp(`<meta property="og:image" content="http://127.0.0.1:3000/s/${id}/image">`));
  });

  test('a comparison is shared with its columns, and its image is one of 1200 by 630', async () => {
    const client = newClient();
    const { conversation } = await chat(client);
    const threads = conversation.threads.map(({ id }) => ({
      threadId: id,
      leafId: conversation.messages.findLast((m) => m.threadId === id)?.id,
    }));
    const share = await create(client, { conversation, threadId: '', leafId: '' }, { threads });
    assert.equal(share.columns, 2);
    assert.match((await bytesOf(client, `/s/${share.id}`)).body.toString(), /data-columns="2"/);
    const png = (await bytesOf(client, `/s/${share.id}/image`)).body;
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1200, 630]);
  });
});

describe('a link that is not open', () => {
  test('revoked, expired, deleted or never there: the same answer to the byte everywhere, at once', async () => {
    const client = newClient();
    const reader = newClient();
    const shared = await chat(client);
    const { store } = await getRuntime();
    const [revoked, expired] = [await create(client, shared), await create(client, shared, { expires: 'day' })];
    const other = await chat(client);
    const deleted = await create(client, other);
    for (const { id } of [revoked, expired, deleted]) {
      for (const place of places) assert.equal((await bytesOf(reader, `/s/${id}${place}`)).status, 200);
    }
    assert.equal((await client.request('DELETE', `/api/shares/${revoked.id}`)).status, 204);
    const { viewer } = await viewerOf(client);
    await store.shares.updateExpiry(viewer, expired.id, Date.now() - 1);
    assert.equal((await client.request('DELETE', `/api/conversations/${other.conversation.id}`)).status, 204);
    const unknown = await bytesOf(reader, '/s/AAAAAAAAAAAAAAAAAAAAAA');
    assert.equal(unknown.status, 404);
    for (const id of [revoked.id, expired.id, deleted.id, 'AAAAAAAAAAAAAAAAAAAAAA', 'x', createId()]) {
      for (const place of places) assert.deepEqual(await bytesOf(reader, `/s/${id}${place}`), unknown, `${id}${place}`);
      const fork = await reader.request('POST', `/api/shares/${id}/fork`, { id: createId() });
      assert.equal(fork.status, 404);
    }
    // To its owner the expired one is still in the list, and comes back when it is prolonged.
    const prolonged = await client.json<ShareSummary>('PATCH', `/api/shares/${expired.id}`, { expires: 'week' });
    assert.ok((prolonged.expiresAt ?? 0) > Date.now());
    assert.equal((await bytesOf(reader, `/s/${expired.id}`)).status, 200);
    // A conversation that is taken back has its links back, as they were.
    await client.json('POST', `/api/conversations/${other.conversation.id}/restore`);
    for (const place of places) assert.equal((await bytesOf(reader, `/s/${deleted.id}${place}`)).status, 200);
  });

  test('an expiry is at its moment, by the clock', async () => {
    const client = newClient();
    const { store } = await getRuntime();
    const before = Date.now();
    const share = await create(client, await chat(client), { expires: 'week' });
    const week = 7 * 24 * 60 * 60 * 1000;
    assert.ok(share.expiresAt && share.expiresAt >= before + week && share.expiresAt <= Date.now() + week);
    assert.ok(await store.shares.findOpen(share.id, share.expiresAt - 1));
    assert.equal(await store.shares.findOpen(share.id, share.expiresAt), undefined);
  });
});

describe('the owner', () => {
  test('sees how often a link was opened by people, not by himself or by programs', async () => {
    const [client, reader] = [newClient(), newClient()];
    const { id } = await create(client, await chat(client));
    const listed = async () => (await client.json<{ shares: ShareSummary[] }>('GET', '/api/shares')).shares[0];
    await reader.request('GET', '/api/health'); // a reader with a cookie of his own
    await client.request('GET', `/s/${id}`, undefined, person);
    for (const agent of ['Slackbot-LinkExpanding 1.0', 'facebookexternalhit/1.1', 'WhatsApp/2.2', 'curl/8']) {
      await reader.request('GET', `/s/${id}`, undefined, { 'user-agent': agent });
    }
    await reader.request('GET', `/s/${id}`, undefined, { ...person, 'sec-purpose': 'prefetch;prerender' });
    await reader.request('GET', `/s/${id}/image`, undefined, person);
    await reader.request('GET', `/s/${id}/data`, undefined, person);
    assert.equal((await listed())?.views, 0);
    await reader.request('GET', `/s/${id}`, undefined, person);
    await newClient().request('GET', `/s/${id}`, undefined, { 'user-agent': 'Mozilla/5.0' });
    const seen = await listed();
    assert.equal(seen?.views, 2);
    assert.ok((seen.lastViewAt ?? 0) > 0);
  });

  test('alone can list, prolong and revoke, and share what is theirs', async () => {
    const [client, stranger] = [newClient(), newClient()];
    const shared = await chat(client);
    const { id } = await create(client, shared);
    assert.deepEqual(await stranger.json('GET', '/api/shares'), { shares: [] });
    const refused = [
      await stranger.request('POST', '/api/shares', shareOf(shared)),
      await stranger.request('POST', '/api/shares/preview', shareOf(shared)),
      await stranger.request('PATCH', `/api/shares/${id}`, { expires: 'never' }),
      await stranger.request('DELETE', `/api/shares/${id}`),
      await client.request('POST', '/api/shares', shareOf({ ...shared, leafId: createId() })),
      await client.request('POST', '/api/shares', shareOf({ ...shared, threadId: createId() })),
      await client.request('DELETE', '/api/shares/AAAAAAAAAAAAAAAAAAAAAA'),
    ];
    assert.deepEqual(
      refused.map(({ status }) => status),
      refused.map(() => 404),
    );
    const bad = await client.request('POST', '/api/shares', shareOf(shared, { thinking: 'loud' }));
    assert.equal(bad.status, 400);
    assert.equal((await bytesOf(stranger, `/s/${id}`)).status, 200);
  });

  test('that is opened too often says so on a page, and its data in JSON', async () => {
    const client = newClient();
    const share = await create(client, await chat(client));
    const from = { 'x-forwarded-for': '203.0.113.7' };
    const open = async (place = '') => client.request('GET', `/s/${share.id}${place}`, undefined, from);
    for (let i = 0; i < 240; i++) await (await open('/markdown')).arrayBuffer();
    const page = await open();
    assert.deepEqual([page.status, page.headers.get('content-type')], [429, 'text/html; charset=utf-8']);
    assert.ok(Number(page.headers.get('retry-after')) > 0);
    assert.match(
      await page.text(),
      /<h1[^>]*>This page cannot be shown right now\.<\/h1><p[^>]*>These are many requests/,
    );
    assert.equal((await open('/data')).headers.get('content-type'), 'application/json');
  });

  test('is slowed down where no person shares so much', async () => {
    const client = newClient();
    const shared = await chat(client);
    const statuses: number[] = [];
    for (let i = 0; i < 31; i++) statuses.push((await client.request('POST', '/api/shares', shareOf(shared))).status);
    assert.deepEqual([statuses.slice(0, 30).every((s) => s === 201), statuses[30]], [true, 429]);
  });
});

describe('a reader', () => {
  test('makes it a conversation of their own, which goes on without the first', async () => {
    const [client, reader] = [newClient(), newClient()];
    const shared = await chat(client);
    const share = await create(client, shared);
    const body = { id: createId() };
    assert.equal((await reader.request('POST', `/api/shares/${share.id}/fork`, body)).status, 201);
    assert.equal((await reader.request('POST', `/api/shares/${share.id}/fork`, body)).status, 200);
    await client.request('DELETE', `/api/shares/${share.id}`);
    const mine = await reader.conversation(body.id);
    assert.equal(mine.title, 'What is 2 + 2?');
    const [question, answer] = mine.messages;
    assert.equal(question?.parts[0]?.text, 'What is 2 + 2?');
    assert.deepEqual(
      answer?.parts.map(({ kind }) => kind),
      ['reasoning', 'answer'],
    );
    assert.equal(answer?.generation?.copiedFrom, share.id);
    for (const secret of canaries) assert.ok(!JSON.stringify(mine).includes(secret), secret);
    const { status } = await client.request('GET', `/api/conversations/${body.id}`);
    assert.equal(status, 404);
  });
});

async function viewerOf(client: ApiClient): Promise<{ viewer: string }> {
  const { findViewer, readCookie } = await import('../../../lib/server/auth/viewer.ts');
  const found = await findViewer((name) => readCookie(client.cookie, name));
  assert.ok(found);
  return { viewer: found.id };
}
